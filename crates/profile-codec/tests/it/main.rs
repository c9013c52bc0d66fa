//! Tests of the codecs, in the words of the domain.
#![allow(missing_docs, clippy::unwrap_used, reason = "tests")]

mod folded;
mod levels;
mod pprof_goldens;
mod pprof_hostile;
mod pprof_properties;
mod testdata;
mod tree;
