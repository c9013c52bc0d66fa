#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

// What it is told.
mod config;
mod config_error;
mod dialect;
mod proxy;
mod request_headers;
mod secret;

// How it reaches the server.
mod base_url;
mod body;
mod connection;
mod connector;
mod fault;
mod redaction;
mod refusal;
mod retry;
mod tls;
mod transport;

pub use body::Body;
pub use config::{
    Authentication, ClientCertificate, Compression, Connections, Forwarding, HttpConfig, Retries,
    Timeouts, TlsConfig,
};
pub use config_error::ConfigError;
pub use dialect::Dialect;
pub use fault::{Fault, Repeat};
pub use proxy::{ProxyConfig, SecureSocksProxy, SecureSocksTls};
pub use refusal::Refusal;
pub use request_headers::RequestHeaders;
pub use secret::Secret;
pub use transport::{OnBehalf, Question, Transport};
