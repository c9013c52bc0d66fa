//! Choices that come from the datasource: asked for once per question, and kept until the question changes.

use super::protocol::{EditorEffect, ResourceRequest};
use serde_json::Value;

/// The answer to a question that may change.
#[derive(Debug, Default)]
pub(crate) struct Loaded {
    asked: Option<(u32, ResourceRequest)>,
    answer: Option<(u32, Result<Value, String>)>,
}

impl Loaded {
    /// Asks, unless just this was asked before. The last answer stays visible until the next arrives.
    pub(crate) fn want(
        &mut self,
        request: ResourceRequest,
        next_id: &mut u32,
        effects: &mut Vec<EditorEffect>,
    ) {
        if self.asked.as_ref().is_some_and(|(_, asked)| *asked == request) {
            return;
        }
        *next_id += 1;
        self.asked = Some((*next_id, request.clone()));
        effects.push(EditorEffect::Fetch { id: *next_id, request });
    }

    /// Makes the next [`want`](Self::want) ask, even if the question is the same.
    pub(crate) fn ask_again(&mut self) {
        self.asked = None;
    }

    /// Takes an answer if it is to the question last asked.
    pub(crate) fn answer(&mut self, id: u32, answer: &Result<Value, String>) {
        if self.asked.as_ref().is_some_and(|(asked, _)| *asked == id) {
            self.answer = Some((id, answer.clone()));
        }
    }

    /// Whether there is nothing to show yet.
    pub(crate) fn is_loading(&self) -> bool {
        self.asked.is_some() && self.answer.is_none()
    }

    /// Whether there is an answer, and it is to the question last asked.
    pub(crate) fn is_fresh(&self) -> bool {
        match (&self.asked, &self.answer) {
            (Some((asked, _)), Some((answered, _))) => asked == answered,
            _ => false,
        }
    }

    /// Why there is no answer.
    pub(crate) fn failure(&self) -> Option<&str> {
        self.answer.as_ref()?.1.as_ref().err().map(String::as_str)
    }

    /// The JSON of the last answer, which may be to an earlier question.
    pub(crate) fn value(&self) -> Option<&Value> {
        self.answer.as_ref()?.1.as_ref().ok()
    }

    /// The texts of an answer that is a list of them; empty without an answer.
    pub(crate) fn texts(&self) -> Vec<String> {
        let list = self.value().and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
    }
}
