//! How calls travel: methods, content types, compression, limits, errors.

use std::io::Write;
use std::time::Duration;

use flate2::Compression;
use flate2::write::GzEncoder;
use query::SourceErrorKind;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::net::TcpStream;

use crate::fake_store::FakeStore;
use crate::http::{Request, Response, Running, arguments};

const LABEL_NAMES: &str = "querier.v1.QuerierService/LabelNames";

async fn start(store: FakeStore) -> Running {
    let folder = tempfile::tempdir().unwrap();
    Running::start(&arguments(folder.path(), &["--no-workbench"]), store).await
}

fn label_names() -> Request {
    Request::call(LABEL_NAMES, &json!({"start": 5, "end": 6}))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

#[tokio::test]
async fn a_call_is_a_post_in_protobuf_or_json() {
    let store = FakeStore { label_names: vec!["region".into()], ..FakeStore::default() };
    let server = start(store).await;

    let json = server.send(label_names()).await;
    assert_eq!((json.status, json.header("content-type")), (200, "application/json"));
    assert_eq!(json.json(), json!({"names": ["region"]}));

    // Fields 2 and 3 as varints: start 5, end 6.
    let message = [0x10, 5, 0x18, 6];
    let path = format!("/{LABEL_NAMES}");
    let proto = server.send(Request::post(&path, "application/proto", message)).await;
    assert_eq!((proto.status, proto.header("content-type")), (200, "application/proto"));
    assert_eq!(proto.body, b"\x0a\x06region");

    let get = server.send(Request::get(&path)).await;
    assert_eq!((get.status, get.header("allow")), (405, "POST"));
    for content_type in ["text/plain", "text/html", "application/x-protobuf"] {
        let other = server.send(Request::post(&path, content_type, message)).await;
        assert_eq!(other.status, 415, "{content_type}");
        assert!(other.header("accept-post").contains("application/proto"));
    }
    let none = server.send(Request::new("POST", &path).body(message)).await;
    assert_eq!(none.status, 415);
    let unknown = server.send(Request::call("querier.v1.QuerierService/Nothing", &json!({}))).await;
    assert_eq!((unknown.status, unknown.text().as_str()), (404, "404 page not found\n"));
}

#[tokio::test]
async fn json_takes_numbers_as_texts_and_unknown_fields() {
    let server = start(FakeStore::default()).await;
    let body = json!({"start": "5", "end": 6, "fieldOfALaterVersion": {"x": 1}});
    assert_eq!(server.send(Request::call(LABEL_NAMES, &body)).await.status, 200);
    let body = json!({"start": "yesterday", "end": 6});
    let wrong = server.send(Request::call(LABEL_NAMES, &body)).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (400, "invalid_argument"));
}

