//! Diffs as queries: what the baseline takes from the query, what is refused, variables and filters.

use query::{
    AdHocFilter, BaselineTime, LinkPlan, PrepareRequest, PreparedQueries, Query, Settings,
    ValidBaseline, ValidQuery, VariableFormat, Window, fill_in, prepare,
};
use serde_json::{Value, json};

const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const WALL: &str = "wall:wall:nanoseconds:wall:nanoseconds";
const HEAP: &str = "memory:inuse_space:bytes:space:bytes";
const HOUR: Window = Window { start_millis: 7_200_000, end_millis: 10_800_000 };

fn diff(baseline: Value) -> Value {
    let mut query = json!({
        "refId": "A", "queryType": "diff", "profileTypeId": CPU,
        "labelSelector": r#"{service_name="checkout"}"#, "spanSelector": ["03fa1cbd967b13da"],
    });
    query["baseline"] = baseline;
    query
}

fn check(query: &Value) -> Result<ValidBaseline, String> {
    let query = Query::from_json(query.to_string().as_bytes()).unwrap();
    let valid = ValidQuery::new(&query, &Settings::default()).map_err(|error| error.to_string())?;
    Ok(*valid.baseline.expect("a diff has a baseline"))
}

#[track_caller]
fn check_error(baseline: Value, message: &str) {
    let error = check(&diff(baseline)).unwrap_err();
    assert!(error.contains(message), "{error}");
}

