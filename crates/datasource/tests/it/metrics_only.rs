//! A datasource with a metrics server and no profile server: metrics and their exemplars are all it has.

use datasource::Fireline;
use grafana_plugin::{
    HealthHandler, HealthStatus, RequestContext, ResourceHandler, ResourceRequest,
};
use serde_json::{Value, json};

use crate::played_server::{Answer, PlayedServer, ask, call};

const SERIES: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[
    {"metric":{"__name__":"up"},"values":[[1795240170,"1"]]}]}}"#;
const EXEMPLARS: &str = r#"{"status":"success","data":[{"seriesLabels":{"__name__":"up"},
    "exemplars":[{"labels":{"traceID":"fc07"},"value":"1","timestamp":1795240200}]}]}"#;
const ONE: &str =
    r#"{"status":"success","data":{"resultType":"scalar","result":[1795240170,"1"]}}"#;

fn metrics_server() -> PlayedServer {
    PlayedServer::start(&[
        ("/query_range", Answer::json(SERIES)),
        ("/query_exemplars", Answer::json(EXEMPLARS)),
        ("/query", Answer::json(ONE)),
        ("/labels", Answer::json(r#"{"status":"success","data":["__name__"]}"#)),
    ])
}

fn context(metrics_url: &str) -> RequestContext {
    call("", &json!({"metrics": {"url": metrics_url}}))
}

async fn resource(ctx: &RequestContext, path: &str) -> (u16, Value) {
    let request = ResourceRequest {
        method: "GET".to_owned(),
        path: path.to_owned(),
        url: path.to_owned(),
        ..ResourceRequest::default()
    };
    let response = Fireline::default().call(ctx, request).await;
    let body = response.body.collect().await.unwrap();
    (response.status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn promql_brings_series_and_exemplars_with_their_ids_under_one_name() {
    let server = metrics_server();
    let query = json!({"queryType": "promql", "expr": "up", "range": true, "exemplar": true});
    let result = ask(&context(&server.url), &query).await;
    assert_eq!(result.error, None);
    let names: Vec<&str> = result.frames.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(names, ["", "exemplar"]);
    assert!(result.frames[1].field("trace_id").is_some());
    let (status, names) = resource(&context(&server.url), "metrics/labelNames").await;
    assert_eq!((status, names), (200, json!(["__name__"])));
}

#[tokio::test]
async fn a_query_for_profiles_says_where_the_missing_url_belongs() {
    let ctx = context(&metrics_server().url);
    let cpu = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
    for query_type in ["profile", "metrics", "both", "heatmap", "diff"] {
        let query = json!({"queryType": query_type, "profileTypeId": cpu, "labelSelector": "{}", "baseline": {"offset": "1d"}});
        let error = ask(&ctx, &query).await.error.unwrap();
        assert_eq!(error.status, 400, "{query_type}");
        for word in ["no Pyroscope server", "set its URL", "choose PromQL"] {
            assert!(error.message.contains(word), "expected {word:?} in {}", error.message);
        }
    }
    let (status, body) = resource(&ctx, "profileTypes").await;
    assert_eq!(status, 400);
    assert!(body["message"].as_str().unwrap().contains("no Pyroscope server"), "{body}");
}

#[tokio::test]
async fn the_health_check_asks_the_metrics_server_alone() {
    let server = metrics_server();
    let report = Fireline::default().check_health(&context(&server.url)).await;
    assert_eq!(report.status, HealthStatus::Ok, "{}", report.message);
    for word in ["metrics can be queried", "profiles are not set up"] {
        assert!(report.message.contains(word), "expected {word:?} in {}", report.message);
    }
    let verbose = report.details["verboseMessage"].as_str().unwrap();
    assert!(verbose.contains("exemplars are stored"), "{verbose}");
    assert!(!server.asked_of("/query").is_empty());

    let without_exemplars = PlayedServer::start(&[
        ("/query", Answer::json(ONE)),
        ("/status/flags", Answer::json(r#"{"status":"success","data":{"enable-feature":""}}"#)),
    ]);
    let report = Fireline::default().check_health(&context(&without_exemplars.url)).await;
    let verbose = report.details["verboseMessage"].as_str().unwrap();
    assert!(verbose.contains("exemplars are not stored"), "{verbose}");
}

#[tokio::test]
async fn the_health_check_fails_with_the_metrics_server() {
    let refusing =
        PlayedServer::start(&[("/query", Answer::error(401, "text/plain", "who are you"))]);
    let report = Fireline::default().check_health(&context(&refusing.url)).await;
    assert_eq!(report.status, HealthStatus::Error);
    assert!(report.message.contains("under \"Metrics server\""), "{}", report.message);

    let mistaken = call("", &json!({"metrics": {"url": refusing.url, "httpMethod": "PUT"}}));
    let report = Fireline::default().check_health(&mistaken).await;
    assert_eq!(report.status, HealthStatus::Error);
    assert!(report.message.contains("httpMethod is \"PUT\""), "{}", report.message);
}

#[tokio::test]
async fn mistakes_in_the_settings_of_one_server_leave_the_other_be() {
    let server = metrics_server();
    let settings = json!({"pyroscopeVersion": "newest", "metrics": {"url": server.url}});
    let ctx = call("http://127.0.0.1:9", &settings);
    let result = ask(&ctx, &json!({"queryType": "promql", "expr": "up"})).await;
    assert_eq!(result.error, None);
    let report = Fireline::default().check_health(&ctx).await;
    assert_eq!(report.status, HealthStatus::Error);
    assert!(report.message.contains("\"newest\""), "{}", report.message);
}
