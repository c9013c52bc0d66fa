//! Tests of the profile model and its algorithms, in the words of the domain.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod build;
mod diff;
mod functions;
mod merge;
mod nested_set;
mod normalise;
mod split;
mod truncate;
