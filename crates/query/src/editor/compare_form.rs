//! The part of the query editor that makes a diff of a query.

use serde_json::{Map, Value};

use super::fields::{self, text};
use super::form::{Choice, Control, Field, Problem};
use super::{selector_input, spans_field};
use crate::parse_duration_millis;

/// The choice that opens the fields of a baseline of its own.
const OTHER: &str = "other";

/// The fields of a baseline, by their ids in the form.
const BASELINE_FIELDS: [&str; 3] =
    ["baseline.labelSelector", "baseline.spanSelector", "baseline.offset"];

/// Whether a field is one of these.
pub(crate) fn is_own_field(id: &str) -> bool {
    matches!(id, "compareWith" | "queryType") || BASELINE_FIELDS.contains(&id)
}

/// Takes what was chosen in one of these fields.
pub(crate) fn choose(query: &mut Map<String, Value>, field: &str, value: &str) {
    match field {
        "compareWith" => compare_with(query, value),
        "queryType" => {
            query.remove("baseline");
            fields::set_text(query, field, value);
        }
        _ => {
            let Some(key) = field.strip_prefix("baseline.") else { return };
            let Some(baseline) = query.get_mut("baseline").and_then(Value::as_object_mut) else {
                return;
            };
            match key {
                "spanSelector" => spans_field::set(baseline, value),
                _ => fields::set_text(baseline, key, value.trim()),
            }
        }
    }
}

fn compare_with(query: &mut Map<String, Value>, value: &str) {
    let value = value.trim();
    if value.is_empty() {
        query.remove("baseline");
        fields::set_text(query, "queryType", "profile");
        return;
    }
    let mut baseline = Map::new();
    if value == OTHER {
        // Something to begin with.
        let own = text(query, "labelSelector").to_owned();
        fields::set_text(&mut baseline, "labelSelector", &own);
    } else {
        fields::set_text(&mut baseline, "offset", value);
    }
    query.insert("baseline".to_owned(), Value::Object(baseline));
    fields::set_text(query, "queryType", "diff");
}

/// What a query is compared with, as the choice says it. Empty: with nothing.
pub(crate) fn compared_with(query: &Map<String, Value>) -> &str {
    if text(query, "queryType") != "diff" {
        return "";
    }
    match query.get("baseline").and_then(Value::as_object) {
        Some(baseline) if baseline.len() == 1 && baseline.contains_key("offset") => {
            text(baseline, "offset")
        }
        _ => OTHER,
    }
}

/// The comparison in a few words. None: there is none.
pub(crate) fn summary(query: &Map<String, Value>) -> Option<String> {
    match compared_with(query) {
        "" => None,
        value => {
            let known = choices().into_iter().find(|choice| choice.value == value);
            let label = known.map_or_else(|| format!("{value} before"), |choice| choice.label);
            Some(format!("compared with {}", label.to_lowercase()))
        }
    }
}

/// The choice, and where it asks for more, the fields of the baseline.
pub(crate) fn form_fields(query: &Map<String, Value>) -> Vec<Field> {
    let value = compared_with(query).to_owned();
    let mut choices = choices();
    if !value.is_empty() && !choices.iter().any(|choice| choice.value == value) {
        choices.push(Choice::new(&value, &format!("{value} before"), ""));
    }
    let is_other = value == OTHER;
    let is_time = value.is_empty()
        || is_other
        || value.contains('$')
        || parse_duration_millis(&value).is_some();
    let mut all = vec![Field::new(
        "compareWith",
        "Compare with",
        "Draws the flame graph as a diff. A duration such as 2h may be typed: the same time range so much earlier.",
        Control::Select {
            value: value.clone(),
            choices,
            placeholder: "nothing".to_owned(),
            custom: true,
            clearable: true,
        }).with_problem((!is_time).then(|| duration_problem(&value)))];
    if !is_other {
        return all;
    }
    let nothing = Map::new();
    let baseline = query.get("baseline").and_then(Value::as_object).unwrap_or(&nothing);
    let selector = text(baseline, "labelSelector");
    let offset = text(baseline, "offset");
    let problem = if selector.is_empty() { None } else { selector_input::problem(selector) };
    all.push(
        Field::new(
            "baseline.labelSelector",
            "Baseline selector",
            "Which series to compare with. Empty: those of the query itself.",
            Control::text(selector, "as above"),
        )
        .with_problem(problem),
    );
    all.push(Field::new(
        "baseline.spanSelector",
        "Baseline spans",
        "Compare with samples of these spans: ids of 16 hexadecimal digits, or TraceQL.",
        Control::text(&spans_field::written(baseline), "as above"),
    ));
    let is_wrong =
        !offset.is_empty() && !offset.contains('$') && parse_duration_millis(offset).is_none();
    all.push(
        Field::new(
            "baseline.offset",
            "Baseline earlier by",
            "How much earlier than the time range, such as 1d. Empty: the same time range.",
            Control::text(offset, "the same time"),
        )
        .with_problem(is_wrong.then(|| duration_problem(offset))),
    );
    all
}

fn choices() -> Vec<Choice> {
    vec![
        Choice::new("1d", "A day before", ""),
        Choice::new("1w", "A week before", ""),
        Choice::new(OTHER, "Another selection", ""),
    ]
}

fn duration_problem(value: &str) -> Problem {
    Problem { message: format!("{value:?} is no duration such as 1d"), excerpt: String::new() }
}
