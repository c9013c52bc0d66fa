//! The look-up of a query's classes of spans, without a browser.

use links::{LinkContext, SourceRef, SpanLookUp, SpanQuestion};
use serde_json::{Map, Value, json};

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
    let look_up = SpanLookUp::new(&context(types, query)).expect("it can be asked");
    look_up.expect("there is something to look up")
}

#[test]
fn a_query_without_a_class_or_with_one_that_was_looked_up_asks_nothing() {
    let nothing = |query| SpanLookUp::new(&context(&["tempo"], query)).unwrap().is_none();
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

#[test]
fn traces_that_jaeger_finds_are_asked_for_one_by_one() {
    let (mut look_up, questions) =
        started(&["jaeger"], json!({"spanClass": {"service": "checkout"}}));
    let more = look_up.answered(questions[0].id, frames(JAEGER_SEARCH));
    assert!(!more.is_empty());
    let ids: Vec<&Value> = more.iter().map(|question| &question.query["query"]).collect();
    assert!(ids.iter().all(|id| id.as_str().is_some_and(|id| id.len() == 32)), "{ids:?}");
    for question in &more {
        assert_eq!(look_up.query(), Ok(None));
        assert_eq!(look_up.answered(question.id, frames(JAEGER)), []);
    }
    let query = look_up.query().unwrap().expect("everything is answered");
    assert!(!query["spanSelector"].as_array().unwrap().is_empty());
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
        SpanLookUp::new(&context(types, json!({"spanClass": class}))).unwrap_err()
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
