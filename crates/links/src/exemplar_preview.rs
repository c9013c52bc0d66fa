//! What becomes of an exemplar that a person pastes while setting up a datasource.

use selector::Selector;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::exemplar::{ExemplarLabels, normalise_exemplar};
use crate::exemplar_settings::ExemplarSettings;
use crate::id::IdKind;
use crate::log_ids::named_values;

/// An exemplar before and after normalising.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ExemplarPreview {
    /// Whether a trace is found, and by which label, in one sentence.
    pub line: String,
    /// Whether the exemplar leads to a trace.
    pub has_trace: bool,
    /// The labels of the answer. Empty: none could be read.
    pub labels: Vec<PreviewLabel>,
    /// What contradicts itself, as sentences.
    pub conflicts: Vec<String>,
}

/// A label of the answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct PreviewLabel {
    /// Its name.
    pub name: String,
    /// Its value.
    pub value: String,
    /// Whether it is not among the pasted ones as it stands.
    pub is_changed: bool,
}

/// Normalises what was pasted: labels in braces, as a metrics endpoint writes them behind `#`, a JSON object, or
/// anything else with names and values. Blank: an empty preview.
#[must_use]
pub fn preview_exemplar(text: &str, settings: &ExemplarSettings) -> ExemplarPreview {
    let labels = pasted_labels(text);
    if labels.is_empty() {
        let line = match text.trim() {
            "" => "",
            _ => {
                "No labels are in this text; expected for instance {traceID=\"4bf92f3577b34da6a3ce929d0e0e4736\"}."
            }
        };
        return ExemplarPreview { line: line.to_owned(), ..ExemplarPreview::default() };
    }
    let normalised = normalise_exemplar(&labels, settings);
    let line = match &normalised.trace_id {
        Some(_) => {
            format!("It leads to a trace, by the label {:?}.", settings.answer_label(IdKind::Trace))
        }
        None => "No label of it holds a trace id. If one should, add its name above; an id has 16 or 32 hexadecimal digits.".to_owned(),
    };
    let preview = |(name, value): (String, String)| {
        let is_changed = labels.iter().all(|(known, old)| (known, old) != (&name, &value));
        PreviewLabel { name, value, is_changed }
    };
    ExemplarPreview {
        line,
        has_trace: normalised.trace_id.is_some(),
        labels: normalised.labels.into_iter().map(preview).collect(),
        conflicts: normalised.conflicts.iter().map(ToString::to_string).collect(),
    }
}

fn pasted_labels(text: &str) -> ExemplarLabels {
    if let Ok(Value::Object(object)) = serde_json::from_str(text) {
        let texts = object.into_iter().map(|(name, value)| match value {
            Value::String(text) => (name, text),
            other => (name, other.to_string()),
        });
        return texts.collect();
    }
    // Behind the series and its value stands what is wanted.
    let text = text.rsplit_once("# ").map_or(text, |(_, exemplar)| exemplar).trim();
    let from_brace = text.find('{').map(|open| &text[open..]);
    let braces = from_brace.and_then(|from| Some(&from[..=from.rfind('}')?]));
    let written = braces.map_or_else(|| format!("{{{text}}}"), str::to_owned);
    match Selector::parse(&written) {
        Ok(selector) => {
            selector.matchers.into_iter().map(|matcher| (matcher.name, matcher.value)).collect()
        }
        Err(_) => named_values(text),
    }
}
