//! Notes on a whole frame.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::FieldConfig;

/// Notes on a whole frame.
///
/// Everything is optional.
/// Of keys that a datasource makes up, only [`FrameMeta::custom`] reaches the browser.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FrameMeta {
    /// Shape that the frame keeps to, such as `timeseries-multi`; empty for none in particular.
    #[serde(rename = "type", skip_serializing_if = "String::is_empty")]
    pub frame_type: String,
    /// Version of that shape: major and minor.
    pub type_version: [u32; 2],
    /// Path that can be browsed in the datasource.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// What separates the parts of paths; empty for a slash.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path_separator: String,
    /// Whatever the datasource wants its own frontend to know; null for nothing.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub custom: Value,
    /// Figures about the query.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub stats: Vec<Statistic>,
    /// Messages for the user.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// Live channel with later rows.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub channel: String,
    /// How Explore shows the frame.
    #[serde(rename = "preferredVisualisationType", skip_serializing_if = "Option::is_none")]
    pub preferred_visualisation: Option<Visualisation>,
    /// Panel plugin that Explore shows the frame with, before `preferred_visualisation`.
    #[serde(rename = "preferredVisualisationPluginId", skip_serializing_if = "String::is_empty")]
    pub preferred_visualisation_plugin_id: String,
    /// The query as it was run.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub executed_query_string: String,
    /// What the frame is about.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub data_topic: Option<DataTopic>,
    /// Fields, by position, that together tell rows apart.
    #[serde(rename = "uniqueRowIdFields", skip_serializing_if = "Vec::is_empty")]
    pub unique_row_id_fields: Vec<usize>,
}

/// How Explore shows a frame.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
#[non_exhaustive]
pub enum Visualisation {
    /// Lines over time.
    Graph,
    /// Rows.
    Table,
    /// Log lines.
    Logs,
    /// The spans of one trace.
    Trace,
    /// Nodes and edges.
    #[serde(rename = "nodeGraph")]
    NodeGraph,
    /// A flame graph.
    FlameGraph,
}

/// What a frame is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub enum DataTopic {
    /// Notes on other frames, exemplars among them.
    Annotations,
}

/// A message for the user.
///
/// Grafana's `inspect` is left out: its decoder wants a number there, its frontend a word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// How much it matters.
    pub severity: Severity,
    /// The message.
    pub text: String,
    /// Where to read more; empty for nowhere.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub link: String,
}

impl Notice {
    /// A message without link.
    pub fn new(severity: Severity, text: impl Into<String>) -> Self {
        Self { severity, text: text.into(), link: String::new() }
    }
}

/// How much a message matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something was done differently than asked.
    Warning,
    /// Something is missing.
    Error,
}

/// A figure about a query, such as the bytes it read.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct Statistic {
    /// How to show it; the display name must be set.
    #[serde(flatten)]
    pub config: FieldConfig,
    /// The figure.
    pub value: f64,
}
