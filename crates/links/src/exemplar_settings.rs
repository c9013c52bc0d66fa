//! How a datasource wants exemplars normalised.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::IdKind;

/// How a datasource wants exemplars normalised; part of its settings (`jsonData.exemplars`).
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct ExemplarSettings {
    /// Further labels that carry trace ids. Empty: only the known ones.
    pub trace_labels: Vec<String>,
    /// Further labels that carry span ids, likewise.
    pub span_labels: Vec<String>,
    /// Whether a label that was renamed stays under its old name too.
    pub keep_original: bool,
    /// The label that trace ids get in the answer. Empty: `trace_id`.
    pub trace_label: String,
    /// The label that span ids get in the answer. Empty: `span_id`.
    pub span_label: String,
}

impl ExemplarSettings {
    /// Reads the `jsonData` of a datasource. Lists may be one text with commas.
    ///
    /// What cannot be read takes its default and is named in the warnings.
    #[must_use]
    pub fn from_json_data(json_data: &Value) -> (Self, Vec<String>) {
        let Some(exemplars) = json_data.get("exemplars").filter(|value| !value.is_null()) else {
            return (Self::default(), Vec::new());
        };
        let Some(exemplars) = exemplars.as_object() else {
            let warning =
                format!("setting exemplars is {exemplars}, expected an object; defaults are used");
            return (Self::default(), vec![warning]);
        };
        let mut warnings = Vec::new();
        let mut settings = Self::default();
        for (key, value) in exemplars {
            let read = match (key.as_str(), value) {
                (_, Value::Null) => true,
                ("traceLabels", value) => {
                    names(value).map(|names| settings.trace_labels = names).is_some()
                }
                ("spanLabels", value) => {
                    names(value).map(|names| settings.span_labels = names).is_some()
                }
                ("keepOriginal", Value::Bool(keep)) => {
                    settings.keep_original = *keep;
                    true
                }
                ("traceLabel", Value::String(name)) => {
                    name.trim().clone_into(&mut settings.trace_label);
                    true
                }
                ("spanLabel", Value::String(name)) => {
                    name.trim().clone_into(&mut settings.span_label);
                    true
                }
                ("keepOriginal" | "traceLabel" | "spanLabel", _) => false,
                _ => true,
            };
            if !read {
                warnings.push(format!("setting exemplars.{key} is {value}, which is not understood; its default is used"));
            }
        }
        (settings, warnings)
    }

    /// Further labels with ids of this kind.
    pub(crate) fn added_labels(&self, kind: IdKind) -> &[String] {
        match kind {
            IdKind::Trace => &self.trace_labels,
            IdKind::Span => &self.span_labels,
        }
    }

    /// The label that ids of this kind get in the answer.
    #[must_use]
    pub fn answer_label(&self, kind: IdKind) -> &str {
        let own = match kind {
            IdKind::Trace => self.trace_label.as_str(),
            IdKind::Span => self.span_label.as_str(),
        };
        if own.is_empty() { kind.canonical_label() } else { own }
    }
}

/// Names as a list, or as one text with commas.
fn names(value: &Value) -> Option<Vec<String>> {
    let texts: Vec<&str> = match value {
        Value::String(text) => text.split(',').collect(),
        Value::Array(items) => items.iter().map(Value::as_str).collect::<Option<_>>()?,
        _ => return None,
    };
    let trimmed = texts.into_iter().map(str::trim).filter(|text| !text.is_empty());
    Some(trimmed.map(str::to_owned).collect())
}
