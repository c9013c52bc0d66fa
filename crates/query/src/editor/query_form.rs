//! How a query editor is drawn.

use selector::{ProfileTypeId, Selector};
use serde_json::{Map, Value};

use super::compare_form;
use super::counted_form;
use super::fields::{flag, number_text, text, texts};
use super::form::{Choice, Control, Field, Form, FormButton, FormNotice, FormSeverity, Problem};
use super::loaded::Loaded;
use super::promql_form;
use super::query_editor::QueryEditor;
use super::selector_input;
use super::service::{OTHER_SERVICE_LABELS, should_wait};
use super::spans_field;
use crate::promql::PROMQL;
use crate::wrapped_query::WRAP;
use crate::{DEFAULT_SERIES_LIMIT, Settings};

/// The button that runs a query over all services after all.
pub(crate) const RUN_ALL_SERVICES: &str = "runAllServices";
/// The beginning of the buttons that choose another service label; the label follows.
pub(crate) const USE_SERVICE_LABEL: &str = "serviceLabel:";
/// The button that asks the datasource again.
pub(crate) const TRY_AGAIN: &str = "tryAgain";

/// Draws the editor.
pub(crate) fn form(editor: &QueryEditor) -> Form {
    if promql_form::is_promql(&editor.props.value) {
        return promql_form::form(&editor.props.value, show(editor));
    }
    if is_wrapped(&editor.props.value) {
        // The other datasource's own editor stands below.
        return Form { rows: vec![vec![show(editor)]], ..Form::default() };
    }
    let rows = vec![vec![service(editor), profile_type(editor)], vec![selector(editor)]];
    let mut options = options(editor);
    if query_type(editor) != "heatmap" {
        options.splice(1..1, compare_form::form_fields(&editor.props.value));
    }
    options.extend(counted_form::form_fields(&editor.props.value));
    Form {
        rows,
        options_summary: summary(editor),
        options,
        notices: notices(editor),
        ..Form::default()
    }
}

/// Whether a query wraps one of another datasource.
pub(crate) fn is_wrapped(query: &Map<String, Value>) -> bool {
    text(query, "queryType") == WRAP
}

/// Whether the services are all of the kind that clients send when nobody named them.
pub(crate) fn says_nothing(services: &[String]) -> bool {
    let nameless =
        |name: &String| name == "unknown_service" || name.starts_with("unknown_service:");
    !services.is_empty() && services.iter().all(nameless)
}

/// The ids of an answer of `profileTypes`, in its order.
pub(crate) fn type_ids(profile_types: &Loaded) -> Vec<String> {
    let list = profile_types.value().and_then(Value::as_array);
    let ids = list.into_iter().flatten().filter_map(|entry| entry.get("id")?.as_str());
    ids.map(str::to_owned).collect()
}

/// The short name of a profile type; of what is none, the text itself.
pub(crate) fn type_label(id: &str) -> String {
    id.parse::<ProfileTypeId>().map_or_else(|_| id.to_owned(), |id| id.label())
}

fn service(editor: &QueryEditor) -> Field {
    let value = editor.service();
    let mut values = editor.services.texts();
    values.extend(editor.props.variables.iter().cloned());
    Field {
        id: "service".to_owned(),
        label: "Service".to_owned(),
        tooltip: format!("Sets the matcher on {} in the selector.", editor.service_label()),
        control: Control::Select {
            choices: choices(&values, [&value]),
            value,
            placeholder: "Select a service".to_owned(),
            custom: true,
            clearable: true,
        },
        problem: None,
        loading: editor.services.is_loading(),
    }
}

fn profile_type(editor: &QueryEditor) -> Field {
    let value = editor.profile_type_id().to_owned();
    let mut choices: Vec<Choice> = type_ids(&editor.profile_types)
        .iter()
        .map(|id| Choice::new(id, &type_label(id), id))
        .collect();
    choices.extend(editor.props.variables.iter().map(Choice::plain));
    let missing = !choices.iter().any(|choice| choice.value == value);
    if missing && !value.is_empty() {
        choices.insert(0, Choice::new(&value, &type_label(&value), &value));
    }
    let absent =
        missing && !value.is_empty() && editor.profile_types.is_fresh() && !value.contains('$');
    let problem = match value.parse::<ProfileTypeId>() {
        _ if value.is_empty() || value.contains('$') => None,
        Err(error) => Some(Problem { message: error.to_string(), excerpt: String::new() }),
        Ok(_)
            if absent
                && !editor.service().is_empty()
                && editor.profile_types.failure().is_none() =>
        {
            let message = format!("{} has no such profiles in this time range", editor.service());
            Some(Problem { message, excerpt: String::new() })
        }
        Ok(_) => None,
    };
    Field {
        id: "profileTypeId".to_owned(),
        label: "Profile type".to_owned(),
        tooltip: "Only types that the service has in this time range are listed.".to_owned(),
        control: Control::Select {
            value,
            choices,
            placeholder: "Select a profile type".to_owned(),
            custom: true,
            clearable: false,
        },
        problem,
        loading: editor.profile_types.is_loading(),
    }
}

