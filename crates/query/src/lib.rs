//! The JSON contract of Fireline's queries, and the door through which profiles arrive.
//!
//! Knows nothing about gRPC, Arrow or the browser.
#![deny(missing_docs)]

mod profile_source;
mod source_notice;
mod window;

pub use profile_source::{
    Exemplar, ExemplarKind, Heatmap, HeatmapKind, HeatmapRequest, HeatmapSeries, HeatmapSlot,
    Labels, MetadataRequest, Point, ProfileSource, ProfileStats, Series, SeriesRequest,
    SourceError, SourceErrorKind, TreeRequest, TreeResponse,
};
pub use source_notice::SourceNotice;
pub use window::Window;
