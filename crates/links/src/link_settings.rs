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
    /// The address of a trace outside of Grafana, with `${trace_id}`. Empty: there is none.
    pub trace_url: String,
}

/// What stands for a trace's id in templates of the settings.
pub(crate) const TRACE_ID: &str = "${trace_id}";

/// Whether a browser opens it as a page: a script would run as if it were Grafana's.
fn is_web_address(text: &str) -> bool {
    let text = text.trim();
    ["http://", "https://", "/"].iter().any(|start| text.starts_with(start))
}

impl LinkSettings {
    /// The address of the trace whose id is in a field of that name, as Grafana fills it in. None: there is none.
    #[must_use]
    pub fn trace_url_of(&self, field_name: &str) -> Option<String> {
        let id = format!("${{__data.fields['{field_name}']}}");
        (!self.trace_url.is_empty()).then(|| self.trace_url.replace(TRACE_ID, &id))
    }
}

impl Default for LinkSettings {
    fn default() -> Self {
        Self {
            padding_millis: DEFAULT_PADDING_MILLIS,
            max_spans: DEFAULT_MAX_SPANS,
            mappings: Vec::new(),
            trace_url: String::new(),
        }
    }
}

impl LinkSettings {
    /// Reads the `jsonData` of a datasource: `links.padding`, a duration, `links.maxSpans`, `links.labels`, attribute to
    /// label, and `links.traceUrl`.
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
        match of_links("traceUrl") {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.trim().is_empty() => {}
            Some(Value::String(text)) if text.contains(TRACE_ID) && is_web_address(text) => {
                text.trim().clone_into(&mut settings.trace_url);
            }
            Some(value) => warnings.push(format!(
                "setting links.traceUrl is {value}, expected an address such as https://traces.example.com/trace/{TRACE_ID}; there is no such link"
            )),
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
