//! What the client sends, and what it makes of what comes back.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

// The stage.
mod canonical;
mod fake_server;
mod old_server;
mod recording;
mod replay;

// The tests.
mod cancellation;
mod configuration;
mod faults;
mod goldens;
mod headers;
mod http2;
mod long_windows;
mod proxies;
mod real_server;
mod retries;
mod selections;
mod tls;
mod versions;
