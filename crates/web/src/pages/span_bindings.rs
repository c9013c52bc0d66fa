//! The look-up of a query's classes of spans: crate `links`, for the browser.

use links::{LinkContext, SpanLookUp, SpanQuestion};
use query::Window;
use serde_json::{Value, json};
use wasm_bindgen::prelude::*;

use crate::json_value::{from_js, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "/** A query to a data source whose answer a look-up needs. */
export interface SpanQuestion { id: number; uid: string; query: Record<string, unknown>; fromMillis: number; toMillis: number }
/** The query whose spans are looked up, and the data sources that there are. */
export interface LookUpContext {
  sources: Array<{ uid: string; type: string; name: string }>;
  settings: Record<string, unknown>;
  query: Record<string, unknown>;
}";

#[wasm_bindgen]
extern "C" {
    /// The query whose spans are looked up, as JavaScript holds it.
    #[derive(Debug)]
    #[wasm_bindgen(typescript_type = "LookUpContext")]
    pub type JsLookUpContext;
}

/// The look-up of the classes of spans that one query names.
#[wasm_bindgen(js_name = SpanLookUp)]
#[derive(Debug)]
pub struct SpanLookUpHandle {
    look_up: SpanLookUp,
    questions: Vec<SpanQuestion>,
}

#[wasm_bindgen(js_class = SpanLookUp)]
impl SpanLookUpHandle {
    /// The look-up of a context's query, whose time range is given in milliseconds since 1970. Undefined: it names no
    /// class.
    ///
    /// Errors: a sentence for the user.
    pub fn of(
        context: &JsLookUpContext,
        from_millis: f64,
        to_millis: f64,
    ) -> Result<Option<SpanLookUpHandle>, JsError> {
        let context = LinkContext::from_json(&from_js(context)?);
        let asked = Window { start_millis: from_millis as i64, end_millis: to_millis as i64 };
        let started =
            SpanLookUp::new(&context, asked).map_err(|sentence| JsError::new(&sentence))?;
        Ok(started.map(|(look_up, questions)| Self { look_up, questions }))
    }

    /// What is to be asked; each once.
    #[wasm_bindgen(unchecked_return_type = "SpanQuestion[]")]
    pub fn questions(&mut self) -> Result<JsValue, JsError> {
        let json = |SpanQuestion { id, uid, query, window }| {
            json!({
                "id": id, "uid": uid, "query": query,
                "fromMillis": window.start_millis, "toMillis": window.end_millis,
            })
        };
        to_js(&std::mem::take(&mut self.questions).into_iter().map(json).collect())
    }

    /// Takes an answer: the JSON text of its frames.
    pub fn answered(&mut self, id: u32, frames_json: &str) -> Result<(), JsError> {
        let frames: Vec<Value> = serde_json::from_str(frames_json)?;
        self.questions.extend(self.look_up.answered(id, frames));
        Ok(())
    }

    /// Takes that a question has no answer.
    ///
    /// Errors: the reason, where there is nothing without it.
    pub fn failed(&mut self, id: u32, reason: &str) -> Result<(), JsError> {
        let more = self.look_up.failed(id, reason).map_err(|reason| JsError::new(&reason))?;
        self.questions.extend(more);
        Ok(())
    }

    /// The query with the ids of the spans. Undefined: something is not answered yet.
    #[wasm_bindgen(unchecked_return_type = "Record<string, unknown> | undefined")]
    pub fn query(&self) -> Result<JsValue, JsError> {
        match self.look_up.query().map_err(|sentence| JsError::new(&sentence))? {
            Some(query) => to_js(&Value::Object(query)),
            None => Ok(JsValue::UNDEFINED),
        }
    }
}
