//! Every way a server can fail: what the user reads, and who is to blame.

use std::io::Write;

use grafana_plugin::{DataHandler, ErrorSource};
use serde_json::{Value, json};

use crate::played_server::{Answer, PlayedServer, ask, call, query};

fn profile_query() -> Value {
    json!({
        "refId": "A",
        "queryType": "profile",
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        "labelSelector": "{service_name=\"checkout\"}",
    })
}

/// Settings for a server that is not probed and not asked twice in vain for long.
fn settings() -> Value {
    json!({"pyroscopeVersion": "2.2", "timeout": "5"})
}

#[track_caller]
fn assert_says(message: &str, words: &[&str]) {
    for word in words {
        assert!(message.contains(word), "expected {word:?} in: {message}");
    }
}

async fn check(answer: Answer, status: u16, words: &[&str]) {
    let server = PlayedServer::start(&[("SelectMergeStacktraces", answer)]);
    let result = ask(&call(&server.url, &settings()), &profile_query()).await;
    let error = result.error.expect("the server failed");
    assert_eq!(error.status, status, "{}", error.message);
    assert_eq!(error.error_source, ErrorSource::Downstream, "{}", error.message);
    assert_says(&error.message, words);
}

fn connect_error(status: u16, code: &str, message: &str) -> Answer {
    Answer::error(
        status,
        "application/json",
        &json!({"code": code, "message": message}).to_string(),
    )
}

#[tokio::test]
async fn server_down() {
    let result = ask(&call("http://127.0.0.1:9", &settings()), &profile_query()).await;
    let error = result.error.unwrap();
    assert_eq!(error.status, 503);
    assert_says(&error.message, &["127.0.0.1:9", "check that the server runs"]);
}

#[tokio::test]
async fn credentials_missing_401() {
    let answer = connect_error(401, "unauthenticated", "no org id");
    check(answer, 401, &["no org id", "tenant"]).await;
}

#[tokio::test]
async fn forbidden_403() {
    let answer = Answer::error(403, "text/plain", "forbidden");
    check(answer, 403, &["token may read profiles"]).await;
}

#[tokio::test]
async fn wrong_address_404() {
    let answer = Answer::error(404, "text/plain", "404 page not found");
    check(answer, 404, &["check the URL"]).await;
}

#[tokio::test]
async fn limited_429() {
    let answer = connect_error(429, "resource_exhausted", "too many outstanding requests");
    check(answer, 429, &["too many outstanding requests", "ask for less"]).await;
}

#[tokio::test]
async fn server_fault_5xx() {
    check(connect_error(500, "internal", "boom"), 500, &["boom"]).await;
    check(Answer::error(503, "text/plain", "starting"), 503, &["starting"]).await;
    check(connect_error(504, "deadline_exceeded", "too slow"), 504, &["shorter time range"]).await;
}

#[tokio::test]
async fn answer_cut_off() {
    let mut answer = Answer::proto(vec![7; 4096]);
    answer.cut_after = Some(100);
    check(answer, 502, &["SelectMergeStacktraces", "cut off after 100 bytes"]).await;
}

#[tokio::test]
async fn html_instead_of_protobuf() {
    let answer = Answer::error(200, "text/html", "<html><title>Sign in</title></html>");
    check(answer, 404, &["text/html", "Sign in", "check the URL"]).await;
}

#[tokio::test]
async fn gzip_bomb() {
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    for _ in 0..64 {
        gzip.write_all(&[0; 1 << 20]).unwrap();
    }
    let mut limited = settings();
    limited["maxResponseBytes"] = json!(1 << 20);
    let answer = Answer::proto_gzip(gzip.finish().unwrap());
    let server = PlayedServer::start(&[("SelectMergeStacktraces", answer)]);
    let result = ask(&call(&server.url, &limited), &profile_query()).await;
    let message = result.error.unwrap().message;
    assert_says(&message, &["SelectMergeStacktraces", "longer than the limit of 1048576 bytes"]);
}

#[tokio::test]
async fn garbage_instead_of_a_message() {
    check(Answer::proto(vec![0xff; 64]), 502, &["SelectMergeStacktraces"]).await;
}

