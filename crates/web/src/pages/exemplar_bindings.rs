//! What the settings page calls to show what becomes of an exemplar: crate `links`, for the browser.

use links::{ExemplarPreview, ExemplarSettings, preview_exemplar};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// What becomes of a pasted exemplar under the settings, given as the JSON text of `jsonData`.
#[wasm_bindgen(js_name = previewExemplar)]
pub fn preview(text: &str, settings_json: &str) -> Result<Ts<ExemplarPreview>, JsError> {
    let (settings, _) = ExemplarSettings::from_json_data(&serde_json::from_str(settings_json)?);
    Ok(preview_exemplar(text, &settings).into_ts()?)
}
