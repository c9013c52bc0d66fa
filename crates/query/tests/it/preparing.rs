//! Validation, ad hoc filters, and queries that wait.

use query::{AdHocFilter, PrepareRequest, PreparedQueries, VariableFormat, prepare};
use serde_json::{Value, json};

const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
const HOUR: f64 = 3_600_000.0;

fn prepared(app: &str, hours: f64, query: Value, filters: Vec<AdHocFilter>) -> PreparedQueries {
    let Value::Object(query) = query else { unreachable!("a query is an object") };
    let request = PrepareRequest {
        queries: vec![query],
        app: app.to_owned(),
        to_millis: hours * HOUR,
        filters,
        ..PrepareRequest::default()
    };
    prepare(&request, &mut |text: &str, _: VariableFormat| text.to_owned())
}

fn query(selector: &str) -> Value {
    json!({"refId": "A", "labelSelector": selector, "profileTypeId": CPU})
}

fn refusal(selector: &str, hours: f64) -> Option<String> {
    prepared("explore", hours, query(selector), Vec::new())
        .refused
        .pop()
        .map(|refused| refused.message)
}

#[test]
fn a_query_of_one_service_is_sent_in_explore_as_both() {
    let sent = prepared("explore", 1.0, query(r#"{service_name="a"}"#), Vec::new()).queries;
    assert_eq!(sent[0]["queryType"], "both");
}

#[test]
fn outside_of_explore_both_means_the_flame_graph() {
    let sent = prepared("dashboard", 1.0, query("{}"), Vec::new()).queries;
    assert_eq!(sent[0]["queryType"], "profile");
    assert_eq!(sent[0]["labelSelector"], "{}");
}

#[test]
fn an_empty_selector_reaches_the_backend_as_braces() {
    let sent = prepared("dashboard", 1.0, query(""), Vec::new()).queries;
    assert_eq!(sent[0]["labelSelector"], "{}");
}

#[test]
fn a_query_without_profile_type_is_left_out_silently() {
    let result = prepared("explore", 1.0, json!({"refId": "A"}), Vec::new());
    assert_eq!(result, PreparedQueries::default());
}

#[test]
fn a_query_without_service_waits_and_says_why() {
    let message = refusal("{}", 1.0).expect("it waits");
    assert!(message.contains("names no service (service_name)"), "{message}");
    assert!(refusal(r#"{region="eu"}"#, 1.0).is_some());
    assert_eq!(refusal(r#"{service_name="a"}"#, 1000.0), None);
}

#[test]
fn all_services_wait_only_over_more_than_a_day() {
    assert_eq!(refusal(r#"{service_name=~".+"}"#, 24.0), None);
    let message = refusal(r#"{service_name=~".+"}"#, 25.0).expect("it waits");
    assert!(message.contains("all services over 25 hours"), "{message}");
}

#[test]
fn ids_and_a_click_and_dashboards_do_not_wait() {
    let run = |app, extra: (&str, Value)| {
        let mut query = query("{}");
        query[extra.0] = extra.1;
        prepared(app, 1.0, query, Vec::new()).queries.len()
    };
    assert_eq!(run("explore", ("spanSelector", json!(["03fa1cbd967b13da"]))), 1);
    assert_eq!(run("explore", ("allServices", json!(true))), 1);
    assert_eq!(run("dashboard", ("limit", json!(1))), 1);
    assert_eq!(run("explore", ("limit", json!(1))), 0);
}

#[test]
fn a_wrong_selector_is_refused_at_its_offset() {
    let message = refusal("{service_name=checkout}", 1.0).expect("it is wrong");
    assert!(message.contains("at 14"), "{message}");
}

#[test]
fn wrong_numbers_and_profile_types_are_refused() {
    let mut wrong = query(r#"{service_name="a"}"#);
    wrong["maxNodes"] = json!("many");
    assert!(prepared("explore", 1.0, wrong, Vec::new()).refused[0].message.contains("\"many\""));
    let mut wrong = query(r#"{service_name="a"}"#);
    wrong["profileTypeId"] = json!("cpu");
    assert!(prepared("explore", 1.0, wrong, Vec::new()).refused[0].message.contains("expected 5"));
}

fn filter(key: &str, operator: &str, value: &str, values: &[&str]) -> AdHocFilter {
    AdHocFilter {
        key: key.to_owned(),
        operator: operator.to_owned(),
        value: value.to_owned(),
        values: (!values.is_empty()).then(|| values.iter().map(ToString::to_string).collect()),
    }
}

#[test]
fn a_filter_takes_the_place_of_the_matchers_of_its_label() {
    let filters =
        vec![filter("region", "=", "eu", &[]), filter("route", "=|", "", &["/a.b", "/c"])];
    let sent =
        prepared("dashboard", 1.0, query(r#"{service_name="a", region="us"}"#), filters).queries;
    assert_eq!(sent[0]["labelSelector"], r#"{service_name="a", region="eu", route=~"/a\\.b|/c"}"#);
}

#[test]
fn a_filter_that_labels_cannot_have_is_refused() {
    let result = prepared("dashboard", 1.0, query("{}"), vec![filter("a", "<", "1", &[])]);
    assert!(result.refused[0].message.contains("operator \"<\""));
    assert!(!result.refused[0].waits);
}

#[test]
fn labels_and_values_of_a_filter_respect_the_other_filters() {
    let hour = query::Window { start_millis: 0, end_millis: 3_600_000 };
    let filters = [filter("region", "=", "eu", &[]), filter("route", "=", "/cart", &[])];
    let asked = query::tag_request(Some("route"), &filters, hour);
    assert_eq!(asked.path, "labelValues");
    assert_eq!(asked.params["query"], r#"{region="eu"}"#);
    let asked = query::tag_request(None, &filters[..1], hour);
    assert_eq!(
        (asked.path.as_str(), asked.params["query"].as_str()),
        ("labelNames", r#"{region="eu"}"#)
    );
}

#[test]
fn the_default_query_is_what_explore_begins_with() {
    let constants = query::shell_constants();
    let result = prepared("explore", 1.0, Value::Object(constants.default_query), Vec::new());
    assert_eq!(result, PreparedQueries::default());
}

#[test]
fn matchers_travel_to_another_datasource_and_back() {
    let query = query(r#"{service_name="a", region!~"us-.*"}"#);
    let Value::Object(query) = query else { unreachable!("a query is an object") };
    let exported = query::export_query(&query);
    assert_eq!(exported.label_matchers.len(), 2);
    let imported = query::import_query(&exported);
    assert_eq!(imported["labelSelector"], r#"{service_name="a", region!~"us-.*"}"#);
    assert_eq!(imported["refId"], "A");
}

#[test]
fn exploring_a_panel_fills_in_filters_and_keeps_the_rest() {
    let Value::Object(mut panel) = query(r#"{service_name="a"}"#) else {
        unreachable!("a query is an object")
    };
    panel.insert("custom".to_owned(), json!({"kept": 1}));
    let filters = [filter("region", "=", "eu", &[])];
    let filled = query::fill_in(&panel, &filters, &mut |text: &str, _| text.to_owned());
    assert_eq!(filled["labelSelector"], r#"{service_name="a", region="eu"}"#);
    assert_eq!(filled["custom"], json!({"kept": 1}));
}

#[test]
fn classes_of_spans_that_were_not_looked_up_are_named() {
    let looked_up_for = |extra: Value| {
        let mut query =
            json!({"refId": "A", "profileTypeId": CPU, "labelSelector": "{service_name=\"a\"}"});
        query.as_object_mut().unwrap().extend(extra.as_object().unwrap().clone());
        let Value::Object(query) = query else { unreachable!("an object") };
        let request = PrepareRequest { queries: vec![query], ..PrepareRequest::default() };
        prepare(&request, &mut |text, _| text.to_owned()).look_up
    };
    let class = json!({"service": "checkout"});
    assert_eq!(looked_up_for(json!({})), [""; 0]);
    assert_eq!(looked_up_for(json!({"spanClass": class})), ["A"]);
    let diff = json!({"queryType": "diff", "baseline": {"spanClass": class}});
    assert_eq!(looked_up_for(diff), ["A"]);
}
