//! The core Pyroscope datasource and ours over the same links and dashboards: only the uid is
//! exchanged, there and back.

use query::editor::{Editor, EditorAction, EditorEffect, EditorKind, EditorProps};
use serde_json::{Map, Value, json};

use crate::frames_as_grafana::{assert_as_grafana, server_of, settings};
use crate::played_server::{ask, call};

const CASE: &str = "both-exemplars";
const CALLS: [&str; 2] = ["SelectSeries", "SelectMergeStacktraces"];

/// A link to Explore, as Grafana wrote it for the core datasource.
const EXPLORE_URL: &str = "https://grafana.example/explore?schemaVersion=1&panes=%7B%22x1j%22%3A%7B\
%22datasource%22%3A%22pyroscope%22%2C%22queries%22%3A%5B%7B%22refId%22%3A%22A%22%2C%22groupBy%22%3A%5B%5D\
%2C%22labelSelector%22%3A%22%7Bservice_name%3D%5C%22checkout%5C%22%7D%22%2C%22queryType%22%3A%22both%22\
%2C%22profileTypeId%22%3A%22process_cpu%3Acpu%3Ananoseconds%3Acpu%3Ananoseconds%22%2C%22spanSelector%22%3A%5B%5D\
%2C%22maxNodes%22%3A64%2C%22includeExemplars%22%3Atrue%2C%22datasource%22%3A%7B%22type%22%3A%22\
grafana-pyroscope-datasource%22%2C%22uid%22%3A%22pyroscope%22%7D%7D%5D%2C%22range%22%3A%7B%22from%22%3A%22\
now-1h%22%2C%22to%22%3A%22now%22%7D%7D%7D&orgId=1";

/// The queries in the panes of a link to Explore.
fn queries_of_explore(url: &str) -> Vec<Value> {
    let (_, query) = url.split_once('?').unwrap();
    let panes = query.split('&').find_map(|part| part.strip_prefix("panes=")).unwrap();
    let panes: Value = serde_json::from_slice(&percent_decoded(panes)).unwrap();
    let panes = panes.as_object().unwrap().values();
    panes.flat_map(|pane| pane["queries"].as_array().unwrap().clone()).collect()
}

fn percent_decoded(text: &str) -> Vec<u8> {
    let mut bytes = text.bytes();
    let mut decoded = Vec::new();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => {
                let digits = [bytes.next().unwrap(), bytes.next().unwrap()];
                u8::from_str_radix(std::str::from_utf8(&digits).unwrap(), 16).unwrap()
            }
            byte => byte,
        });
    }
    decoded
}

/// A dashboard that was saved with the core datasource.
fn old_dashboard() -> Value {
    let datasource = json!({"type": "grafana-pyroscope-datasource", "uid": "pyroscope"});
    json!({
        "title": "Checkout",
        "schemaVersion": 39,
        "panels": [{
            "type": "flamegraph",
            "datasource": datasource,
            "targets": [{
                "datasource": datasource,
                "groupBy": [],
                "includeExemplars": true,
                "labelSelector": "{service_name=\"checkout\"}",
                "maxNodes": 64,
                "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
                "queryType": "both",
                "refId": "A",
                "spanSelector": [],
            }],
        }],
    })
}

/// What a person does with an editor of JSON: one uid for the other, and nothing else.
fn with_uid(json: &Value, from: &str, to: &str) -> Value {
    serde_json::from_str(&json.to_string().replace(&format!("{from:?}"), &format!("{to:?}")))
        .unwrap()
}

async fn assert_answered_as_before(query: &Value) {
    let server = server_of(CASE, &CALLS);
    let result = ask(&call(&server.url, &settings()), query).await;
    assert_eq!(result.error, None);
    assert_as_grafana(CASE, serde_json::to_value(&result).unwrap());
}

#[tokio::test]
async fn an_explore_url_with_only_the_uid_exchanged_is_answered_as_before() {
    let queries = queries_of_explore(&EXPLORE_URL.replace("%22pyroscope%22", "%22fireline%22"));
    let [query] = &queries[..] else { panic!("{queries:?}") };
    assert_eq!(query["datasource"]["uid"], "fireline");
    assert_answered_as_before(query).await;
}

#[tokio::test]
async fn an_old_dashboard_with_only_the_uid_exchanged_is_answered_as_before() {
    let dashboard = with_uid(&old_dashboard(), "pyroscope", "fireline");
    let target = &dashboard["panels"][0]["targets"][0];
    assert_eq!(target["datasource"]["uid"], "fireline");
    assert_answered_as_before(target).await;
}