#[test]
fn what_the_baseline_leaves_out_is_the_query_s_own() {
    let other = r#"{service_name="cart"}"#;
    let baseline = check(&diff(json!({"labelSelector": other}))).unwrap();
    assert_eq!(baseline.query.span_ids, ["03fa1cbd967b13da"]);
    let baseline = check(&diff(json!({"offset": "1d", "spanSelector": []}))).unwrap();
    assert_eq!(baseline.query.profile_type.to_string(), CPU);
    assert_eq!(baseline.query.selector.to_string(), r#"{service_name="checkout"}"#);
    assert_eq!(baseline.query.baseline, None);
    assert_eq!(baseline.time.window(HOUR).start_millis, HOUR.start_millis - 86_400_000);
    assert_eq!(baseline.time.window(HOUR).end_millis, HOUR.end_millis - 86_400_000);
}

#[test]
fn what_the_baseline_says_counts() {
    let baseline = check(&diff(json!({
        "labelSelector": r#"{service_name="cart"}"#, "profileTypeId": WALL,
        "spanSelector": ["d94bc0e4b55a89c1"], "traceSelector": ["fc07"],
        "from": 1000, "to": "2000",
    })))
    .unwrap();
    assert_eq!(baseline.query.profile_type.to_string(), WALL);
    assert_eq!(baseline.query.selector.to_string(), r#"{service_name="cart"}"#);
    assert_eq!(baseline.query.span_ids, ["d94bc0e4b55a89c1"]);
    assert_eq!(baseline.query.trace_ids, [format!("{:0>32}", "fc07")]);
    let window = Window { start_millis: 1000, end_millis: 2000 };
    assert_eq!(baseline.time, BaselineTime::Window(window));
    assert_eq!(baseline.time.window(HOUR), window);
}

#[test]
fn an_empty_list_of_spans_means_all_samples() {
    let baseline = check(&diff(json!({"spanSelector": []}))).unwrap();
    assert!(baseline.query.span_ids.is_empty());
    let selector = r#"{service_name="cart"}"#;
    let baseline = check(&diff(json!({"spanSelector": null, "labelSelector": selector}))).unwrap();
    assert_eq!(baseline.query.span_ids.len(), 1, "null is the same as left out");
}

#[test]
fn ids_of_the_query_are_not_looked_for_at_another_time() {
    let with = |field: &str, id: &str, baseline: Value| {
        let mut query = diff(baseline);
        query["spanSelector"] = json!([]);
        query[field] = json!([id]);
        check(&query)
    };
    let profile = "9c232114-b7ac-4eb4-945b-8ee9bdc2d512";
    for (field, id) in
        [("spanSelector", "fc07"), ("traceSelector", "fc07"), ("profileIdSelector", profile)]
    {
        for time in [json!({"offset": "1d"}), json!({"from": 1000, "to": 2000})] {
            let refusal = with(field, id, time).unwrap_err();
            let expected =
                format!("of another time, at which nothing has the ids in the query's {field}");
            assert!(refusal.contains(&expected), "{refusal}");
        }
        let mut own = json!({"offset": "1d"});
        own[field] = json!([]);
        assert!(with(field, id, own).is_ok(), "{field}");
        let same_time = json!({"offset": "0s", "profileTypeId": WALL});
        assert!(with(field, id, same_time).is_ok(), "{field}");
    }
}

#[test]
fn a_class_of_spans_has_other_spans_at_another_time() {
    let class = json!({"service": "checkout", "found": {"matched": 1, "used": 1}});
    let mut query = diff(json!({"offset": "1d"}));
    query["spanClass"] = class.clone();
    let refusal = check(&query).unwrap_err();
    assert!(refusal.contains("in the baseline: which spans the class means"), "{refusal}");
    // As the browser sends it, once it has looked them up.
    query["baseline"] =
        json!({"offset": "1d", "spanClass": class, "spanSelector": ["d94bc0e4b55a89c1"]});
    assert_eq!(check(&query).unwrap().query.span_ids, ["d94bc0e4b55a89c1"]);
    let mut same_time = diff(json!({"profileTypeId": WALL}));
    same_time["spanClass"] = class;
    assert_eq!(check(&same_time).unwrap().query.span_ids, ["03fa1cbd967b13da"]);
    let mut asked = diff(json!({"offset": "1d"}));
    asked["spanClass"] = json!({"service": "checkout"});
    asked["spanSelector"] = json!([]);
    let result = prepared(asked, Vec::new());
    assert_eq!((result.refused, result.look_up), (Vec::new(), vec!["A".to_owned()]));
}

#[test]
fn a_pasted_query_gives_the_baseline_its_type() {
    let mut query = diff(json!({"profileTypeId": WALL}));
    query["labelSelector"] = json!(format!(r#"{CPU}{{service_name="x"}}"#));
    let baseline = check(&query).unwrap();
    assert_eq!(baseline.query.profile_type.to_string(), WALL);
    assert_eq!(baseline.query.selector.to_string(), r#"{service_name="x"}"#);
}

#[test]
fn a_link_s_moment_moves_with_the_baseline() {
    let at = |baseline: Value| {
        let mut query = diff(baseline);
        query["origin"] = json!("link");
        query["spanSelector"] = json!([]);
        query["plan"] = json!(LinkPlan { at_millis: Some(9_000_000), ..LinkPlan::default() });
        check(&query).unwrap().query.plan.unwrap().at_millis
    };
    assert_eq!(at(json!({"offset": "1h"})), Some(5_400_000));
    assert_eq!(at(json!({"from": 0, "to": 1})), None, "the range of its own says when");
}

#[test]
fn a_diff_of_nothing_is_refused() {
    check_error(json!(null), "the baseline of the diff says nothing of its own");
    check_error(json!({}), "says nothing of its own");
    check_error(json!({"labelSelector": ""}), "says nothing of its own");
}

#[test]
fn units_must_be_the_same_on_both_sides() {
    check_error(
        json!({"profileTypeId": HEAP}),
        "a diff needs one unit on both sides: process_cpu:cpu:nanoseconds:cpu:nanoseconds is in \"ns\", its \
         baseline memory:inuse_space:bytes:space:bytes in \"bytes\"",
    );
}

#[test]
fn what_is_wrong_with_the_baseline_is_said_to_be_its_own() {
    check_error(json!({"labelSelector": "{service_name!}"}), "in the baseline: ");
    check_error(json!({"spanSelector": ["xyz"]}), "in the baseline: \"xyz\" is not a span id");
    check_error(json!({"offset": "yesterday"}), "the baseline's offset is \"yesterday\"");
    check_error(json!({"from": "now-1d", "to": 3}), "the baseline's from is \"now-1d\"");
    check_error(json!({"from": 3}), "the baseline's to is \"\"");
    check_error(json!({"from": 3, "to": 2}), "ends before it starts: from 3 to 2");
    check_error(json!({"from": 3, "to": 4, "offset": "1d"}), "an offset as well as from and to");
}

#[test]
fn a_baseline_counts_in_a_diff_only() {
    let mut query = diff(json!({"offset": "yesterday"}));
    query["queryType"] = json!("profile");
    let query = Query::from_json(query.to_string().as_bytes()).unwrap();
    assert_eq!(ValidQuery::new(&query, &Settings::default()).unwrap().baseline, None);
}

#[test]
fn the_earliest_times_do_not_overflow() {
    let window = Window { start_millis: i64::MIN + 1, end_millis: i64::MAX };
    assert_eq!(BaselineTime::Earlier(86_400_000).window(window).start_millis, i64::MIN);
}

fn prepared(query: Value, filters: Vec<AdHocFilter>) -> PreparedQueries {
    let Value::Object(query) = query else { unreachable!("a query is an object") };
    let request = PrepareRequest {
        queries: vec![query],
        app: "explore".to_owned(),
        to_millis: 3_600_000.0,
        filters,
        ..PrepareRequest::default()
    };
    prepare(&request, &mut replaced)
}

/// `$svc` is two services, `$span` two spans, `$ago` a day, `$type` wall time.
fn replaced(text: &str, format: VariableFormat) -> String {
    match (text, format) {
        ("$svc", VariableFormat::Json) => r#"["cart","checkout"]"#.to_owned(),
        ("$span", VariableFormat::Json) => r#"["03fa1cbd967b13da","d94bc0e4b55a89c1"]"#.to_owned(),
        ("$ago", _) => "1d".to_owned(),
        ("$type", _) => WALL.to_owned(),
        _ => text.to_owned(),
    }
}

fn filter(value: &str) -> AdHocFilter {
    AdHocFilter {
        key: "region".to_owned(),
        operator: "=".to_owned(),
        value: value.to_owned(),
        values: None,
    }
}

#[test]
fn variables_are_filled_in_in_every_field_of_the_baseline() {
    let query = diff(json!({
        "labelSelector": r#"{service_name="$svc"}"#, "spanSelector": ["$span"],
        "offset": "$ago", "profileTypeId": "$type",
    }));
    let result = prepared(query, Vec::new());
    assert_eq!(result.refused, []);
    assert_eq!(
        result.queries[0]["baseline"],
        json!({
            "labelSelector": r#"{service_name=~"cart|checkout"}"#,
            "spanSelector": ["03fa1cbd967b13da", "d94bc0e4b55a89c1"],
            "offset": "1d", "profileTypeId": WALL,
        })
    );
    assert_eq!(result.queries[0]["queryType"], "diff");
}

#[test]
fn filters_narrow_both_sides() {
    let query = diff(json!({"labelSelector": r#"{service_name="cart"}"#}));
    let sent = prepared(query.clone(), vec![filter("eu")]).queries.remove(0);
    assert_eq!(sent["labelSelector"], r#"{service_name="checkout", region="eu"}"#);
    assert_eq!(sent["baseline"]["labelSelector"], r#"{service_name="cart", region="eu"}"#);
    let Value::Object(query) = query else { unreachable!("a query is an object") };
    let filled = fill_in(&query, &[filter("eu")], &mut replaced);
    assert_eq!(filled["baseline"]["labelSelector"], r#"{service_name="cart", region="eu"}"#);
    let pasted = diff(json!({"labelSelector": format!(r#"{WALL}{{service_name="cart"}}"#)}));
    let sent = prepared(pasted, vec![filter("eu")]).queries.remove(0);
    let expected = format!(r#"{WALL}{{service_name="cart", region="eu"}}"#);
    assert_eq!(sent["baseline"]["labelSelector"], expected);
    let offset = json!({"offset": "1d", "spanSelector": []});
    let sent = prepared(diff(offset.clone()), vec![filter("eu")]).queries.remove(0);
    assert_eq!(sent["baseline"], offset, "it has the query's selector");
}

#[test]
fn a_baseline_over_all_services_waits() {
    let mut query = diff(json!({"labelSelector": "{}", "spanSelector": []}));
    query.as_object_mut().unwrap().remove("spanSelector");
    let refused = prepared(query.clone(), Vec::new()).refused;
    assert!(refused[0].waits);
    assert!(refused[0].message.contains("in the baseline, the query names no service"));
    query["allServices"] = json!(true);
    assert_eq!(prepared(query, Vec::new()).queries.len(), 1);
}
