//! The calls of Pyroscope's querier: from a message to a source and back.

mod diff;
mod feature_flags;
mod flame_graph;
mod metadata;
mod series;
mod stacktraces;
mod validate;

pub(crate) use diff::diff;
pub(crate) use feature_flags::feature_flags;
pub(crate) use metadata::{label_names, label_values, profile_stats, profile_types, series};
pub(crate) use series::{select_heatmap, select_series};
pub(crate) use stacktraces::{
    select_merge_profile, select_merge_span_profile, select_merge_stacktraces,
};
