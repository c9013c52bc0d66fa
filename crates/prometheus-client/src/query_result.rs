//! What an expression evaluates to.

use query::Labels;
use serde::Deserialize;
use serde::de::Deserializer;

use crate::labels::labels;
use crate::native_histogram::NativeHistogram;
use crate::number::{Millis, Value};

/// What an expression evaluates to.
#[derive(Debug, Clone, PartialEq, Deserialize)]
#[serde(tag = "resultType", content = "result", rename_all = "lowercase")]
pub enum QueryResult {
    /// Series over a range.
    Matrix(Vec<Series>),
    /// One sample of each series.
    Vector(Vec<Sample>),
    /// A number without labels.
    Scalar(Point),
    /// A text. The time is that of the question.
    String(serde_json::Value),
}

/// A series over a range.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Series {
    /// Its labels, ascending by name.
    #[serde(rename = "metric", deserialize_with = "labels")]
    pub labels: Labels,
    /// Its values, ascending by time. Empty: it has none but native histograms.
    #[serde(rename = "values", default)]
    pub points: Vec<Point>,
    /// Its native histograms, ascending by time. Empty: it has none.
    #[serde(default)]
    pub histograms: Vec<NativeHistogram>,
}

/// A series at one point in time.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Sample {
    /// Its labels, ascending by name.
    #[serde(rename = "metric", deserialize_with = "labels")]
    pub labels: Labels,
    /// Its value. None: it is a native histogram.
    #[serde(rename = "value", default)]
    pub point: Option<Point>,
    /// Its native histogram. None: it is a value.
    #[serde(default)]
    pub histogram: Option<NativeHistogram>,
}

/// A value at a point in time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Point {
    /// When. Unit: milliseconds since 1970.
    pub timestamp_millis: i64,
    /// The value; may be NaN or infinite.
    pub value: f64,
}

impl<'de> Deserialize<'de> for Point {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let (Millis(timestamp_millis), Value(value)) = Deserialize::deserialize(json)?;
        Ok(Self { timestamp_millis, value })
    }
}
