//! Queries in PromQL: their frames are those of Grafana's own Prometheus datasource, for the same
//! answers of the server, but for exemplars, whose ids get one name.

use std::collections::BTreeMap;
use std::path::PathBuf;

use grafana_plugin::RequestContext;
use serde_json::{Value, json};

use crate::frames_as_grafana::{first_difference, round};
use crate::played_server::{Answer, PlayedServer, ask, call, call_with_secrets};

const NO_SERIES: &str = r#"{"status":"success","data":{"resultType":"matrix","result":[]}}"#;

fn file(case: &str, name: &str) -> Option<Vec<u8>> {
    let folder =
        PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/prometheus-datasource"));
    std::fs::read(folder.join(case).join(name)).ok()
}

fn json_file(case: &str, name: &str) -> Value {
    serde_json::from_slice(&file(case, name).unwrap()).unwrap()
}

fn server_of(case: &str) -> PlayedServer {
    let range = file(case, "query_range.json").unwrap_or_else(|| NO_SERIES.into());
    let exemplars = file(case, "query_exemplars.json").unwrap_or_else(|| r#"{"data":[]}"#.into());
    let is_error = range.starts_with(br#"{"status":"error""#);
    let answer = |body| Answer { status: if is_error { 400 } else { 200 }, ..Answer::json(body) };
    PlayedServer::start(&[("/query_range", answer(range)), ("/query_exemplars", answer(exemplars))])
}

fn context(metrics_url: &str) -> RequestContext {
    call("http://127.0.0.1:1", &json!({"metrics": {"url": metrics_url}}))
}

async fn answer(ctx: &RequestContext, query: &Value) -> Value {
    let mut query = query.clone();
    query["queryType"] = "promql".into();
    serde_json::to_value(ask(ctx, &query).await).unwrap()
}

/// Our answer to a case, and Grafana's.
async fn both_answers(case: &str, change: &[(&str, Value)]) -> (Value, Value) {
    let server = server_of(case);
    let mut query = json_file(case, "query.json")["queries"][0].clone();
    for (key, value) in change {
        query[*key] = value.clone();
    }
    let ours = answer(&context(&server.url), &query).await;
    (ours, json_file(case, "answer.json")["results"]["A"].clone())
}

fn is_exemplars(frame: &Value) -> bool {
    frame["schema"]["name"] == "exemplar"
}

fn series_of(answer: &Value) -> Value {
    let frames = answer["frames"].as_array().unwrap();
    let mut series: Vec<Value> =
        frames.iter().filter(|frame| !is_exemplars(frame)).cloned().collect();
    for frame in &mut series {
        frame["schema"].as_object_mut().unwrap().remove("refId");
        // Prometheus adds up in no fixed order.
        round(&mut frame["data"]["values"]);
        for field in frame["schema"]["fields"].as_array_mut().unwrap() {
            if let Some(interval) = field.pointer_mut("/config/interval") {
                round(interval);
            }
            if field["labels"] == json!({}) {
                field.as_object_mut().unwrap().remove("labels");
            }
        }
    }
    series.into()
}

/// The rows of the exemplar frame: texts by name of the field.
fn exemplars_of(answer: &Value) -> Vec<BTreeMap<String, Value>> {
    let frames = answer["frames"].as_array().unwrap();
    let Some(frame) = frames.iter().find(|frame| is_exemplars(frame)) else { return Vec::new() };
    let names: Vec<&str> = frame["schema"]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    let columns = frame["data"]["values"].as_array().unwrap();
    let rows = columns[0].as_array().unwrap().len();
    let row = |at: usize| {
        let cell = |(name, column): (&&str, &Value)| ((*name).to_owned(), column[at].clone());
        names.iter().zip(columns).map(cell).collect()
    };
    (0..rows).map(row).collect()
}

#[tokio::test]
async fn series_are_those_of_grafanas_own_datasource() {
    let (ours, theirs) = both_answers("quantile", &[]).await;
    assert_eq!(first_difference("frames", &series_of(&ours), &series_of(&theirs)), None);
    // Grafana makes the heatmap in the browser; what its backend answers are series.
    let (ours, theirs) = both_answers("heatmap", &[("format", "time_series".into())]).await;
    assert_eq!(first_difference("frames", &series_of(&ours), &series_of(&theirs)), None);
}

#[tokio::test]
async fn nothing_and_mistakes_are_those_of_grafanas_own_datasource() {
    let (ours, theirs) = both_answers("none", &[]).await;
    assert_eq!(ours["frames"], theirs["frames"]);
    let (ours, theirs) = both_answers("bad", &[]).await;
    for key in ["error", "status", "frames", "errorSource"] {
        assert_eq!(ours[key], theirs[key], "{key}");
    }
}

#[tokio::test]
async fn exemplars_have_their_ids_under_one_name_whatever_it_was() {
    for (case, label) in [
        ("quantile", "traceID"),
        ("exemplars-upper-case", "TraceId"),
        ("exemplars-leading-zeros-lost", "trace_id"),
        ("exemplars-trace-and-span", "trace_id"),
    ] {
        let (ours, theirs) = both_answers(case, &[]).await;
        let (ours, theirs) = (exemplars_of(&ours), exemplars_of(&theirs));
        assert!(
            theirs.len() >= 9 && ours.len() > theirs.len(),
            "{case}: Grafana keeps some of ours"
        );
        let mut times: Vec<i64> = ours.iter().map(|row| row["Time"].as_i64().unwrap()).collect();
        assert!(times.is_sorted(), "{case}");
        times.dedup();
        for row in &ours {
            let id = row["trace_id"].as_str().unwrap();
            assert!(
                id.len() == 32
                    && id.bytes().all(|b| b.is_ascii_digit() || (b'a'..=b'f').contains(&b)),
                "{case}: {id}"
            );
        }
        for mut row in theirs {
            let id = row.remove(label).unwrap();
            row.insert(
                "trace_id".to_owned(),
                format!("{:0>32}", id.as_str().unwrap().to_lowercase()).into(),
            );
            assert!(ours.contains(&row), "{case}: we lack {row:?}");
        }
    }
}

#[tokio::test]
async fn an_exemplar_without_a_label_has_none_instead_of_an_empty_text() {
    let exemplar =
        |labels: Value, at: f64| json!({"labels": labels, "value": "1", "timestamp": at});
    let with = exemplar(json!({"traceID": "fc07", "route": "/pay"}), 1_795_262_400.0);
    let without = exemplar(json!({"kind": "slow"}), 1_795_262_401.0);
    let series = json!({"seriesLabels": {"__name__": "up"}, "exemplars": [with, without]});
    let exemplars = json!({"status": "success", "data": [series]}).to_string();
    let server = PlayedServer::start(&[
        ("/query_range", Answer::json(NO_SERIES)),
        ("/query_exemplars", Answer::json(exemplars)),
    ]);
    let ours = answer(&context(&server.url), &json!({"expr": "up", "exemplar": true})).await;
    let rows = exemplars_of(&ours);
    let id = format!("{:0>32}", "fc07");
    let of = |name: &str| rows.iter().map(|row| row[name].clone()).collect::<Vec<Value>>();
    assert_eq!(of("trace_id"), [json!(id), Value::Null]);
    assert_eq!(of("route"), [json!("/pay"), Value::Null]);
    assert_eq!(of("kind"), [Value::Null, json!("slow")]);
}

#[tokio::test]
async fn a_trace_outside_of_grafana_is_linked_for_whoever_reads_the_frame() {
    let server = server_of("quantile");
    let mut query = json_file("quantile", "query.json")["queries"][0].clone();
    query["queryType"] = "promql".into();
    let links_of = async |settings: Value| {
        let ctx = call("http://127.0.0.1:1", &settings);
        let answer = answer(&ctx, &query).await;
        let frames = answer["frames"].as_array().unwrap();
        let fields = frames.iter().find(|frame| is_exemplars(frame)).unwrap()["schema"]["fields"]
            .as_array()
            .unwrap();
        let with_links = fields.iter().filter(|field| !field["config"]["links"].is_null());
        let link = |field: &Value| {
            let link = &field["config"]["links"][0];
            format!("{} {} {}", field["name"], link["title"], link["url"])
        };
        with_links.map(link).collect::<Vec<String>>()
    };
    let metrics = json!({"url": server.url});
    let url = "https://traces.example.com/${trace_id}";
    let settings = json!({"metrics": metrics, "links": {"traceUrl": url}});
    assert_eq!(
        links_of(settings).await,
        [r#""trace_id" "Trace" "https://traces.example.com/${__data.fields['trace_id']}""#]
    );
    assert_eq!(links_of(json!({"metrics": metrics})).await, [""; 0]);
}

#[tokio::test]
async fn exemplars_are_told_to_be_annotations() {
    let (ours, _) = both_answers("quantile", &[]).await;
    let frame = ours["frames"]
        .as_array()
        .unwrap()
        .iter()
        .find(|frame| is_exemplars(frame))
        .unwrap()
        .clone();
    assert_eq!(frame["schema"]["meta"]["dataTopic"], "annotations");
    assert_eq!(frame["schema"]["meta"]["custom"], json!({"resultType": "exemplar"}));
    let names: Vec<&Value> =
        frame["schema"]["fields"].as_array().unwrap().iter().map(|field| &field["name"]).collect();
    let wanted =
        ["Time", "Value", "__name__", "instance", "job", "le", "region", "route", "trace_id"];
    assert_eq!(names, wanted);
}

#[tokio::test]
async fn the_number_left_out_is_stated() {
    let (ours, _) = both_answers("quantile", &[("maxExemplars", 1.into())]).await;
    let frame = ours["frames"]
        .as_array()
        .unwrap()
        .iter()
        .find(|frame| is_exemplars(frame))
        .unwrap()
        .clone();
    let exemplars = json_file("quantile", "query_exemplars.json");
    let series = exemplars["data"].as_array().unwrap();
    let all: usize = series.iter().map(|one| one["exemplars"].as_array().unwrap().len()).sum();
    let text = frame["schema"]["meta"]["notices"][0]["text"].as_str().unwrap();
    assert!(text.starts_with(&format!("{} exemplars are not shown", all - series.len())), "{text}");
    assert_eq!(exemplars_of(&ours).len(), series.len());
}

#[tokio::test]
async fn a_heatmap_has_buckets_side_by_side_that_are_not_cumulative() {
    let (ours, _) = both_answers("heatmap", &[]).await;
    let frame = &ours["frames"][0];
    assert_eq!(frame["schema"]["meta"]["type"], "heatmap-rows");
    let names: Vec<&str> = frame["schema"]["fields"]
        .as_array()
        .unwrap()
        .iter()
        .map(|field| field["name"].as_str().unwrap())
        .collect();
    assert_eq!((names[0], names[1], *names.last().unwrap()), ("Time", "0.01", "+Inf"));
    let total: f64 = frame["data"]["values"].as_array().unwrap()[1..]
        .iter()
        .map(|column| column[0].as_f64().unwrap())
        .sum();
    assert!(
        (total - 3.322_366_666_666_666_5).abs() < 1e-9,
        "the first total of the server: {total}"
    );
}

#[tokio::test]
async fn alert_rules_and_expressions_get_numbers_only() {
    for header in ["FromAlert", "http_X-Grafana-From-Expr"] {
        let server = server_of("heatmap");
        let mut ctx = context(&server.url);
        ctx.headers = BTreeMap::from([(header.to_owned(), "true".to_owned())]).into();
        let query = json_file("heatmap", "query.json")["queries"][0].clone();
        let ours = answer(&ctx, &query).await;
        let frames = ours["frames"].as_array().unwrap();
        assert_eq!(frames.len(), 6, "{header}: one for each bucket");
        assert!(frames.iter().all(|frame| frame["schema"]["meta"]["type"] == "timeseries-multi"));
        assert_eq!(server.asked_of("/query_exemplars").len(), 0);
    }
}

#[tokio::test]
async fn an_instant_query_is_a_number_or_a_table() {
    let body = r#"{"status":"success","data":{"resultType":"vector","result":[
        {"metric":{"__name__":"up","job":"b"},"value":[1795240290,"1"]},
        {"metric":{"__name__":"up","job":"a"},"value":[1795240290,"0"]}]}}"#;
    let server = PlayedServer::start(&[("/query", Answer::json(body))]);
    let ctx = context(&server.url);
    let numbers =
        answer(&ctx, &json!({"expr": "up", "instant": true, "legendFormat": "{{job}}!"})).await;
    let first = &numbers["frames"][0];
    assert_eq!(first["schema"]["meta"]["type"], "numeric-multi");
    assert_eq!(first["schema"]["fields"][1]["config"]["displayNameFromDS"], "b!");
    let asked = String::from_utf8(server.asked()[0].body.clone()).unwrap();
    assert!(asked.contains("time=1795240290.000"), "{asked}");
    let table = answer(&ctx, &json!({"expr": "up", "instant": true, "format": "table"})).await;
    let values = &table["frames"][0]["data"]["values"];
    assert_eq!(
        values,
        &json!([[1795240290000_i64, 1795240290000_i64], ["up", "up"], ["b", "a"], [1.0, 0.0]])
    );
}

