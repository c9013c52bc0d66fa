//! What a request carries.

use fake_server::{FakeServer, Reply, Request};
use upstream_http::{Authentication, Compression, HttpConfig, RequestHeaders, Transport};

use crate::asking::{ask_again, config_of, names};

/// The one request that is sent.
async fn sent(configure: impl FnOnce(&mut HttpConfig), on_behalf: &[(&str, &str)]) -> Request {
    let server = FakeServer::start(|_| Reply::proto("")).await;
    let mut config = config_of(&server);
    configure(&mut config);
    let mut headers = RequestHeaders::new();
    for (name, value) in on_behalf {
        headers.append(name, value).unwrap();
    }
    let transport = Transport::new(&config).unwrap();
    transport.ask(&transport.on_behalf(&headers), &names()).await.unwrap();
    server.requests().pop().unwrap()
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
    let request = sent(|config| config.url += "/prefix/eu/", &[]).await;
    assert_eq!(request.path, "/prefix/eu/Names");
}

#[tokio::test]
async fn credentials_and_tenant_are_sent() {
    let basic = |config: &mut HttpConfig| {
        config.authentication =
            Authentication::Basic { user: "12345".to_owned(), password: "glc_token".into() };
        config.tenant = Some("shop|other".to_owned());
    };
    let request = sent(basic, &[]).await;
    assert_eq!(request.header("authorization"), Some("Basic MTIzNDU6Z2xjX3Rva2Vu"));
    assert_eq!(request.header("x-scope-orgid"), Some("shop|other"));

    let bearer = |config: &mut HttpConfig| {
        config.authentication = Authentication::Bearer { token: "abc".into() };
    };
    assert_eq!(sent(bearer, &[]).await.header("authorization"), Some("Bearer abc"));

    let in_url = |config: &mut HttpConfig| {
        config.url = config.url.replace("http://", "http://12345:glc%5Ftoken@");
    };
    let request = sent(in_url, &[]).await;
    assert_eq!(request.header("authorization"), Some("Basic MTIzNDU6Z2xjX3Rva2Vu"));
    assert!(!request.header("host").unwrap().contains('@'));
}

#[tokio::test]
async fn headers_of_the_configuration_win() {
    let configure = |config: &mut HttpConfig| {
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
    let configure = |config: &mut HttpConfig| {
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
    let mut config = config_of(&server);
    config.forwarding.oauth_identity = true;
    let transport = Transport::new(&config).unwrap();
    let mut headers = RequestHeaders::new();
    headers.append("Authorization", "Bearer ann").unwrap();
    transport.ask(&transport.on_behalf(&headers), &names()).await.unwrap();
    ask_again(&transport).await.unwrap();
    let seen: Vec<_> = server
        .requests()
        .iter()
        .map(|request| request.header("authorization").map(str::to_owned))
        .collect();
    assert_eq!(seen, [Some("Bearer ann".to_owned()), None]);
}
