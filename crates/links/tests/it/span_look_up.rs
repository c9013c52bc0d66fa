//! The look-up of a query's classes of spans, without a browser.

use links::{LinkContext, SourceRef, SpanLookUp, SpanQuestion};
use query::Window;
use serde_json::{Map, Value, json};

const HOUR: Window = Window { start_millis: 7_200_000, end_millis: 10_800_000 };

const TEMPO: &str = include_str!("../../../../testdata/trace-answers/tempo-spans.json");
const JAEGER_SEARCH: &str = include_str!("../../../../testdata/trace-answers/jaeger-search.json");
const JAEGER: &str = include_str!("../../../../testdata/trace-answers/jaeger-trace.json");

fn frames(answer: &str) -> Vec<Value> {
    let answer: Value = serde_json::from_str(answer).expect("the recording is JSON");
    answer["results"]["A"]["frames"].as_array().expect("it has frames").clone()
}

fn object(json: Value) -> Map<String, Value> {
    let Value::Object(object) = json else { unreachable!("an object") };
    object
}

/// A query of ours among these data sources, each named like its type.
fn context(types: &[&str], query: Value) -> LinkContext {
    let source = |datasource: &&str| SourceRef {
        uid: (*datasource).to_owned(),
        r#type: (*datasource).to_owned(),
        name: String::new(),
    };
    LinkContext {
        sources: types.iter().map(source).collect(),
        query: object(query),
        ..LinkContext::default()
    }
}

fn started(types: &[&str], query: Value) -> (SpanLookUp, Vec<SpanQuestion>) {
    let look_up = SpanLookUp::new(&context(types, query), HOUR).expect("it can be asked");
    look_up.expect("there is something to look up")
}

#[test]
fn a_query_without_a_class_or_with_one_that_was_looked_up_asks_nothing() {
    let nothing = |query| SpanLookUp::new(&context(&["tempo"], query), HOUR).unwrap().is_none();
    assert!(nothing(json!({"labelSelector": "{}"})));
    assert!(nothing(json!({"spanClass": null})));
    let found = json!({"matched": 1, "used": 1});
    assert!(nothing(json!({"spanClass": {"service": "checkout", "found": found}})));
}

#[test]
fn tempo_answers_the_spans_of_a_class_at_once() {
    let class = json!({"service": "checkout"});
    let (mut look_up, questions) =
        started(&["prometheus", "jaeger", "tempo"], json!({"refId": "B", "spanClass": class}));
    let [question] = &questions[..] else { panic!("one question: {questions:?}") };
    assert_eq!((question.uid.as_str(), &question.query["tableType"]), ("tempo", &json!("spans")));
    assert_eq!(look_up.query(), Ok(None), "it waits");
    assert_eq!(look_up.answered(question.id, frames(TEMPO)), []);
    let query = look_up.query().unwrap().expect("everything is answered");
    assert!(!query["spanSelector"].as_array().unwrap().is_empty());
    assert_eq!(
        query["spanClass"]["found"]["used"],
        json!(query["spanSelector"].as_array().unwrap().len())
    );
    assert_eq!(query["refId"], "B");
}

/// Answers every question, and those that come of it. Returns how many were asked at once.
fn answer_all(
    look_up: &mut SpanLookUp,
    mut questions: Vec<SpanQuestion>,
    answer: impl Fn(&SpanQuestion) -> Vec<Value>,
) -> Vec<usize> {
    let mut at_once = Vec::new();
    while !questions.is_empty() {
        at_once.push(questions.len());
        let answers: Vec<(u32, Vec<Value>)> =
            questions.iter().map(|question| (question.id, answer(question))).collect();
        questions = Vec::new();
        for (id, frames) in answers {
            assert_eq!(look_up.query(), Ok(None), "it waits");
            questions.extend(look_up.answered(id, frames));
        }
    }
    at_once
}

/// A table of so many traces, the first of which took the least.
fn search_of(traces: usize) -> Vec<Value> {
    let ids: Vec<String> = (1..=traces).map(|trace| format!("{trace:032x}")).collect();
    let durations: Vec<usize> = (1..=traces).collect();
    let fields = json!([{"name": "traceID"}, {"name": "duration"}]);
    vec![json!({"schema": {"fields": fields}, "data": {"values": [ids, durations]}})]
}

