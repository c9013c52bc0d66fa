//! The JSON contract of Fireline's queries, and the door through which profiles arrive.
//!
//! Knows nothing about gRPC, Arrow or the browser.
#![deny(missing_docs)]

mod abstract_query;
mod baseline;
mod duration;
pub mod editor;
mod interpolate;
mod link_plan;
mod model;
mod node_limit;
mod prepare;
mod profile_source;
pub mod promql;
mod settings;
mod shell_constants;
mod source_notice;
mod span_class;
mod valid_query;
mod window;
mod wrapped_query;

pub use abstract_query::{
    AbstractMatcher, AbstractOperator, AbstractQuery, export_query, import_query,
};
pub use baseline::{Baseline, BaselineError, BaselineTime, ValidBaseline};
pub use duration::{parse_duration_millis, parse_duration_nanos};
pub use interpolate::{
    VariableFormat, escape_regex, has_variable, interpolate, interpolate_selector,
};
pub use link_plan::LinkPlan;
pub use model::{QUERY_VERSION, Query, QueryJsonError, QueryType};
pub use node_limit::NodeLimit;
pub use prepare::{
    AdHocFilter, PrepareRequest, PreparedQueries, RefusedQuery, fill_in, prepare, tag_request,
    with_filters,
};
pub use profile_source::{
    Exemplar, ExemplarKind, Heatmap, HeatmapKind, HeatmapRequest, HeatmapSeries, HeatmapSlot,
    Labels, MetadataRequest, Point, ProfileSource, ProfileStats, Series, SeriesRequest,
    SeriesResponse, SourceError, SourceErrorKind, TreeRequest, TreeResponse,
};
pub use settings::{DEFAULT_MIN_STEP_MILLIS, DEFAULT_SERVICE_LABEL, Settings};
pub use shell_constants::{ShellConstants, shell_constants};
pub use source_notice::SourceNotice;
pub use span_class::{SpanClass, SpanClassError, SpanClassFound};
pub use valid_query::{DEFAULT_SERIES_LIMIT, QueryError, ValidQuery};
pub use window::Window;
pub use wrapped_query::{OWN_TYPE, WRAP, unwrap_query};