#[tokio::test]
async fn native_histograms_are_cells_of_a_heatmap_and_no_numbers() {
    let body = r#"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{"__name__":"x","job":"a"},
        "histograms":[[1795240290,{"count":"3","sum":"2","buckets":[[0,"0.1","0.5","1"],[0,"0.5","1","2"]]}]]}]}}"#;
    let server = PlayedServer::start(&[("/query_range", Answer::json(body))]);
    let mut ctx = context(&server.url);
    let cells = answer(&ctx, &json!({"expr": "x"})).await;
    let frame = &cells["frames"][0];
    assert_eq!(frame["schema"]["meta"]["type"], "heatmap-cells");
    let time = 1_795_240_290_000_i64;
    let values = json!([[time, time], [0.1, 0.5], [0.5, 1.0], [1.0, 2.0], [0, 0]]);
    assert_eq!(frame["data"]["values"], values);
    ctx.headers = BTreeMap::from([("FromAlert".to_owned(), "true".to_owned())]).into();
    let numbers = answer(&ctx, &json!({"expr": "x"})).await;
    assert_eq!(numbers["frames"][0]["schema"]["fields"], json!([]));
    let text = numbers["frames"][0]["schema"]["meta"]["notices"][0]["text"].as_str().unwrap();
    assert!(text.contains("native histograms are left out"), "{text}");
}

