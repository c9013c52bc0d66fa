//! The part of the datasource's settings that is Fireline's own.

use serde_json::{Map, Value};

use super::fields::{self, flag, number_text, text};
use super::form::{Choice, Control, Field, Form, FormNotice, FormSeverity, Problem};
use super::protocol::{EditorAction, EditorEffect, EditorProps, EditorUpdate};
use super::service::OTHER_SERVICE_LABELS;
use super::{exemplar_settings, link_settings, metrics_settings};
use crate::{DEFAULT_SERVICE_LABEL, NodeLimit, parse_duration_millis};

/// What the fields of secrets are called before the secret's name.
pub(super) const SECRET: &str = "secret.";

/// State of the settings form.
#[derive(Debug, Default)]
pub(crate) struct SettingsEditor {
    props: EditorProps,
}

impl SettingsEditor {
    pub(crate) fn set_props(&mut self, props: EditorProps) -> EditorUpdate {
        self.props = props;
        EditorUpdate { form: form(&self.props), effects: Vec::new() }
    }

    pub(crate) fn dispatch(&mut self, action: EditorAction) -> EditorUpdate {
        let before = self.props.value.clone();
        let json = &mut self.props.value;
        let mut effects = Vec::new();
        match action {
            EditorAction::Choose { field, value } if field.starts_with(SECRET) => {
                let name = field[SECRET.len()..].to_owned();
                self.props.secrets.retain(|known| *known != name);
                if !value.is_empty() {
                    self.props.secrets.push(name.clone());
                }
                effects.push(EditorEffect::SetSecret { name, value });
            }
            EditorAction::Choose { field, value } if field == "maxNodes" => {
                fields::set_number(json, &field, &value);
            }
            EditorAction::Choose { field, value }
                if set_within(json, &field, |fields, key| set_written(fields, key, &value)) => {}
            EditorAction::Switch { field, on }
                if set_within(json, &field, |fields, key| {
                    fields.insert(key.to_owned(), Value::Bool(on));
                }) => {}
            EditorAction::ChooseMany { field, values } => {
                set_within(json, &field, |fields, key| fields::set_texts(fields, key, &values));
            }
            EditorAction::Choose { field, value } => fields::set_text(json, &field, value.trim()),
            EditorAction::Switch { field, on } => {
                json.insert(field, Value::Bool(on));
            }
            _ => {}
        }
        // As in the query editor: what is chosen again changes nothing.
        if *json != before {
            effects.push(EditorEffect::Change { value: json.clone(), run: false });
        }
        EditorUpdate { form: form(&self.props), effects }
    }
}

/// The objects within the settings whose fields are written with a point: `metrics.url`.
const OBJECTS: [&str; 3] = ["metrics", "exemplars", "links"];

/// Writes a field of one of the objects; one that has nothing left goes. False: the field is of something else.
fn set_within(
    json: &mut Map<String, Value>,
    field: &str,
    write: impl FnOnce(&mut Map<String, Value>, &str),
) -> bool {
    let Some((object, key)) = field.split_once('.') else { return false };
    if !OBJECTS.contains(&object) {
        return false;
    }
    let mut fields = match json.remove(object) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    write(&mut fields, key);
    fields.retain(|_, value| !value.as_array().is_some_and(Vec::is_empty));
    if !fields.is_empty() {
        json.insert(object.to_owned(), fields.into());
    }
    true
}

/// Writes what was typed; into a list where the field is one.
fn set_written(fields: &mut Map<String, Value>, key: &str, written: &str) {
    if key == "maxSpans" {
        fields::set_number(fields, key, written);
    } else if key.ends_with("Labels") {
        let names = written.split(',').map(str::trim).filter(|name| !name.is_empty());
        fields::set_texts(fields, key, &names.map(str::to_owned).collect::<Vec<_>>());
    } else {
        fields::set_text(fields, key, written.trim());
    }
}

fn form(props: &EditorProps) -> Form {
    let json = &props.value;
    let service_label = text(json, "serviceLabel");
    let min_step = text(json, "minStep");
    let max_nodes = number_text(json, "maxNodes");
    let default_max_nodes = NodeLimit::OF_QUERY.to_query().unwrap_or_default();
    let mut labels = vec![DEFAULT_SERVICE_LABEL];
    labels.extend(OTHER_SERVICE_LABELS);
    if !service_label.is_empty() && !labels.contains(&service_label) {
        labels.push(service_label);
    }
    let rows =
        vec![
            vec![Field::new(
                "serviceLabel",
                "Service label",
                "The label whose values are the services in the query editor.",
                Control::Select {
                    value: service_label.to_owned(),
                    choices: labels.into_iter().map(Choice::plain).collect(),
                    placeholder: DEFAULT_SERVICE_LABEL.to_owned(),
                    custom: true,
                    clearable: true,
                },
            )],
            vec![Field::new(
                "minStep",
                "Minimal step",
                "The smallest distance between points of a rate: how often profiles are uploaded.",
                Control::Text { value: min_step.to_owned(), placeholder: "15s".to_owned() },
            ).with_problem(duration_problem(min_step))],
            vec![
                Field::new(
                    "maxNodes",
                    "Max nodes",
                    "About so many nodes of a call tree are sent where the query does not say.",
                    Control::Text {
                        value: max_nodes.clone(),
                        placeholder: default_max_nodes.to_string(),
                    },
                )
                .with_problem(
                    (!max_nodes.is_empty() && max_nodes.parse::<u64>().is_err()).then(|| Problem {
                        message: format!("{max_nodes:?} is no whole number of 0 or more"),
                        excerpt: String::new(),
                    }),
                ),
            ],
        ];
    let empty = Map::new();
    let object = |name: &str| json.get(name).and_then(Value::as_object).unwrap_or(&empty);
    let sections = vec![
        metrics_settings::section(object("metrics"), &props.secrets),
        link_settings::section(object("links"), &props.sources),
        exemplar_settings::section(object("exemplars")),
    ];
    Form { rows, sections, notices: refusals(json), ..Form::default() }
}

/// Settings that Grafana offers and this datasource does not have: said, never ignored.
fn refusals(json: &Map<String, Value>) -> Vec<FormNotice> {
    let refused = [(
        "sigV4Auth",
        "SigV4 is not supported",
        "Requests are not signed for AWS. Choose another way to authenticate; queries are refused until then.",
    )];
    let notice = |title: &str, text: &str| FormNotice {
        severity: FormSeverity::Error,
        title: title.to_owned(),
        text: text.to_owned(),
        buttons: Vec::new(),
    };
    refused
        .iter()
        .filter(|(key, ..)| flag(json, key))
        .map(|(_, title, text)| notice(title, text))
        .collect()
}

pub(super) fn duration_problem(written: &str) -> Option<Problem> {
    let is_duration = parse_duration_millis(written).is_some_and(|millis| millis >= 1);
    (!written.is_empty() && !is_duration).then(|| Problem {
        message: format!("{written:?} is no duration, expected for instance 15s, 1m or 1h30m"),
        excerpt: String::new(),
    })
}
