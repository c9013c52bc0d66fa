#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod server;

pub use server::{FakeServer, Reply, Request, read_request};
