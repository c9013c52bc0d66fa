//! How a server is reached, and what is said when it is not.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

// The stage.
mod asking;

// The tests.
mod cancellation;
mod configuration;
mod headers;
mod http2;
mod proxies;
mod retries;
mod tls;
