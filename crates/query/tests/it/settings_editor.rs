//! The settings form.

use query::editor::{
    Choice, Control, Editor, EditorAction, EditorEffect, EditorKind, EditorProps, Field, Form,
};
use serde_json::{Value, json};

fn props(json_data: Value) -> EditorProps {
    let Value::Object(value) = json_data else { unreachable!("settings are an object") };
    EditorProps { value, ..EditorProps::default() }
}

#[test]
fn what_is_not_supported_is_refused_with_a_sentence() {
    let mut editor = Editor::new(EditorKind::Settings);
    let titles = |editor: &mut Editor, json: Value| -> Vec<String> {
        editor.set_props(props(json)).form.notices.into_iter().map(|notice| notice.title).collect()
    };
    assert_eq!(titles(&mut editor, json!({})), Vec::<String>::new());
    assert_eq!(titles(&mut editor, json!({"sigV4Auth": true})), ["SigV4 is not supported"]);
    // The backend goes through Grafana's proxy: nothing to refuse.
    assert_eq!(titles(&mut editor, json!({"enableSecureSocksProxy": true})), Vec::<String>::new());
}

#[test]
fn a_changed_setting_keeps_the_others() {
    let mut editor = Editor::new(EditorKind::Settings);
    editor.set_props(props(json!({"keepCookies": ["a"]})));
    let update =
        editor.dispatch(EditorAction::Choose { field: "maxNodes".into(), value: "1_000".into() });
    let [EditorEffect::Change { value, run: false }] = update.effects.as_slice() else {
        panic!("one change: {:?}", update.effects);
    };
    assert_eq!(Value::Object(value.clone()), json!({"keepCookies": ["a"], "maxNodes": 1000}));
    let again =
        editor.dispatch(EditorAction::Choose { field: "maxNodes".into(), value: "1000".into() });
    assert_eq!(again.effects, []);
}

#[test]
fn a_wrong_step_is_explained() {
    let mut editor = Editor::new(EditorKind::Settings);
    let problem = |editor: &mut Editor, step: &str| {
        let form = editor.set_props(props(json!({"minStep": step}))).form;
        form.rows[1][0].problem.clone().map(|problem| problem.message)
    };
    assert_eq!(problem(&mut editor, "1h30m"), None);
    assert_eq!(problem(&mut editor, "1.5s"), None);
    assert!(problem(&mut editor, "15 apples").unwrap().contains("\"15 apples\" is no duration"));
    assert!(problem(&mut editor, "s").is_some());
}

#[test]
fn the_metrics_server_has_settings_of_its_own() {
    let mut editor = Editor::new(EditorKind::Settings);
    editor
        .set_props(props(json!({"tenant": "profiles", "metrics": {"httpHeaderName1": "X-Team"}})));
    let choose = |editor: &mut Editor, field: &str, value: &str| {
        editor.dispatch(EditorAction::Choose { field: field.into(), value: value.into() })
    };
    choose(&mut editor, "metrics.url", " http://localhost:9090 ");
    choose(&mut editor, "metrics.tenant", "metrics");
    editor.dispatch(EditorAction::Switch { field: "metrics.tlsSkipVerify".into(), on: true });
    let update = choose(&mut editor, "exemplars.traceLabels", "tid, , trace");
    let [EditorEffect::Change { value, .. }] = update.effects.as_slice() else {
        panic!("a change")
    };
    let metrics = json!({"httpHeaderName1": "X-Team", "url": "http://localhost:9090",
        "tenant": "metrics", "tlsSkipVerify": true});
    let exemplars = json!({"traceLabels": ["tid", "trace"]});
    assert_eq!(
        Value::Object(value.clone()),
        json!({"tenant": "profiles", "metrics": metrics, "exemplars": exemplars})
    );
    let update = choose(&mut editor, "exemplars.traceLabels", "");
    let [EditorEffect::Change { value, .. }] = update.effects.as_slice() else {
        panic!("a change")
    };
    assert!(!value.contains_key("exemplars"));
}

#[test]
fn a_metrics_url_that_leads_nowhere_is_explained() {
    let mut editor = Editor::new(EditorKind::Settings);
    let mut problem = |url: &str| {
        let form = editor.set_props(props(json!({"metrics": {"url": url}}))).form;
        let fields: Vec<_> = fields(&form).cloned().collect();
        let field = fields.into_iter().find(|field| field.id == "metrics.url").unwrap();
        field.problem.map(|problem| problem.message).unwrap_or_default()
    };
    assert_eq!(problem("https://mimir/prometheus"), "");
    assert_eq!(problem("mimir:9009"), "\"mimir:9009\" does not begin with http:// or https://");
    assert_eq!(problem("http://localhost:9090/api/v1/query"), "the URL stops before /api/v1");
}

#[test]
fn a_user_of_the_metrics_server_has_a_password_and_nobody_a_token() {
    let secret = |form: &Form| {
        let mut fields = fields(form);
        fields
            .find_map(|field| match field.control {
                Control::Secret { is_set } => Some((field.id.clone(), is_set)),
                _ => None,
            })
            .expect("a secret")
    };
    let mut editor = Editor::new(EditorKind::Settings);
    let update = editor.set_props(props(json!({})));
    assert_eq!(secret(&update.form), ("secret.metricsBearerToken".to_owned(), false));
    let with_user = EditorProps {
        secrets: vec!["metricsBasicAuthPassword".to_owned()],
        ..props(json!({"metrics": {"basicAuthUser": "17"}}))
    };
    let update = editor.set_props(with_user);
    assert_eq!(secret(&update.form), ("secret.metricsBasicAuthPassword".to_owned(), true));
}

