//! What the questions are about.

use query::{
    ExemplarKind, HeatmapKind, HeatmapRequest, MetadataRequest, NodeLimit, SeriesRequest,
    TreeRequest, Window,
};
use selector::{ProfileTypeId, Selector};

/// Profiles that a source has.
#[derive(Debug, Clone)]
pub struct Subject {
    /// A profile type of theirs.
    pub profile_type: ProfileTypeId,
    /// Their series.
    pub selector: Selector,
    /// When they were taken. There must be samples with spans in it, nothing in the first
    /// millisecond, and the source must answer for it at once.
    pub window: Window,
    /// A label that some of the series have, with two values or more.
    pub group_by: String,
    /// How the source cuts trees.
    pub truncation: Truncation,
    /// Whether its stats know of profiles as soon as they can be queried.
    pub stats_are_prompt: bool,
}

/// How a source cuts trees.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truncation {
    /// Once, at the end: what is kept has its exact value.
    Exact,
    /// On the way as well: values of kept nodes are lower bounds.
    LowerBounds,
}

impl Subject {
    /// The whole tree of everything.
    pub(crate) fn tree(&self) -> TreeRequest {
        TreeRequest {
            profile_type: self.profile_type.clone(),
            selector: self.selector.clone(),
            // Without the first millisecond, as series whose first point is the start are.
            window: Window { start_millis: self.window.start_millis + 1, ..self.window },
            max_nodes: NodeLimit::All,
            span_ids: Vec::new(),
            trace_ids: Vec::new(),
            profile_ids: Vec::new(),
            call_site: Vec::new(),
        }
    }

    /// One series of everything, in so many steps.
    pub(crate) fn series(&self, steps: i64) -> SeriesRequest {
        SeriesRequest {
            profile_type: self.profile_type.clone(),
            selector: self.selector.clone(),
            window: self.window,
            step_millis: self.step(steps),
            group_by: Vec::new(),
            limit: None,
            exemplars: ExemplarKind::None,
            call_site: Vec::new(),
        }
    }

    /// A heatmap of everything, in so many steps.
    pub(crate) fn heatmap(&self, kind: HeatmapKind, steps: i64) -> HeatmapRequest {
        HeatmapRequest {
            profile_type: self.profile_type.clone(),
            selector: self.selector.clone(),
            window: self.window,
            step_millis: self.step(steps),
            group_by: Vec::new(),
            kind,
            exemplars: true,
            limit: None,
        }
    }

    /// A question about the labels of its series.
    pub(crate) fn metadata(&self) -> MetadataRequest {
        MetadataRequest { selectors: vec![self.selector.clone()], window: self.window }
    }

    /// The last step ends with the window where the length can be divided, or within it.
    fn step(&self, steps: i64) -> i64 {
        ((self.window.end_millis - self.window.start_millis) / steps).max(1)
    }
}
