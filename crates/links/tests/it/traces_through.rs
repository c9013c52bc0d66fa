//! From a function of a flame graph to the traces in which it was seen.

use links::traces_through;
use serde_json::{Value, json};

use crate::extensions::decoded;

fn asked() -> Value {
    json!({
        "datasourceUid": "fireline",
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        "labelSelector": r#"{service_name="checkout"}"#,
        "spanSelector": ["00f067aa0ba902b7"],
        "callSite": ["main"],
        "from": 1_000,
        "to": 61_000,
    })
}

fn through(asked: &Value, call_site: &[&str]) -> Option<String> {
    let call_site: Vec<String> = call_site.iter().map(ToString::to_string).collect();
    traces_through(asked, &call_site)
}

/// The pane that an address of Explore describes.
fn pane(path: &str) -> Value {
    let (_, encoded) = path.split_once("&panes=").unwrap();
    serde_json::from_str::<Value>(&decoded(encoded)).unwrap()["fir"].take()
}

#[test]
fn a_function_leads_to_the_spans_it_was_seen_in() {
    let pane = pane(&through(&asked(), &["main", "charge \"card\""]).unwrap());
    assert_eq!(pane["datasource"], "fireline");
    assert_eq!(pane["range"], json!({"from": "1000", "to": "61000"}));
    let query = &pane["queries"][0];
    for (field, value) in [
        ("queryType", json!("metrics")),
        ("profileTypeId", asked()["profileTypeId"].clone()),
        ("labelSelector", asked()["labelSelector"].clone()),
        ("callSite", json!(["main", "charge \"card\""])),
        ("includeExemplars", json!(true)),
        ("exemplarType", json!("span")),
    ] {
        assert_eq!(query[field], value, "{field}");
    }
    // The other traces are what is looked for.
    assert_eq!(query["spanSelector"], Value::Null);
}

#[test]
fn the_whole_profile_leads_to_no_traces() {
    assert_eq!(through(&asked(), &[]), None);
}

#[test]
fn what_says_of_no_one_question_leads_nowhere() {
    for missing in ["datasourceUid", "profileTypeId", "from", "to"] {
        let mut asked = asked();
        asked[missing] = Value::Null;
        assert_eq!(through(&asked, &["main"]), None, "{missing}");
    }
}
