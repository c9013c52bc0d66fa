//! A frame in the JSON of `/api/ds/query`.
//!
//! Equal, value by value, to what Grafana itself makes of the same frame.
//! Source: the observed output of Grafana's plugin SDK for Go, compared in `conformance-go`.

use std::collections::BTreeMap;

use serde::ser::{Error, SerializeSeq};
use serde::{Serialize, Serializer};
use serde_json::value::RawValue;

use super::{Cells, Column, Field, FieldConfig, Frame, FrameMeta};

/// Nanoseconds of a millisecond.
const MILLI: i64 = 1_000_000;

impl Frame {
    /// The frame as JSON text: `{"schema":…,"data":…}`.
    ///
    /// # Errors
    /// When fields have different lengths.
    pub fn to_json(&self) -> Result<Vec<u8>, serde_json::Error> {
        // A buffer that doubles would copy what it holds again and again.
        let size = self.fields.iter().map(|field| json_size(&field.column)).sum::<usize>();
        let mut text = Vec::with_capacity(size + 4096);
        serde_json::to_writer(&mut text, self)?;
        Ok(text)
    }
}

/// Bytes that the rows of a field take, about.
fn json_size(column: &Column) -> usize {
    let each = match column {
        Column::Enum(_) | Column::Bool(_) => 6,
        Column::Text(_) => 4,
        Column::Json(_) => 1,
        _ => 12,
    };
    let texts = match column {
        Column::Text(cells) => cells.text().len(),
        Column::Json(cells) => cells.text().text().len(),
        _ => 0,
    };
    column.len() * each + texts
}

impl Serialize for Frame {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        self.row_count().map_err(S::Error::custom)?;
        FrameJson {
            schema: SchemaJson {
                name: &self.name,
                ref_id: &self.ref_id,
                meta: self.meta.as_ref(),
                fields: self.fields.iter().map(FieldJson::new).collect(),
            },
            data: DataJson {
                values: self.fields.iter().map(|field| Values(&field.column)).collect(),
                entities: some_of_any(self.fields.iter().map(|f| Entities::of(&f.column))),
                nanos: some_of_any(self.fields.iter().map(|field| nanos_of(&field.column))),
            },
        }
        .serialize(serializer)
    }
}

#[derive(Serialize)]
struct FrameJson<'a> {
    schema: SchemaJson<'a>,
    data: DataJson<'a>,
}

#[derive(Serialize)]
struct SchemaJson<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(rename = "refId", skip_serializing_if = "str::is_empty")]
    ref_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    meta: Option<&'a FrameMeta>,
    fields: Vec<FieldJson<'a>>,
}

#[derive(Serialize)]
struct FieldJson<'a> {
    #[serde(skip_serializing_if = "str::is_empty")]
    name: &'a str,
    #[serde(rename = "type")]
    browser_type: &'static str,
    #[serde(rename = "typeInfo")]
    type_info: TypeInfoJson,
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    labels: &'a BTreeMap<String, String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    config: Option<&'a FieldConfig>,
}

impl<'a> FieldJson<'a> {
    fn new(field: &'a Field) -> Self {
        Self {
            name: &field.name,
            browser_type: field.column.browser_type(),
            type_info: TypeInfoJson {
                frame: field.column.grafana_type(),
                nullable: field.column.is_nullable(),
            },
            labels: &field.labels,
            config: field.config.as_ref(),
        }
    }
}

#[derive(Serialize)]
struct TypeInfoJson {
    frame: &'static str,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    nullable: bool,
}

#[derive(Serialize)]
struct DataJson<'a> {
    values: Vec<Values<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    entities: Option<Vec<Option<Entities>>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    nanos: Option<Vec<Option<Vec<i64>>>>,
}

/// One entry per field, or nothing when no field has one.
fn some_of_any<T>(entries: impl Iterator<Item = Option<T>>) -> Option<Vec<Option<T>>> {
    let entries: Vec<_> = entries.collect();
    entries.iter().any(Option::is_some).then_some(entries)
}

/// Rows whose numbers JSON cannot write.
#[derive(Serialize, Default, PartialEq)]
struct Entities {
    #[serde(rename = "NaN", skip_serializing_if = "Vec::is_empty")]
    nan: Vec<usize>,
    #[serde(rename = "Inf", skip_serializing_if = "Vec::is_empty")]
    positive_infinity: Vec<usize>,
    #[serde(rename = "NegInf", skip_serializing_if = "Vec::is_empty")]
    negative_infinity: Vec<usize>,
}

impl Entities {
    fn of(column: &Column) -> Option<Self> {
        let Column::Float64(cells) = column else { return None };
        let mut entities = Self::default();
        for (row, value) in cells.iter().enumerate() {
            match value {
                Some(value) if value.is_nan() => entities.nan.push(row),
                Some(f64::INFINITY) => entities.positive_infinity.push(row),
                Some(f64::NEG_INFINITY) => entities.negative_infinity.push(row),
                _ => {}
            }
        }
        (entities != Self::default()).then_some(entities)
    }
}

/// What times have beyond milliseconds; nothing when none has any.
fn nanos_of(column: &Column) -> Option<Vec<i64>> {
    let Column::TimeNanos(cells) = column else { return None };
    let beyond = |nanos: Option<i64>| nanos.map_or(0, |nanos| nanos.rem_euclid(MILLI));
    cells.iter().any(|nanos| beyond(nanos) != 0).then(|| cells.iter().map(beyond).collect())
}

/// The rows of one field.
struct Values<'a>(&'a Column);

impl Serialize for Values<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        match self.0 {
            Column::Float64(cells) => numbers(cells, serializer),
            Column::Int64(cells) => numbers(cells, serializer),
            Column::UInt64(cells) => numbers(cells, serializer),
            Column::Int32(cells) => numbers(cells, serializer),
            Column::Bool(cells) => numbers(cells, serializer),
            Column::Enum(cells) => numbers(cells, serializer),
            Column::TimeNanos(cells) => serializer
                .collect_seq(cells.iter().map(|row| row.map(|nanos| nanos.div_euclid(MILLI)))),
            Column::Text(cells) => serializer.collect_seq(cells.iter()),
            Column::Json(cells) => {
                let mut rows = serializer.serialize_seq(Some(cells.text().len()))?;
                for text in cells.text().iter() {
                    let value: Option<&RawValue> =
                        text.map(serde_json::from_str).transpose().map_err(S::Error::custom)?;
                    rows.serialize_element(&value)?;
                }
                rows.end()
            }
        }
    }
}

/// NaN and infinities become null by themselves.
fn numbers<T: Copy + Serialize, S: Serializer>(
    cells: &Cells<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    match cells {
        Cells::Required(values) => serializer.collect_seq(values),
        Cells::Nullable(values) => serializer.collect_seq(values),
    }
}
