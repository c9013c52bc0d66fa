//! What is asked, and how.

use fake_server::{FakeServer, Reply, Request};
use prometheus_client::{PrometheusClient, PrometheusConfig, RangeQuery};
use query::Window;
use upstream_http::{HttpConfig, ProxyConfig, Retries};

pub(crate) const WINDOW: Window =
    Window { start_millis: 1_795_240_170_000, end_millis: 1_795_240_290_500 };

pub(crate) fn range_query() -> RangeQuery {
    RangeQuery { expr: "rate(x[5m]) + 1".to_owned(), window: WINDOW, step_millis: 15_000 }
}

pub(crate) fn config(server: &FakeServer) -> PrometheusConfig {
    let mut http = HttpConfig::new(format!("{}/api/prom", server.url()));
    http.proxy = ProxyConfig::Direct;
    http.retries = Retries { max: 0, ..Retries::default() };
    PrometheusConfig { http, by_post: true }
}

pub(crate) fn client(server: &FakeServer) -> PrometheusClient {
    PrometheusClient::new(&config(server)).unwrap()
}

pub(crate) fn success(data: &str) -> Reply {
    Reply::answer(200, "application/json", format!("{{\"status\":\"success\",\"data\":{data}}}"))
}

const NO_SERIES: &str = r#"{"resultType":"matrix","result":[]}"#;

fn body(request: &Request) -> String {
    String::from_utf8(request.body.clone()).unwrap()
}

#[tokio::test]
async fn expressions_are_posted_as_a_form_below_the_prefix() {
    let server = FakeServer::start(|_| success(NO_SERIES)).await;
    client(&server).query_range(&range_query()).await.unwrap();
    let request = server.requests().pop().unwrap();
    assert_eq!(
        (request.method.as_str(), request.path.as_str()),
        ("POST", "/api/prom/api/v1/query_range")
    );
    assert_eq!(request.header("content-type"), Some("application/x-www-form-urlencoded"));
    assert_eq!(
        body(&request),
        "query=rate%28x%5B5m%5D%29+%2B+1&start=1795240170.000&end=1795240290.500&step=15.000"
    );
}

#[tokio::test]
async fn a_server_that_refuses_post_is_asked_by_get_from_then_on() {
    for status in [403, 405, 501] {
        let server = FakeServer::start(move |request| match request.method.as_str() {
            "POST" => Reply::answer(status, "text/plain", "no"),
            _ => success("[]"),
        })
        .await;
        let client = client(&server);
        client.query_exemplars("x", WINDOW).await.unwrap();
        client.query_exemplars("x", WINDOW).await.unwrap();
        let asked: Vec<String> =
            server.requests().iter().map(|request| request.method.clone()).collect();
        assert_eq!(asked, ["POST", "GET", "GET"]);
        let path =
            "/api/prom/api/v1/query_exemplars?query=x&start=1795240170.000&end=1795240290.500";
        assert_eq!(server.requests()[2].path, path);
    }
}

#[tokio::test]
async fn one_who_may_not_ask_at_all_is_told_so() {
    let server = FakeServer::start(|_| Reply::answer(403, "text/plain", "not you")).await;
    let client = client(&server);
    client.query("x", 0).await.unwrap_err();
    client.query("x", 0).await.unwrap_err();
    let posts = server.requests().iter().filter(|request| request.method == "POST").count();
    assert_eq!(posts, 2, "nothing was learnt about methods");
}

#[tokio::test]
async fn labels_are_asked_for_the_series_of_a_selector() {
    let server = FakeServer::start(|_| success(r#"["a","b"]"#)).await;
    let client = client(&server);
    let selectors = ["{job=\"checkout\"}".to_owned()];
    assert_eq!(client.label_names(&selectors, WINDOW).await.unwrap(), ["a", "b"]);
    assert!(body(&server.requests()[0]).ends_with("match%5B%5D=%7Bjob%3D%22checkout%22%7D"));
    client.label_values("le", &[], WINDOW).await.unwrap();
    client.label_values("service.name", &[], WINDOW).await.unwrap();
    let paths: Vec<String> = server.requests().iter().map(|request| request.path.clone()).collect();
    assert!(paths[1].starts_with("/api/prom/api/v1/label/le/values?start="), "{}", paths[1]);
    assert!(
        paths[2].starts_with("/api/prom/api/v1/label/U__service_2e_name/values?"),
        "{}",
        paths[2]
    );
}
