//! What the Trail page calls: the walk of crate `links`, for the browser.

use links::trail::{SpanRow, Trail, TrailAction, TrailProps, TrailUpdate};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

type Update = Result<Ts<TrailUpdate>, JsError>;

/// The walk from a metric to a function and back.
#[wasm_bindgen(js_name = Trail)]
#[derive(Debug, Default)]
pub struct TrailHandle(Trail);

#[wasm_bindgen(js_class = Trail)]
impl TrailHandle {
    /// A walk that has not begun; it does once it has props.
    #[wasm_bindgen(constructor)]
    #[must_use]
    pub fn new() -> TrailHandle {
        Self::default()
    }

    /// Takes what the page knows; idempotent.
    #[wasm_bindgen(js_name = setProps)]
    pub fn set_props(&mut self, props: Ts<TrailProps>) -> Update {
        Ok(self.0.set_props(props.to_rust()?).into_ts()?)
    }

    /// Does what a person does.
    pub fn dispatch(&mut self, action: Ts<TrailAction>) -> Update {
        Ok(self.0.dispatch(action.to_rust()?).into_ts()?)
    }

    /// Takes the answer to a query: the JSON text of its frames.
    pub fn answered(&mut self, id: u32, frames_json: &str) -> Update {
        Ok(self.0.answered(id, frames_json).into_ts()?)
    }

    /// Takes the news that a query failed.
    pub fn failed(&mut self, id: u32, message: &str) -> Update {
        Ok(self.0.failed(id, message).into_ts()?)
    }

    /// The frame of the flame graph, as JSON, where the walk made it. Undefined: it is that of the query.
    #[wasm_bindgen(js_name = traceFlameFrame)]
    pub fn trace_flame_frame(&self) -> Option<String> {
        self.0.trace_flame_frame().map(str::to_owned)
    }

    /// Some rows of the list of spans, from one on.
    #[wasm_bindgen(js_name = spanRows)]
    pub fn span_rows(&self, from: usize, count: usize) -> Result<Vec<Ts<SpanRow>>, JsError> {
        self.0.span_rows(from, count).into_iter().map(|row| Ok(row.into_ts()?)).collect()
    }
}
