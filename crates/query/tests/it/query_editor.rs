//! The query editor, played through as a user and a datasource would.

use std::collections::BTreeMap;

use query::editor::{
    Control, Editor, EditorAction, EditorEffect, EditorKind, EditorProps, EditorUpdate, Field,
};
use serde_json::{Map, Value, json};

const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const HEAP: &str = "memory:inuse_space:bytes:space:bytes";

/// An editor with a datasource behind it that answers from a table, by path and query.
struct Play {
    editor: Editor,
    last: EditorUpdate,
    query: Map<String, Value>,
    runs: usize,
    answers: BTreeMap<String, Value>,
    asked: Vec<String>,
    /// What was waited for, and is not over yet.
    waits: Vec<u32>,
}

impl Play {
    fn new(query: Value) -> Self {
        let Value::Object(query) = query else { unreachable!("a query is an object") };
        let answers = [
            ("startingPoint", json!({"service": "checkout", "profileTypeId": CPU})),
            ("labelValues service_name {}", json!(["cart", "checkout"])),
            ("profileTypes {}", json!([{"id": CPU}, {"id": HEAP}])),
            (r#"profileTypes {service_name="checkout"}"#, json!([{"id": CPU}])),
            (r#"profileTypes {service_name="cart"}"#, json!([{"id": HEAP}])),
            ("labelNames {}", json!(["service_name", "job"])),
        ];
        let mut answers: BTreeMap<String, Value> =
            answers.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let names = format!("labelNames {{service_name=\"checkout\", __profile_type__=\"{CPU}\"}}");
        answers.insert(names, json!(["region", "route", "__name__"]));
        let values =
            format!("labelValues region {{service_name=\"checkout\", __profile_type__=\"{CPU}\"}}");
        answers.insert(values, json!(["eu-west", "us-east"]));
        Self {
            editor: Editor::new(EditorKind::Query),
            last: EditorUpdate::default(),
            query,
            runs: 0,
            answers,
            asked: Vec::new(),
            waits: Vec::new(),
        }
    }

    fn answering(mut self, question: &str, answer: Value) -> Self {
        self.answers.insert(question.to_owned(), answer);
        self
    }

    fn open(mut self, app: &str) -> Self {
        self.give_props(app);
        self
    }

    fn give_props(&mut self, app: &str) {
        self.give_range(app, 1_795_240_290_000.0);
    }

    fn give_settings(&mut self, settings: Value) {
        let Value::Object(settings) = settings else { unreachable!("settings are an object") };
        let update = self.editor.set_props(EditorProps {
            value: self.query.clone(),
            settings,
            ..EditorProps::default()
        });
        self.follow(update);
    }

    fn placeholder(&self, id: &str) -> &str {
        match &self.field(id).control {
            Control::Text { placeholder, .. } => placeholder,
            other => unreachable!("{id} is {other:?}"),
        }
    }

    fn give_range(&mut self, app: &str, to_millis: f64) {
        let props = EditorProps {
            value: self.query.clone(),
            app: app.to_owned(),
            from_millis: to_millis - 120_000.0,
            to_millis,
            variables: vec!["$svc".to_owned()],
            ..EditorProps::default()
        };
        let update = self.editor.set_props(props);
        self.follow(update);
    }

    fn act(&mut self, action: EditorAction) -> &mut Self {
        let update = self.editor.dispatch(action);
        self.follow(update);
        self
    }

    fn choose(&mut self, field: &str, value: &str) -> &mut Self {
        self.act(EditorAction::Choose { field: field.to_owned(), value: value.to_owned() })
    }

    /// Types a selector with the caret at `|`.
    fn type_selector(&mut self, marked: &str) -> &mut Self {
        let caret = u32::try_from(marked.find('|').expect("a caret")).expect("short");
        let field = "labelSelector".to_owned();
        self.act(EditorAction::Type { field, text: marked.replace('|', ""), caret })
    }

    fn key(&mut self, key: &str) -> &mut Self {
        self.act(EditorAction::Key { field: "labelSelector".to_owned(), key: key.to_owned() })
    }

    fn follow(&mut self, update: EditorUpdate) {
        self.last = update.clone();
        for effect in update.effects {
            match effect {
                EditorEffect::Change { value, run } => {
                    self.query = value;
                    self.runs += usize::from(run);
                }
                EditorEffect::Wait { millis } => self.waits.push(millis),
                EditorEffect::SetSecret { name, .. } => panic!("a query has no secret {name}"),
                EditorEffect::Fetch { id, request } => {
                    let parts = [
                        Some(&request.path),
                        request.params.get("label"),
                        request.params.get("query"),
                    ];
                    let question =
                        parts.into_iter().flatten().cloned().collect::<Vec<_>>().join(" ");
                    self.asked.push(question.clone());
                    let answer = match self.answers.get(&question) {
                        Some(body) => EditorAction::Fetched { id, body: body.clone() },
                        None => EditorAction::FetchFailed {
                            id,
                            message: format!("no answer to {question}"),
                        },
                    };
                    self.act(answer);
                }
            }
        }
    }

    fn field(&self, id: &str) -> &Field {
        let form = &self.last.form;
        let mut fields = form.rows.iter().flatten().chain(&form.options);
        fields.find(|field| field.id == id).expect("the form has the field")
    }

    fn offered(&self, id: &str) -> Vec<&str> {
        match &self.field(id).control {
            Control::Select { choices, .. } | Control::MultiSelect { choices, .. } => {
                choices.iter().map(|choice| choice.value.as_str()).collect()
            }
            Control::Selector { suggestions, .. } => {
                suggestions.iter().map(|suggestion| suggestion.label.as_str()).collect()
            }
            _ => Vec::new(),
        }
    }

    fn titles(&self) -> Vec<&str> {
        self.last.form.notices.iter().map(|notice| notice.title.as_str()).collect()
    }
}

fn checkout() -> Value {
    json!({"refId": "A", "labelSelector": r#"{service_name="checkout"}"#, "profileTypeId": CPU, "queryType": "both"})
}

#[test]
fn a_fresh_query_begins_with_the_service_and_type_with_most_data_and_runs() {
    let play = Play::new(json!({"refId": "A", "labelSelector": "{}"})).open("explore");
    assert_eq!(play.query["labelSelector"], r#"{service_name="checkout"}"#);
    assert_eq!(play.query["profileTypeId"], CPU);
    assert_eq!(play.runs, 1);
}

#[test]
fn a_datasource_that_cannot_say_where_to_begin_gets_its_first_service() {
    let mut play = Play::new(json!({"refId": "A"}));
    play.answers.remove("startingPoint");
    let play = play.answering("labelValues service_name {}", json!(["cart"])).open("explore");
    assert_eq!(play.query["labelSelector"], r#"{service_name="cart"}"#);
    assert!(play.runs >= 1);
}

#[test]
fn a_datasource_without_profiles_is_asked_again_until_it_has_some() {
    let mut play = Play::new(json!({"refId": "A"}))
        .answering("startingPoint", json!({}))
        .answering("labelValues service_name {}", json!([]))
        .answering("profileTypes {}", json!([]))
        .open("explore");
    for _ in 0..3 {
        assert_eq!(play.titles(), ["No profiles in this time range"]);
        assert_eq!(play.waits, [5_000], "one wait at a time");
        let asked = play.asked.len();
        play.act(EditorAction::Press { button: "tryAgain".into() });
        assert_eq!(play.waits, [5_000], "whoever looks by hand starts no second wait");
        let millis = play.waits.remove(0);
        play.act(EditorAction::Waited { millis });
        assert!(play.asked.len() > asked + 2, "{:?}", play.asked);
    }
    assert_eq!((play.runs, play.last.form.notices.len()), (0, 1));

    // The first profiles: the query begins by itself, and nothing is waited for any longer.
    let checkout = json!({"service": "checkout", "profileTypeId": CPU});
    play = play
        .answering("startingPoint", checkout)
        .answering("labelValues service_name {}", json!(["checkout"]))
        .answering("profileTypes {}", json!([{"id": CPU}]));
    let millis = play.waits.remove(0);
    play.act(EditorAction::Waited { millis });
    assert_eq!(play.query["labelSelector"], r#"{service_name="checkout"}"#);
    assert_eq!((play.runs, play.waits.len()), (1, 0));
    assert!(play.titles().is_empty(), "{:?}", play.titles());
}

#[test]
fn what_is_asked_after_waiting_reaches_as_far_as_was_waited() {
    let mut editor = Editor::new(EditorKind::Query);
    let end_of = |update: &EditorUpdate| {
        let ends = update.effects.iter().filter_map(|effect| match effect {
            EditorEffect::Fetch { request, .. } => request.params["end"].parse::<i64>().ok(),
            _ => None,
        });
        ends.max()
    };
    let answer = |editor: &mut Editor, update: &EditorUpdate| {
        let mut effects = Vec::new();
        for effect in &update.effects {
            if let EditorEffect::Fetch { id, request } = effect {
                let is_object = request.path == "startingPoint";
                let body = if is_object { json!({}) } else { json!([]) };
                effects.extend(editor.dispatch(EditorAction::Fetched { id: *id, body }).effects);
            }
        }
        effects
    };
    let props = EditorProps {
        from_millis: 1_795_240_170_000.0,
        to_millis: 1_795_240_290_000.0,
        ..EditorProps::default()
    };
    let mut update = editor.set_props(props);
    let first = end_of(&update).unwrap();
    for _ in 0..13 {
        assert_eq!(answer(&mut editor, &update), [EditorEffect::Wait { millis: 5_000 }]);
        update = editor.dispatch(EditorAction::Waited { millis: 5_000 });
    }
    assert_eq!(end_of(&update), Some(first + 60_000), "65 s are a minute more");
}

#[test]
fn an_existing_query_is_left_alone() {
    let play = Play::new(checkout()).open("explore");
    assert_eq!(Value::Object(play.query.clone()), checkout());
    assert_eq!(play.runs, 0);
    assert!(!play.asked.iter().any(|asked| asked.starts_with("startingPoint")));
}

#[test]
fn only_profile_types_of_the_service_are_offered() {
    let play = Play::new(checkout()).open("explore");
    assert_eq!(play.offered("profileTypeId"), [CPU, "$svc"]);
    assert_eq!(play.offered("service"), ["cart", "checkout", "$svc"]);
}

#[test]
fn another_service_without_the_type_gets_the_type_it_has_and_runs_once() {
    let mut play = Play::new(checkout()).open("explore");
    play.choose("service", "cart");
    assert_eq!(play.query["labelSelector"], r#"{service_name="cart"}"#);
    assert_eq!(play.query["profileTypeId"], HEAP);
    assert_eq!(play.runs, 1);
}

#[test]
fn what_is_chosen_already_changes_nothing_when_chosen_again() {
    let mut play = Play::new(checkout()).open("explore");
    play.choose("service", "cart");
    let regions = || EditorAction::ChooseMany {
        field: "groupBy".to_owned(),
        values: vec!["region".to_owned()],
    };
    play.act(regions());
    let changes = |update: &EditorUpdate| {
        update.effects.iter().any(|effect| matches!(effect, EditorEffect::Change { .. }))
    };
    assert!(changes(&play.last));
    let type_id = play.query["profileTypeId"].as_str().expect("a type").to_owned();
    for again in [("service", "cart"), ("profileTypeId", &type_id), ("queryType", "both")] {
        play.choose(again.0, again.1);
        assert!(!changes(&play.last), "{again:?}");
    }
    play.act(regions());
    assert!(!changes(&play.last));
}

#[test]
fn choosing_a_service_keeps_the_other_matchers() {
    let mut query = checkout();
    query["labelSelector"] = json!(r#"{region="eu", service_name="checkout"}"#);
    let mut play = Play::new(query).open("explore");
    play.choose("service", "cart");
    assert_eq!(play.query["labelSelector"], r#"{region="eu", service_name="cart"}"#);
}

#[test]
fn label_names_and_values_are_completed_with_the_other_matchers() {
    let mut play = Play::new(checkout()).open("explore");
    play.type_selector(r#"{service_name="checkout", r|}"#);
    assert_eq!(play.offered("labelSelector"), ["region", "route"]);
    play.key("Enter");
    let Control::Selector { value, caret, .. } = &play.field("labelSelector").control else {
        unreachable!()
    };
    assert_eq!((value.as_str(), *caret), (r#"{service_name="checkout", region=""}"#, Some(34)));
    assert_eq!(play.offered("labelSelector"), ["eu-west", "us-east", "$svc"]);
    play.key("ArrowDown").key("Enter");
    assert_eq!(play.runs, 0);
    play.key("Escape").key("Enter");
    assert_eq!(play.query["labelSelector"], r#"{service_name="checkout", region="us-east"}"#);
    assert_eq!(play.runs, 1);
}

#[test]
fn private_labels_are_offered_only_when_asked_for() {
    let mut play = Play::new(checkout()).open("explore");
    play.type_selector(r#"{service_name="checkout", _|}"#);
    assert_eq!(play.offered("labelSelector"), ["__name__"]);
}

#[test]
fn a_wrong_selector_is_marked_at_its_place() {
    let mut play = Play::new(checkout()).open("explore");
    play.type_selector("{service_name=checkout}|")
        .act(EditorAction::Leave { field: "labelSelector".into() });
    let problem = play.field("labelSelector").problem.clone().expect("it is wrong");
    assert_eq!(problem.excerpt, "{service_name=checkout}\n              ^");
    assert!(problem.message.contains("expected a quoted label value"));
}

#[test]
fn a_pasted_one_line_query_sets_the_profile_type_too() {
    let mut play = Play::new(checkout()).open("explore");
    play.type_selector(&format!("{HEAP}{{service_name=\"cart\"}}|"))
        .act(EditorAction::Leave { field: "labelSelector".into() });
    assert_eq!(play.query["profileTypeId"], HEAP);
    assert_eq!(play.query["labelSelector"], r#"{service_name="cart"}"#);
}

#[test]
fn a_query_of_all_services_waits_for_a_click_in_explore() {
    let mut query = checkout();
    query["labelSelector"] = json!("{}");
    let mut play = Play::new(query).open("explore");
    assert_eq!(play.titles(), ["Not run yet"]);
    play.act(EditorAction::Press { button: "runAllServices".into() });
    assert_eq!(play.query["allServices"], true);
    assert_eq!(play.runs, 1);
    assert_eq!(play.titles(), Vec::<&str>::new());
    play.choose("service", "checkout");
    assert!(!play.query.contains_key("allServices"));
}

#[test]
fn where_no_service_is_named_other_labels_are_offered() {
    let play = Play::new(checkout())
        .answering("labelValues service_name {}", json!(["unknown_service"]))
        .answering("labelValues job {}", json!(["api"]))
        .open("explore");
    let notice = &play.last.form.notices[0];
    assert_eq!(notice.title, "service_name names no service here");
    let labels: Vec<_> = notice.buttons.iter().map(|button| button.label.as_str()).collect();
    assert_eq!(labels, ["Use job"]);
    let mut play = play;
    play.act(EditorAction::Press { button: "serviceLabel:job".into() });
    assert_eq!(play.query["serviceLabel"], "job");
    assert_eq!(play.offered("service"), ["api", "$svc"]);
}

#[test]
fn a_datasource_that_fails_is_told_and_can_be_asked_again() {
    let mut play = Play::new(checkout());
    let services = play.answers.remove("labelValues service_name {}").expect("was there");
    let mut play = play.open("explore");
    assert_eq!(play.titles(), ["The datasource does not answer"]);
    play.answers.insert("labelValues service_name {}".to_owned(), services);
    play.act(EditorAction::Press { button: "tryAgain".into() });
    assert_eq!(play.titles(), Vec::<&str>::new());
}

#[test]
fn options_are_written_as_the_core_datasource_writes_them() {
    let mut play = Play::new(checkout()).open("explore");
    play.choose("maxNodes", "64").choose("spanSelector", "03fa1cbd967b13da, 1068b9250305bc5f");
    play.act(EditorAction::ChooseMany { field: "groupBy".into(), values: vec!["region".into()] });
    assert_eq!(play.query["maxNodes"], 64);
    assert_eq!(play.query["spanSelector"], json!(["03fa1cbd967b13da", "1068b9250305bc5f"]));
    assert_eq!(play.query["groupBy"], json!(["region"]));
    assert_eq!(play.last.form.options_summary, "Both · by region · max nodes 64 · 2 spans");
    play.choose("maxNodes", "many");
    assert!(play.field("maxNodes").problem.is_some());
    play.choose("maxNodes", "");
    assert!(!play.query.contains_key("maxNodes"));
}

#[test]
fn the_function_that_a_link_asks_for_is_said() {
    let mut query = checkout();
    query["callSite"] = json!(["main", "charge_card"]);
    let play = Play::new(query).open("explore");
    assert_eq!(play.last.form.options_summary, "Both · through charge_card");
}

#[test]
fn a_class_of_spans_is_written_as_traceql() {
    let mut play = Play::new(checkout()).open("explore");
    play.choose("spanSelector", "03fa1cbd967b13da");
    play.choose("spanSelector", " {duration>1s} ");
    assert_eq!(play.query["spanClass"], json!({"traceql": "{duration>1s}"}));
    assert!(!play.query.contains_key("spanSelector"));
    assert!(matches!(
        &play.field("spanSelector").control,
        Control::Text { value, .. } if value == "{duration>1s}"
    ));
    assert_eq!(play.last.form.options_summary, "Both · a class of spans");
    play.choose("spanSelector", "1068b9250305bc5f");
    assert_eq!(play.query["spanSelector"], json!(["1068b9250305bc5f"]));
    assert!(!play.query.contains_key("spanClass"));
    // Slow against normal.
    play.choose("spanSelector", "{duration>1s}").choose("compareWith", "other");
    play.choose("baseline.spanSelector", "{duration<=1s}");
    assert_eq!(play.query["baseline"]["spanClass"], json!({"traceql": "{duration<=1s}"}));
}

#[test]
fn empty_numbers_say_what_is_used_instead() {
    let mut play = Play::new(checkout()).open("explore");
    assert_eq!(
        (play.placeholder("limit"), play.placeholder("maxNodes")),
        ("100 (0: all)", "16384")
    );
    play.give_settings(json!({"maxNodes": 500}));
    assert_eq!(play.placeholder("maxNodes"), "500");
}

#[test]
fn the_same_props_again_ask_nothing_again() {
    let mut play = Play::new(checkout()).open("explore");
    let asked = play.asked.len();
    play.give_props("explore");
    assert_eq!(play.asked.len(), asked);
}

#[test]
fn a_selector_that_is_being_typed_outlives_a_new_time_range() {
    let mut play = Play::new(checkout()).open("explore");
    play.type_selector(r#"{service_name="checkout", re|}"#);
    play.give_range("explore", 1_795_240_890_000.0);
    let Control::Selector { value, .. } = &play.field("labelSelector").control else {
        unreachable!()
    };
    assert_eq!(value, r#"{service_name="checkout", re}"#);
    assert_eq!(play.query["labelSelector"], r#"{service_name="checkout"}"#);
    play.query.insert("labelSelector".into(), json!(r#"{service_name="cart"}"#));
    play.give_props("explore");
    let Control::Selector { value, .. } = &play.field("labelSelector").control else {
        unreachable!()
    };
    assert_eq!(value, r#"{service_name="cart"}"#, "a selector from outside takes its place");
}

#[test]
fn a_dashboard_panel_shows_a_flame_graph_or_a_rate_or_a_heatmap_or_metrics() {
    let play = Play::new(checkout()).open("panel-editor");
    let Control::Radio { value, choices } = &play.field("queryType").control else {
        unreachable!()
    };
    assert_eq!(value, "profile");
    let values: Vec<&str> = choices.iter().map(|choice| choice.value.as_str()).collect();
    assert_eq!(values, ["profile", "metrics", "heatmap", "promql", "wrap"]);
}

#[test]
fn a_wrapped_query_leaves_the_form_to_the_other_datasource() {
    let inner = json!({ "datasource": { "uid": "prom", "type": "prometheus" }, "expr": "up" });
    let play =
        Play::new(json!({ "refId": "A", "queryType": "wrap", "inner": inner })).open("explore");
    assert_eq!(play.asked, [""; 0], "the profile server has nothing to say");
    let form = play.last.form;
    assert_eq!(form.rows.len(), 1);
    assert_eq!(form.rows[0][0].id, "queryType");
    assert!(form.options.is_empty() && form.notices.is_empty());
    assert_eq!(play.query["inner"], inner, "the query stays as it is");
}

#[test]
fn a_heatmap_and_exemplars_are_of_profiles_or_of_spans() {
    let mut play = Play::new(checkout()).open("panel-editor");
    let ids = |play: &Play| -> Vec<String> {
        play.last.form.options.iter().map(|field| field.id.clone()).collect()
    };
    assert!(!ids(&play).iter().any(|id| id == "exemplarType" || id == "heatmapType"));
    play.act(EditorAction::Switch { field: "includeExemplars".to_owned(), on: true });
    play.choose("exemplarType", "span");
    assert_eq!(play.query["exemplarType"], "span");
    play.choose("queryType", "heatmap");
    let Control::Radio { value, .. } = &play.field("heatmapType").control else { unreachable!() };
    assert_eq!(value, "individual");
    assert!(!ids(&play).iter().any(|id| id == "compareWith"), "a heatmap is not compared");
}
