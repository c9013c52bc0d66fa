//! Every way in which a server can fail, and what the client says of it.

use fake_server::{FakeServer, Reply};
use prometheus_client::PrometheusClient;
use query::SourceErrorKind::{self, *};
use upstream_http::Authentication;

use crate::questions::{config, range_query};

fn api(status: u16, error_type: &str, error: &str) -> Reply {
    let body = format!(r#"{{"status":"error","errorType":{error_type:?},"error":{error:?}}}"#);
    Reply::answer(status, "application/json", body)
}

fn html(status: u16, title: &str) -> Reply {
    let page = format!("<!doctype html><html><head><title>{title}</title></head><body/></html>");
    Reply::answer(status, "text/html", page)
}

fn rows() -> Vec<(&'static str, Reply, SourceErrorKind, &'static str)> {
    let parse = "1:6: parse error: unclosed left parenthesis";
    vec![
        ("bad expression", api(400, "bad_data", parse), InvalidRequest, "bad_data: 1:6: parse error: unclosed left parenthesis"),
        ("many to many", api(422, "execution", "many-to-many matching not allowed"), InvalidRequest, "execution: many-to-many matching not allowed"),
        ("too much", api(422, "execution", "query processing would load too many samples into memory"), ResourceExhausted, "too many samples"),
        ("timeout", api(503, "timeout", "query timed out in expression evaluation"), DeadlineExceeded, "timeout: query timed out"),
        ("not ready", api(503, "unavailable", "starting"), Unavailable, "unavailable: starting"),
        ("own failure", api(500, "internal", "block gone"), Internal, "internal: block gone"),
        ("tenant", Reply::answer(401, "text/plain", "no org id"), Unauthenticated, "\"no org id\""),
        ("token", html(403, "Forbidden"), PermissionDenied, "HTML page that begins \"Forbidden\""),
        ("nothing there", html(404, "Not found"), NotFound, "404 Not Found"),
        ("limit", api(429, "bad_data", "too many requests"), ResourceExhausted, "too many requests"),
        ("gateway", html(502, "Bad gateway"), Unavailable, "502"),
        ("a page instead of JSON", html(200, "Grafana"), NotFound, "text/html instead of application/json"),
        ("cut off", Reply::Raw(b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 99\r\n\r\n{\"st".to_vec()), InvalidResponse, "cut off after 4 bytes"),
        ("other JSON", Reply::answer(200, "application/json", "{\"status\":\"success\"}"), InvalidResponse, "not the JSON expected"),
        ("no number", Reply::answer(200, "application/json", r#"{"data":{"resultType":"scalar","result":[1,"x"]}}"#), InvalidResponse, "\"x\" is not a number"),
        ("too long", Reply::answer(200, "application/json", vec![b' '; 100_001]), ResourceExhausted, "longer than the limit of 100000 bytes"),
        ("repeats the password", api(400, "bad_data", "user me:hunter2-and-more"), InvalidRequest, "bad_data: user me:[secret]"),
    ]
}

#[tokio::test]
async fn every_fault_has_its_kind_and_its_words() {
    for (name, reply, kind, says) in rows() {
        let server = FakeServer::start(move |_| reply.clone()).await;
        let mut config = config(&server);
        config.http.max_response_bytes = 100_000;
        config.http.authentication =
            Authentication::Basic { user: "me".to_owned(), password: "hunter2-and-more".into() };
        let client = PrometheusClient::new(&config).unwrap();
        let error = client.query_range(&range_query()).await.unwrap_err();
        assert_eq!(error.kind, kind, "{name}: {error}");
        assert!(error.message.contains(says), "{name}: {error} does not say {says:?}");
        assert!(!error.message.contains("hunter2"), "{name}: {error}");
    }
}
