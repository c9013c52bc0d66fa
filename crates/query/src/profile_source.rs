//! The door through which profiles arrive: an embedded store, a Pyroscope server, a test's fake.

use std::future::Future;

use profile::Tree;
use selector::{ProfileTypeId, Selector};

use crate::node_limit::NodeLimit;
use crate::source_notice::SourceNotice;
use crate::window::Window;

/// A label set, ascending by name. Shape: names are distinct.
pub type Labels = Vec<(String, String)>;

/// Which series a metadata question is about.
#[derive(Debug, Clone)]
pub struct MetadataRequest {
    /// Selectors that must all match. Empty: every series.
    pub selectors: Vec<Selector>,
    /// The time asked about; sources may answer for somewhat more.
    pub window: Window,
}

/// Which samples to merge into a call tree.
#[derive(Debug, Clone)]
pub struct TreeRequest {
    /// The profile type.
    pub profile_type: ProfileTypeId,
    /// Which series.
    pub selector: Selector,
    /// Profiles whose time lies in it, both ends included.
    pub window: Window,
    /// How many nodes to keep.
    pub max_nodes: NodeLimit,
    /// Span ids, 16 lower-case hex digits. Empty: samples of any span and of none.
    pub span_ids: Vec<String>,
    /// Trace ids, 32 lower-case hex digits. Empty: samples of any trace and of none.
    pub trace_ids: Vec<String>,
    /// Profile ids (UUID). Empty: any profile.
    pub profile_ids: Vec<String>,
    /// Function names from the root: only stack traces that begin with these. Empty: all.
    pub call_site: Vec<String>,
}

/// A call tree, and how much of the truth it is.
#[derive(Debug, Clone)]
pub struct TreeResponse {
    /// The merged call tree.
    pub tree: Tree,
    /// Whether the source may have folded nodes away.
    /// False: the tree came whole.
    pub may_be_truncated: bool,
    /// The server's call or calls that answered, empty for a local source.
    pub call: &'static str,
    /// Bytes that crossed the network, 0 for a local source.
    pub wire_bytes: u64,
    /// What was done differently than asked. Empty: nothing.
    pub notices: Vec<SourceNotice>,
}

/// Which series of values to compute.
#[derive(Debug, Clone)]
pub struct SeriesRequest {
    /// The profile type.
    pub profile_type: ProfileTypeId,
    /// Which series.
    pub selector: Selector,
    /// First and last point.
    pub window: Window,
    /// Distance between points. Unit: milliseconds, at least 1.
    pub step_millis: i64,
    /// Label names to keep apart. Empty: one series of everything.
    pub group_by: Vec<String>,
    /// At most so many series, the largest first. None: all.
    pub limit: Option<u64>,
    /// Which exemplars to add to the points.
    pub exemplars: ExemplarKind,
    /// Function names from the root: only stack traces that begin with these. Empty: all.
    pub call_site: Vec<String>,
}

/// What an exemplar of a series or of a heatmap points to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum ExemplarKind {
    /// No exemplars.
    #[default]
    None,
    /// To a profile.
    Profile,
    /// To a span.
    Span,
}

/// Series, and how much of the truth they are.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct SeriesResponse {
    /// The series, the largest first where the request has a limit.
    pub series: Vec<Series>,
    /// The server's call or calls that answered, empty for a local source.
    pub call: &'static str,
    /// Bytes that crossed the network, 0 for a local source.
    pub wire_bytes: u64,
    /// What was done differently than asked. Empty: nothing.
    pub notices: Vec<SourceNotice>,
}

/// Values over time of one label set.
#[derive(Debug, Clone, PartialEq)]
pub struct Series {
    /// The labels that the series were grouped by.
    pub labels: Labels,
    /// Ascending by time; times without samples have no point.
    pub points: Vec<Point>,
}

/// One value of a [`Series`].
#[derive(Debug, Clone, PartialEq)]
pub struct Point {
    /// The end of the step that the value covers. Unit: milliseconds since 1970.
    pub timestamp_millis: i64,
    /// The sum of all sample values in the step, in the unit of the profile type: not a rate.
    pub value: f64,
    /// What to look at for this point.
    pub exemplars: Vec<Exemplar>,
    /// What the server says of the point, for instance that profiles were throttled: key and JSON text.
    pub annotations: Vec<(String, String)>,
}

/// A pointer from a value to one profile or span.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Exemplar {
    /// Unit: milliseconds since 1970.
    pub timestamp_millis: i64,
    /// Profile id (UUID); may be empty.
    pub profile_id: String,
    /// 16 lower-case hex digits; empty where not known.
    pub span_id: String,
    /// 32 lower-case hex digits; empty where not known.
    pub trace_id: String,
    /// In the unit of the profile type.
    pub value: i64,
    /// Labels of the profile that the series are not grouped by.
    pub labels: Labels,
}

