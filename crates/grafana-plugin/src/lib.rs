//! Grafana's plugin protocol 2, both sides, and data frames.
//!
//! Knows nothing about profiles.
#![deny(missing_docs)]

/// Messages and services of the protocol, as generated.
pub mod protocol;
