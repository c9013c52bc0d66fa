//! Addresses of Explore, with a query of ours in it.

use query::OWN_TYPE;
use serde_json::{Map, Value, json};

/// The pane's name. Explore renames panes that are not called by three lower-case letters or digits, and goes to that
/// address as a step of its own, from which nobody gets back.
const PANE: &str = "fir";

/// The path within Grafana of Explore with one pane: a query of the datasource of ours that has this uid.
///
/// `from` and `to`: milliseconds since 1970, or words such as `now-1h`.
/// It is in the order in which Explore writes it: what differs would be another such step.
#[must_use]
pub fn explore_path(uid: &str, mut query: Map<String, Value>, from: &str, to: &str) -> String {
    query.insert("datasource".to_owned(), json!({ "type": OWN_TYPE, "uid": uid }));
    let panes = format!(
        r#"{{"{PANE}":{{"datasource":{},"queries":{},"range":{},"compact":false}}}}"#,
        json!(uid),
        json!([query]),
        json!({ "from": from, "to": to }),
    );
    format!("/explore?schemaVersion=1&panes={}", percent_encoded(&panes))
}

/// A text as part of an address.
pub(crate) fn percent_encoded(text: &str) -> String {
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
