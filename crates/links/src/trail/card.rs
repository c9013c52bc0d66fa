//! What every step of the walk shows: a title, how it went, and why there is nothing.

use serde::{Deserialize, Serialize};

/// The head of a step.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Card {
    /// What is shown.
    pub title: String,
    /// The same in numbers. Empty: nothing is known yet.
    pub summary: String,
    /// Whether an answer is on its way.
    pub is_loading: bool,
    /// What stands in the place of the content, or above it.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub message: Option<CardMessage>,
    /// What is worth knowing about the content. Empty: nothing.
    pub notices: Vec<String>,
}

/// Why there is nothing, what was changed, or what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct CardMessage {
    /// How bad it is.
    pub severity: Severity,
    /// In one line.
    pub line: String,
    /// The same step by step. Empty: there is no more to say.
    pub steps: Vec<String>,
    /// What to do. Empty: nothing.
    pub advice: String,
}

/// How bad a message is, in Grafana's words.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Severity {
    /// Good to know.
    Info,
    /// Something is missing.
    Warning,
    /// Something failed.
    Error,
}

/// One of several values.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// What is chosen.
    pub value: String,
    /// What is read.
    pub label: String,
}

impl CardMessage {
    pub(super) fn new(
        severity: Severity,
        line: impl Into<String>,
        advice: impl Into<String>,
    ) -> Self {
        Self { severity, line: line.into(), steps: Vec::new(), advice: advice.into() }
    }
}

/// A number of things: `1 span`, `2 spans`.
pub(super) fn counted(count: usize, thing: &str) -> String {
    let ending = if count == 1 { "" } else { "s" };
    format!("{count} {thing}{ending}")
}
