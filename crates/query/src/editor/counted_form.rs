//! The part of the query editor that says whether profiles or spans are counted and marked.

use serde_json::{Map, Value};

use super::fields::{flag, text};
use super::form::{Choice, Control, Field};

/// What a heatmap counts, or what the exemplars of series lead to; nothing for other queries.
pub(crate) fn form_fields(query: &Map<String, Value>) -> Option<Field> {
    if text(query, "queryType") == "heatmap" {
        return Some(field(query, "heatmapType", "Count", "What the heatmap counts."));
    }
    flag(query, "includeExemplars").then(|| {
        let tooltip = "What the marks lead to. Spans need a server that has heatmaps.";
        field(query, "exemplarType", "Exemplars of", tooltip)
    })
}

fn field(query: &Map<String, Value>, id: &str, label: &str, tooltip: &str) -> Field {
    let value = match text(query, id) {
        "" => "individual",
        other => other,
    };
    let choices = vec![Choice::new("individual", "Profiles", ""), Choice::new("span", "Spans", "")];
    Field::new(id, label, tooltip, Control::Radio { value: value.to_owned(), choices })
}
