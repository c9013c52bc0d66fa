//! YAML as values, with the line on which each stands.

use std::collections::BTreeMap;

use saphyr::{LoadableYamlNode, MarkedYaml, Scalar, YamlData};
use serde_json::{Map, Number, Value};

/// Where something stands in a file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Place {
    /// The first is 1.
    pub line: usize,
    /// In characters; the first is 0.
    pub column: usize,
}

/// What a file holds.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct Document {
    /// Empty file: null. Keys that are no text are written as text.
    pub value: Value,
    /// By JSON pointer: where the key stands, or the item of a list.
    places: BTreeMap<String, Place>,
}

/// A file that is no YAML.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {reason}")]
pub(super) struct YamlError {
    line: usize,
    column: usize,
    reason: String,
}

/// Deeper than any provisioning file.
const MAX_DEPTH: usize = 64;

impl Document {
    /// Reads the first document of a file; Grafana reads no other.
    pub(super) fn read(text: &str) -> Result<Self, YamlError> {
        let nodes = MarkedYaml::load_from_str(text).map_err(|error| YamlError {
            line: error.marker().line(),
            column: error.marker().col() + 1,
            reason: error.info().to_owned(),
        })?;
        let mut document = Self::default();
        if let Some(node) = nodes.first() {
            document.value = document.take(node, "", 0)?;
        }
        Ok(document)
    }

    /// Where something stands, or else what is around it. None: nothing of it is in the file.
    pub(super) fn place(&self, pointer: &str) -> Option<Place> {
        let mut pointer = pointer;
        loop {
            if let Some(place) = self.places.get(pointer) {
                return Some(*place);
            }
            pointer = &pointer[..pointer.rfind('/')?];
        }
    }

    fn take(&mut self, node: &MarkedYaml, pointer: &str, depth: usize) -> Result<Value, YamlError> {
        let place = place_of(node);
        if depth > MAX_DEPTH {
            return Err(YamlError {
                line: place.line,
                column: place.column + 1,
                reason: format!("nested deeper than {MAX_DEPTH} levels"),
            });
        }
        self.places.entry(pointer.to_owned()).or_insert(place);
        Ok(match &node.data {
            YamlData::Value(scalar) => value_of(scalar),
            YamlData::Representation(text, ..) => Value::String(text.to_string()),
            YamlData::Tagged(_, inner) => self.take(inner, pointer, depth + 1)?,
            YamlData::Sequence(items) => {
                let mut list = Vec::new();
                for (at, item) in items.iter().enumerate() {
                    list.push(self.take(item, &format!("{pointer}/{at}"), depth + 1)?);
                }
                Value::Array(list)
            }
            YamlData::Mapping(entries) => {
                let mut fields = Map::new();
                for (key, value) in entries {
                    let name = key_text(key);
                    let below = format!("{pointer}/{}", name.replace('~', "~0").replace('/', "~1"));
                    self.places.insert(below.clone(), place_of(key));
                    let value = self.take(value, &below, depth + 1)?;
                    fields.insert(name, value);
                }
                Value::Object(merged(fields))
            }
            YamlData::Alias(_) | YamlData::BadValue => Value::Null,
        })
    }
}

fn place_of(node: &MarkedYaml) -> Place {
    Place { line: node.span.start.line(), column: node.span.start.col() }
}

fn value_of(scalar: &Scalar) -> Value {
    match scalar {
        Scalar::Null => Value::Null,
        Scalar::Boolean(truth) => Value::Bool(*truth),
        Scalar::Integer(number) => Value::from(*number),
        Scalar::FloatingPoint(number) => {
            Number::from_f64(number.into_inner()).map_or(Value::Null, Value::Number)
        }
        Scalar::String(text) => Value::String(text.to_string()),
    }
}

fn key_text(key: &MarkedYaml) -> String {
    match &key.data {
        YamlData::Value(Scalar::String(text)) => text.to_string(),
        YamlData::Value(scalar) => value_of(scalar).to_string(),
        YamlData::Representation(text, ..) => text.to_string(),
        _ => String::new(),
    }
}

/// A mapping with what its key `<<` refers to, as Grafana reads it: its own keys win.
fn merged(mut fields: Map<String, Value>) -> Map<String, Value> {
    let bases = match fields.remove("<<") {
        None => return fields,
        Some(Value::Array(bases)) => bases,
        Some(base) => vec![base],
    };
    for base in bases {
        let Value::Object(base) = base else { continue };
        for (name, value) in base {
            fields.entry(name).or_insert(value);
        }
    }
    fields
}
