//! "Compare with" in the query editor.

use query::editor::{
    Control, Editor, EditorAction, EditorEffect, EditorKind, EditorProps, EditorUpdate, Field,
};
use serde_json::{Map, Value, json};

const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

struct Play {
    editor: Editor,
    last: EditorUpdate,
    query: Map<String, Value>,
}

impl Play {
    fn new(change: &Value) -> Self {
        let mut query = json!({
            "queryType": "profile", "profileTypeId": CPU,
            "labelSelector": r#"{service_name="checkout"}"#,
        });
        query.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
        let Value::Object(query) = query else { unreachable!("a query is an object") };
        let mut play = Self {
            editor: Editor::new(EditorKind::Query),
            last: EditorUpdate::default(),
            query: query.clone(),
        };
        play.last = play.editor.set_props(EditorProps { value: query, ..EditorProps::default() });
        play
    }

    fn choose(&mut self, field: &str, value: &str) -> &Map<String, Value> {
        let action = EditorAction::Choose { field: field.to_owned(), value: value.to_owned() };
        self.last = self.editor.dispatch(action);
        let mut changes = self.last.effects.iter().filter_map(|effect| match effect {
            EditorEffect::Change { value, run } => Some((value, run)),
            _ => None,
        });
        let (value, run) = changes.next_back().expect("the query changes");
        assert!(*run, "and is run");
        self.query = value.clone();
        &self.query
    }

    fn field(&self, id: &str) -> Option<&Field> {
        self.last.form.options.iter().find(|field| field.id == id)
    }

    fn value(&self, id: &str) -> &str {
        match &self.field(id).expect("the field is there").control {
            Control::Select { value, .. } | Control::Radio { value, .. } => value,
            Control::Text { value, .. } => value,
            other => unreachable!("{id} is {other:?}"),
        }
    }
}

#[test]
fn a_day_before_is_one_choice() {
    let mut play = Play::new(&json!({}));
    assert_eq!(play.value("compareWith"), "");
    let query = play.choose("compareWith", "1d");
    assert_eq!(query["queryType"], "diff");
    assert_eq!(query["baseline"], json!({"offset": "1d"}));
    assert_eq!(play.value("compareWith"), "1d");
    assert_eq!(play.value("queryType"), "profile", "a diff is a flame graph");
    assert_eq!(play.last.form.options_summary, "Flame graph · compared with a day before");
    assert!(play.field("baseline.labelSelector").is_none());
}

#[test]
fn any_duration_may_be_typed_and_what_is_none_is_told() {
    let mut play = Play::new(&json!({}));
    play.choose("compareWith", "2h");
    assert_eq!(play.value("compareWith"), "2h");
    assert!(play.last.form.options_summary.ends_with("compared with 2h before"));
    assert_eq!(play.field("compareWith").unwrap().problem, None);
    play.choose("compareWith", "soon");
    let problem = play.field("compareWith").unwrap().problem.as_ref().unwrap();
    assert_eq!(problem.message, "\"soon\" is no duration such as 1d");
}

#[test]
fn another_selection_begins_with_the_query_s_own() {
    let mut play = Play::new(&json!({}));
    let query = play.choose("compareWith", "other");
    assert_eq!(query["baseline"], json!({"labelSelector": r#"{service_name="checkout"}"#}));
    assert_eq!(play.value("baseline.labelSelector"), r#"{service_name="checkout"}"#);
    let query = play.choose("baseline.labelSelector", r#"{service_name="cart"}"#);
    assert_eq!(query["baseline"]["labelSelector"], r#"{service_name="cart"}"#);
    let query = play.choose("baseline.spanSelector", "03fa1cbd967b13da, d94bc0e4b55a89c1");
    let spans = json!(["03fa1cbd967b13da", "d94bc0e4b55a89c1"]);
    assert_eq!(query["baseline"]["spanSelector"], spans);
    let query = play.choose("baseline.offset", "1h");
    assert_eq!(query["baseline"]["offset"], "1h");
    assert_eq!(play.value("compareWith"), "other");
    let query = play.choose("baseline.spanSelector", "");
    assert_eq!(query["baseline"].get("spanSelector"), None, "as in the query itself again");
    play.choose("baseline.labelSelector", "{service_name!}");
    assert!(play.field("baseline.labelSelector").unwrap().problem.is_some());
}

#[test]
fn comparing_with_nothing_is_a_flame_graph_again() {
    let diff = json!({"queryType": "diff", "baseline": {"offset": "1w"}});
    let mut play = Play::new(&diff);
    assert_eq!(play.value("compareWith"), "1w");
    let query = play.choose("compareWith", "");
    assert_eq!(query["queryType"], "profile");
    assert_eq!(query.get("baseline"), None);
    let mut play = Play::new(&diff);
    let query = play.choose("queryType", "metrics");
    assert_eq!(query["queryType"], "metrics");
    assert_eq!(query.get("baseline"), None, "the rate is not compared");
    assert_eq!(play.value("compareWith"), "");
}