/// Which heatmap to compute.
#[derive(Debug, Clone)]
pub struct HeatmapRequest {
    /// The profile type.
    pub profile_type: ProfileTypeId,
    /// Which series.
    pub selector: Selector,
    /// First and last slot.
    pub window: Window,
    /// Width of a slot. Unit: milliseconds, at least 1.
    pub step_millis: i64,
    /// Label names to keep apart.
    pub group_by: Vec<String>,
    /// What is counted.
    pub kind: HeatmapKind,
    /// Whether to add the best exemplar of each cell.
    pub exemplars: bool,
    /// At most so many series. None: all.
    pub limit: Option<u64>,
}

/// What a heatmap counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HeatmapKind {
    /// Profiles by their total.
    Profile,
    /// Spans by what they used within one profile.
    Span,
}

/// Counts by time and value, for each label set.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Heatmap {
    /// All share one value axis.
    pub series: Vec<HeatmapSeries>,
    /// The server's call or calls that answered, empty for a local source.
    pub call: &'static str,
    /// Bytes that crossed the network, 0 for a local source.
    pub wire_bytes: u64,
    /// What was done differently than asked. Empty: nothing.
    pub notices: Vec<SourceNotice>,
}

/// One label set of a [`Heatmap`].
#[derive(Debug, Clone, PartialEq)]
pub struct HeatmapSeries {
    /// The labels that the series were grouped by.
    pub labels: Labels,
    /// Ascending by time.
    pub slots: Vec<HeatmapSlot>,
}

/// One column of a [`HeatmapSeries`].
#[derive(Debug, Clone, PartialEq)]
pub struct HeatmapSlot {
    /// The end of the slot. Unit: milliseconds since 1970.
    pub timestamp_millis: i64,
    /// Lower edge of every bucket.
    pub y_min: Vec<f64>,
    /// Count in every bucket; as long as `y_min`.
    pub counts: Vec<i32>,
    /// The best exemplar of each cell that has one.
    pub exemplars: Vec<Exemplar>,
}

/// What a source holds at all.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct ProfileStats {
    /// Whether any profile was ever taken in.
    pub data_ingested: bool,
    /// Unit: milliseconds since 1970; 0 without data.
    pub oldest_profile_millis: i64,
    /// Unit: milliseconds since 1970; 0 without data.
    pub newest_profile_millis: i64,
}

/// Where profiles come from.
pub trait ProfileSource: Send + Sync {
    /// The profile types that have data, ascending.
    fn profile_types(
        &self,
        request: &MetadataRequest,
    ) -> impl Future<Output = Result<Vec<ProfileTypeId>, SourceError>> + Send;

    /// The label names in use, ascending, private ones (`__name__`) included.
    fn label_names(
        &self,
        request: &MetadataRequest,
    ) -> impl Future<Output = Result<Vec<String>, SourceError>> + Send;

    /// The values of a label, ascending.
    fn label_values(
        &self,
        name: &str,
        request: &MetadataRequest,
    ) -> impl Future<Output = Result<Vec<String>, SourceError>> + Send;

    /// The distinct label sets, cut to `label_names`. Empty `label_names`: whole label sets.
    fn label_sets(
        &self,
        label_names: &[String],
        request: &MetadataRequest,
    ) -> impl Future<Output = Result<Vec<Labels>, SourceError>> + Send;

    /// One call tree of all samples asked for.
    fn tree(
        &self,
        request: &TreeRequest,
    ) -> impl Future<Output = Result<TreeResponse, SourceError>> + Send;

    /// Values over time.
    fn series(
        &self,
        request: &SeriesRequest,
    ) -> impl Future<Output = Result<SeriesResponse, SourceError>> + Send;

    /// Counts by time and value.
    fn heatmap(
        &self,
        request: &HeatmapRequest,
    ) -> impl Future<Output = Result<Heatmap, SourceError>> + Send;

    /// What the source holds at all.
    fn stats(&self) -> impl Future<Output = Result<ProfileStats, SourceError>> + Send;
}

/// Why a [`ProfileSource`] has no answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct SourceError {
    /// What kind of failure it is; decides status and advice.
    pub kind: SourceErrorKind,
    /// What happened, in words that a user may see: no secrets.
    pub message: String,
}

/// The kinds of failure of a [`ProfileSource`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceErrorKind {
    /// The request is wrong: a selector, an id, a limit.
    InvalidRequest,
    /// Credentials are missing or wrong (401).
    Unauthenticated,
    /// Credentials or tenant may not see this (403).
    PermissionDenied,
    /// Nothing answers at this address (404, HTML instead of protobuf).
    NotFound,
    /// The source does not offer this.
    Unimplemented,
    /// A limit of the source was hit (429).
    ResourceExhausted,
    /// No answer in time.
    DeadlineExceeded,
    /// The source cannot be reached, or says that it is not ready.
    Unavailable,
    /// The answer was cut off or makes no sense.
    InvalidResponse,
    /// The caller went away.
    Canceled,
    /// The source failed.
    Internal,
}
