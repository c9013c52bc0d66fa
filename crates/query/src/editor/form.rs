//! What a form shows: rows of fields, each with its control, its choices and what is wrong with it.
//!
//! The shell draws it with Grafana's own components and decides nothing.

use serde::{Deserialize, Serialize};

/// A whole form, ready to be drawn.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Form {
    /// From top to bottom; fields of a row stand side by side.
    pub rows: Vec<Vec<Field>>,
    /// Rows below these, under headings of their own; empty where the form has none.
    pub sections: Vec<FormSection>,
    /// Fields that are folded away until asked for; empty where the form has none.
    pub options: Vec<Field>,
    /// What the folded fields are set to, in a few words.
    pub options_summary: String,
    /// What the user should know, most important first.
    pub notices: Vec<FormNotice>,
}

/// Rows under a heading.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FormSection {
    /// The heading.
    pub title: String,
    /// What it is for, in a sentence.
    pub description: String,
    /// As those of the form.
    pub rows: Vec<Vec<Field>>,
}

/// One labelled control.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Field {
    /// Names the field in actions; unique within the form.
    pub id: String,
    /// What the user reads before the control.
    pub label: String,
    /// The longer explanation; empty where the label says it all.
    pub tooltip: String,
    /// How it is edited.
    pub control: Control,
    /// What is wrong with the value. None: nothing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub problem: Option<Problem>,
    /// Whether choices are still on their way.
    pub loading: bool,
}

impl Field {
    /// A field with nothing wrong and nothing on its way.
    pub(crate) fn new(id: &str, label: &str, tooltip: &str, control: Control) -> Self {
        Self {
            id: id.to_owned(),
            label: label.to_owned(),
            tooltip: tooltip.to_owned(),
            control,
            problem: None,
            loading: false,
        }
    }

    /// The same, with what is wrong with its value. None: nothing.
    pub(crate) fn with_problem(self, problem: Option<Problem>) -> Self {
        Self { problem, ..self }
    }
}

/// How a field is edited.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Control {
    /// One of many.
    Select {
        /// The chosen value; empty: none.
        value: String,
        /// What can be chosen; holds the chosen value too.
        choices: Vec<Choice>,
        /// Shown while nothing is chosen.
        placeholder: String,
        /// Whether a value may be typed that is not among the choices.
        custom: bool,
        /// Whether the value may be taken away.
        clearable: bool,
    },
    /// Several of many.
    MultiSelect {
        /// The chosen values.
        values: Vec<String>,
        /// What can be chosen; holds the chosen values too.
        choices: Vec<Choice>,
        /// Shown while nothing is chosen.
        placeholder: String,
    },
    /// One of few, all visible.
    Radio {
        /// The chosen value.
        value: String,
        /// What can be chosen.
        choices: Vec<Choice>,
    },
    /// A line of text.
    Text {
        /// The text.
        value: String,
        /// Shown while it is empty.
        placeholder: String,
    },
    /// A line of text that is as wide as there is room.
    Expression {
        /// The text.
        value: String,
        /// Shown while it is empty.
        placeholder: String,
    },
    /// A label selector, with suggestions at the caret.
    Selector {
        /// The text.
        value: String,
        /// Shown while it is empty.
        placeholder: String,
        /// Where the caret belongs after an accepted suggestion. Unit: UTF-16 code units. None: leave it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        caret: Option<u32>,
        /// What may be inserted at the caret; empty: no list is open.
        suggestions: Vec<Suggestion>,
        /// Index into the suggestions of the one that Enter accepts.
        active: u32,
    },
    /// A line of text that nobody sees again.
    Secret {
        /// Whether there is one.
        is_set: bool,
    },
    /// On or off.
    Switch {
        /// Whether it is on.
        on: bool,
    },
}

impl Control {
    /// A line of text.
    pub(crate) fn text(value: &str, placeholder: &str) -> Self {
        Self::Text { value: value.to_owned(), placeholder: placeholder.to_owned() }
    }
}

/// One thing to choose.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Choice {
    /// What the query holds.
    pub value: String,
    /// What the user reads.
    pub label: String,
    /// A second line; empty: none.
    pub description: String,
}

impl Choice {
    /// A choice that reads as it is written.
    pub(crate) fn plain(value: impl Into<String>) -> Self {
        let value = value.into();
        Self { label: value.clone(), value, description: String::new() }
    }

    /// A choice with words of its own.
    pub(crate) fn new(value: &str, label: &str, description: &str) -> Self {
        Self {
            value: value.to_owned(),
            label: label.to_owned(),
            description: description.to_owned(),
        }
    }
}

/// One text that may be inserted at the caret.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Suggestion {
    /// What the user reads.
    pub label: String,
    /// What kind of thing it is, for instance "label".
    pub detail: String,
}

/// What is wrong with a value, and where.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Problem {
    /// The sentence.
    pub message: String,
    /// The text with a caret under the place, two lines for a fixed-width font; empty where no place is known.
    pub excerpt: String,
}

/// How much a notice matters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum FormSeverity {
    /// Good to know.
    Info,
    /// Needs a decision.
    Warning,
    /// Does not work.
    Error,
}

/// A sentence above the form, with what can be done about it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FormNotice {
    /// How much it matters.
    pub severity: FormSeverity,
    /// The short form.
    pub title: String,
    /// The sentence; may be empty.
    pub text: String,
    /// What can be done about it.
    pub buttons: Vec<FormButton>,
}

/// Something to press.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FormButton {
    /// Names the button in actions; unique within the form.
    pub id: String,
    /// What the user reads.
    pub label: String,
}
