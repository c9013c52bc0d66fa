//! What a data frame is about, told from its shape.

use std::collections::BTreeMap;

use serde_json::{Map, Value};

/// What is known of a data frame without its values.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct FrameShape {
    /// The frame's name; may be empty.
    pub name: String,
    /// Its metadata, as Grafana holds it.
    pub meta: Map<String, Value>,
    /// Its fields, in order.
    pub fields: Vec<FieldShape>,
}

/// What is known of a field without its values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FieldShape {
    /// The field's name.
    pub name: String,
    /// As Grafana names its types: `time`, `number`, `string`, `enum`, `other`.
    pub r#type: String,
    /// The labels of a series.
    pub labels: BTreeMap<String, String>,
}

/// What a data frame is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FrameSubject {
    /// Points of a metric that lead to traces.
    MetricExemplars,
    /// Points of a profile series that lead to profiles and spans.
    ProfileExemplars,
    /// A call tree.
    FlameGraph,
    /// The spans of a trace.
    Trace,
    /// Log lines.
    Logs,
    /// Values over time.
    Series,
    /// Anything else.
    Other,
}

impl FrameShape {
    /// What the frame is about.
    #[must_use]
    pub fn subject(&self) -> FrameSubject {
        let custom = self.meta.get("custom");
        let result_type =
            custom.and_then(|custom| custom.get("resultType")).and_then(Value::as_str);
        let shown_as = self.meta.get("preferredVisualisationType").and_then(Value::as_str);
        let frame_type = self.meta.get("type").and_then(Value::as_str);
        if self.name == "exemplar" || result_type == Some("exemplar") {
            return if self.has_fields(&["Id"]) {
                FrameSubject::ProfileExemplars
            } else {
                FrameSubject::MetricExemplars
            };
        }
        if self.has_fields(&["level", "value", "self", "label"]) {
            return FrameSubject::FlameGraph;
        }
        if self.has_fields(&["traceID", "spanID", "serviceName"]) {
            return FrameSubject::Trace;
        }
        if shown_as == Some("logs") || frame_type == Some("log-lines") {
            return FrameSubject::Logs;
        }
        let has_type = |kind: &str| self.fields.iter().any(|field| field.r#type == kind);
        if has_type("time") && has_type("number") {
            FrameSubject::Series
        } else {
            FrameSubject::Other
        }
    }

    /// Whether the frame has all of these fields.
    #[must_use]
    pub fn has_fields(&self, names: &[&str]) -> bool {
        names.iter().all(|name| self.position_of(name).is_some())
    }

    /// The place of a field.
    #[must_use]
    pub fn position_of(&self, name: &str) -> Option<usize> {
        self.fields.iter().position(|field| field.name == name)
    }
}
