//! The rows of the list of spans.

use serde::{Deserialize, Serialize};

use super::profile::profiled_span;
use crate::empty_reason::duration;
use crate::trace::Trace;

/// One span, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct SpanRow {
    /// Which span.
    pub span_id: String,
    /// How many ancestors it has.
    pub depth: u32,
    /// Who.
    pub service: String,
    /// Did what.
    pub operation: String,
    /// How long it took.
    pub duration: String,
    /// How long of that none of its children ran.
    pub self_time: String,
    /// Where it begins, of the whole trace. Unit: percent.
    pub start_percent: f64,
    /// How much of the trace it lasts. Unit: percent.
    pub width_percent: f64,
    /// How much of the trace it spent by itself. Unit: percent.
    pub self_percent: f64,
    /// Whether it failed.
    pub is_error: bool,
    /// Whether the tracer knows that it has a profile of its own.
    pub has_profile: bool,
    /// Whether it is the one that is looked at.
    pub is_chosen: bool,
}

/// Some rows of a trace, from one on. Empty: there are no such rows.
pub(super) fn span_rows(
    trace: &Trace,
    from: usize,
    count: usize,
    chosen: Option<usize>,
) -> Vec<SpanRow> {
    let start = trace.start_nanos();
    let length = trace.end_nanos().saturating_sub(start).max(1) as f64;
    let percent = |nanos: i64| (100.0 * nanos as f64 / length).clamp(0.0, 100.0);
    let to = trace.spans().len().min(from.saturating_add(count));
    let row = |at: usize| {
        let span = &trace.spans()[at];
        let self_nanos = trace.self_nanos()[at];
        let profiled = profiled_span(trace, at);
        SpanRow {
            span_id: span.span_id.clone(),
            depth: trace.depths()[at],
            service: span.service.clone(),
            operation: span.operation.clone(),
            duration: duration(span.duration_nanos),
            self_time: duration(self_nanos),
            start_percent: percent(span.start_nanos.saturating_sub(start)),
            width_percent: percent(span.duration_nanos),
            self_percent: percent(self_nanos),
            is_error: span.is_error,
            has_profile: !profiled.is_ancestor && span.profile_id().is_some(),
            is_chosen: chosen == Some(at),
        }
    };
    (from.min(to)..to).map(row).collect()
}
