//! Reading and writing single keys of the JSON that a form edits; everything else in it is left alone.

use serde_json::{Map, Value};

/// The text under a key; empty where it is absent or no text.
pub(crate) fn text<'a>(json: &'a Map<String, Value>, key: &str) -> &'a str {
    json.get(key).and_then(Value::as_str).unwrap_or_default()
}

/// The texts of the list under a key; empty where it is absent or no list.
pub(crate) fn texts(json: &Map<String, Value>, key: &str) -> Vec<String> {
    let list = json.get(key).and_then(Value::as_array);
    list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// The number under a key, as the user wrote or would write it; empty where there is none.
pub(crate) fn number_text(json: &Map<String, Value>, key: &str) -> String {
    match json.get(key) {
        Some(Value::Number(number)) => number.to_string(),
        Some(Value::String(written)) => written.clone(),
        _ => String::new(),
    }
}

/// Whether a switch is on; absent is off.
pub(crate) fn flag(json: &Map<String, Value>, key: &str) -> bool {
    json.get(key).and_then(Value::as_bool).unwrap_or_default()
}

/// Writes a text; an empty one takes the key away.
pub(crate) fn set_text(json: &mut Map<String, Value>, key: &str, value: &str) {
    if value.is_empty() {
        json.remove(key);
    } else {
        json.insert(key.to_owned(), Value::String(value.to_owned()));
    }
}

/// Writes a whole number as a number, and what is none as the text that was typed, so that it can be explained.
pub(crate) fn set_number(json: &mut Map<String, Value>, key: &str, written: &str) {
    match written.trim().replace('_', "").parse::<u64>() {
        Ok(number) => {
            json.insert(key.to_owned(), Value::from(number));
        }
        Err(_) => set_text(json, key, written.trim()),
    }
}

/// Writes a list of texts.
pub(crate) fn set_texts(json: &mut Map<String, Value>, key: &str, values: &[String]) {
    json.insert(key.to_owned(), values.iter().cloned().map(Value::String).collect());
}
