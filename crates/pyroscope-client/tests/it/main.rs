//! What the client sends, and what it makes of what comes back.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

// The stage.
mod canonical;
mod client_of;
mod old_server;
mod recording;
mod replay;

// The tests.
mod faults;
mod goldens;
mod headers;
mod long_windows;
mod real_server;
mod retries;
mod selections;
mod versions;
