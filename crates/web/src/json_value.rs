//! JSON values that cross to the browser and back.

use js_sys::JSON;
use serde_json::Value;
use wasm_bindgen::prelude::*;

/// By way of JSON, whose reader is there anyway: a second one would double the size.
pub(crate) fn from_js(value: &JsValue) -> Result<Value, JsError> {
    let text = JSON::stringify(value).map_err(|_| JsError::new("a value is not JSON"))?;
    let text = text.as_string().unwrap_or_else(|| "null".to_owned());
    Ok(serde_json::from_str(&text)?)
}

pub(crate) fn to_js(value: &Value) -> Result<JsValue, JsError> {
    let text = serde_json::to_string(value)?;
    JSON::parse(&text).map_err(|_| JsError::new("a value is not JSON"))
}
