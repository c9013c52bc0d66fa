//! Where a function of a flame graph leads: crate `links`, for the browser.

use js_sys::Reflect;
use wasm_bindgen::prelude::*;

use crate::json_value::from_js;

/// Where Explore shows the traces in which a function was seen: a path within Grafana.
///
/// `custom` is what the datasource's flame graph frame says of itself, `call_site` the functions from below the root.
/// Undefined: it says of no one question, or it is the whole profile.
#[wasm_bindgen(js_name = tracesThrough)]
pub fn traces_through(custom: &JsValue, call_site: Vec<String>) -> Result<Option<String>, JsError> {
    let asked = Reflect::get(custom, &"fireline".into()).unwrap_or(JsValue::UNDEFINED);
    if asked.is_undefined() {
        return Ok(None);
    }
    Ok(links::traces_through(&from_js(&asked)?, &call_site))
}
