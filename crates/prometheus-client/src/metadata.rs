//! What is known of metrics and of the server.

use serde::Deserialize;

/// What a program says of one of its metrics.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct MetricMetadata {
    /// `counter`, `gauge`, `histogram` and so on.
    #[serde(rename = "type")]
    pub metric_type: String,
    /// A sentence.
    pub help: String,
    /// Its unit; usually empty.
    pub unit: String,
}

/// What a server says of itself.
#[derive(Debug, Clone, PartialEq, Eq, Default, Deserialize)]
#[serde(default)]
pub struct BuildInfo {
    /// Its version, as it gives it. Empty: it gives none.
    pub version: String,
    /// What it calls itself, where it is not Prometheus.
    pub application: String,
}
