//! How a datasource wants links made and followed.

use query::parse_duration_millis;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::label_mapping::LabelMapping;
use crate::span_class::DEFAULT_MAX_SPANS;
use crate::window_padding::DEFAULT_PADDING_MILLIS;

/// More spans than these are never asked for: each is a search of its own for the server.
const MOST_SPANS: usize = 5_000;

/// How a datasource wants links followed; part of its settings (`jsonData.links`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LinkSettings {
    /// How much more time a link looks at, before and after. Unit: milliseconds.
    pub padding_millis: i64,
    /// At most so many spans of a class are asked for; at least 1.
    pub max_spans: usize,
    /// Which labels of profiles carry which attributes, before the usual ones.
    pub mappings: Vec<LabelMapping>,
}

impl Default for LinkSettings {
    fn default() -> Self {
        Self {
            padding_millis: DEFAULT_PADDING_MILLIS,
            max_spans: DEFAULT_MAX_SPANS,
            mappings: Vec::new(),
        }
    }
}

impl LinkSettings {
    /// Reads the `jsonData` of a datasource: `links.padding`, a duration, `links.maxSpans`, and `links.labels`, attribute to label.
    ///
    /// What cannot be read takes its default and is named in the warnings.
    #[must_use]
    pub fn from_json_data(json_data: &Value) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut warnings = Vec::new();
        let of_links = |key: &str| json_data.get("links").and_then(|links| links.get(key));
        match of_links("padding") {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.trim().is_empty() => {}
            Some(value) => match value.as_str().and_then(parse_duration_millis) {
                Some(millis) => settings.padding_millis = millis,
                None => warnings.push(format!(
                    "setting links.padding is {value}, expected a duration such as 60s; 60s is used"
                )),
            },
        }
        match of_links("maxSpans") {
            None | Some(Value::Null) => {}
            Some(value) => match value.as_u64().and_then(|spans| usize::try_from(spans).ok()) {
                Some(spans) if (1..=MOST_SPANS).contains(&spans) => settings.max_spans = spans,
                _ => warnings.push(format!(
                    "setting links.maxSpans is {value}, expected a number from 1 to {MOST_SPANS}; {DEFAULT_MAX_SPANS} is used"
                )),
            },
        }
        match of_links("labels") {
            None | Some(Value::Null) => {}
            Some(Value::Object(labels)) => {
                for (attribute, label) in labels {
                    match label.as_str().map(str::trim) {
                        Some(label) if !label.is_empty() => settings.mappings.push(LabelMapping {
                            attribute: attribute.clone(),
                            label: label.to_owned(),
                        }),
                        _ => warnings.push(format!(
                            "setting links.labels.{attribute} is {label}, expected the name of a label; it is not used"
                        )),
                    }
                }
            }
            Some(value) => warnings.push(format!(
                "setting links.labels is {value}, expected an object such as {{\"service.name\": \"service_name\"}}; it is not used"
            )),
        }
        (settings, warnings)
    }
}
