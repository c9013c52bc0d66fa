//! Queries of template variables.

use query::Window;
use query::editor::{variable_request, variable_values};
use serde_json::{Value, json};

const HOUR: Window = Window { start_millis: 0, end_millis: 3_600_000 };

fn asked(query: Value) -> Option<String> {
    let Value::Object(query) = query else { unreachable!("a query is an object") };
    let request = variable_request(&query, HOUR)?;
    let params = request.params.iter().map(|(name, value)| format!("{name}={value}"));
    Some(format!("{}?{}", request.path, params.collect::<Vec<_>>().join("&")))
}

#[test]
fn profile_types_can_be_limited_by_a_selector() {
    let asked = asked(json!({"type": "profileType", "labelSelector": r#"{service_name="a"}"#}));
    assert_eq!(
        asked.as_deref(),
        Some(r#"profileTypes?end=3600000&query={service_name="a"}&start=0"#)
    );
}

#[test]
fn label_values_can_be_chained_on_other_labels() {
    let query = json!({"type": "labelValue", "labelName": "region", "labelSelector": r#"{service_name="a"}"#});
    assert_eq!(
        asked(query).as_deref(),
        Some(r#"labelValues?end=3600000&label=region&query={service_name="a"}&start=0"#)
    );
}

#[test]
fn the_core_datasource_s_variable_queries_work() {
    let query = json!({"type": "label", "profileTypeId": "a:b:c:d:e", "refId": "A"});
    assert_eq!(
        asked(query).as_deref(),
        Some(r#"labelNames?end=3600000&query={__profile_type__="a:b:c:d:e"}&start=0"#)
    );
}

#[test]
fn values_of_a_label_that_is_not_chosen_are_not_asked_for() {
    assert_eq!(asked(json!({"type": "labelValue"})), None);
}

#[test]
fn answers_are_texts_or_profile_types() {
    let values = variable_values(&json!(["a", {"id": "x:y:z:p:q", "label": "x - y"}, 3]));
    let pairs: Vec<_> =
        values.iter().map(|value| (value.text.as_str(), value.value.as_str())).collect();
    assert_eq!(pairs, [("a", "a"), ("x - y", "x:y:z:p:q")]);
}
