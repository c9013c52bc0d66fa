//! One question and what came of it.

use super::effect::TrailEffect;
use super::question::Question;

/// One step of the walk: what was asked, and what came of it.
#[derive(Debug)]
pub(super) struct Step<T> {
    asked: Option<(u32, Question)>,
    pub(super) is_loading: bool,
    /// None: nothing was answered, or not yet.
    pub(super) answer: Option<T>,
    /// The question that the answer belongs to; the next may have been asked since.
    answered_id: Option<u32>,
    /// Why there is no answer.
    pub(super) failure: Option<String>,
}

impl<T> Default for Step<T> {
    fn default() -> Self {
        Self { asked: None, is_loading: false, answer: None, answered_id: None, failure: None }
    }
}

impl<T> Step<T> {
    /// Asks a question unless it is the one that was asked. None: there is nothing to ask.
    /// The last answer stays while the next is on its way, if it is still of the same thing.
    pub(super) fn want(
        &mut self,
        question: Option<Question>,
        next_id: &mut u32,
        effects: &mut Vec<TrailEffect>,
    ) {
        if self.asked.as_ref().map(|(_, asked)| asked) == question.as_ref() {
            return;
        }
        if let Some((id, _)) = self.asked.as_ref().filter(|_| self.is_loading) {
            effects.push(TrailEffect::Cancel { id: *id });
        }
        let same_thing = match (&self.asked, &question) {
            (Some((_, asked)), Some(question)) => asked.is_about_the_same(question),
            _ => false,
        };
        if !same_thing {
            self.answer = None;
        }
        self.failure = None;
        self.is_loading = question.is_some();
        self.asked = question.map(|question| {
            *next_id += 1;
            effects.push(question.effect(*next_id));
            (*next_id, question)
        });
    }

    /// Whether this is the answer that the step waits for.
    pub(super) fn waits_for(&self, id: u32) -> bool {
        self.is_loading && self.asked.as_ref().is_some_and(|(asked, _)| *asked == id)
    }

    /// Takes what came.
    pub(super) fn take(&mut self, answer: Result<T, String>) {
        self.is_loading = false;
        self.answered_id = self.asked.as_ref().map(|(id, _)| *id);
        match answer {
            Ok(answer) => self.answer = Some(answer),
            Err(failure) => {
                self.answer = None;
                self.failure = Some(failure);
            }
        }
    }

    /// The name of the question whose answer is there. None: there is no answer.
    pub(super) fn answer_id(&self) -> Option<u32> {
        self.answer.as_ref().and(self.answered_id)
    }
}
