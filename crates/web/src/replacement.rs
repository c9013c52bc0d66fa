//! Grafana's replacement of template variables, as Rust calls it.

use js_sys::Function;
use query::VariableFormat;
use wasm_bindgen::JsValue;

/// The function of the page that takes text and format and returns text; text that it cannot fill
/// in stays as it is.
pub(crate) fn replacement(replace: &Function) -> impl FnMut(&str, VariableFormat) -> String + '_ {
    |text, format| {
        let replaced = replace.call2(&JsValue::NULL, &text.into(), &format.name().into());
        replaced.ok().and_then(|replaced| replaced.as_string()).unwrap_or_else(|| text.to_owned())
    }
}
