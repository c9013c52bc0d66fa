//! What Grafana asks the shell for synchronously, before any wasm can run.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// Constants that are built into the shell.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(rename_all = "camelCase")]
pub struct ShellConstants {
    /// The query that Explore and new panels begin with.
    #[cfg_attr(feature = "ts", tsify(type = "Record<string, unknown>"))]
    pub default_query: Map<String, Value>,
    /// The query that a new template variable begins with.
    #[cfg_attr(feature = "ts", tsify(type = "Record<string, unknown>"))]
    pub default_variable_query: Map<String, Value>,
    /// Where the server is if nobody says otherwise.
    pub default_url: String,
    /// What the settings say of the server's address.
    pub url_docs: String,
}

/// The constants.
#[must_use]
pub fn shell_constants() -> ShellConstants {
    let object = |value: Value| match value {
        Value::Object(fields) => fields,
        _ => Map::new(),
    };
    ShellConstants {
        default_query: object(json!({
            "queryType": "both",
            "labelSelector": "{}",
            "groupBy": [],
            "spanSelector": [],
            "includeExemplars": false,
            "version": crate::QUERY_VERSION,
        })),
        default_variable_query: object(json!({"type": "profileType"})),
        default_url: "http://localhost:4040".to_owned(),
        url_docs: " Of Pyroscope or a Fireline store; it may stay empty where a metrics server is set below.".to_owned(),
    }
}
