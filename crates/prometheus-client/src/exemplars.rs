//! Exemplars: single observations of a series that point to their trace.

use query::Labels;
use serde::Deserialize;

use crate::labels::labels;
use crate::number::{millis, value};

/// The exemplars of one series.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct SeriesExemplars {
    /// The labels of the series, ascending by name.
    #[serde(rename = "seriesLabels", deserialize_with = "labels")]
    pub series_labels: Labels,
    /// Its exemplars, ascending by time.
    #[serde(default)]
    pub exemplars: Vec<Exemplar>,
}

/// One observation.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Exemplar {
    /// Its own labels, ascending by name, as the program wrote them.
    #[serde(deserialize_with = "labels")]
    pub labels: Labels,
    /// The observed value.
    #[serde(deserialize_with = "value")]
    pub value: f64,
    /// When. Unit: milliseconds since 1970.
    #[serde(rename = "timestamp", deserialize_with = "millis")]
    pub timestamp_millis: i64,
}
