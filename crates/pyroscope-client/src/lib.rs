#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

// What it is told.
mod config;
mod config_error;
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

// What it asks.
mod capabilities;
mod client;
mod exemplars;
mod heatmap;
mod learnt;
mod metadata;
mod probe;
mod rpc;
mod series;
mod source;
mod tree;
mod tree_decode;
mod tree_selection;
mod window_parts;

pub use capabilities::{Capabilities, ServerInfo, SpanSelection};
pub use client::PyroscopeClient;
pub use config::{
    Authentication, ClientCertificate, ClientConfig, Compression, Connections, Forwarding,
    NotAVersion, Retries, ServerVersion, Timeouts, TlsConfig,
};
pub use config_error::ConfigError;
pub use proxy::{ProxyConfig, SecureSocksProxy, SecureSocksTls};
pub use request_headers::RequestHeaders;
pub use secret::Secret;