#[tokio::test]
async fn one_part_fails_and_the_other_is_shown() {
    let series = pyroscope_api::querier::v1::SelectSeriesResponse {
        series: vec![pyroscope_api::types::v1::Series {
            labels: vec![],
            points: vec![pyroscope_api::types::v1::Point {
                value: 15e9,
                timestamp: 1_795_240_185_000,
                ..Default::default()
            }],
        }],
    };
    let series = Answer::proto(prost::Message::encode_to_vec(&series));
    let tree = connect_error(400, "invalid_argument", "max nodes limit exceeded");
    let server = PlayedServer::start(&[("SelectSeries", series), ("SelectMergeStacktraces", tree)]);
    let mut both = profile_query();
    both["queryType"] = json!("both");
    let result = ask(&call(&server.url, &settings()), &both).await;
    assert_eq!(result.frames.len(), 1, "the series is shown");
    assert_says(&result.error.unwrap().message, &["max nodes limit exceeded"]);
}

#[tokio::test]
async fn where_both_parts_fail_each_kind_of_failure_is_told_once() {
    let mut both = profile_query();
    both["queryType"] = json!("both");
    let series = connect_error(400, "invalid_argument", "the step is too small");
    for (tree, is_another) in [
        (connect_error(403, "permission_denied", "not your spans"), true),
        (connect_error(400, "invalid_argument", "not your spans"), false),
    ] {
        let parts = [("SelectSeries", series.clone()), ("SelectMergeStacktraces", tree)];
        let server = PlayedServer::start(&parts);
        let error = ask(&call(&server.url, &settings()), &both).await.error.unwrap();
        assert_says(&error.message, &["the step is too small"]);
        assert_eq!(error.message.contains("not your spans"), is_another, "{}", error.message);
    }
}

#[tokio::test]
async fn points_at_the_end_of_time_are_drawn_there() {
    let point = pyroscope_api::types::v1::Point {
        timestamp: i64::MIN,
        annotations: vec![pyroscope_api::types::v1::ProfileAnnotation {
            key: "pyroscope.ingest.throttled".to_owned(),
            value: "{}".to_owned(),
        }],
        ..Default::default()
    };
    let series = pyroscope_api::types::v1::Series { labels: vec![], points: vec![point] };
    let response = pyroscope_api::querier::v1::SelectSeriesResponse { series: vec![series] };
    let answer = Answer::proto(prost::Message::encode_to_vec(&response));
    let server = PlayedServer::start(&[("SelectSeries", answer)]);
    let mut query = profile_query();
    query["queryType"] = json!("metrics");
    query["annotations"] = json!(true);
    let result = ask(&call(&server.url, &settings()), &query).await;
    assert_eq!(result.error, None);
    assert_eq!(result.frames[1].name, "annotations");
}

#[tokio::test]
async fn a_caller_that_goes_away_ends_the_request() {
    use std::io::Read;
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let (arrived, has_arrived) = std::sync::mpsc::channel();
    let server = std::thread::spawn(move || {
        let mut connection = listener.accept().unwrap().0;
        let limit = std::time::Duration::from_secs(10);
        connection.set_read_timeout(Some(limit)).unwrap();
        let mut bytes = [0; 4096];
        let first = connection.read(&mut bytes).unwrap();
        arrived.send(first).unwrap();
        // Nothing is answered; what is left of the question, and then the end, or the time is up.
        loop {
            match connection.read(&mut bytes) {
                Ok(0) => return true,
                Ok(_) => {}
                Err(error) => return error.kind() == std::io::ErrorKind::ConnectionReset,
            }
        }
    });
    let fireline = datasource::Fireline::default();
    let ctx = call(&url, &settings());
    let asking = tokio::spawn(async move { fireline.query(&ctx, query(&profile_query())).await });
    let arrives = tokio::task::spawn_blocking(move || has_arrived.recv());
    assert!(arrives.await.unwrap().unwrap() > 0);
    asking.abort();
    let ended = tokio::task::spawn_blocking(move || server.join().unwrap());
    assert!(ended.await.unwrap(), "the server still waits for a caller that is gone");
}