/// The JSON of a query after it was opened in our editor, and after each of these actions.
fn edited(query: &Value, actions: Vec<EditorAction>) -> Value {
    let mut value: Map<String, Value> = query.as_object().unwrap().clone();
    let mut editor = Editor::new(EditorKind::Query);
    let props = |value: &Map<String, Value>| EditorProps {
        value: value.clone(),
        app: "panel-editor".to_owned(),
        from_millis: 1_795_240_170_000.0,
        to_millis: 1_795_240_290_000.0,
        ..EditorProps::default()
    };
    let mut updates = vec![editor.set_props(props(&value))];
    for action in actions {
        updates.push(editor.dispatch(action));
        for effect in updates.drain(..).flat_map(|update| update.effects) {
            if let EditorEffect::Change { value: changed, .. } = effect {
                value = changed;
            }
        }
        updates.push(editor.set_props(props(&value)));
    }
    for effect in updates.into_iter().flat_map(|update| update.effects) {
        assert!(!matches!(effect, EditorEffect::Change { .. }), "changed without being touched");
    }
    Value::Object(value)
}

/// A field: its name, whether it must be there, and what fits.
type Field = (&'static str, bool, fn(&Value) -> bool);

/// Whether the core datasource can read a query: it is written in Go, which refuses a field of
/// another type, and passes over fields that it does not know.
fn fault_for_core(query: &Value) -> Option<String> {
    let texts =
        |value: &Value| value.as_array().is_some_and(|all| all.iter().all(Value::is_string));
    let fields: [Field; 11] = [
        ("refId", true, Value::is_string),
        ("queryType", true, |value| matches!(value.as_str(), Some("metrics" | "profile" | "both"))),
        ("labelSelector", true, Value::is_string),
        ("profileTypeId", true, Value::is_string),
        ("groupBy", true, texts),
        ("spanSelector", false, texts),
        ("profileIdSelector", false, texts),
        ("limit", false, Value::is_i64),
        ("maxNodes", false, Value::is_i64),
        ("annotations", false, Value::is_boolean),
        ("includeExemplars", false, Value::is_boolean),
    ];
    fields.into_iter().find_map(|(name, is_needed, fits)| match query.get(name) {
        None if is_needed => Some(format!("{name} is missing in {query}")),
        Some(value) if !fits(value) => Some(format!("{name} is {value}")),
        _ => None,
    })
}

#[test]
fn what_we_saved_with_the_uid_exchanged_back_the_core_datasource_reads() {
    let choose = |field: &str, value: &str| EditorAction::Choose {
        field: field.to_owned(),
        value: value.to_owned(),
    };
    let dashboard = with_uid(&old_dashboard(), "pyroscope", "fireline");
    let opened = &dashboard["panels"][0]["targets"][0];
    for actions in [
        vec![],
        vec![choose("maxNodes", "1024"), choose("limit", "7")],
        vec![choose("maxNodes", ""), choose("limit", ""), choose("queryType", "metrics")],
        vec![choose("spanSelector", "03fa1cbd967b13da, 1068b9250305bc5f")],
        vec![EditorAction::ChooseMany {
            field: "groupBy".to_owned(),
            values: vec!["region".to_owned(), "route".to_owned()],
        }],
        vec![EditorAction::Switch { field: "includeExemplars".to_owned(), on: false }],
        vec![choose("service", "cart")],
    ] {
        let what = format!("{actions:?}");
        let is_untouched = actions.is_empty();
        let saved = edited(opened, actions);
        let back = with_uid(&saved, "fireline", "pyroscope");
        assert_eq!(fault_for_core(&back), None, "{what}");
        if is_untouched {
            assert_eq!(back, old_dashboard()["panels"][0]["targets"][0], "opened, not touched");
        } else {
            assert_ne!(saved, *opened, "{what}");
        }
    }
}

#[test]
fn a_fresh_query_of_ours_is_one_that_the_core_datasource_reads() {
    let mut fresh = serde_json::to_value(query::Query::default()).unwrap();
    fresh["refId"] = json!("A");
    fresh["queryType"] = json!("both");
    assert_eq!(fault_for_core(&fresh), None);
}

#[test]
fn the_check_for_the_core_datasource_notices_what_it_could_not_read() {
    let target = old_dashboard()["panels"][0]["targets"][0].clone();
    assert_eq!(fault_for_core(&target), None);
    for (field, wrong) in [
        ("groupBy", json!(null)),
        ("groupBy", json!("region")),
        ("limit", json!("7")),
        ("maxNodes", json!(64.5)),
        ("queryType", json!("heatmap")),
        ("includeExemplars", json!("yes")),
    ] {
        let mut changed = target.clone();
        changed[field] = wrong;
        assert!(fault_for_core(&changed).is_some_and(|fault| fault.contains(field)), "{field}");
    }
}
