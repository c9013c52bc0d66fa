//! Traces in which a function was seen.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::id::{IdKind, IdNotation, canonical_id};
use crate::json_frame::JsonFrame;

/// The label by which profilers name the span.
const SPAN_NAME: &str = "span_name";

/// The most traces that are listed.
const MAX_TRACES: usize = 50;

/// A trace in which a function was seen, by one of its spans.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct OtherTrace {
    pub(super) trace_id: String,
    pub(super) span_id: Option<String>,
    /// Unit: milliseconds since 1970.
    pub(super) at_millis: f64,
    /// How much of what the profile counts fell on the function.
    pub(super) value: f64,
    /// What the profile says of it.
    pub(super) labels: Vec<(String, String)>,
}

/// A row of the list.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct OtherTraceRow {
    /// Where it leads.
    pub trace_id: String,
    /// The span in that trace, where it is known.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub span_id: Option<String>,
    /// Unit: milliseconds since 1970.
    pub at_millis: f64,
    /// How much the function took there, of the most that it took in any. Unit: percent.
    pub share_percent: f64,
    /// What the profile says of it and not of all, and the name of its span, in one line.
    pub labels: String,
    /// Whether it is the trace that is looked at.
    pub is_chosen: bool,
}

/// Traces by what the function took in them, the most first.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct OtherTraces {
    pub(super) traces: Vec<OtherTrace>,
    /// How many are not listed.
    pub(super) left_out: usize,
    /// How many exemplars name a span but no trace.
    pub(super) without_trace: usize,
    pub(super) notices: Vec<String>,
}

impl OtherTraces {
    /// Reads the exemplars of series. Of one trace the span that took the most stands for it.
    pub(super) fn read(frames: &[JsonFrame]) -> Self {
        let mut without_trace = 0;
        let mut by_trace: BTreeMap<String, OtherTrace> = BTreeMap::new();
        for frame in frames.iter().filter(|frame| frame.name == "exemplar") {
            for row in 0..frame.row_count() {
                match read_row(frame, row) {
                    Some(found) => {
                        let known =
                            by_trace.entry(found.trace_id.clone()).or_insert_with(|| found.clone());
                        if found.value > known.value {
                            *known = found;
                        }
                    }
                    None => without_trace += 1,
                }
            }
        }
        let mut traces: Vec<OtherTrace> = by_trace.into_values().collect();
        traces.sort_by(|a, b| b.value.partial_cmp(&a.value).unwrap_or(Ordering::Equal));
        let left_out = traces.len().saturating_sub(MAX_TRACES);
        traces.truncate(MAX_TRACES);
        let notices = frames.iter().flat_map(JsonFrame::notices).collect();
        Self { traces, left_out, without_trace, notices }
    }

    pub(super) fn rows(&self, chosen: Option<&str>) -> Vec<OtherTraceRow> {
        let most = self.traces.first().map_or(0.0, |first| first.value);
        let is_shared =
            |label: &(String, String)| self.traces.iter().all(|trace| trace.labels.contains(label));
        let tells = |label: &&(String, String)| label.0 == SPAN_NAME || !is_shared(label);
        let row = |trace: &OtherTrace| {
            let labels: Vec<&str> =
                trace.labels.iter().filter(tells).map(|(_, value)| value.as_str()).collect();
            OtherTraceRow {
                trace_id: trace.trace_id.clone(),
                span_id: trace.span_id.clone(),
                at_millis: trace.at_millis,
                share_percent: if most > 0.0 { 100.0 * trace.value / most } else { 0.0 },
                labels: labels.join(", "),
                is_chosen: chosen == Some(trace.trace_id.as_str()),
            }
        };
        self.traces.iter().map(row).collect()
    }
}

/// None: the exemplar names no trace.
fn read_row(frame: &JsonFrame, row: usize) -> Option<OtherTrace> {
    let id = |kind, name| {
        let text = frame.field(name)?.text(row);
        canonical_id(kind, IdNotation::Hexadecimal, text)
    };
    let known = ["Time", "Value", "Id", "trace_id", "span_id"];
    let labels = frame
        .fields
        .iter()
        .filter(|field| !known.contains(&field.name.as_str()) && !field.name.starts_with("__"))
        .map(|field| (field.name.clone(), field.text(row).to_owned()))
        .filter(|(_, value)| !value.is_empty());
    Some(OtherTrace {
        trace_id: id(IdKind::Trace, "trace_id")?,
        span_id: id(IdKind::Span, "span_id"),
        at_millis: frame.field("Time")?.number(row)?,
        value: frame.field("Value")?.number(row)?,
        labels: labels.collect(),
    })
}
