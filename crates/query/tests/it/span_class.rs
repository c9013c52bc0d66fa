//! Classes of spans in queries: looked up in the browser, or refused.

use query::{
    PrepareRequest, Query, Settings, SpanClassFound, ValidQuery, VariableFormat,
    parse_duration_nanos, prepare,
};
use serde_json::{Value, json};

const SPAN: &str = "03fa1cbd967b13da";

fn query(change: &Value) -> Value {
    let mut query = json!({
        "refId": "A", "queryType": "profile", "labelSelector": r#"{service_name="checkout"}"#,
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
    });
    query.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    query
}

fn check(change: &Value) -> Result<ValidQuery, String> {
    let query = Query::from_json(query(change).to_string().as_bytes()).unwrap();
    ValidQuery::new(&query, &Settings::default()).map_err(|error| error.to_string())
}

fn found(used: u32) -> Value {
    json!({"minDuration": "1s", "found": {"matched": 7, "withProfileIds": 3, "used": used}})
}

#[test]
fn a_class_that_was_looked_up_says_how_many_spans_there_were() {
    let valid = check(&json!({"spanClass": found(1), "spanSelector": [SPAN]})).unwrap();
    assert_eq!(valid.span_ids, [SPAN]);
    let found = valid.span_class.unwrap();
    assert_eq!(
        found,
        SpanClassFound { matched: 7, with_profile_ids: Some(3), used: 1, is_limited: false }
    );
    assert_eq!(
        found.sentence(),
        "7 spans matched, 3 of them with a profile id; 1 are used, the slowest"
    );
    let all = SpanClassFound { matched: 2, with_profile_ids: None, used: 2, is_limited: false };
    assert_eq!(all.sentence(), "2 spans matched; 2 are used");
    let some = SpanClassFound { is_limited: true, ..all };
    assert_eq!(some.sentence(), "at least 2 spans matched; 2 are used");
    let few = SpanClassFound { used: 1, ..some };
    assert_eq!(few.sentence(), "at least 2 spans matched; 1 are used, the slowest of these");
    assert_eq!(serde_json::to_value(all).unwrap(), json!({"matched": 2, "used": 2}));
    assert_eq!(serde_json::to_value(some).unwrap()["isLimited"], true);
}

#[test]
fn a_class_that_nobody_looked_up_is_refused_by_the_backend() {
    let error = check(&json!({"spanClass": {"minDuration": "1s"}})).unwrap_err();
    assert!(error.contains("alert rules") && error.contains("spanSelector"), "{error}");
}

#[test]
fn a_class_without_spans_never_means_all_samples() {
    let error = check(&json!({"spanClass": found(0)})).unwrap_err();
    assert!(error.starts_with("no span of the class was found"), "{error}");
}

#[test]
fn slow_spans_beside_normal_ones_are_two_classes() {
    let diff = json!({
        "queryType": "diff", "spanClass": found(1), "spanSelector": [SPAN],
        "baseline": {"spanClass": found(1), "spanSelector": ["d94bc0e4b55a89c1"]},
    });
    let valid = check(&diff).unwrap();
    let baseline = valid.baseline.unwrap();
    assert_eq!(baseline.query.span_ids, ["d94bc0e4b55a89c1"]);
    assert!(baseline.query.span_class.is_some());
}

#[test]
fn a_baseline_of_another_class_has_none_of_the_query_s_spans() {
    let baseline = |baseline: Value| {
        let mut diff = json!({"queryType": "diff", "spanClass": found(1), "spanSelector": [SPAN]});
        diff["baseline"] = baseline;
        check(&diff).map(|valid| valid.baseline.unwrap().query)
    };
    let error = baseline(json!({"spanClass": found(0)})).unwrap_err();
    assert!(error.starts_with("in the baseline: no span of the class"), "{error}");
    let everything = baseline(json!({"spanSelector": []})).unwrap();
    assert!(everything.span_ids.is_empty() && everything.span_class.is_none());
    let same = baseline(json!({"labelSelector": "{region=\"eu\"}"})).unwrap();
    assert_eq!(same.span_ids, [SPAN]);
    assert!(same.span_class.is_some());
}

#[test]
fn variables_are_filled_in_before_a_class_is_looked_up() {
    let class = json!({"service": "$svc", "minDuration": "$slow", "limit": "20"});
    let diff = json!({
        "queryType": "diff", "spanClass": class, "labelSelector": "{}",
        "baseline": {"spanClass": {"service": "$svc", "maxDuration": "$slow"}},
    });
    let Value::Object(asked) = query(&diff) else { unreachable!("a query is an object") };
    let request = PrepareRequest {
        queries: vec![asked],
        app: "explore".to_owned(),
        to_millis: 3_600_000.0,
        ..PrepareRequest::default()
    };
    let prepared = prepare(&request, &mut |text: &str, _: VariableFormat| {
        text.replace("$svc", "checkout").replace("$slow", "1s")
    });
    assert_eq!(prepared.refused, [], "a class is narrow, and looked up later");
    let sent = &prepared.queries[0];
    assert_eq!(
        sent["spanClass"],
        json!({"service": "checkout", "minDuration": "1s", "limit": "20"})
    );
    let of_baseline = json!({"service": "checkout", "maxDuration": "1s"});
    assert_eq!(sent["baseline"]["spanClass"], of_baseline);
}

#[test]
fn durations_of_spans_are_shorter_than_a_millisecond() {
    assert_eq!(parse_duration_nanos("100us"), Some(100_000));
    assert_eq!(parse_duration_nanos("1m1.5s"), Some(61_500_000_000));
    assert_eq!(parse_duration_nanos("300y"), None, "more than 2^63 ns");
    assert_eq!(parse_duration_nanos("slow"), None);
}
