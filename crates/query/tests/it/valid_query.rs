//! Which queries make sense.

use query::{NodeLimit, Query, QueryError, QueryType, Settings, ValidQuery, Window};

const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

fn query(change: impl FnOnce(&mut Query)) -> Query {
    let mut query = Query {
        profile_type_id: CPU.to_owned(),
        label_selector: r#"{service_name="checkout"}"#.to_owned(),
        ..Query::default()
    };
    change(&mut query);
    query
}

fn check(change: impl FnOnce(&mut Query)) -> Result<ValidQuery, QueryError> {
    ValidQuery::new(&query(change), &Settings::default())
}

#[track_caller]
fn check_error(change: impl FnOnce(&mut Query), message: &str) {
    let error = check(change).unwrap_err();
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn what_the_query_leaves_open_comes_from_the_settings() {
    let valid = check(|_| {}).unwrap();
    assert_eq!(valid.query_type, QueryType::Both);
    assert_eq!(valid.max_nodes, NodeLimit::from_query(16_384));
    assert_eq!(valid.series_limit, 100);
    let settings = Settings { max_nodes: NodeLimit::from_query(64), ..Settings::default() };
    assert_eq!(
        ValidQuery::new(&query(|_| {}), &settings).unwrap().max_nodes,
        NodeLimit::from_query(64)
    );
    assert_eq!(check(|q| q.max_nodes = Some(7)).unwrap().max_nodes, NodeLimit::from_query(7));
    assert_eq!(check(|q| q.label_selector.clear()).unwrap().selector.to_string(), "{}");
}

#[test]
fn a_pasted_query_brings_its_profile_type() {
    let valid = check(|q| {
        q.profile_type_id.clear();
        q.label_selector = format!(r#"{CPU}{{service_name="x"}}"#);
    })
    .unwrap();
    assert_eq!(valid.profile_type.to_string(), CPU);
    assert_eq!(valid.selector.to_string(), r#"{service_name="x"}"#);
    let java = check(|q| q.profile_type_id = "memory:alloc_in_new_tlab_bytes:bytes::".to_owned());
    assert_eq!(java.unwrap().profile_type.unit(), "bytes");
}

#[test]
fn ids_are_put_right_or_refused() {
    let valid = check(|q| {
        q.span_selector = vec![" 68B9250305BC5F ".to_owned()];
        q.trace_selector = vec!["fc071464bd616aa06660dfc57e5f".to_owned()];
        q.profile_id_selector = vec!["9C232114-b7ac-4eb4-945b-8ee9bdc2d512".to_owned()];
    })
    .unwrap();
    assert_eq!(valid.span_ids, ["0068b9250305bc5f"]);
    assert_eq!(valid.trace_ids, ["0000fc071464bd616aa06660dfc57e5f"]);
    assert_eq!(valid.profile_ids, ["9c232114-b7ac-4eb4-945b-8ee9bdc2d512"]);
    check_error(|q| q.span_selector = vec!["xyz".into()], r#""xyz" is not a span id"#);
    check_error(|q| q.span_selector = vec!["0".into()], "not all zero");
    check_error(|q| q.trace_selector = vec!["0".repeat(33)], "1 to 32 hexadecimal digits");
    check_error(|q| q.profile_id_selector = vec!["1234".into()], "expected a UUID");
}

/// A query as a link of this origin leaves it behind, with this as its ids.
fn followed(origin: &str, ids: &serde_json::Value) -> Result<ValidQuery, String> {
    let mut json = serde_json::json!({
        "origin": origin, "profileTypeId": CPU, "labelSelector": "{service_name=\"checkout\"}",
    });
    json.as_object_mut().unwrap().extend(ids.as_object().unwrap().clone());
    let query = Query::from_json(json.to_string().as_bytes()).unwrap();
    ValidQuery::new(&query, &Settings::default()).map_err(|error| error.to_string())
}

#[test]
fn a_link_from_a_row_without_an_id_opens_nothing_else() {
    use serde_json::json;
    for (ids, what) in [
        (json!({"spanSelector": [""]}), "span id"),
        (json!({"spanSelector": ["03fa1cbd967b13da", " "]}), "span id"),
        (json!({"spanSelector": ""}), "span id"),
        (json!({"spanSelector": [null]}), "span id"),
        (json!({"traceSelector": [""]}), "trace id"),
        (json!({"profileIdSelector": [""]}), "profile id"),
    ] {
        let refusal = followed("link", &ids).unwrap_err();
        let expected = format!(
            "what the link was followed from has no {what}, so that there is nothing it could open"
        );
        assert_eq!(refusal, expected, "{ids}");
        let by_hand = followed("", &ids).unwrap();
        assert!(by_hand.span_ids.len() < 2, "an empty variable counts as left out: {ids}");
    }
    assert!(followed("link", &json!({"spanSelector": [], "traceSelector": null})).is_ok());
}

#[test]
fn the_moment_that_a_link_is_about_is_read_or_refused() {
    let moment = |at: serde_json::Value| {
        let json = serde_json::json!({ "plan": { "atMillis": at } });
        let read = Query::from_json(json.to_string().as_bytes());
        read.map(|query| query.plan.unwrap().at_millis).map_err(|error| error.to_string())
    };
    use serde_json::json;
    for at in [json!(1_795_262_400_000_i64), json!("1795262400000"), json!("1795262400000.75")] {
        assert_eq!(moment(at.clone()), Ok(Some(1_795_262_400_000)), "{at}");
    }
    assert_eq!(moment(json!(null)), Ok(None));
    for at in [json!("2026-11-20 10:00:00"), json!(""), json!("NaN"), json!([]), json!("1e300")] {
        let refusal = moment(at.clone()).unwrap_err();
        let expected = format!("plan.atMillis is {at}, expected milliseconds since 1970");
        assert!(refusal.contains(&expected), "{refusal}");
    }
}

#[test]
fn what_makes_no_sense_is_named() {
    check_error(|q| q.query_type = "nonsense".into(), r#"unknown query type "nonsense""#);
    check_error(|q| q.profile_type_id.clear(), "no profile type is chosen");
    check_error(|q| q.profile_type_id = "cpu".into(), r#"profile type "cpu" has 1 parts"#);
    check_error(|q| q.max_nodes = Some(-1), "maxNodes is -1");
    check_error(|q| q.limit = Some(-5), "limit is -5");
    check_error(|q| q.label_selector = "{a=}".into(), "unexpected character '}' at 3");
    assert_eq!(check(|q| q.label_selector = "{a=}".into()).unwrap_err().selector_offset(), Some(3));
}

#[test]
fn requests_carry_what_was_asked() {
    let window = Window { start_millis: 1, end_millis: 2 };
    let valid = check(|q| {
        q.call_site = vec!["main".into()];
        q.limit = Some(0);
        q.include_exemplars = true;
    })
    .unwrap();
    let tree = valid.tree_request(window);
    assert_eq!((tree.window, tree.max_nodes), (window, NodeLimit::OF_QUERY));
    assert_eq!(tree.call_site, ["main"]);
    let series = valid.series_request(window, 15_000);
    assert_eq!((series.limit, series.step_millis), (None, 15_000));
    assert_eq!(series.exemplars, query::ExemplarKind::Profile);
    assert_eq!(valid.max_exemplars, 100);
    check_error(|q| q.max_exemplars = Some(-1), "maxExemplars is -1");
    check_error(|q| q.exemplar_type = "trace".into(), "unknown exemplarType \"trace\"");
}
