//! Template variables in selectors and lists.

use query::{VariableFormat, interpolate, interpolate_selector};
use serde_json::json;

/// Grafana's replacement for `$one` (checkout), `$many` (a.b and c), `$all` (a custom "all") and `$matchers`.
fn grafana(text: &str, format: VariableFormat) -> String {
    let value = |name: &str| -> Vec<&str> {
        match name {
            "one" => vec!["checkout"],
            "many" => vec!["a.b", "c"],
            "all" => vec![".*"],
            "matchers" => vec![r#"service_name="checkout""#],
            _ => vec![],
        }
    };
    let written = |values: Vec<&str>| match format {
        VariableFormat::Csv => values.join(","),
        VariableFormat::Regex if values.len() == 1 => values[0].replace('.', "\\."),
        VariableFormat::Regex => format!("({})", values.join("|").replace('.', "\\.")),
        VariableFormat::Json if values.len() == 1 => format!("{:?}", values[0]),
        VariableFormat::Json => format!("{values:?}"),
    };
    ["one", "many", "all", "matchers"].iter().fold(text.to_owned(), |text, name| {
        text.replace(&format!("${{{name}}}"), &written(value(name)))
            .replace(&format!("${name}"), &written(value(name)))
    })
}

fn filled(selector: &str) -> String {
    interpolate_selector(selector, &mut grafana)
}

#[test]
fn a_selector_without_variables_stays_as_it_is_written() {
    assert_eq!(filled(r#"{ a = "b" }"#), r#"{ a = "b" }"#);
}

#[test]
fn one_value_stays_an_equality() {
    assert_eq!(filled(r#"{service_name="$one"}"#), r#"{service_name="checkout"}"#);
    assert_eq!(filled(r#"{service_name!="${one}"}"#), r#"{service_name!="checkout"}"#);
}

#[test]
fn several_values_after_an_equality_become_alternatives() {
    assert_eq!(filled(r#"{service_name="$many"}"#), r#"{service_name=~"a\\.b|c"}"#);
    assert_eq!(filled(r#"{service_name!="$many"}"#), r#"{service_name!~"a\\.b|c"}"#);
}

#[test]
fn a_custom_all_value_is_a_regular_expression() {
    assert_eq!(filled(r#"{service_name="$all"}"#), r#"{service_name=~".*"}"#);
}

#[test]
fn values_in_a_regular_expression_are_escaped() {
    assert_eq!(filled(r#"{service_name=~"x-$many"}"#), r#"{service_name=~"x-(a\\.b|c)"}"#);
}

#[test]
fn a_variable_may_stand_for_whole_matchers() {
    assert_eq!(filled("{$matchers}"), r#"{service_name="checkout"}"#);
}

#[test]
fn every_text_of_a_query_is_filled_in_and_lists_grow() {
    let query = json!({
        "refId": "$one",
        "labelSelector": r#"{service_name="$one"}"#,
        "groupBy": ["region", "$many"],
        "spanSelector": ["$many"],
        "maxNodes": "$count",
        "plan": {"required": ["$one"]},
    });
    let query = query.as_object().expect("an object");
    let mut replace =
        |text: &str, format| if text == "$count" { "64".to_owned() } else { grafana(text, format) };
    let filled = interpolate(query, &mut replace);
    assert_eq!(filled["refId"], "$one");
    assert_eq!(filled["groupBy"], json!(["region", "a.b", "c"]));
    assert_eq!(filled["spanSelector"], json!(["a.b", "c"]));
    assert_eq!(filled["maxNodes"], 64);
    assert_eq!(filled["plan"]["required"], json!(["checkout"]));
}
