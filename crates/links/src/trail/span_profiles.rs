//! The profiles of all spans of a trace, and the one flame graph that they make.

use std::collections::BTreeSet;

use profile::{NestedSet, Tree};
use serde_json::{Value, json};

use crate::json_frame::{JsonField, JsonFrame};
use crate::trace::{Trace, trace_flame};

/// The most spans whose profiles are asked for.
pub(super) const MAX_SPANS_ASKED: usize = 50;

/// How many nodes all their profiles together have, roughly.
pub(super) const MAX_NODES: usize = 16_384;

/// A span whose profile is asked for by its id.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct AskedSpan {
    /// Its place in the trace.
    pub(super) at: usize,
    /// The id on the samples.
    pub(super) id: String,
    pub(super) service: String,
}

/// The spans of a trace that profilers file samples under, in the trace's order, and how many of them are too many.
/// Empty: none of its spans says that it has a profile.
pub(super) fn profiled_spans(trace: &Trace) -> (Vec<AskedSpan>, usize) {
    if trace.spans().iter().all(|span| span.profile_id().is_none()) {
        return (Vec::new(), 0);
    }
    let mut seen = BTreeSet::new();
    let mut found: Vec<AskedSpan> = Vec::new();
    for (at, span) in trace.spans().iter().enumerate() {
        // Where a request enters a service its profiler may have marked the span without saying so.
        let enters =
            trace.parent(at).is_none_or(|parent| trace.spans()[parent].service != span.service);
        let id = span.profile_id().or(enters.then_some(span.span_id.as_str()));
        if let Some(id) = id.filter(|id| seen.insert((span.service.as_str(), *id))) {
            found.push(AskedSpan { at, id: id.to_owned(), service: span.service.clone() });
        }
    }
    let left_out = found.len().saturating_sub(MAX_SPANS_ASKED);
    found.sort_by_key(|asked| std::cmp::Reverse(trace.spans()[asked.at].duration_nanos));
    found.truncate(MAX_SPANS_ASKED);
    found.sort_by_key(|asked| asked.at);
    (found, left_out)
}

/// What came of it.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct SpanProfiles {
    /// The frame of the flame graph, as JSON. Empty: no span has a profile.
    pub(super) frame: String,
    /// How many spans have one.
    pub(super) found: usize,
    pub(super) notices: Vec<String>,
}

impl SpanProfiles {
    /// Reads the answers, which are called after the places of their spans in what was asked.
    ///
    /// Errors: values too large, in words.
    pub(super) fn read(
        frames: &[JsonFrame],
        trace: &Trace,
        asked: &[AskedSpan],
    ) -> Result<Self, String> {
        let mut profiles: Vec<(usize, Tree)> = Vec::new();
        let mut notices: Vec<String> = Vec::new();
        let mut unit = String::new();
        for (number, span) in asked.iter().enumerate() {
            let name = ref_id(number);
            let Some(frame) = frames.iter().find(|frame| frame.ref_id == name) else { continue };
            let tree = read_tree(frame).map_err(|error| error.to_string())?;
            if tree.total_values()[0] <= 0 {
                continue;
            }
            for notice in frame.notices() {
                if !notices.contains(&notice) {
                    notices.push(notice);
                }
            }
            if let Some(of_field) =
                frame.field("value").and_then(|field| field.config["unit"].as_str())
            {
                of_field.clone_into(&mut unit);
            }
            profiles.push((span.at, tree));
        }
        if profiles.is_empty() {
            return Ok(Self::default());
        }
        let tree = trace_flame(trace, &profiles).map_err(|error| error.to_string())?;
        Ok(Self { frame: write_frame(&tree, &unit).to_string(), found: profiles.len(), notices })
    }
}

/// The name of a query among those for all spans.
pub(super) fn ref_id(number: usize) -> String {
    format!("S{number}")
}

fn read_tree(frame: &JsonFrame) -> Result<Tree, profile::TreeError> {
    let numbers = |name: &str| -> Vec<i64> {
        let field = frame.field(name);
        // Casts of floats saturate.
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        let number = |field: &JsonField, row| field.number(row).unwrap_or(0.0) as i64;
        field
            .map(|field| (0..field.values.len()).map(|row| number(field, row)).collect())
            .unwrap_or_default()
    };
    let depths: Vec<u32> =
        numbers("level").into_iter().map(|level| u32::try_from(level).unwrap_or(0)).collect();
    let (names, labels) = frame.field("label").map(read_labels).unwrap_or_default();
    let set = NestedSet {
        depths: &depths,
        totals: &numbers("value"),
        self_values: Some(&numbers("self")),
        labels: &labels,
        names: &names,
        marks_truncated: true,
    };
    // What is odd about a frame is said where it is shown alone.
    Tree::from_nested_set(&set).map(|(tree, _)| tree)
}

/// The names of functions, and which of them each row has. They are numbers into a list, or texts.
fn read_labels(field: &JsonField) -> (Vec<String>, Vec<u32>) {
    if let Some(names) = field.config["type"]["enum"]["text"].as_array() {
        let text = |name: &Value| name.as_str().unwrap_or_default().to_owned();
        let position = |value: &Value| value.as_u64().and_then(|at| u32::try_from(at).ok());
        return (
            names.iter().map(text).collect(),
            field.values.iter().map(|value| position(value).unwrap_or(u32::MAX)).collect(),
        );
    }
    let names = (0..field.values.len()).map(|row| field.text(row).to_owned()).collect();
    (names, (0..u32::try_from(field.values.len()).unwrap_or(u32::MAX)).collect())
}

/// The frame that Grafana draws flame graphs from.
fn write_frame(tree: &Tree, unit: &str) -> Value {
    let number = |name: &str| json!({"name": name, "type": "number", "config": {}});
    let value = |name: &str| json!({"name": name, "type": "number", "config": {"unit": unit}});
    let truncated: Vec<u32> = tree.truncated().iter().map(|node| node.0).collect();
    let labels: Vec<&str> = tree.nodes().map(|node| tree.name(node)).collect();
    json!({
        "schema": {
            "name": "response",
            "meta": {
                "preferredVisualisationType": "flamegraph",
                "custom": {"fireline": {"truncated": truncated}},
            },
            "fields": [
                number("level"), value("value"), value("self"),
                {"name": "label", "type": "string", "config": {}},
            ],
        },
        "data": {"values": [tree.depths(), tree.total_values(), tree.self_values(), labels]},
    })
}
