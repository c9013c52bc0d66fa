//! Our links on Grafana's own pages: crate `links`, for the browser.

use js_sys::{Function, Reflect};
use links::{
    ExtensionGoal, ExtensionPoint, LinkContext, extension_links, extension_path, fill_in_target,
};
use serde_json::{Map, Value, json};
use wasm_bindgen::prelude::*;

use crate::json_value::{from_js, to_js};
use crate::replacement::replacement;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "/** A link that Grafana's own pages offer on our behalf. */
export interface ExtensionLink { targets: string; goal: string; title: string; description: string; category?: string | null }
/** The datasource that such a link asks, and its settings. */
export interface ExtensionContext {
  own: { uid: string; type: string; name: string };
  settings: Record<string, unknown>;
}";

#[wasm_bindgen]
extern "C" {
    /// The datasource that a link asks, as JavaScript holds it.
    #[derive(Debug)]
    #[wasm_bindgen(typescript_type = "ExtensionContext")]
    pub type JsExtensionContext;
}

/// Where a link of ours on one of Grafana's own pages leads: a path within Grafana.
///
/// `replace` is Grafana's, which fills in template variables: text and format in, text out.
///
/// Errors: a sentence for the user.
#[wasm_bindgen(js_name = extensionPath)]
pub fn extension_link(
    point: &str,
    goal: &str,
    clicked: &JsValue,
    context: &JsExtensionContext,
    replace: &Function,
) -> Result<String, JsError> {
    let point = ExtensionPoint::of_id(point)
        .ok_or_else(|| JsError::new(&format!("Fireline has no links in {point:?}.")))?;
    let goal = ExtensionGoal::of_id(goal)
        .ok_or_else(|| JsError::new(&format!("Fireline has no links to {goal:?}.")))?;
    let context = LinkContext::from_json(&from_js(context)?);
    // Pages hand over far more than this, some of it in circles.
    let mut read = Map::new();
    for key in ExtensionPoint::READ {
        let value = Reflect::get(clicked, &key.into()).unwrap_or(JsValue::UNDEFINED);
        if let Ok(value) = from_js(&value) {
            read.insert(key.to_owned(), value);
        }
    }
    for target in read.get_mut("targets").and_then(Value::as_array_mut).into_iter().flatten() {
        if let Value::Object(query) = target {
            *query = fill_in_target(query, &mut replacement(replace));
        }
    }
    extension_path(point, goal, &Value::Object(read), &context)
        .map_err(|sentence| JsError::new(&sentence))
}

/// The links that Grafana's own pages offer on our behalf; read while the bundle is built.
#[wasm_bindgen(js_name = extensionLinks, unchecked_return_type = "ExtensionLink[]")]
pub fn all_extension_links() -> Result<JsValue, JsError> {
    let links = extension_links().into_iter().map(|link| {
        json!({
            "targets": link.point.id(),
            "goal": link.goal.id(),
            "title": link.title,
            "description": link.description,
            "category": link.attribute,
        })
    });
    to_js(&links.collect())
}