#[tokio::test]
async fn intervals_are_filled_in_with_the_step_that_is_used() {
    let server = PlayedServer::start(&[("/query_range", Answer::json(NO_SERIES))]);
    let ctx = context(&server.url);
    let expr = "rate(x[$__rate_interval]) + rate(y[${__interval}]) + $__range_s";
    answer(&ctx, &json!({"expr": expr, "interval": "30s"})).await;
    let asked = String::from_utf8(server.asked()[0].body.clone()).unwrap();
    let query = "query=rate%28x%5B2m0s%5D%29+%2B+rate%28y%5B30s%5D%29+%2B+120&";
    assert!(asked.starts_with(query), "{asked}");
    assert!(asked.ends_with("&step=30.000"), "{asked}");
}

#[tokio::test]
async fn exemplars_that_cannot_be_read_are_a_notice_beside_the_series() {
    for (answer_to_exemplars, says) in [
        (Answer::error(404, "text/plain", "not found"), "this metrics server has no exemplars"),
        (Answer::error(500, "text/plain", "broken"), "the exemplars could not be read"),
    ] {
        let range = file("quantile", "query_range.json").unwrap();
        let server = PlayedServer::start(&[
            ("/query_range", Answer::json(range)),
            ("/query_exemplars", answer_to_exemplars),
        ]);
        let ours = answer(&context(&server.url), &json!({"expr": "x", "exemplar": true})).await;
        assert_eq!(ours["error"], Value::Null);
        let text = ours["frames"][1]["schema"]["meta"]["notices"][0]["text"].as_str().unwrap();
        assert!(text.starts_with(says), "{text}");
    }
}

