//! Addresses within Grafana.

use query::{OWN_TYPE, Query};
use serde_json::{Map, Value, json};

use super::clicked::Range;

/// The pane's name. Explore renames panes that are not called by three lower-case letters or digits, and goes to that
/// address as a step of its own, from which nobody gets back.
const PANE: &str = "fir";

/// Explore's address with one pane, in the order in which Explore writes it: what differs would be another such step.
pub(super) fn explore_path(uid: &str, query: Query, (from, to): Range) -> String {
    let mut query = match serde_json::to_value(query) {
        Ok(Value::Object(query)) => query,
        _ => Map::new(),
    };
    query.insert("datasource".to_owned(), json!({ "type": OWN_TYPE, "uid": uid }));
    let panes = format!(
        r#"{{"{PANE}":{{"datasource":{},"queries":{},"range":{},"compact":false}}}}"#,
        json!(uid),
        json!([query]),
        json!({ "from": from, "to": to }),
    );
    format!("/explore?schemaVersion=1&panes={}", percent_encoded(&panes))
}

/// The address of the Trail page with these parameters.
pub(super) fn trail_path<'a>(params: impl IntoIterator<Item = (&'a str, String)>) -> String {
    let params = params.into_iter().map(|(name, value)| {
        // Names are our own and plain.
        format!("{name}={}", percent_encoded(&value))
    });
    let params: Vec<String> = params.collect();
    format!("/a/fireline-profiles-app/trail?{}", params.join("&"))
}

/// A text as part of an address.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded
}