#[tokio::test]
async fn bodies_may_be_gzip_both_ways() {
    let label_names_of_store: Vec<String> = (0..2_000).map(|idx| format!("label_{idx}")).collect();
    let store = FakeStore { label_names: label_names_of_store, ..FakeStore::default() };
    let server = start(store).await;
    let path = format!("/{LABEL_NAMES}");
    let packed = Request::post(&path, "application/json", gzip(br#"{"start":5,"end":6}"#))
        .header("Content-Encoding", "gzip");

    // Unlike Pyroscope: who does not ask for gzip does not get it.
    let plain = server.send(packed.clone()).await;
    assert_eq!((plain.status, plain.header("content-encoding")), (200, ""));
    let both = server.send(packed.header("Accept-Encoding", "br, gzip;q=0.5")).await;
    assert_eq!((both.status, both.header("content-encoding")), (200, "gzip"));
    assert!(both.body.len() < plain.body.len() / 2);
    assert_eq!(both.json(), plain.json());
    let refused = server.send(label_names().header("Accept-Encoding", "gzip;q=0")).await;
    assert_eq!(refused.header("content-encoding"), "");

    let unknown = server.send(label_names().header("Content-Encoding", "zstd")).await;
    assert_eq!((unknown.status, unknown.code().as_str()), (501, "unimplemented"));
    let not_gzip = server.send(label_names().header("Content-Encoding", "gzip")).await;
    assert_eq!((not_gzip.status, not_gzip.code().as_str()), (400, "invalid_argument"));
}

#[tokio::test]
async fn a_gzip_bomb_is_refused() {
    let server = start(FakeStore::default()).await;
    let bomb = gzip(&vec![0; 100 << 20]);
    assert!(bomb.len() < 200_000, "{} bytes hold 100 MiB", bomb.len());
    for path in ["/push.v1.PusherService/Push", "/querier.v1.QuerierService/LabelNames"] {
        let request = Request::post(path, "application/proto", bomb.clone());
        let answer = server.send(request.header("Content-Encoding", "gzip")).await;
        assert_eq!((answer.status, answer.code().as_str()), (429, "resource_exhausted"), "{path}");
    }
    let legacy = Request::post("/ingest?name=a&format=pprof", "application/octet-stream", bomb);
    // Once as the coding of the body, once as the pprof itself.
    let coded = server.send(legacy.clone().header("Content-Encoding", "gzip")).await;
    assert_eq!((coded.status, coded.code().as_str()), (413, "resource_exhausted"));
    let pprof = server.send(legacy).await;
    assert_eq!((pprof.status, pprof.code().as_str()), (422, "invalid_argument"));
}

#[tokio::test]
async fn a_body_over_the_limit_is_refused_before_it_is_read() {
    let server = start(FakeStore::default()).await;
    for (path, length, status) in [
        ("/querier.v1.QuerierService/LabelNames", 16 << 20, 429),
        ("/push.v1.PusherService/Push", 64 << 20, 429),
        ("/ingest?name=a&format=pprof", 64 << 20, 413),
    ] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/proto\r\n\
             Content-Length: {}\r\nConnection: close\r\n\r\n",
            length + 1
        );
        let answer = Response::to_bytes(server.address, head.as_bytes()).await;
        assert_eq!(
            (answer.status, answer.code().as_str()),
            (status, "resource_exhausted"),
            "{path}"
        );
    }
}