#[tokio::test]
async fn labels_that_differ_from_exemplar_to_exemplar_do_not_all_become_fields() {
    let exemplars: Vec<Value> = (0..400)
        .map(|at| {
            let own = format!("a_label_of_its_own_{at}");
            let labels = json!({"zone": "eu", (own): "1", "traceID": format!("{:x}", at + 1)});
            json!({"labels": labels, "value": "1", "timestamp": 1_795_240_170.0 + f64::from(at) / 10.0})
        })
        .collect();
    let series = json!({"seriesLabels": {"__name__": "up"}, "exemplars": exemplars});
    let body = json!({"status": "success", "data": [series]}).to_string();
    let server = PlayedServer::start(&[
        ("/query_range", Answer::json(NO_SERIES)),
        ("/query_exemplars", Answer::json(body)),
    ]);
    let query = json!({"expr": "up", "exemplar": true, "maxExemplars": 10_000});
    let ours = answer(&context(&server.url), &query).await;
    let rows = exemplars_of(&ours);
    assert_eq!(rows.len(), 400);
    assert_eq!(rows[0].len(), "Time Value".split(' ').count() + 100);
    for row in &rows {
        assert!(row["trace_id"].is_string() && row["zone"] == "eu", "{row:?}");
    }
    let frame = ours["frames"].as_array().unwrap().iter().find(|frame| is_exemplars(frame));
    let text = frame.unwrap()["schema"]["meta"]["notices"][0]["text"].as_str().unwrap();
    assert_eq!(
        text,
        "303 labels of exemplars are not shown: at most 100 are, those that most exemplars have"
    );
}

