//! A correlation, and a data source as far as correlations concern it.

use serde_json::{Map, Value, json};

use super::dollars::as_provisioned;
use crate::target::DataSourceKind;

/// A data source of Grafana, as far as correlations concern it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct DataSource {
    /// What links call it by.
    pub uid: String,
    /// What people call it by.
    pub name: String,
    /// The id of its plugin.
    pub datasource_type: String,
}

impl DataSource {
    /// What it holds. None: links do not know its type.
    #[must_use]
    pub fn kind(&self) -> Option<DataSourceKind> {
        DataSourceKind::of_type(&self.datasource_type)
    }
}

/// How Explore gets variables out of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Transformation {
    /// The field that is read, of the same row. None: the field that the correlation is on.
    pub field: Option<String>,
    /// A regular expression of JavaScript; its named groups become variables, the last match wins, case is ignored.
    pub expression: String,
}

/// A link from a field of one data source's frames to a query of another one.
#[derive(Debug, Clone, PartialEq)]
pub struct Correlation {
    /// The data source that is asked.
    pub target_uid: String,
    /// What the link says.
    pub label: String,
    /// What it is for.
    pub description: String,
    /// The name of the field that the link is on.
    pub field: String,
    /// Where its variables come from, beside the fields of the row.
    pub transformations: Vec<Transformation>,
    /// The query, with variables.
    pub target: Value,
}

impl Correlation {
    /// As Grafana's API takes it.
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut config = Map::new();
        config.insert("field".to_owned(), json!(self.field));
        config.insert("target".to_owned(), self.target.clone());
        let transformations: Vec<Value> = self.transformations.iter().map(transformation).collect();
        if !transformations.is_empty() {
            config.insert("transformations".to_owned(), Value::Array(transformations));
        }
        json!({
            "targetUID": self.target_uid,
            "label": self.label,
            "description": self.description,
            "type": "query",
            "config": config,
        })
    }

    /// As a provisioning file has it: as for the API, with each `$` written twice.
    #[must_use]
    pub fn to_provisioned_json(&self) -> Value {
        doubled(self.to_json())
    }
}

fn transformation(transformation: &Transformation) -> Value {
    let mut json = json!({ "type": "regex", "expression": transformation.expression });
    if let Some(field) = &transformation.field {
        json["field"] = json!(field);
    }
    json
}

/// Every text of a value as a provisioning file has it.
fn doubled(value: Value) -> Value {
    match value {
        Value::String(text) => Value::String(as_provisioned(&text)),
        Value::Array(items) => Value::Array(items.into_iter().map(doubled).collect()),
        Value::Object(fields) => {
            Value::Object(fields.into_iter().map(|(name, value)| (name, doubled(value))).collect())
        }
        other => other,
    }
}
