//! The part of the settings form that is about the ids in exemplars.

use serde_json::{Map, Value};

use super::fields::{flag, text, texts};
use super::form::{Control, Field, FormSection};

/// The section of the form.
pub(crate) fn section(exemplars: &Map<String, Value>) -> FormSection {
    FormSection {
        title: "Exemplars".to_owned(),
        description: "How metrics call the ids of traces and spans, and what answers call them."
            .to_owned(),
        rows: exemplar_fields(exemplars).into_iter().map(|field| vec![field]).collect(),
    }
}

fn exemplar_fields(exemplars: &Map<String, Value>) -> [Field; 5] {
    let names = |key: &str| {
        let list = texts(exemplars, key);
        let value = if list.is_empty() { text(exemplars, key).to_owned() } else { list.join(", ") };
        Control::Text { value, placeholder: "only the usual ones".to_owned() }
    };
    let written = |key: &str, placeholder: &str| Control::text(text(exemplars, key), placeholder);
    [
        Field::new(
            "exemplars.traceLabels",
            "Trace id labels",
            "Further labels of exemplars that hold trace ids, separated by commas; traceID, trace_id and the like are known.",
            names("traceLabels"),
        ),
        Field::new(
            "exemplars.spanLabels",
            "Span id labels",
            "Further labels of exemplars that hold span ids, separated by commas.",
            names("spanLabels"),
        ),
        Field::new(
            "exemplars.keepOriginal",
            "Keep original labels",
            "Whether a label that was renamed stays under its old name too.",
            Control::Switch { on: flag(exemplars, "keepOriginal") },
        ),
        Field::new(
            "exemplars.traceLabel",
            "Trace id in answers",
            "The label that trace ids get.",
            written("traceLabel", "trace_id"),
        ),
        Field::new(
            "exemplars.spanLabel",
            "Span id in answers",
            "The label that span ids get.",
            written("spanLabel", "span_id"),
        ),
    ]
}
