#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod exemplar_checks;
mod failure;
mod label_selection;
mod metadata_checks;
mod series_checks;
mod subject;
mod suite;
mod tree_checks;

pub use failure::Failure;
pub use subject::{Subject, Truncation};
pub use suite::check;
