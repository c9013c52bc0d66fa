//! Queries of other datasources, run through ours.

use query::{PrepareRequest, Query, Settings, ValidQuery, fill_in, prepare, unwrap_query};
use serde_json::{Map, Value, json};

fn fields(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("no object: {other}"),
    }
}

#[test]
fn a_query_is_wrapped_and_unwrapped() {
    let wrap = |inner: Value| {
        unwrap_query(&fields(
            json!({ "refId": "B", "queryType": "wrap", "datasource": { "uid": "fire" }, "inner": inner }),
        ))
    };
    let inner = json!({ "datasource": { "uid": "prom", "type": "prometheus" }, "expr": "up", "refId": "X" });
    let unwrapped = wrap(inner).expect("a query");
    assert_eq!(unwrapped["expr"], "up");
    assert_eq!(unwrapped["refId"], "B", "under the refId of the outer one");
    let nothing = "No data source is chosen whose query is to be run.";
    let own = "Fireline cannot wrap its own queries; write the query itself instead.";
    for (inner, refusal) in [
        (json!(null), nothing),
        (json!({ "expr": "up" }), nothing),
        (json!({ "datasource": { "uid": "" } }), nothing),
        (json!({ "datasource": { "uid": "fire", "type": "?" } }), own),
        (json!({ "datasource": { "uid": "other", "type": "fireline-profiles-datasource" } }), own),
    ] {
        assert_eq!(wrap(inner.clone()).expect_err("refused"), refusal, "{inner}");
    }
}

#[test]
fn preparing_tells_wrapped_queries_from_ours_and_does_not_touch_them() {
    let wrap = |ref_id: &str, uid: &str| {
        let inner = json!({ "datasource": { "uid": uid, "type": "prometheus" }, "expr": "up{job=\"$job\"}" });
        fields(json!({ "refId": ref_id, "queryType": "wrap", "inner": inner }))
    };
    let mut hidden = wrap("C", "prom");
    hidden.insert("hide".into(), json!(true));
    let request = PrepareRequest {
        queries: vec![wrap("A", "prom"), wrap("B", ""), hidden],
        ..PrepareRequest::default()
    };
    let prepared = prepare(&request, &mut |text, _| text.replace("$job", "shop"));
    assert!(prepared.queries.is_empty());
    assert_eq!(prepared.wrapped.len(), 1);
    assert_eq!(
        prepared.wrapped[0]["expr"], "up{job=\"$job\"}",
        "variables are the inner datasource's to fill in"
    );
    assert_eq!(prepared.wrapped[0]["refId"], "A");
    assert_eq!(prepared.refused[0].ref_id, "B");
    assert!(!prepared.refused[0].waits);
}

#[test]
fn variables_of_a_wrapped_query_are_left_to_its_own_datasource() {
    let inner =
        json!({ "datasource": { "uid": "prom" }, "expr": "up{job=~\"$job\"}", "legend": ["$job"] });
    let panel =
        fields(json!({ "refId": "A", "queryType": "wrap", "inner": inner, "note": "$job" }));
    let filled = fill_in(&panel, &[], &mut |text, _| text.replace("$job", "shop,cart"));
    assert_eq!(filled["inner"], inner);
    assert_eq!(filled["note"], "shop,cart");
}

#[test]
fn the_backend_says_that_a_wrapped_query_runs_in_the_browser_only() {
    let query = Query { query_type: "wrap".into(), ..Query::default() };
    let refusal = ValidQuery::new(&query, &Settings::default()).expect_err("refused").to_string();
    assert!(refusal.contains("in the browser only") && refusal.contains("promql"), "{refusal}");
}