#[test]
fn traces_that_jaeger_finds_are_asked_for_one_by_one_and_few_at_a_time() {
    let (mut look_up, questions) =
        started(&["jaeger"], json!({"spanClass": {"service": "checkout"}}));
    let at_once = answer_all(&mut look_up, questions, |question| {
        let is_search = question.query.contains_key("queryType");
        assert!(is_search || question.query["query"].as_str().unwrap().len() == 32);
        frames(if is_search { JAEGER_SEARCH } else { JAEGER })
    });
    assert_eq!(at_once, [1, 5, 5, 4]);
    let query = look_up.query().unwrap().expect("everything is answered");
    assert!(!query["spanSelector"].as_array().unwrap().is_empty());
    assert_eq!(query["spanClass"]["found"]["isLimited"], json!(null), "all were read");
}

#[test]
fn of_many_traces_the_slowest_are_read_and_the_rest_is_told() {
    let found = |traces: usize, class: Value| {
        let (mut look_up, questions) = started(&["jaeger"], json!({"spanClass": class}));
        let asked = std::cell::RefCell::new(Vec::new());
        answer_all(&mut look_up, questions, |question| {
            let Some(id) = question.query.get("query").and_then(Value::as_str) else {
                return search_of(traces);
            };
            asked.borrow_mut().push(u64::from_str_radix(id, 16).unwrap());
            frames(JAEGER)
        });
        let query = look_up.query().unwrap().expect("everything is answered");
        let is_limited = query["spanClass"]["found"]["isLimited"] == true;
        (asked.into_inner(), is_limited)
    };
    let any = json!({"service": "checkout"});
    assert_eq!(found(3, any.clone()), (vec![3, 2, 1], false));
    let (asked, is_limited) = found(51, any.clone());
    assert_eq!((asked.len(), asked[0], asked[49], is_limited), (50, 51, 2, true));
    assert!(!found(50, any).1);
    let few = json!({"service": "checkout", "limit": 3});
    assert!(found(3, few.clone()).1, "there may be more than the search was to answer");
    assert!(!found(2, few).1);
}

#[test]
fn one_trace_that_cannot_be_read_leaves_the_others() {
    let begun = || {
        let class = json!({"service": "checkout"});
        let (mut look_up, questions) = started(&["jaeger"], json!({"spanClass": class}));
        let traces = look_up.answered(questions[0].id, search_of(2));
        assert_eq!(traces.len(), 2);
        (look_up, traces)
    };
    let (mut look_up, traces) = begun();
    assert_eq!(look_up.failed(traces[0].id, "gone"), Ok(Vec::new()));
    assert_eq!(look_up.query(), Ok(None));
    look_up.answered(traces[1].id, frames(JAEGER));
    let query = look_up.query().unwrap().expect("everything is answered");
    assert_eq!(query["spanClass"]["found"]["isLimited"], true);
    assert!(!query["spanSelector"].as_array().unwrap().is_empty());
    let (mut look_up, traces) = begun();
    assert_eq!(look_up.failed(traces[0].id, "gone"), Ok(Vec::new()));
    assert_eq!(look_up.failed(traces[1].id, "gone too"), Err("gone too".to_owned()));
    let (mut look_up, questions) = started(&["tempo"], json!({"spanClass": {"service": "a"}}));
    assert_eq!(look_up.failed(99, "?"), Ok(Vec::new()), "nobody asked");
    assert_eq!(look_up.failed(questions[0].id, "no search"), Err("no search".to_owned()));
    let (mut look_up, _) = begun();
    let (_, search) = started(&["jaeger"], json!({"spanClass": {"service": "a"}}));
    assert_eq!(look_up.answered(search[0].id, Vec::new()), [], "it was answered");
}

#[test]
fn a_failed_trace_makes_room_for_the_next() {
    let class = json!({"service": "checkout"});
    let (mut look_up, questions) = started(&["jaeger"], json!({"spanClass": class}));
    let first = look_up.answered(questions[0].id, search_of(6));
    assert_eq!(first.len(), 5);
    for question in &first[..4] {
        assert_eq!(look_up.failed(question.id, "gone"), Ok(Vec::new()));
    }
    assert_eq!(look_up.failed(first[4].id, "gone").unwrap().len(), 1, "the sixth");
}

