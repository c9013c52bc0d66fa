//! The part of the datasource's settings that is Fireline's own.

use serde_json::{Map, Value};

use super::fields::{self, flag, number_text, text};
use super::form::{Choice, Control, Field, Form, FormNotice, FormSeverity, Problem};
use super::metrics_settings;
use super::protocol::{EditorAction, EditorEffect, EditorProps, EditorUpdate};
use super::service::OTHER_SERVICE_LABELS;
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
                if metrics_settings::set(json, &field, &Value::from(value.as_str())) => {}
            EditorAction::Switch { field, on }
                if metrics_settings::set(json, &field, &Value::Bool(on)) => {}
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
    let mut rows = vec![
        vec![field(
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
            None,
        )],
        vec![field(
            "minStep",
            "Minimal step",
            "The smallest distance between points of a rate: how often profiles are uploaded.",
            Control::Text { value: min_step.to_owned(), placeholder: "15s".to_owned() },
            (!min_step.is_empty()
                && parse_duration_millis(min_step).is_none_or(|millis| millis < 1))
            .then(|| Problem {
                message: format!(
                    "{min_step:?} is no duration, expected for instance 15s, 1m or 1h30m"
                ),
                excerpt: String::new(),
            }),
        )],
        vec![field(
            "maxNodes",
            "Max nodes",
            "About so many nodes of a call tree are sent where the query does not say.",
            Control::Text { value: max_nodes.clone(), placeholder: default_max_nodes.to_string() },
            (!max_nodes.is_empty() && max_nodes.parse::<u64>().is_err()).then(|| Problem {
                message: format!("{max_nodes:?} is no whole number of 0 or more"),
                excerpt: String::new(),
            }),
        )],
    ];
    rows.extend(metrics_settings::rows(json, &props.secrets));
    Form { rows, notices: refusals(json), ..Form::default() }
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

fn field(
    id: &str,
    label: &str,
    tooltip: &str,
    control: Control,
    problem: Option<Problem>,
) -> Field {
    Field {
        id: id.to_owned(),
        label: label.to_owned(),
        tooltip: tooltip.to_owned(),
        control,
        problem,
        loading: false,
    }
}