#[tokio::test]
async fn warnings_of_the_server_and_filters_left_out_are_told() {
    let body = r#"{"data":{"resultType":"matrix","result":[]},"warnings":["a store is missing"]}"#;
    let server = PlayedServer::start(&[("/query_range", Answer::json(body))]);
    let query = json!({"expr": "x", "leftOutFilters": ["region"]});
    let ours = answer(&context(&server.url), &query).await;
    let notices = ours["frames"][0]["schema"]["meta"]["notices"].as_array().unwrap();
    let texts: Vec<&str> = notices.iter().map(|notice| notice["text"].as_str().unwrap()).collect();
    assert_eq!(
        texts,
        ["a store is missing", "the dashboard's filters on region do not narrow queries in PromQL"]
    );
}

#[tokio::test]
async fn without_a_metrics_server_the_setting_is_named() {
    let ctx = call("http://127.0.0.1:1", &json!({}));
    let ours = answer(&ctx, &json!({"expr": "up"})).await;
    assert_eq!(ours["status"], 400);
    let text = ours["error"].as_str().unwrap();
    assert!(text.contains("\"Metrics server\" (jsonData.metrics.url)"), "{text}");
}

#[tokio::test]
async fn the_metrics_server_gets_its_own_credentials_only() {
    let server = PlayedServer::start(&[("/query_range", Answer::json(NO_SERIES))]);
    let secrets = [
        ("basicAuthPassword", "of-profiles"),
        ("bearerToken", "of-profiles"),
        ("httpHeaderValue1", "of-profiles"),
        ("metricsBasicAuthPassword", "glc"),
        ("metricsHttpHeaderValue1", "sre"),
    ];
    let metrics = json!({"url": server.url, "basicAuth": true, "basicAuthUser": "12345",
        "tenant": "shop", "httpHeaderName1": "X-Team"});
    let settings = json!({"metrics": metrics, "tenant": "other", "httpHeaderName1": "X-Secret"});
    let ctx = call_with_secrets("http://127.0.0.1:1", &settings, &secrets);
    answer(&ctx, &json!({"expr": "up"})).await;
    let headers = &server.asked()[0].headers;
    assert_eq!(headers["authorization"], "Basic MTIzNDU6Z2xj");
    assert_eq!((headers["x-scope-orgid"].as_str(), headers["x-team"].as_str()), ("shop", "sre"));
    assert_eq!(headers.get("x-secret"), None);
    assert!(headers.values().all(|value| !value.contains("of-profiles")));

    let ctx = call_with_secrets(
        "http://127.0.0.1:1",
        &json!({"metrics": {"url": server.url}}),
        &secrets[..3],
    );
    answer(&ctx, &json!({"expr": "up"})).await;
    assert_eq!(server.asked()[1].headers.get("authorization"), None);
}
