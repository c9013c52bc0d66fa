//! The editor of a query in PromQL.

use query::editor::{
    Control, Editor, EditorAction, EditorEffect, EditorKind, EditorProps, EditorUpdate, Field,
};
use serde_json::{Map, Value, json};

fn opened(query: Value) -> (Editor, EditorUpdate) {
    let Value::Object(value) = query else { unreachable!("a query is an object") };
    let mut editor = Editor::new(EditorKind::Query);
    let update = editor.set_props(EditorProps { value, ..EditorProps::default() });
    (editor, update)
}

fn field<'a>(update: &'a EditorUpdate, id: &str) -> &'a Field {
    let mut fields = update.form.rows.iter().flatten().chain(&update.form.options);
    fields.find(|field| field.id == id).unwrap_or_else(|| panic!("no field {id}"))
}

fn changed(update: &EditorUpdate) -> &Map<String, Value> {
    let [EditorEffect::Change { value, run: true }] = update.effects.as_slice() else {
        panic!("one change: {:?}", update.effects);
    };
    value
}

fn choose(editor: &mut Editor, field: &str, value: &str) -> EditorUpdate {
    editor.dispatch(EditorAction::Choose { field: field.into(), value: value.into() })
}

#[test]
fn metrics_are_one_kind_of_query_and_the_way_back_stays_open() {
    let (mut editor, update) =
        opened(json!({"profileTypeId": "a:b:c:d:e", "queryType": "profile"}));
    let Control::Radio { choices, .. } = &field(&update, "queryType").control else { panic!() };
    assert!(choices.iter().any(|choice| choice.value == "promql"));
    let update = choose(&mut editor, "queryType", "promql");
    assert_eq!(changed(&update)["queryType"], "promql");
    field(&update, "expr");
    let update = choose(&mut editor, "queryType", "profile");
    field(&update, "labelSelector");
}

#[test]
fn the_profile_server_is_not_asked_about_metrics() {
    let (_, update) = opened(json!({"queryType": "promql", "expr": "up"}));
    assert_eq!(update.effects, []);
    assert_eq!(
        field(&update, "expr").control,
        Control::Expression {
            value: "up".into(),
            placeholder: "histogram_quantile(0.95, sum by (le) (rate(…_bucket[$__rate_interval])))"
                .into(),
        }
    );
}

#[test]
fn choices_are_written_with_the_names_of_prometheus_own_datasource() {
    let (mut editor, _) =
        opened(json!({"queryType": "promql", "expr": "up", "editorMode": "code"}));
    let update = choose(&mut editor, "evaluated", "instant");
    assert_eq!(
        (&changed(&update)["range"], &changed(&update)["instant"]),
        (&json!(false), &json!(true))
    );
    let update = choose(&mut editor, "evaluated", "both");
    assert_eq!(
        (&changed(&update)["range"], &changed(&update)["instant"]),
        (&json!(true), &json!(true))
    );
    let on = EditorAction::Switch { field: "exemplar".into(), on: true };
    assert_eq!(changed(&editor.dispatch(on))["exemplar"], true);
    let update = choose(&mut editor, "maxExemplars", "50");
    assert_eq!(changed(&update)["maxExemplars"], 50);
    assert_eq!(changed(&update)["editorMode"], "code");
    assert_eq!(update.form.options_summary, "both · max exemplars 50");
}

#[test]
fn what_is_wrong_stands_at_its_field() {
    let query =
        json!({"queryType": "promql", "expr": "up", "interval": "soon", "maxExemplars": "many"});
    let (_, update) = opened(query);
    let problem = |id: &str| field(&update, id).problem.clone().map(|problem| problem.message);
    assert!(problem("interval").unwrap().contains("\"soon\" is no duration"));
    assert!(problem("maxExemplars").unwrap().contains("\"many\" is no whole number"));
    assert_eq!(problem("expr"), None);
}
