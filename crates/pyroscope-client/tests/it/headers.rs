//! What a request carries.

use pyroscope_client::{Authentication, Compression, PyroscopeClient, RequestHeaders};
use query::ProfileSource;

use crate::fake_server::{FakeServer, Reply, Request};
use crate::goldens::everything;

/// The one request that a client sends.
async fn sent(
    configure: impl FnOnce(&mut pyroscope_client::ClientConfig),
    on_behalf: &[(&str, &str)],
) -> Request {
    let server = FakeServer::start(|_| Reply::proto("")).await;
    let mut config = server.config();
    configure(&mut config);
    let mut headers = RequestHeaders::new();
    for (name, value) in on_behalf {
        headers.append(name, value).unwrap();
    }
    let client = PyroscopeClient::new(&config).unwrap().with_headers(&headers);
    client.label_names(&everything()).await.unwrap();
    server.requests().pop().unwrap()
}

#[tokio::test]
async fn a_request_says_what_it_is_and_what_it_takes() {
    let request = sent(|_| (), &[]).await;
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

#[tokio::test]
async fn on_this_machine_nothing_is_packed_unless_wanted() {
    let request = sent(|_| (), &[]).await;
    assert_eq!(request.header("accept-encoding"), Some("identity"));
    let request = sent(|config| config.compression = Compression::Always, &[]).await;
    assert_eq!(request.header("accept-encoding"), Some("gzip"));
}

#[tokio::test]
async fn a_path_prefix_is_kept() {
    let request = sent(|config| config.url += "/pyroscope/eu/", &[]).await;
    assert_eq!(request.path, "/pyroscope/eu/querier.v1.QuerierService/LabelNames");
}

#[tokio::test]
async fn credentials_and_tenant_are_sent() {
    let basic = |config: &mut pyroscope_client::ClientConfig| {
        config.authentication =
            Authentication::Basic { user: "12345".to_owned(), password: "glc_token".into() };
        config.tenant = Some("shop|other".to_owned());
    };
    let request = sent(basic, &[]).await;
    assert_eq!(request.header("authorization"), Some("Basic MTIzNDU6Z2xjX3Rva2Vu"));
    assert_eq!(request.header("x-scope-orgid"), Some("shop|other"));

    let bearer = |config: &mut pyroscope_client::ClientConfig| {
        config.authentication = Authentication::Bearer { token: "abc".into() };
    };
    assert_eq!(sent(bearer, &[]).await.header("authorization"), Some("Bearer abc"));

    let in_url = |config: &mut pyroscope_client::ClientConfig| {
        config.url = config.url.replace("http://", "http://12345:glc%5Ftoken@");
    };
    let request = sent(in_url, &[]).await;
    assert_eq!(request.header("authorization"), Some("Basic MTIzNDU6Z2xjX3Rva2Vu"));
    assert!(!request.header("host").unwrap().contains('@'));
}

#[tokio::test]
async fn headers_of_the_configuration_win() {
    let configure = |config: &mut pyroscope_client::ClientConfig| {
        config.tenant = Some("one".to_owned());
        config.headers =
            vec![("X-Scope-OrgID".to_owned(), "two".into()), ("X-Team".to_owned(), "sre".into())];
    };
    let forged = [("X-Scope-OrgID", "three"), ("X-Team", "none"), ("X-Grafana-User", "ann")];
    let request = sent(configure, &forged).await;
    assert_eq!(request.header("x-scope-orgid"), Some("two"));
    assert_eq!(request.header("x-team"), Some("sre"));
    assert_eq!(request.header("x-grafana-user"), Some("ann"));
    assert_eq!(request.headers.iter().filter(|(name, _)| name == "x-scope-orgid").count(), 1);
}

const FORWARDED: [(&str, &str); 5] = [
    ("Authorization", "Bearer of-the-user"),
    ("X-Id-Token", "who"),
    ("Cookie", "session=1; theme=dark; team=sre"),
    ("Content-Length", "99999"),
    ("Host", "elsewhere"),
];

#[tokio::test]
async fn identity_and_cookies_stay_behind_unless_wanted() {
    let request = sent(|_| (), &FORWARDED).await;
    for name in ["authorization", "x-id-token", "cookie"] {
        assert_eq!(request.header(name), None, "{name}");
    }
    assert_ne!(request.header("content-length"), Some("99999"));
    assert_ne!(request.header("host"), Some("elsewhere"));
}

#[tokio::test]
async fn identity_and_named_cookies_are_passed_on_where_wanted() {
    let configure = |config: &mut pyroscope_client::ClientConfig| {
        config.authentication =
            Authentication::Basic { user: "shared".to_owned(), password: "secret".into() };
        config.forwarding.oauth_identity = true;
        config.forwarding.cookies = vec!["session".to_owned(), "team".to_owned()];
    };
    let request = sent(configure, &FORWARDED).await;
    assert_eq!(request.header("authorization"), Some("Bearer of-the-user"));
    assert_eq!(request.header("x-id-token"), Some("who"));
    assert_eq!(request.header("cookie"), Some("session=1; team=sre"));
}

#[tokio::test]
async fn one_users_headers_do_not_reach_another() {
    let server = FakeServer::start(|_| Reply::proto("")).await;
    let mut config = server.config();
    config.forwarding.oauth_identity = true;
    let client = PyroscopeClient::new(&config).unwrap();
    let mut headers = RequestHeaders::new();
    headers.append("Authorization", "Bearer ann").unwrap();
    client.with_headers(&headers).label_names(&everything()).await.unwrap();
    client.with_headers(&RequestHeaders::new()).label_names(&everything()).await.unwrap();
    let seen: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("authorization").map(str::to_owned))
        .collect();
    assert_eq!(seen, [Some("Bearer ann".to_owned()), None]);
}
