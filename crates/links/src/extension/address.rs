//! Addresses within Grafana.

use query::Query;
use serde_json::{Map, Value};

use super::clicked::Range;
use crate::explore_path::percent_encoded;

/// Explore's address with one pane.
pub(super) fn explore_path(uid: &str, query: Query, (from, to): Range) -> String {
    let query = match serde_json::to_value(query) {
        Ok(Value::Object(query)) => query,
        _ => Map::new(),
    };
    crate::explore_path::explore_path(uid, query, &from, &to)
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
