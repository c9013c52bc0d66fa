//! What was asked, what was changed, and why an answer is empty, in a form that a frame carries and a person reads.

use query::{LinkPlan, Window};
use selector::Selector;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

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
    /// A query that would find something. None: none is known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub relaxed_query: Option<RelaxedQuery>,
}

/// A query that would find something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct RelaxedQuery {
    /// What it is, for the button that leads to it.
    pub title: String,
    /// The fields to put into the query that was asked.
    pub fields: Map<String, Value>,
    /// Where Grafana shows it, for those who cannot change the query. None: not known.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
}

/// The next best thing: what would find something.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct WouldFind<'a> {
    /// The selector.
    pub selector: &'a Selector,
    /// What else the query is to ask for.
    pub instead: Instead,
}

/// What a query that would find something asks for, instead of the samples that it names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Instead {
    /// The same, with another selector.
    Selector,
    /// Every stack trace.
    AnyCallSite,
    /// Every sample of this time range, whatever span, trace or profile it belongs to.
    AnySample(Window),
    /// Likewise, with all ids left out, at a time where there are profiles.
    OtherTime(Window),
}

impl WouldFind<'_> {
    /// The query, as a button offers it.
    #[must_use]
    pub fn query(&self) -> RelaxedQuery {
        let selector = self.selector.to_string();
        let (title, mut fields) = match self.instead {
            Instead::Selector => (format!("Use {selector}"), json!({})),
            Instead::AnyCallSite => (format!("Show all of {selector}"), json!({ "callSite": [] })),
            Instead::AnySample(window) => {
                (format!("Show all of {selector} around this time"), without_ids(window))
            }
            Instead::OtherTime(window) => {
                (format!("Show {selector} at the nearest time"), without_ids(window))
            }
        };
        fields["labelSelector"] = json!(selector);
        let Value::Object(fields) = fields else { unreachable!("fields are an object") };
        RelaxedQuery { title, fields, path: None }
    }

    fn sentence(&self) -> String {
        let selector = self.selector;
        match self.instead {
            Instead::Selector => format!("{selector} would find something"),
            Instead::AnyCallSite => {
                format!("without the call site {selector} would find something")
            }
            Instead::AnySample(_) => format!("without ids {selector} would find something"),
            Instead::OtherTime(_) => {
                format!("{selector} would find something at the nearest time")
            }
        }
    }
}

/// Fields that ask for every sample of a time range, whatever range the query comes with: a plan says which.
fn without_ids(window: Window) -> Value {
    let half = window.end_millis.saturating_sub(window.start_millis) / 2;
    let plan = LinkPlan {
        at_millis: Some(window.start_millis.saturating_add(half)),
        padding_millis: Some(half),
        ..LinkPlan::default()
    };
    json!({
        "spanSelector": [], "traceSelector": [], "profileIdSelector": [], "spanClass": null,
        "origin": "link", "plan": plan,
    })
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
    /// What would find something. None: nothing that is known, or it was done.
    pub would_find: Option<WouldFind<'a>>,
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
        steps.extend(self.would_find.as_ref().map(WouldFind::sentence));
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
            relaxed_query: self.would_find.as_ref().map(WouldFind::query),
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
