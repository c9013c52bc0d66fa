//! The query of a template variable: its editor, the question it asks, and the answer as values.

use selector::Selector;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::fields::{self, text};
use super::form::{Choice, Control, Field, Form};
use super::loaded::Loaded;
use super::protocol::{EditorAction, EditorEffect, EditorProps, EditorUpdate, ResourceRequest};
use super::query_form::{type_ids, type_label};
use super::selector_input::{self, SelectorInput};
use crate::Window;

/// State of the editor of a variable's query.
#[derive(Debug, Default)]
pub(crate) struct VariableEditor {
    props: EditorProps,
    profile_types: Loaded,
    label_names: Loaded,
    input: SelectorInput,
    next_id: u32,
    effects: Vec<EditorEffect>,
}

impl VariableEditor {
    pub(crate) fn set_props(&mut self, props: EditorProps) -> EditorUpdate {
        let before = text(&self.props.value, "labelSelector");
        self.input.follow(before, text(&props.value, "labelSelector"));
        self.props = props;
        self.settle()
    }

    pub(crate) fn dispatch(&mut self, action: EditorAction) -> EditorUpdate {
        match action {
            // As in the query editor: what is chosen again changes nothing.
            EditorAction::Choose { field, value } if text(&self.props.value, &field) != value => {
                fields::set_text(&mut self.props.value, &field, &value);
                self.change();
            }
            EditorAction::Type { text, caret, .. } => self.input.typed(&text, caret),
            EditorAction::Leave { .. } => {
                let (_, written) = selector_input::finished(self.input.text());
                self.input.reset(&written);
                self.input.leave();
                fields::set_text(&mut self.props.value, "labelSelector", &written);
                self.change();
            }
            EditorAction::Fetched { id, body } => self.answered(id, &Ok(body)),
            EditorAction::FetchFailed { id, message } => self.answered(id, &Err(message)),
            _ => {}
        }
        self.settle()
    }

    fn answered(&mut self, id: u32, answer: &Result<Value, String>) {
        self.profile_types.answer(id, answer);
        self.label_names.answer(id, answer);
    }

    fn change(&mut self) {
        self.effects.push(EditorEffect::Change { value: self.props.value.clone(), run: true });
    }

    fn settle(&mut self) -> EditorUpdate {
        let window = last_day(self.props.to_millis);
        self.profile_types.want(
            ResourceRequest::new("profileTypes", window, &[("query", "{}")]),
            &mut self.next_id,
            &mut self.effects,
        );
        if kind(&self.props.value) == "labelValue" {
            let request = ResourceRequest::new("labelNames", window, &[("query", "{}")]);
            self.label_names.want(request, &mut self.next_id, &mut self.effects);
        }
        EditorUpdate { form: self.form(), effects: std::mem::take(&mut self.effects) }
    }

    fn form(&self) -> Form {
        let query = &self.props.value;
        let kind = kind(query);
        let mut row = vec![Field::new(
            "type",
            "Values",
            "",
            Control::Select {
                value: kind.to_owned(),
                choices: vec![
                    Choice::new("profileType", "Profile types", ""),
                    Choice::new("label", "Label names", ""),
                    Choice::new("labelValue", "Label values", ""),
                ],
                placeholder: String::new(),
                custom: false,
                clearable: false,
            },
        )];
        if kind == "labelValue" {
            let names = self.label_names.texts();
            row.push(Field::new(
                "labelName",
                "Label",
                "",
                select(
                    query,
                    "labelName",
                    names.iter().map(Choice::plain).collect(),
                    "Select a label",
                ),
            ));
        }
        let mut rows = vec![row];
        if kind != "profileType" {
            let types = type_ids(&self.profile_types);
            let choices = types.iter().map(|id| Choice::new(id, &type_label(id), id)).collect();
            let tooltip = "Only labels of such profiles. Empty: of all.";
            rows.push(vec![Field::new(
                "profileTypeId",
                "Profile type",
                tooltip,
                select(query, "profileTypeId", choices, "Any"),
            )]);
        }
        let mut selector = Field::new(
            "labelSelector",
            "Selector",
            "Only what series with these labels have; may hold other variables.",
            self.input.control("{}"),
        );
        selector.problem =
            selector_input::problem(self.input.text()).filter(|_| !self.input.text().is_empty());
        rows.push(vec![selector]);
        Form { rows, ..Form::default() }
    }
}

/// One value of a variable.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct VariableValue {
    /// What the user reads.
    pub text: String,
    /// What stands in queries.
    pub value: String,
}

/// The question behind a variable whose own variables are filled in. None: it is not finished.
#[must_use]
pub fn variable_request(query: &Map<String, Value>, window: Window) -> Option<ResourceRequest> {
    let written = text(query, "labelSelector");
    let mut selector = Selector::parse(written).unwrap_or_default();
    let profile_type = text(query, "profileTypeId");
    if !profile_type.is_empty() {
        selector = selector.and(selector::Matcher::equal("__profile_type__", profile_type));
    }
    let narrowed = selector.to_string();
    match kind(query) {
        "profileType" => {
            Some(ResourceRequest::new("profileTypes", window, &[("query", &narrowed)]))
        }
        "label" => Some(ResourceRequest::new("labelNames", window, &[("query", &narrowed)])),
        _ if text(query, "labelName").is_empty() => None,
        _ => {
            let params = [("label", text(query, "labelName")), ("query", &narrowed)];
            Some(ResourceRequest::new("labelValues", window, &params))
        }
    }
}

/// The values in the answer to such a question.
#[must_use]
pub fn variable_values(body: &Value) -> Vec<VariableValue> {
    let entries = body.as_array().into_iter().flatten();
    let values = entries.filter_map(|entry| {
        if let Some(text) = entry.as_str() {
            return Some(VariableValue { text: text.to_owned(), value: text.to_owned() });
        }
        let id = entry.get("id")?.as_str()?;
        let label = entry.get("label").and_then(Value::as_str).unwrap_or(id);
        Some(VariableValue { text: label.to_owned(), value: id.to_owned() })
    });
    values.collect()
}

fn kind(query: &Map<String, Value>) -> &str {
    match text(query, "type") {
        "" => "profileType",
        kind => kind,
    }
}

/// The day that ends with a time, in whole minutes.
fn last_day(to_millis: f64) -> Window {
    let end = (to_millis as i64).div_euclid(60_000).saturating_add(1).saturating_mul(60_000);
    Window { start_millis: end.saturating_sub(24 * 60 * 60 * 1000), end_millis: end }
}

fn select(
    query: &Map<String, Value>,
    key: &str,
    mut choices: Vec<Choice>,
    placeholder: &str,
) -> Control {
    let value = text(query, key).to_owned();
    if !value.is_empty() && !choices.iter().any(|choice| choice.value == value) {
        choices.insert(0, Choice::new(&value, &type_label(&value), ""));
    }
    Control::Select {
        value,
        choices,
        placeholder: placeholder.to_owned(),
        custom: true,
        clearable: true,
    }
}
