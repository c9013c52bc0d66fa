//! A data frame in the JSON that Grafana's API and its `dataFrameToJSON` write, as far as links read it.

use std::collections::BTreeMap;

use serde::Deserialize;
use serde_json::Value;

/// One data frame: columns of the same length.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JsonFrame {
    /// May be empty.
    pub name: String,
    /// The query that it answers. Empty: not said.
    pub ref_id: String,
    /// What the datasource says of the frame. Null: nothing.
    pub meta: Value,
    /// In the order of the frame.
    pub fields: Vec<JsonField>,
}

/// One column of a frame.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct JsonField {
    /// The column's name.
    pub name: String,
    /// The labels of its series. Empty: it has none.
    pub labels: BTreeMap<String, String>,
    /// How the column is shown. Null: not said.
    pub config: Value,
    /// One for each row; null where there is none.
    pub values: Vec<Value>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Written {
    schema: Schema,
    data: Data,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Schema {
    name: Option<String>,
    #[serde(rename = "refId")]
    ref_id: Option<String>,
    meta: Value,
    fields: Vec<SchemaField>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct SchemaField {
    name: Option<String>,
    labels: Option<BTreeMap<String, String>>,
    config: Value,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Data {
    values: Vec<Vec<Value>>,
}

impl JsonFrame {
    /// Reads the JSON text of a list of frames.
    ///
    /// Errors: it is no such list; the text says where.
    pub fn read_all(json: &str) -> Result<Vec<Self>, serde_json::Error> {
        let written: Vec<Written> = serde_json::from_str(json)?;
        Ok(written.into_iter().map(Self::from_written).collect())
    }

    fn from_written(written: Written) -> Self {
        let mut columns = written.data.values.into_iter();
        let fields = written.schema.fields.into_iter().map(|field| JsonField {
            name: field.name.unwrap_or_default(),
            labels: field.labels.unwrap_or_default(),
            config: field.config,
            values: columns.next().unwrap_or_default(),
        });
        Self {
            name: written.schema.name.unwrap_or_default(),
            ref_id: written.schema.ref_id.unwrap_or_default(),
            fields: fields.collect(),
            meta: written.schema.meta,
        }
    }

    /// The column of a name. None: the frame has none.
    #[must_use]
    pub fn field(&self, name: &str) -> Option<&JsonField> {
        self.fields.iter().find(|field| field.name == name)
    }

    /// How many rows there are: those of the longest column.
    #[must_use]
    pub fn row_count(&self) -> usize {
        self.fields.iter().map(|field| field.values.len()).max().unwrap_or(0)
    }

    /// The texts of the frame's notices. Empty: none.
    #[must_use]
    pub fn notices(&self) -> Vec<String> {
        let notices = self.meta["notices"].as_array().map_or(&[][..], Vec::as_slice);
        notices.iter().filter_map(|notice| notice["text"].as_str().map(str::to_owned)).collect()
    }
}

impl JsonField {
    /// The text in a row. Empty: there is none.
    #[must_use]
    pub fn text(&self, row: usize) -> &str {
        self.values.get(row).and_then(Value::as_str).unwrap_or_default()
    }

    /// The number in a row. None: there is none.
    #[must_use]
    pub fn number(&self, row: usize) -> Option<f64> {
        self.values.get(row).and_then(Value::as_f64)
    }
}
