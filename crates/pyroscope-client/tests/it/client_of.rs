//! A client of the server that a test plays.

use std::time::Duration;

use fake_server::FakeServer;
use pyroscope_client::{ClientConfig, PyroscopeClient};
use upstream_http::{ProxyConfig, Retries};

pub(crate) trait ClientOf {
    /// A configuration for this server that repeats quickly and knows no proxy.
    fn config(&self) -> ClientConfig;

    /// A client with that configuration.
    fn client(&self) -> PyroscopeClient {
        PyroscopeClient::new(&self.config()).expect("a usable configuration")
    }
}

impl ClientOf for FakeServer {
    fn config(&self) -> ClientConfig {
        quick_config(self.url())
    }
}

/// A configuration that repeats quickly and knows no proxy.
pub(crate) fn quick_config(url: impl Into<String>) -> ClientConfig {
    let mut config = ClientConfig::new(url);
    config.http.proxy = ProxyConfig::Direct;
    config.http.retries = Retries {
        first_wait: Duration::from_millis(1),
        longest_wait: Duration::from_millis(5),
        ..Retries::default()
    };
    config
}
