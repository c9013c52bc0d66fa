//! What a request carries.

use fake_server::{FakeServer, Reply};
use query::ProfileSource;

use crate::client_of::ClientOf;
use crate::goldens::everything;

#[tokio::test]
async fn a_request_says_what_it_is_and_what_it_takes() {
    let server = FakeServer::start(|_| Reply::proto("")).await;
    server.client().label_names(&everything()).await.unwrap();
    let request = server.requests().pop().unwrap();
    assert_eq!(request.method, "POST");
    assert_eq!(request.path, "/querier.v1.QuerierService/LabelNames");
    assert_eq!(request.header("content-type"), Some("application/proto"));
    assert_eq!(request.header("accept"), Some("*/*; allow-utf8-labelnames=true"));
    assert_eq!(request.header("connect-protocol-version"), Some("1"));
    let timeout: u32 = request.header("connect-timeout-ms").unwrap().parse().unwrap();
    assert!((25_000..=30_000).contains(&timeout), "{timeout}");
    assert!(request.header("user-agent").unwrap().starts_with("fireline/"));
    for name in ["authorization", "x-scope-orgid", "cookie"] {
        assert_eq!(request.header(name), None);
    }
}
