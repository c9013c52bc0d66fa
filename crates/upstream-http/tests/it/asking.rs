//! Questions in a dialect of the tests' own.

use std::time::Duration;

use fake_server::FakeServer;
use upstream_http::{
    Body, Dialect, Fault, HttpConfig, ProxyConfig, Question, RequestHeaders, Retries, Transport,
};

/// A dialect that knows no errors of its own.
pub(crate) static DIALECT: Dialect = Dialect {
    accept: "application/proto",
    body_type: "application/proto",
    answer_type: Some("application/proto"),
    headers: &[("connect-protocol-version", "1")],
    timeout_header: Some("connect-timeout-ms"),
    error: |_| None,
};

/// A question that every server answers.
pub(crate) fn names() -> Question<'static> {
    Question { what: "Names", path: "/Names", body: Some("".into()), dialect: &DIALECT }
}

/// Asks a server once.
pub(crate) async fn ask(config: &HttpConfig) -> Result<Body, Fault> {
    ask_again(&Transport::new(config).expect("a usable configuration")).await
}

/// Asks a server over a transport that may have a connection already.
pub(crate) async fn ask_again(transport: &Transport) -> Result<Body, Fault> {
    transport.ask(&transport.on_behalf(&RequestHeaders::new()), &names()).await
}

/// A configuration for a server that repeats quickly and knows no proxy.
pub(crate) fn config_of(server: &FakeServer) -> HttpConfig {
    quick_config(server.url())
}

/// A configuration that repeats quickly and knows no proxy.
pub(crate) fn quick_config(url: impl Into<String>) -> HttpConfig {
    let mut config = HttpConfig::new(url);
    config.proxy = ProxyConfig::Direct;
    config.retries = Retries {
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(5),
        ..Retries::default()
    };
    config
}
