//! The values of one field.

use super::{Cells, JsonCells, TextCells};

/// The values of one field, one per row.
#[derive(Debug, Clone, PartialEq)]
pub enum Column {
    /// Floating point numbers; NaN and infinities are kept.
    Float64(Cells<f64>),
    /// Signed integers.
    /// A browser rounds what is beyond ±2^53.
    Int64(Cells<i64>),
    /// Unsigned integers.
    /// A browser rounds what is beyond 2^53.
    UInt64(Cells<u64>),
    /// Small signed integers.
    Int32(Cells<i32>),
    /// Truth values.
    Bool(Cells<bool>),
    /// Points in time, nanoseconds since 1970.
    TimeNanos(Cells<i64>),
    /// Indices into the texts of the field's [`EnumConfig`](super::EnumConfig).
    Enum(Cells<u16>),
    /// Strings.
    Text(TextCells),
    /// JSON values.
    Json(JsonCells),
}

impl Column {
    /// Number of rows.
    pub fn len(&self) -> usize {
        match self {
            Self::Float64(cells) => cells.len(),
            Self::Int64(cells) | Self::TimeNanos(cells) => cells.len(),
            Self::UInt64(cells) => cells.len(),
            Self::Int32(cells) => cells.len(),
            Self::Bool(cells) => cells.len(),
            Self::Enum(cells) => cells.len(),
            Self::Text(cells) => cells.len(),
            Self::Json(cells) => cells.text().len(),
        }
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// Whether rows may be empty.
    pub fn is_nullable(&self) -> bool {
        match self {
            Self::Float64(cells) => cells.is_nullable(),
            Self::Int64(cells) | Self::TimeNanos(cells) => cells.is_nullable(),
            Self::UInt64(cells) => cells.is_nullable(),
            Self::Int32(cells) => cells.is_nullable(),
            Self::Bool(cells) => cells.is_nullable(),
            Self::Enum(cells) => cells.is_nullable(),
            Self::Text(cells) => cells.is_nullable(),
            Self::Json(cells) => cells.text().is_nullable(),
        }
    }

    /// Points in time, nanoseconds since 1970.
    pub fn time_nanos(cells: impl Into<Cells<i64>>) -> Self {
        Self::TimeNanos(cells.into())
    }

    /// Points in time, milliseconds since 1970.
    /// What nanoseconds cannot hold (before 1677, after 2262) becomes the nearest that they can.
    pub fn time_millis(millis: &[i64]) -> Self {
        let nanos = millis.iter().map(|millis| millis.saturating_mul(1_000_000)).collect();
        Self::TimeNanos(Cells::Required(nanos))
    }

    /// The kind of values in a browser's words.
    pub(super) fn browser_type(&self) -> &'static str {
        match self {
            Self::Float64(_) | Self::Int64(_) | Self::UInt64(_) | Self::Int32(_) => "number",
            Self::Bool(_) => "boolean",
            Self::TimeNanos(_) => "time",
            Self::Enum(_) => "enum",
            Self::Text(_) => "string",
            Self::Json(_) => "other",
        }
    }

    /// The kind of values in Grafana's words.
    pub(super) fn grafana_type(&self) -> &'static str {
        match self {
            Self::Float64(_) => "float64",
            Self::Int64(_) => "int64",
            Self::UInt64(_) => "uint64",
            Self::Int32(_) => "int32",
            Self::Bool(_) => "bool",
            Self::TimeNanos(_) => "time.Time",
            Self::Enum(_) => "enum",
            Self::Text(_) => "string",
            Self::Json(_) => "json.RawMessage",
        }
    }
}

macro_rules! column_from {
    ($($value:ty => $variant:ident),*) => {$(
        impl From<Vec<$value>> for Column {
            fn from(values: Vec<$value>) -> Self {
                Self::$variant(Cells::Required(values))
            }
        }

        impl From<Vec<Option<$value>>> for Column {
            fn from(values: Vec<Option<$value>>) -> Self {
                Self::$variant(Cells::Nullable(values))
            }
        }
    )*};
}

column_from!(f64 => Float64, i64 => Int64, u64 => UInt64, i32 => Int32, bool => Bool);

impl From<Vec<String>> for Column {
    fn from(values: Vec<String>) -> Self {
        Self::Text(values.into_iter().collect())
    }
}

impl From<Vec<Option<String>>> for Column {
    fn from(values: Vec<Option<String>>) -> Self {
        Self::Text(values.into_iter().collect())
    }
}

impl From<Vec<&str>> for Column {
    fn from(values: Vec<&str>) -> Self {
        Self::Text(values.into_iter().collect())
    }
}

impl From<TextCells> for Column {
    fn from(cells: TextCells) -> Self {
        Self::Text(cells)
    }
}

impl From<JsonCells> for Column {
    fn from(cells: JsonCells) -> Self {
        Self::Json(cells)
    }
}