#[tokio::test]
async fn a_body_that_is_cut_off_gets_no_profile_stored() {
    let store = FakeStore::default();
    let server = start(store.clone()).await;
    let mut stream = TcpStream::connect(server.address).await.unwrap();
    let head =
        "POST /ingest?name=a HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\nmain 1";
    stream.write_all(head.as_bytes()).await.unwrap();
    stream.shutdown().await.unwrap();
    drop(stream);
    // The server goes on.
    assert_eq!(server.send(label_names()).await.status, 200);
    assert!(store.pushed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn bytes_that_are_no_message_are_named() {
    let server = start(FakeStore::default()).await;
    let path = format!("/{LABEL_NAMES}");
    for body in ["<!doctype html><html>", "\u{7f}", "{"] {
        for content_type in ["application/proto", "application/json"] {
            let answer = server.send(Request::post(&path, content_type, body)).await;
            assert_eq!(
                (answer.status, answer.code().as_str()),
                (400, "invalid_argument"),
                "{body}"
            );
            let message = answer.json()["message"].to_string();
            assert!(message.contains("unmarshal message"), "{message}");
        }
    }
}

#[tokio::test]
async fn failures_of_the_source_keep_their_kind() {
    for (kind, status, code) in [
        (SourceErrorKind::InvalidRequest, 400, "invalid_argument"),
        (SourceErrorKind::Unauthenticated, 401, "unauthenticated"),
        (SourceErrorKind::PermissionDenied, 403, "permission_denied"),
        (SourceErrorKind::NotFound, 404, "not_found"),
        (SourceErrorKind::Unimplemented, 501, "unimplemented"),
        (SourceErrorKind::ResourceExhausted, 429, "resource_exhausted"),
        (SourceErrorKind::DeadlineExceeded, 504, "deadline_exceeded"),
        (SourceErrorKind::Unavailable, 503, "unavailable"),
        (SourceErrorKind::InvalidResponse, 500, "internal"),
        (SourceErrorKind::Canceled, 499, "canceled"),
        (SourceErrorKind::Internal, 500, "internal"),
    ] {
        let server = start(FakeStore { failure: Some(kind), ..FakeStore::default() }).await;
        let answer = server.send(label_names()).await;
        assert_eq!((answer.status, answer.code().as_str()), (status, code));
        assert_eq!(answer.header("content-type"), "application/json");
        assert_eq!(answer.json()["message"], format!("told to fail: {kind:?}"));
    }
}

#[tokio::test]
async fn a_call_ends_when_the_client_wants_it_to() {
    let store = FakeStore { delay: Duration::from_secs(60), ..FakeStore::default() };
    let server = start(store.clone()).await;
    let late = server.send(label_names().header("Connect-Timeout-Ms", "50")).await;
    assert_eq!((late.status, late.code().as_str()), (504, "deadline_exceeded"));
    let wrong = server.send(label_names().header("Connect-Timeout-Ms", "soon")).await;
    assert_eq!((wrong.status, wrong.code().as_str()), (400, "invalid_argument"));

    let mut gone = TcpStream::connect(server.address).await.unwrap();
    gone.write_all(&label_names().bytes(server.address)).await.unwrap();
    wait_until(|| store.progress.lock().unwrap().0 == 2).await;
    drop(gone);
    let counted = "fireline_requests_total{call=\"LabelNames\",status=\"499\"} 1";
    for _ in 0..200 {
        if server.send(Request::get("/metrics")).await.text().contains(counted) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("the query of a client that went away was not given up");
}

async fn wait_until(done: impl Fn() -> bool) {
    for _ in 0..500 {
        if done() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("waited for 5 s");
}

#[tokio::test]
async fn label_names_outside_ascii_are_for_clients_that_ask() {
    let set = |names: &[&str]| names.iter().map(|name| ((*name).into(), "x".into())).collect();
    let store = FakeStore {
        label_names: ["otel.scope.name", "region", "__name__", "9", ""].map(Into::into).into(),
        label_sets: vec![set(&["otel.scope.name", "region"]), set(&["region"])],
        ..FakeStore::default()
    };
    let server = start(store).await;
    let accept = |request: Request| request.header("Accept", "*/*; allow-utf8-labelnames=true");
    let series = Request::call("querier.v1.QuerierService/Series", &json!({"start": 5, "end": 6}));

    let names = server.send(label_names()).await.json();
    assert_eq!(names, json!({"names": ["region", "__name__"]}));
    let all = server.send(accept(label_names())).await.json();
    assert_eq!(all["names"].as_array().unwrap().len(), 5);
    let sets = server.send(series.clone()).await.json();
    assert_eq!(sets["labelsSet"].as_array().unwrap().len(), 1, "{sets}");
    let all = server.send(accept(series)).await.json();
    assert_eq!(all["labelsSet"].as_array().unwrap().len(), 2);

    let wrong = server.send(label_names().header("Accept", "*/*; =")).await;
    assert_eq!((wrong.status, wrong.header("content-type")), (400, "text/plain; charset=utf-8"));
}

#[tokio::test]
async fn a_page_of_another_site_cannot_use_the_api() {
    let server = start(FakeStore::default()).await;
    let foreign = server.send(label_names().header("Origin", "https://evil.example")).await;
    assert_eq!((foreign.status, foreign.code().as_str()), (403, "permission_denied"));
    let push = Request::post("/ingest?name=a", "text/plain", "main 1");
    assert_eq!(server.send(push.header("Origin", "null")).await.status, 403);
    let origin = server.url.clone();
    assert_eq!(server.send(label_names().header("Origin", &origin)).await.status, 200);
}

#[tokio::test]
async fn everything_lives_below_the_base_path() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = arguments(folder.path(), &["--no-workbench", "--base-path", "/grafana/"]);
    let server = Running::start(&arguments, FakeStore::default()).await;
    assert!(server.url.ends_with("/grafana"), "{}", server.url);
    assert_eq!(server.send(Request::get("/grafana/ready")).await.text(), "ready");
    assert_eq!(server.send(Request::get("/ready")).await.status, 404);
    let redirect = server.send(Request::get("/grafana?a=b")).await;
    assert_eq!((redirect.status, redirect.header("location")), (308, "/grafana/?a=b"));
}

#[tokio::test]
async fn people_and_monitors_can_look_at_the_server() {
    let server = start(FakeStore::default()).await;
    assert_eq!(server.send(Request::get("/ready")).await.text(), "ready");
    let build = server.send(Request::get("/api/v1/status/buildinfo")).await.json();
    assert_eq!(build["status"], "success");
    assert!(build["data"]["version"].as_str().unwrap().starts_with("fireline-"), "{build}");
    let metrics = server.send(Request::get("/metrics")).await;
    assert_eq!(metrics.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
    let metrics = metrics.text();
    assert!(metrics.contains("fake_store_up 1"), "{metrics}");
    let profiles = server.send(Request::get("/api/profiles")).await.json();
    assert_eq!(profiles["profileTypes"], json!(["process_cpu:cpu:nanoseconds:cpu:nanoseconds"]));
    assert!(profiles["more"].as_str().unwrap().contains("/querier.v1.QuerierService/ProfileTypes"));
    assert_eq!(server.send(Request::get("/api/apps")).await.json()["apps"], json!([]));
}

#[tokio::test]
async fn the_clients_time_covers_its_own_slow_sending() {
    let server = start(FakeStore::default()).await;
    let head = format!(
        "POST /{LABEL_NAMES} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/proto\r\n\
         Connect-Timeout-Ms: 50\r\nContent-Length: 100\r\nConnection: close\r\n\r\n"
    );
    let answer = Response::to_bytes(server.address, head.as_bytes()).await;
    assert_eq!((answer.status, answer.code().as_str()), (504, "deadline_exceeded"));
}

#[tokio::test]
async fn a_server_whose_store_takes_no_pushes_is_not_ready() {
    let server = start(FakeStore { writer_ended: true, ..FakeStore::default() }).await;
    let ready = server.send(Request::get("/ready")).await;
    assert_eq!(ready.status, 503);
    assert!(ready.text().contains("writer has ended"), "{}", ready.text());
}

#[tokio::test]
async fn pushes_beyond_what_the_server_may_hold_are_told_to_come_again() {
    let server = start(FakeStore::default()).await;
    // Four bodies of 64 MiB without their last byte hold all of 256 MiB.
    let most = 64 << 20;
    let mut waiting = Vec::new();
    for _ in 0..4 {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        let head = format!(
            "POST /push.v1.PusherService/Push HTTP/1.1\r\nHost: localhost\r\n\
             Content-Type: application/proto\r\nContent-Length: {most}\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream.write_all(&vec![0; most - 1]).await.unwrap();
        waiting.push(stream);
    }
    // The last bytes may still be on their way.
    tokio::time::sleep(Duration::from_millis(500)).await;
    let push = || Request::post("/push.v1.PusherService/Push", "application/proto", "\u{a}");
    let ingest = || Request::post("/ingest?name=a", "text/plain", "main 5");
    let (pushed, ingested) = tokio::join!(server.send(push()), server.send(ingest()));
    for busy in [pushed, ingested] {
        assert_eq!((busy.status, busy.code().as_str()), (429, "resource_exhausted"));
        assert!(busy.text().contains("hold 268435456 bytes"), "{}", busy.text());
    }
    // Queries go on, and pushes too when others have gone.
    assert_eq!(server.send(label_names()).await.status, 200);
    drop(waiting.pop());
    assert_eq!(server.send(ingest()).await.status, 200);
}
