//! Bytes to profiles and call trees, and back.
//!
//! | module | format | stands for |
//! |---|---|---|
//! | [`pprof`] | pprof protobuf, raw or gzip | [`profile::Profile`] |
//! | [`folded`] | folded text | [`profile::Profile`], and from [`profile::Tree`] |
//! | [`tree`] | Pyroscope's TREE bytes | [`profile::Tree`] |
//! | [`levels`] | Pyroscope's flame graph levels | [`profile::Tree`], [`profile::DiffTree`] |
//!
//! [`gunzip`] and [`Gunzip`] decompress up to a limit.
//!
//! Every decoder takes hostile bytes: it never panics, runs in time and memory linear in its
//! input, and never allocates what a count in the input merely claims.
//!
//! Knows nothing about networks, Grafana and screens.
#![deny(missing_docs)]

pub mod folded;
pub mod levels;
pub mod pprof;
pub mod tree;

mod decoded;
mod gzip;
mod protobuf;
mod varint;

pub use decoded::Decoded;
pub use gzip::{Gunzip, GzipError, gunzip};
pub use protobuf::ProtobufError;
