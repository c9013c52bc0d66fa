//! What was asked, what was changed, and why an answer is empty, in a form that a frame carries and a person reads.

use selector::Selector;
use serde::{Deserialize, Serialize};

use crate::change::Change;
use crate::empty_reason::EmptyReason;

/// Where in a frame's custom metadata its explanation is.
pub const EXPLAIN_KEY: &str = "explain";

/// What a frame says about how it came to be. Part of `meta.custom`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct Explanation {
    /// The whole in one line.
    pub line: String,
    /// The same, step by step, in the order in which it happened.
    pub steps: Vec<String>,
    /// What was changed. Empty: nothing.
    pub changes: Vec<Change>,
    /// Why there is nothing to be seen. None: there is.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub empty: Option<EmptyReason>,
    /// What to do about it. None: nothing needs doing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub advice: Option<String>,
    /// A query that would find something, as the fields to change. None: there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relaxed_query: Option<RelaxedQuery>,
}

/// The fields of a query that would find something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RelaxedQuery {
    /// The selector.
    pub label_selector: String,
}

/// What was asked for, and what came of it.
#[derive(Debug, Clone)]
pub struct Findings<'a> {
    /// The selector of the query.
    pub asked: &'a Selector,
    /// The profile type of the query.
    pub profile_type: String,
    /// What was changed before the server was asked.
    pub changes: Vec<Change>,
    /// Why there is nothing to be seen.
    pub empty: Option<EmptyReason>,
    /// A selector that would find something, where the query was left as it is.
    pub would_find: Option<&'a Selector>,
}

impl Findings<'_> {
    /// The explanation. None: the query was answered as it was asked, and there is something to be seen.
    #[must_use]
    pub fn explain(self) -> Option<Explanation> {
        if self.changes.is_empty() && self.empty.is_none() {
            return None;
        }
        let mut steps = vec![format!("asked for {} of type {}", self.asked, self.profile_type)];
        steps.extend(self.changes.iter().map(Change::sentence));
        steps.extend(self.empty.iter().map(EmptyReason::sentence));
        if let Some(selector) = self.would_find {
            steps.push(format!("{selector} would find something"));
        }
        let line = match &self.empty {
            Some(reason) => sentence_case(&reason.sentence()),
            None => {
                let changes: Vec<String> = self.changes.iter().map(Change::sentence).collect();
                sentence_case(&changes.join("; "))
            }
        };
        Some(Explanation {
            line,
            steps,
            advice: self.empty.as_ref().map(|reason| reason.advice().to_owned()),
            relaxed_query: self
                .would_find
                .map(|selector| RelaxedQuery { label_selector: selector.to_string() }),
            changes: self.changes,
            empty: self.empty,
        })
    }
}

impl Explanation {
    /// The explanations of several sides as one, each under its side's name. None: no side has one.
    ///
    /// There is nothing to be seen only where that goes for every side; no query would replace them all.
    #[must_use]
    pub fn of_sides<const N: usize>(sides: [(&str, Option<&Self>); N]) -> Option<Self> {
        let explained: Vec<(&str, &Self)> =
            sides.into_iter().filter_map(|(side, one)| Some((side, one?))).collect();
        let named = |side: &str, text: &str| format!("{side}: {text}");
        let lines: Vec<String> =
            explained.iter().map(|(side, one)| named(side, &one.line)).collect();
        let advice: Vec<String> = explained
            .iter()
            .filter_map(|(side, one)| Some(named(side, one.advice.as_ref()?)))
            .collect();
        let is_empty = explained.len() == N && explained.iter().all(|(_, one)| one.empty.is_some());
        let (_, first) = explained.first()?;
        Some(Self {
            line: lines.join("; "),
            steps: explained
                .iter()
                .flat_map(|(side, one)| one.steps.iter().map(|step| named(side, step)))
                .collect(),
            changes: explained.iter().flat_map(|(_, one)| one.changes.clone()).collect(),
            empty: first.empty.clone().filter(|_| is_empty),
            advice: (!advice.is_empty()).then(|| advice.join(" ")),
            relaxed_query: None,
        })
    }

    /// The line with the advice, for consumers that show notices only.
    /// None: nothing but more time was looked at, which needs no attention.
    #[must_use]
    pub fn notice(&self) -> Option<String> {
        let only_widened =
            self.changes.iter().all(|change| matches!(change, Change::Widened { .. }));
        match &self.advice {
            Some(advice) => Some(format!("{}. {advice}", self.line)),
            None => (!only_widened).then(|| self.line.clone()),
        }
    }
}

fn sentence_case(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().chain(letters).collect())
}
