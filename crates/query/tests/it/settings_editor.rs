//! The settings form.

use query::editor::{Editor, EditorAction, EditorEffect, EditorKind, EditorProps};
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
