//! Against a real Prometheus: exemplars lead to their trace, whatever their label is called.

use std::time::{SystemTime, UNIX_EPOCH};

use grafana_plugin::{DataHandler, HealthHandler, HealthStatus, RequestContext};
use links::{FieldShape, FrameShape, LinkContext, derive_links};
use serde_json::{Value, json};

use crate::played_server::{Answer, PlayedServer, call, query};
use crate::prometheus_server::PrometheusServer;

const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";

fn now_millis() -> i64 {
    i64::try_from(SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis()).unwrap()
}

/// A read-only datasource as it is provisioned: nothing says how exemplars call their trace.
fn provisioned(prometheus: &PrometheusServer) -> RequestContext {
    call("http://127.0.0.1:1", &json!({"metrics": {"url": prometheus.url, "scrapeInterval": "1s"}}))
}

async fn answer(ctx: &RequestContext, expr: &str) -> Value {
    let json = json!({"queryType": "promql", "expr": expr, "exemplar": true, "interval": "1s"});
    let mut asked = query(&json);
    asked.to_millis = now_millis() + 1_000;
    asked.from_millis = asked.to_millis - 120_000;
    asked.interval_millis = 1_000;
    let result = datasource::Fireline::default().query(ctx, asked).await;
    assert_eq!(result.error, None, "{expr}");
    serde_json::to_value(&result).unwrap()
}

/// A field of the exemplar frame; None: the frame has no such field.
fn exemplar_field(answer: &Value, name: &str) -> Option<Vec<String>> {
    let frames = answer["frames"].as_array().unwrap();
    let frame = frames.iter().find(|frame| frame["schema"]["name"] == "exemplar")?;
    let fields = frame["schema"]["fields"].as_array().unwrap();
    let at = fields.iter().position(|field| field["name"] == name)?;
    let texts = frame["data"]["values"][at].as_array().unwrap().iter();
    let mut texts: Vec<String> = texts.map(|text| text.as_str().unwrap().to_owned()).collect();
    texts.sort();
    texts.dedup();
    Some(texts)
}

#[tokio::test]
async fn exemplars_lead_to_their_trace_whatever_their_label_is_called() {
    let name = "real_prometheus::exemplars_lead_to_their_trace_whatever_their_label_is_called";
    let arguments = ["--enable-feature=exemplar-storage"];
    let Some(prometheus) = PrometheusServer::start(name, &arguments) else { return };
    let ctx = provisioned(&prometheus);

    // The label is traceID, and a datasource that nobody can change expects trace_id.
    let camel = answer(&ctx, "rate(camel_bucket[10s])").await;
    let ids = exemplar_field(&camel, "trace_id").unwrap();
    assert_eq!(ids, [TRACE, "b7ad6b7169203331b7ad6b7169203331"]);
    assert_eq!(exemplar_field(&camel, "traceID"), None);

    for (metric, has_span) in
        [("snake", true), ("pascal", true), ("zeros_lost", true), ("requests_total", false)]
    {
        let expr = if has_span { format!("{metric}_bucket") } else { metric.to_owned() };
        let found = answer(&ctx, &expr).await;
        assert_eq!(exemplar_field(&found, "trace_id").unwrap(), [TRACE], "{metric}");
        let spans = exemplar_field(&found, "span_id").unwrap_or_default();
        let wanted: &[&str] = match metric {
            "zeros_lost" => &["07ad6b7169203331"],
            _ if has_span => &["b7ad6b7169203331"],
            _ => &[],
        };
        assert_eq!(spans, wanted, "{metric}");
    }

    // Two labels that name different traces: the canonical one stays, and somebody is told.
    let torn = answer(&ctx, "torn_bucket").await;
    assert_eq!(exemplar_field(&torn, "trace_id").unwrap(), [TRACE]);
    assert!(torn.to_string().contains("exemplars name different traces"), "{torn}");

    // The server finds the selectors within functions by itself.
    let quantile = "histogram_quantile(0.95, sum by (le) (rate(camel_bucket[10s])))";
    let found = answer(&ctx, quantile).await;
    assert_eq!(exemplar_field(&found, "trace_id").unwrap(), ids);

    let told = health(&prometheus).await;
    assert!(told.contains("version 2.") || told.contains("version 3."), "{told}");
    assert!(told.ends_with("; exemplars are stored"), "{told}");
}

/// What the link from a profile of this service to its metrics asks for, the settings saying nothing.
fn metrics_link(service: &str) -> String {
    let field = |(name, kind): (&str, &str)| FieldShape {
        name: name.to_owned(),
        r#type: kind.to_owned(),
        ..FieldShape::default()
    };
    let fields = [("level", "number"), ("value", "number"), ("self", "number"), ("label", "enum")];
    let frame = FrameShape { fields: fields.map(field).to_vec(), ..FrameShape::default() };
    let context = LinkContext::from_json(&json!({
        "sources": [{ "uid": "prom", "type": "prometheus", "name": "Prometheus" }],
        "query": { "labelSelector": format!("{{service_name={service:?}}}") },
    }));
    let link = derive_links(&frame, &context).remove(0).links.remove(0);
    link.internal.unwrap().query["expr"].as_str().unwrap().to_owned()
}

#[tokio::test]
async fn the_link_to_a_services_metrics_is_answered_although_it_has_many_histograms() {
    let name = "real_prometheus::the_link_to_a_services_metrics_is_answered_although_it_has_many_histograms";
    let Some(prometheus) = PrometheusServer::start(name, &[]) else { return };
    let ctx = provisioned(&prometheus);
    let found = answer(&ctx, &metrics_link("shop")).await;
    let frames = found["frames"].as_array().unwrap();
    let labels = |frame: &Value| frame["schema"]["fields"][1]["labels"]["__name__"].clone();
    let names: Vec<Value> = frames.iter().map(labels).collect();
    for metric in ["camel_count", "snake_count", "requests_total"] {
        assert!(names.contains(&json!(metric)), "{metric}: {names:?}");
    }
    let others = answer(&ctx, &metrics_link("sh.p")).await;
    assert!(!others.to_string().contains("camel_count"), "a name is no regular expression");
}

#[tokio::test]
async fn without_exemplar_storage_there_are_series_and_the_health_check_says_why() {
    let name =
        "real_prometheus::without_exemplar_storage_there_are_series_and_the_health_check_says_why";
    let Some(prometheus) = PrometheusServer::start(name, &[]) else { return };
    let found = answer(&provisioned(&prometheus), "requests_total").await;
    assert_eq!(exemplar_field(&found, "trace_id"), None);
    assert_eq!(found["frames"][0]["schema"]["fields"][1]["name"], "requests_total");
    let told = health(&prometheus).await;
    assert!(told.contains("exemplars are not stored"), "{told}");
}

/// The line of the health check about the metrics server, where the profile server works.
async fn health(prometheus: &PrometheusServer) -> String {
    let profiles = PlayedServer::start(&[("ProfileTypes", Answer::proto(Vec::new()))]);
    let settings = json!({"pyroscopeVersion": "1.14", "metrics": {"url": prometheus.url}});
    let report =
        datasource::Fireline::default().check_health(&call(&profiles.url, &settings)).await;
    assert_eq!(report.status, HealthStatus::Ok, "{report:?}");
    let details = serde_json::to_value(&report.details).unwrap();
    let verbose = details["verboseMessage"].as_str().unwrap();
    verbose.lines().find(|line| line.starts_with("Metrics server")).unwrap().to_owned()
}