fn selector(editor: &QueryEditor) -> Field {
    let written = text(&editor.props.value, "labelSelector");
    let is_finished = editor.input.text() == written;
    let problem =
        if is_finished && !written.is_empty() { selector_input::problem(written) } else { None };
    Field::new(
        "labelSelector",
        "Selector",
        "Which series: label matchers in braces. Completion offers what the other matchers leave.",
        editor.input.control("{service_name=\"…\"}"),
    )
    .with_problem(problem)
}

/// What kind of query it is.
fn show(editor: &QueryEditor) -> Field {
    Field::new(
        "queryType",
        "Show",
        "A flame graph, the rate over time, or both; or metrics, by an expression in PromQL.",
        Control::Radio {
            value: query_type(editor).to_owned(),
            choices: query_types(&editor.props.app),
        },
    )
}

fn options(editor: &QueryEditor) -> Vec<Field> {
    let query = &editor.props.value;
    let group_by = texts(query, "groupBy");
    let mut names: Vec<String> = editor.label_names.texts();
    names.retain(|name| !name.starts_with("__"));
    names.extend(editor.props.variables.iter().cloned());
    let field = |id: &str, label: &str, tooltip: &str, control| Field {
        id: id.to_owned(),
        label: label.to_owned(),
        tooltip: tooltip.to_owned(),
        problem: number_problem(id, &control),
        control,
        loading: id == "groupBy" && editor.label_names.is_loading(),
    };
    let number = |key: &str, placeholder: &str| Control::Text {
        value: number_text(query, key),
        placeholder: placeholder.to_owned(),
    };
    let settings = Value::Object(editor.props.settings.clone());
    let default_max_nodes = Settings::from_json_data(&settings).0.max_nodes.to_query();
    vec![
        show(editor),
        field(
            "groupBy",
            "Group by",
            "One line for each value of these labels; the flame graph stays one.",
            Control::MultiSelect {
                choices: choices(&names, &group_by),
                values: group_by,
                placeholder: "Labels".to_owned(),
            },
        ),
        field(
            "maxNodes",
            "Max nodes",
            "About so many nodes of the call tree are sent. 0: all. What stands for the rest is marked.",
            number("maxNodes", &default_max_nodes.unwrap_or_default().to_string()),
        ),
        field(
            "limit",
            "Limit",
            "At most so many lines, the largest first.",
            number("limit", &format!("{DEFAULT_SERIES_LIMIT} (0: all)")),
        ),
        field(
            "spanSelector",
            "Spans",
            "Only samples of these spans: ids of 16 hexadecimal digits, separated by commas, or TraceQL such as {name=\"POST /checkout\" && duration>1s}, whose slowest spans are looked up.",
            Control::Text { value: spans_field::written(query), placeholder: "any".to_owned() },
        ),
        field(
            "includeExemplars",
            "Exemplars",
            "Marks single profiles on the lines.",
            Control::Switch { on: flag(query, "includeExemplars") },
        ),
    ]
}

fn query_type(editor: &QueryEditor) -> &str {
    match text(&editor.props.value, "queryType") {
        "" | "both" if editor.props.app == "explore" => "both",
        "" | "both" | "diff" => "profile",
        other => other,
    }
}

fn query_types(app: &str) -> Vec<Choice> {
    let mut choices =
        vec![Choice::new("profile", "Flame graph", ""), Choice::new("metrics", "Rate", "")];
    choices.push(Choice::new("heatmap", "Heatmap", ""));
    choices.push(Choice::new(PROMQL, "PromQL", ""));
    choices.push(Choice::new(
        WRAP,
        "Other source",
        "A query of another data source, with links added to its answer",
    ));
    if app == "explore" {
        choices.insert(0, Choice::new("both", "Both", ""));
    }
    choices
}

fn number_problem(id: &str, control: &Control) -> Option<Problem> {
    let Control::Text { value, .. } = control else {
        return None;
    };
    let is_number = id != "maxNodes" && id != "limit";
    if is_number || value.is_empty() || value.contains('$') || value.parse::<u64>().is_ok() {
        return None;
    }
    Some(Problem {
        message: format!("{value:?} is no whole number of 0 or more"),
        excerpt: String::new(),
    })
}

