//! The data sources of the workbench beside Fireline's own: servers that the command line names.

use fake_server::{FakeServer, Reply};
use serde_json::{Value, json};

use crate::fake_store::FakeStore;
use crate::http::{Request, Running, arguments};

const TRACE_ID: &str = "b76efb7ac1779aa58aecd0fd08c2bdc5";

fn recorded(name: &str) -> String {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/zipkin-datasource");
    std::fs::read_to_string(format!("{folder}/{name}.json")).unwrap()
}

/// A Zipkin that has one trace.
async fn zipkin() -> FakeServer {
    FakeServer::start(|request| match request.path.as_str() {
        path if path == format!("/api/v2/trace/{TRACE_ID}") => {
            Reply::answer(200, "application/json", recorded("trace"))
        }
        path if path.starts_with("/api/v2/trace/") => {
            Reply::answer(404, "text/plain", "trace not found")
        }
        _ => Reply::answer(500, "text/plain", "unexpected"),
    })
    .await
}

async fn start(more: &[&str]) -> (tempfile::TempDir, Running) {
    let folder = tempfile::tempdir().unwrap();
    let server = Running::start(&arguments(folder.path(), more), FakeStore::default()).await;
    (folder, server)
}

async fn ask(server: &Running, queries: &[Value]) -> (u16, Value) {
    let body = json!({"queries": queries, "from": "now-1h", "to": "now"}).to_string();
    let answer = server.send(Request::new("POST", "/api/ds/query").body(body)).await;
    (answer.status, answer.json())
}

fn trace_query(ref_id: &str, id: &str) -> Value {
    json!({"refId": ref_id, "datasource": {"uid": "zipkin", "type": "zipkin"}, "query": id})
}

#[tokio::test]
async fn a_trace_of_zipkin_is_the_frame_that_grafana_would_answer() {
    let zipkin = zipkin().await;
    let url = format!("http://{}/", zipkin.address);
    let (_folder, server) = start(&["--zipkin", &url]).await;
    let (status, answer) = ask(&server, &[trace_query("A", TRACE_ID)]).await;
    assert_eq!(status, 200, "{answer}");
    let frame = &answer["results"]["A"]["frames"][0];
    let grafanas: Value = serde_json::from_str(&recorded("answer")).unwrap();
    let grafanas = &grafanas["results"]["A"]["frames"][0];
    assert_eq!(frame["schema"], grafanas["schema"]);
    // All columns but the last: the order of a span's tags is not fixed.
    for column in 0..9 {
        assert_eq!(frame["data"]["values"][column], grafanas["data"]["values"][column]);
    }
}

#[tokio::test]
async fn what_zipkin_does_not_have_and_what_is_no_id_is_told_query_by_query() {
    let zipkin = zipkin().await;
    let url = format!("http://{}", zipkin.address);
    let (_folder, server) = start(&["--zipkin", &url]).await;
    let queries =
        [trace_query("A", TRACE_ID), trace_query("B", "0abc"), trace_query("C", "../services")];
    let (status, answer) = ask(&server, &queries).await;
    assert_eq!(status, 400);
    let results = &answer["results"];
    assert_eq!(results["A"]["status"], 200);
    assert_eq!(results["B"]["status"], 404, "{}", results["B"]);
    assert!(results["B"]["error"].as_str().unwrap().contains("trace not found"));
    assert_eq!(results["C"]["status"], 400);
    assert!(results["C"]["error"].as_str().unwrap().contains("\"../services\" is no trace id"));
}

#[tokio::test]
async fn only_servers_that_are_named_are_data_sources() {
    let (_folder, server) =
        start(&["--zipkin", "http://127.0.0.1:1", "--prometheus", "http://127.0.0.1:2/"]).await;
    let settings = server.send(Request::get("/api/workbench/settings")).await.json();
    let sources = settings["datasources"].as_array().unwrap();
    let uids: Vec<&str> = sources.iter().filter_map(|source| source["uid"].as_str()).collect();
    assert_eq!(uids, ["fireline", "zipkin"]);
    // Metrics are asked for by Fireline itself, in its query type "promql".
    assert_eq!(sources[0]["jsonData"]["metrics"]["url"], "http://127.0.0.1:2");

    let (_folder, server) =
        start(&["--zipkin", "none", "--prometheus", "none", "--loki", "none"]).await;
    let (status, answer) = ask(&server, &[trace_query("A", TRACE_ID)]).await;
    assert_eq!(status, 404, "{answer}");
    let settings = server.send(Request::get("/api/workbench/settings")).await.json();
    assert_eq!(settings["datasources"].as_array().map(Vec::len), Some(1));
    assert_eq!(settings["datasources"][0]["jsonData"], json!({"minStep": "30s"}));
}

#[tokio::test]
async fn a_metrics_server_beside_is_not_kept_in_the_settings() {
    let (folder, server) = start(&["--prometheus", "http://127.0.0.1:2"]).await;
    let path = "/api/datasources/uid/fireline";
    let shown = server.send(Request::get(path)).await.json();
    assert_eq!(shown["jsonData"]["metrics"]["url"], "http://127.0.0.1:2");
    // The page sends back what it was shown.
    let body = json!({"jsonData": shown["jsonData"], "url": ""}).to_string();
    let put = server.send(Request::new("PUT", path).body(body)).await;
    assert_eq!(put.status, 200, "{}", put.text());
    server.stop().await;
    let without = Running::start(&arguments(folder.path(), &[]), FakeStore::default()).await;
    let shown = without.send(Request::get(path)).await.json();
    assert_eq!(shown["jsonData"]["metrics"], Value::Null, "{shown}");
}

#[tokio::test]
async fn log_lines_of_loki_stand_in_the_order_that_was_asked_for() {
    let loki = FakeServer::start(|_| {
        let stream = json!({"stream": {"service_name": "checkout"}, "values": [
            ["1795240176508985295", "late"], ["1795240176508985294", "early"],
        ]});
        let body =
            json!({"status": "success", "data": {"resultType": "streams", "result": [stream]}});
        Reply::answer(200, "application/json", body.to_string())
    })
    .await;
    let (_folder, server) = start(&["--loki", &format!("http://{}", loki.address)]).await;
    let expr = "{service_name=\"checkout\"} |= \"a&b\"";
    let query = json!({
        "refId": "A", "datasource": {"uid": "loki", "type": "loki"}, "expr": expr, "direction": "forward",
    });
    let (status, answer) = ask(&server, &[query]).await;
    assert_eq!(status, 200, "{answer}");
    let values = &answer["results"]["A"]["frames"][0]["data"]["values"];
    assert_eq!(values[2], json!(["early", "late"]));
    let asked = loki.requests();
    assert!(asked[0].path.contains("%7C%3D%20%22a%26b%22"), "{}", asked[0].path);
}
