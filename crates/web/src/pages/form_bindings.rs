//! What the forms call: the editors of crate `query`, for the browser.

use query::editor::{Editor, EditorAction, EditorKind, EditorProps, EditorUpdate};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// A form and its state: of a query, of a template variable, or of the settings.
#[wasm_bindgen]
#[derive(Debug)]
pub struct FormEditor(Editor);

#[wasm_bindgen]
impl FormEditor {
    /// An empty form; it is drawn once it has props.
    #[wasm_bindgen(constructor)]
    pub fn new(kind: Ts<EditorKind>) -> Result<FormEditor, JsError> {
        Ok(Self(Editor::new(kind.to_rust()?)))
    }

    /// Takes the props; idempotent.
    #[wasm_bindgen(js_name = setProps)]
    pub fn set_props(&mut self, props: Ts<EditorProps>) -> Result<Ts<EditorUpdate>, JsError> {
        Ok(self.0.set_props(props.to_rust()?).into_ts()?)
    }

    /// Takes what happened.
    pub fn dispatch(&mut self, action: Ts<EditorAction>) -> Result<Ts<EditorUpdate>, JsError> {
        Ok(self.0.dispatch(action.to_rust()?).into_ts()?)
    }
}
