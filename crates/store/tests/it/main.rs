//! The store, through its public face.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod concurrency;
mod conformance;
mod damage;
mod durability;
mod heatmap;
mod intake;
mod model;
mod profile_store;
mod recorded;
mod retention;
mod selection;
mod series;
