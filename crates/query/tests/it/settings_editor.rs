//! The settings form.

use query::editor::{Control, Editor, EditorAction, EditorEffect, EditorKind, EditorProps};
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
        let fields: Vec<_> = form.rows.into_iter().flatten().collect();
        let field = fields.into_iter().find(|field| field.id == "metrics.url").unwrap();
        field.problem.map(|problem| problem.message).unwrap_or_default()
    };
    assert_eq!(problem("https://mimir/prometheus"), "");
    assert_eq!(problem("mimir:9009"), "\"mimir:9009\" does not begin with http:// or https://");
    assert_eq!(problem("http://localhost:9090/api/v1/query"), "the URL stops before /api/v1");
}

#[test]
fn a_user_of_the_metrics_server_has_a_password_and_nobody_a_token() {
    let secret = |form: &query::editor::Form| {
        let mut fields = form.rows.iter().flatten();
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
        assert!(update.form.rows.iter().flatten().any(|field| field.control == is_set));
    }
}
