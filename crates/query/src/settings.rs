//! The part of a datasource's settings that is about profiles; HTTP and auth are the client's.

use serde_json::Value;

use crate::duration::parse_duration_millis;
use crate::node_limit::NodeLimit;

/// The label that means "service" where the settings do not say.
pub const DEFAULT_SERVICE_LABEL: &str = "service_name";

/// The shortest step of a series where the settings do not say. Unit: milliseconds.
pub const DEFAULT_MIN_STEP_MILLIS: i64 = 15_000;

/// How a datasource is set up, apart from HTTP and auth.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Settings {
    /// The shortest step of a series. Unit: milliseconds, at least 1.
    pub min_step_millis: i64,
    /// The label that means "service".
    pub service_label: String,
    /// How many nodes of a call tree are asked for where the query does not say.
    pub max_nodes: NodeLimit,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            min_step_millis: DEFAULT_MIN_STEP_MILLIS,
            service_label: DEFAULT_SERVICE_LABEL.to_owned(),
            max_nodes: NodeLimit::OF_QUERY,
        }
    }
}

impl Settings {
    /// Reads the `jsonData` of a datasource.
    ///
    /// What cannot be read takes its default and is named in the warnings: one bad setting must not
    /// take a datasource down.
    pub fn from_json_data(json_data: &Value) -> (Self, Vec<String>) {
        let mut settings = Self::default();
        let mut warnings = Vec::new();
        if let Some(text) = json_data.get("minStep").and_then(Value::as_str)
            && !text.trim().is_empty()
        {
            match parse_duration_millis(text).filter(|millis| *millis >= 1) {
                Some(millis) => settings.min_step_millis = millis,
                None => warnings.push(format!(
                    "setting minStep is {text:?}, expected a duration such as 15s; 15s is used"
                )),
            }
        }
        if let Some(label) = json_data.get("serviceLabel").and_then(Value::as_str)
            && !label.trim().is_empty()
        {
            label.trim().clone_into(&mut settings.service_label);
        }
        match json_data.get("maxNodes") {
            None | Some(Value::Null) => {}
            Some(Value::String(text)) if text.trim().is_empty() => {}
            Some(value) => match whole_number(value) {
                Some(max_nodes) => settings.max_nodes = NodeLimit::from_query(max_nodes),
                None => warnings.push(format!(
                    "setting maxNodes is {value}, expected a whole number; {} is used",
                    settings.max_nodes.to_query().unwrap_or_default()
                )),
            },
        }
        (settings, warnings)
    }
}

/// A number that may be written as text.
fn whole_number(value: &Value) -> Option<u64> {
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}
