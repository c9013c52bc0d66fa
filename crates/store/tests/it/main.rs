//! The store, through its public face.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod recorded;