#[test]
fn a_baseline_of_another_time_has_its_class_looked_up_there() {
    let class = json!({"service": "checkout"});
    let windows = |query: Value| {
        let (mut look_up, questions) = started(&["tempo"], query);
        let windows: Vec<Window> = questions.iter().map(|question| question.window).collect();
        for question in questions {
            look_up.answered(question.id, frames(TEMPO));
        }
        (windows, look_up.query().unwrap().expect("everything is answered"))
    };
    let earlier = Window { start_millis: 3_600_000, end_millis: 7_200_000 };
    let query = json!({"queryType": "diff", "spanClass": class, "baseline": {"offset": "1h"}});
    let (asked, filled) = windows(query);
    assert_eq!(asked, [HOUR, earlier]);
    assert_eq!(filled["baseline"]["spanClass"]["found"], filled["spanClass"]["found"]);
    assert_eq!(filled["baseline"]["spanSelector"], filled["spanSelector"]);
    let range = json!({"from": 1000, "to": "2000"});
    let (asked, _) = windows(json!({"spanClass": class, "baseline": range}));
    assert_eq!(asked, [HOUR, Window { start_millis: 1000, end_millis: 2000 }]);
    let own = json!({"offset": "1h", "spanClass": {"service": "cart"}});
    let (asked, _) = windows(json!({"baseline": own}));
    assert_eq!(asked, [earlier]);
    let found = json!({"service": "checkout", "found": {"matched": 1, "used": 1}});
    let (asked, filled) = windows(json!({"spanClass": found, "baseline": {"offset": "1h"}}));
    assert_eq!(asked, [earlier]);
    assert_ne!(filled["baseline"]["spanClass"]["found"], found["found"]);
    for same_class in [
        json!({"labelSelector": "{a=\"b\"}"}),
        json!({"offset": "1h", "spanSelector": ["fc07"]}),
        json!({"offset": "1h", "spanSelector": []}),
    ] {
        let (asked, filled) = windows(json!({"spanClass": class, "baseline": same_class}));
        assert_eq!(asked, [HOUR]);
        assert_eq!(filled["baseline"], same_class);
    }
    let unreadable =
        context(&["tempo"], json!({"spanClass": class, "baseline": {"offset": "yesterday"}}));
    let refusal = SpanLookUp::new(&unreadable, HOUR).unwrap_err();
    assert!(refusal.contains("the baseline's offset is \"yesterday\""), "{refusal}");
}

#[test]
fn the_slow_and_the_normal_spans_of_a_diff_are_looked_up_each() {
    let query = json!({
        "queryType": "diff",
        "spanClass": {"service": "checkout", "minDuration": "1s"},
        "baseline": {"spanClass": {"service": "checkout", "maxDuration": "1s"}},
    });
    let (mut look_up, questions) = started(&["tempo"], query);
    let [slow, normal] = &questions[..] else { panic!("two questions: {questions:?}") };
    assert!(slow.query["query"].as_str().unwrap().contains("duration>="));
    assert!(normal.query["query"].as_str().unwrap().contains("duration<"));
    look_up.answered(normal.id, frames(TEMPO));
    assert_eq!(look_up.query(), Ok(None));
    // An answer that nobody waits for any more changes nothing.
    look_up.answered(normal.id, Vec::new());
    look_up.answered(slow.id, Vec::new());
    let query = look_up.query().unwrap().unwrap();
    assert_eq!(query["spanSelector"], json!([]));
    assert!(!query["baseline"]["spanSelector"].as_array().unwrap().is_empty());
}

#[test]
fn where_nobody_can_be_asked_a_sentence_says_so() {
    let refused = |types: &[&str], class: Value| {
        SpanLookUp::new(&context(types, json!({"spanClass": class})), HOUR).unwrap_err()
    };
    let class = json!({"service": "checkout"});
    assert_eq!(
        refused(&["zipkin"], class.clone()),
        "no data source could be asked for a class of spans, expected Tempo or Jaeger"
    );
    let named = json!({"service": "checkout", "datasourceUid": "gone"});
    assert_eq!(
        refused(&["tempo"], named),
        "there is no data source \"gone\", which the class of spans names"
    );
    let zipkin = json!({"service": "checkout", "datasourceUid": "zipkin"});
    assert!(refused(&["zipkin"], zipkin).contains("cannot be asked for a class of spans"));
    assert!(refused(&["tempo"], json!({})).contains("says nothing"));
}
