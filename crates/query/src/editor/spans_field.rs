//! The field that names spans: by their ids, or as a class by TraceQL.

use serde_json::{Map, Value};

use super::fields::{self, text, texts};

/// What the field says of a query or a baseline. Empty: any span.
pub(crate) fn written(side: &Map<String, Value>) -> String {
    match side.get("spanClass").and_then(Value::as_object) {
        Some(class) => text(class, "traceql").to_owned(),
        None => texts(side, "spanSelector").join(", "),
    }
}

/// Takes what was written: TraceQL begins with a brace, ids are separated by commas or white space.
pub(crate) fn set(side: &mut Map<String, Value>, value: &str) {
    let value = value.trim();
    if value.starts_with('{') {
        side.remove("spanSelector");
        let class = side.entry("spanClass").or_insert_with(|| Value::Object(Map::new()));
        if let Value::Object(class) = class {
            fields::set_text(class, "traceql", value);
        }
        return;
    }
    side.remove("spanClass");
    let ids = value.split(|c: char| c == ',' || c.is_whitespace()).filter(|id| !id.is_empty());
    let ids: Vec<String> = ids.map(str::to_owned).collect();
    if ids.is_empty() {
        side.remove("spanSelector");
    } else {
        fields::set_texts(side, "spanSelector", &ids);
    }
}

/// The spans in a few words. None: any.
pub(crate) fn summary(side: &Map<String, Value>) -> Option<String> {
    if side.get("spanClass").is_some_and(Value::is_object) {
        return Some("a class of spans".to_owned());
    }
    match texts(side, "spanSelector").len() {
        0 => None,
        1 => Some("1 span".to_owned()),
        many => Some(format!("{many} spans")),
    }
}