fn summary(editor: &QueryEditor) -> String {
    let query = &editor.props.value;
    let mut parts = Vec::new();
    let query_type = query_type(editor);
    let shown = query_types("explore").into_iter().find(|choice| choice.value == query_type);
    parts.push(shown.map_or_else(|| query_type.to_owned(), |choice| choice.label));
    parts.extend(compare_form::summary(query));
    let group_by = texts(query, "groupBy");
    if !group_by.is_empty() {
        parts.push(format!("by {}", group_by.join(", ")));
    }
    for (key, label) in [("maxNodes", "max nodes"), ("limit", "limit")] {
        let number = number_text(query, key);
        if !number.is_empty() {
            parts.push(format!("{label} {number}"));
        }
    }
    parts.extend(spans_field::summary(query));
    // It comes with links from flame graphs; without a word the question would look like another.
    if let Some(function) = texts(query, "callSite").last() {
        parts.push(format!("through {function}"));
    }
    if flag(query, "includeExemplars") {
        parts.push("exemplars".to_owned());
    }
    parts.join(" · ")
}

fn notices(editor: &QueryEditor) -> Vec<FormNotice> {
    let mut notices = Vec::new();
    let failure = [&editor.services, &editor.profile_types].into_iter().find_map(Loaded::failure);
    if let Some(message) = failure {
        notices.push(FormNotice {
            severity: FormSeverity::Error,
            title: "The datasource does not answer".to_owned(),
            text: message.to_owned(),
            buttons: vec![button(TRY_AGAIN, "Try again")],
        });
        return notices;
    }
    let services = editor.services.texts();
    if says_nothing(&services) {
        let names = editor.label_names.texts();
        let offered =
            OTHER_SERVICE_LABELS.iter().filter(|label| names.iter().any(|name| name == *label));
        let buttons: Vec<FormButton> = offered
            .map(|label| button(&format!("{USE_SERVICE_LABEL}{label}"), &format!("Use {label}")))
            .collect();
        if !buttons.is_empty() {
            notices.push(FormNotice {
                severity: FormSeverity::Info,
                title: format!("{} names no service here", editor.service_label()),
                text:
                    "Its only value is unknown_service. Another label may tell the services apart."
                        .to_owned(),
                buttons,
            });
        }
    }
    if editor.finds_nothing() {
        notices.push(FormNotice {
            severity: FormSeverity::Info,
            title: "No profiles in this time range".to_owned(),
            text: "Choose a longer time range, or check that profiles are being sent; what arrives is \
                   shown by itself."
                .to_owned(),
            buttons: vec![button(TRY_AGAIN, "Look again")],
        });
    } else if let Some(wait) = waits(editor) {
        notices.push(FormNotice {
            severity: FormSeverity::Warning,
            title: "Not run yet".to_owned(),
            text: sentence(&wait),
            buttons: vec![button(RUN_ALL_SERVICES, "Run it all the same")],
        });
    }
    notices
}

fn waits(editor: &QueryEditor) -> Option<String> {
    let query = &editor.props.value;
    let is_interactive = matches!(editor.props.app.as_str(), "explore" | "panel-editor");
    let ids = ["spanSelector", "traceSelector", "profileIdSelector"];
    let names_ids = ids.iter().any(|key| !texts(query, key).is_empty());
    let narrow = names_ids || spans_field::summary(query).is_some();
    if !is_interactive
        || narrow
        || flag(query, "allServices")
        || editor.profile_type_id().is_empty()
    {
        return None;
    }
    let selector = Selector::parse(text(query, "labelSelector")).ok()?;
    let window = crate::Window {
        start_millis: editor.props.from_millis as i64,
        end_millis: editor.props.to_millis as i64,
    };
    should_wait(&selector, editor.service_label(), window).map(|wait| wait.to_string())
}

/// An error's text as a sentence of its own.
pub(crate) fn sentence(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().map(|first| first.to_uppercase().to_string()).unwrap_or_default();
    format!("{first}{}.", chars.as_str())
}

fn button(id: &str, label: &str) -> FormButton {
    FormButton { id: id.to_owned(), label: label.to_owned() }
}

/// Plain choices, with those first that are chosen but not among them.
fn choices<'a>(values: &[String], chosen: impl IntoIterator<Item = &'a String>) -> Vec<Choice> {
    let mut all: Vec<Choice> = Vec::new();
    for value in chosen {
        if !value.is_empty() && !values.contains(value) {
            all.push(Choice::plain(value));
        }
    }
    all.extend(values.iter().map(Choice::plain));
    all
}
