#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

// From the outside in.
mod config;
mod error;
mod source;
mod statistics;
mod store;

// Profiles come in.
mod day_writer;
mod intake;
mod prepared;
mod retention;
mod symbol_interner;
mod writer;

// Questions are answered.
mod exemplar_candidates;
mod heatmap_query;
mod metadata_query;
mod profile_query;
mod read;
mod sample_filter;
mod select_profiles;
mod series_matcher;
mod series_query;
mod time_steps;
mod tree_query;

// What lies on the disk.
mod bytes;
mod day;
mod day_file;
mod days;
mod folder_sync;
mod sample_block;
mod segmented;
mod series_index;
mod set_aside;
mod symbols;

pub use config::{Limits, StoreConfig};
pub use error::{ProfileError, PushError, PushOutcome, StoreError};
pub use prepared::IncomingProfile;
pub use statistics::StoreStatistics;
pub use store::Store;