#[test]
fn secrets_go_to_grafana_and_never_into_the_settings() {
    let mut editor = Editor::new(EditorKind::Settings);
    editor.set_props(props(json!({})));
    for value in ["s3cret", ""] {
        let update = editor.dispatch(EditorAction::Choose {
            field: "secret.metricsBearerToken".into(),
            value: value.into(),
        });
        let name = "metricsBearerToken".to_owned();
        assert_eq!(update.effects, [EditorEffect::SetSecret { name, value: value.into() }]);
        let is_set = Control::Secret { is_set: !value.is_empty() };
        assert!(fields(&update.form).any(|field| field.control == is_set));
    }
}

/// All fields of a form, from top to bottom.
fn fields(form: &Form) -> impl Iterator<Item = &Field> {
    let sections = form.sections.iter().flat_map(|section| &section.rows);
    form.rows.iter().chain(sections).flatten()
}

#[test]
fn each_object_of_the_settings_stands_under_a_heading() {
    let form = Editor::new(EditorKind::Settings).set_props(props(json!({}))).form;
    let ids = |rows: &[Vec<Field>]| {
        rows.iter().flatten().map(|field| field.id.clone()).collect::<Vec<_>>()
    };
    assert_eq!(ids(&form.rows), ["serviceLabel", "minStep", "maxNodes"]);
    let titles: Vec<_> = form.sections.iter().map(|section| section.title.as_str()).collect();
    assert_eq!(titles, ["Metrics server", "Links", "Exemplars"]);
    let objects = [["metrics.", "secret."], ["links."; 2], ["exemplars."; 2]];
    for (section, prefixes) in form.sections.iter().zip(objects) {
        for id in ids(&section.rows) {
            assert!(prefixes.iter().any(|prefix| id.starts_with(prefix)), "{id}");
        }
    }
}

/// The form with some data sources, where links have these settings.
fn of_links(links: &Value) -> Editor {
    let source = |uid: &str, name: &str, type_id: &str| Choice {
        value: uid.to_owned(),
        label: name.to_owned(),
        description: type_id.to_owned(),
    };
    let sources = vec![source("p1", "Traces", "tempo"), source("p2", "Logs", "loki")];
    let mut editor = Editor::new(EditorKind::Settings);
    editor.set_props(EditorProps { sources, ..props(json!({"links": links})) });
    editor
}

fn control(editor: &mut Editor, id: &str) -> Control {
    let form = editor.dispatch(EditorAction::Leave { field: String::new() }).form;
    fields(&form).find(|field| field.id == id).expect("a field").control.clone()
}

#[test]
fn links_lead_to_data_sources_that_are_chosen_by_name() {
    for (written, uids) in
        [(json!("p1"), vec!["p1"]), (json!(["p1", "gone"]), vec!["p1", "gone"]), (json!(1), vec![])]
    {
        let mut editor = of_links(&json!({"traces": written}));
        let Control::MultiSelect { values, choices, placeholder } =
            control(&mut editor, "links.traces")
        else {
            panic!("one of several")
        };
        assert_eq!(values, uids);
        let labels: Vec<_> = choices.iter().map(|choice| choice.label.as_str()).collect();
        // One that is gone keeps its uid, so that it can be seen and taken away.
        assert_eq!(labels[..2], ["Traces", "Logs"]);
        assert_eq!(
            labels[2..],
            uids.iter().filter(|uid| **uid == "gone").copied().collect::<Vec<_>>()
        );
        assert!(placeholder == "any tracer");
    }
    let mut editor = of_links(&json!({"padding": "30s"}));
    let chosen = |values: &[&str]| EditorAction::ChooseMany {
        field: "links.logs".to_owned(),
        values: values.iter().map(|uid| (*uid).to_owned()).collect(),
    };
    for (values, links) in [
        (vec!["p2"], json!({"padding": "30s", "logs": ["p2"]})),
        (vec![], json!({"padding": "30s"})),
    ] {
        let effects = editor.dispatch(chosen(&values)).effects;
        let [EditorEffect::Change { value, run: false }] = &effects[..] else { panic!() };
        assert_eq!(value["links"], links);
    }
}

#[test]
fn settings_of_links_that_lead_nowhere_are_explained() {
    let problem = |key: &str, value: &str| {
        let mut editor = of_links(&json!({}));
        let (field, value) = (format!("links.{key}"), value.to_owned());
        let form = editor.dispatch(EditorAction::Choose { field: field.clone(), value }).form;
        let found = fields(&form).find(|known| known.id == field).unwrap();
        found.problem.as_ref().map(|problem| problem.message.clone()).unwrap_or_default()
    };
    for (key, value) in [
        ("source", "https://git.example.com/search?q=${function}"),
        ("traceUrl", "https://traces.example.com/${trace_id}"),
        ("padding", "2m"),
        ("maxSpans", "50"),
        ("source", ""),
        ("maxSpans", ""),
    ] {
        assert_eq!(problem(key, value), "", "{key}: {value}");
    }
    for (key, value, said) in [
        ("source", "https://git.example.com", "${function}"),
        ("traceUrl", "https://traces.example.com", "${trace_id}"),
        ("padding", "soon", "no duration"),
        ("maxSpans", "0", "whole number of 1 or more"),
        ("maxSpans", "many", "whole number of 1 or more"),
    ] {
        let message = problem(key, value);
        assert!(message.contains(said), "{key}: {value}: {message}");
    }
}

#[test]
fn a_number_of_spans_is_kept_as_a_number() {
    let field = "links.maxSpans".to_owned();
    let effects =
        of_links(&json!({})).dispatch(EditorAction::Choose { field, value: " 50 ".into() }).effects;
    let [EditorEffect::Change { value, .. }] = &effects[..] else { panic!() };
    assert_eq!(value["links"], json!({"maxSpans": 50}));
}
