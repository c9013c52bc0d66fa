//! The server on real sockets.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

mod beside_pyroscope;
mod cli;
mod fake_store;
mod http;
mod ingest;
mod provision;
mod read_back;
mod recorded_exchanges;
mod slow_senders;
mod sources;
mod transport;
mod workbench;
