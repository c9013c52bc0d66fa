//! What a correlation of a provisioning file must be like, one function for each rule.
//!
//! Where a rule is broken, Grafana's provisioner panics or refuses to start, or Explore never shows the link.

use serde_json::{Map, Value};

use super::dollars::single_dollar;
use super::fields::fields_of;
use super::variables::{given_by, is_built_in, texts_in, variables_of};
use crate::target::DataSourceKind;

/// Where something is wrong, as a JSON pointer, and what.
type Finding = (String, String);

/// What breaks a rule.
type Find = fn(&Value, Option<DataSourceKind>) -> Vec<Finding>;

/// Every rule with its name.
pub(super) const RULES: &[(&str, Find)] = &[
    ("correlation-is-a-mapping", |correlation, _| is_a_mapping(correlation)),
    ("label-is-text", |correlation, _| is_text(correlation, "label")),
    ("description-is-text", |correlation, _| is_text(correlation, "description")),
    ("type-is-known", |correlation, _| type_is_known(correlation)),
    ("type-is-beside-config", |correlation, _| type_is_beside_config(correlation)),
    ("query-has-a-target-uid", |correlation, _| query_has_a_target_uid(correlation)),
    ("config-is-a-mapping", |correlation, _| config_is_a_mapping(correlation)),
    ("field-is-named", |correlation, _| field_is_named(correlation)),
    ("target-is-a-query", |correlation, _| target_is_a_query(correlation)),
    ("external-target-has-a-url", |correlation, _| external_target_has_a_url(correlation)),
    ("transformations-are-under-config", |correlation, _| {
        transformations_are_under_config(correlation)
    }),
    ("transformation-is-known", |correlation, _| transformation_is_known(correlation)),
    ("regex-has-an-expression", |correlation, _| regex_has_an_expression(correlation)),
    ("expression-is-javascript", |correlation, _| expression_is_javascript(correlation)),
    ("keys-are-known", |correlation, _| keys_are_known(correlation)),
    ("dollars-are-doubled", |correlation, _| dollars_are_doubled(correlation)),
    ("variables-exist", variables_exist),
];

fn one(pointer: impl Into<String>, what: impl Into<String>) -> Vec<Finding> {
    vec![(pointer.into(), what.into())]
}

/// The settings below `config`; the rule for mappings speaks of anything else there.
fn config(correlation: &Value) -> Option<&Map<String, Value>> {
    correlation.get("config")?.as_object()
}

fn is_external(correlation: &Value) -> bool {
    correlation.get("type").and_then(Value::as_str) == Some("external")
}

/// The transformations that are mappings, with their places.
fn transformations(correlation: &Value) -> Vec<(String, &Map<String, Value>)> {
    let listed = config(correlation).and_then(|config| config.get("transformations"));
    let listed = listed.and_then(Value::as_array).into_iter().flatten().enumerate();
    listed
        .filter_map(|(at, one)| Some((format!("/config/transformations/{at}"), one.as_object()?)))
        .collect()
}

fn is_a_mapping(correlation: &Value) -> Vec<Finding> {
    match correlation {
        Value::Object(_) => Vec::new(),
        other => one("", format!("a correlation is {other}, expected a mapping")),
    }
}

/// The provisioner panics where one of these is missing or no text.
fn is_text(correlation: &Value, key: &str) -> Vec<Finding> {
    match correlation.as_object().map(|fields| fields.get(key)) {
        None | Some(Some(Value::String(_))) => Vec::new(),
        Some(None) => one("", format!("{key} is missing, expected a text")),
        Some(Some(other)) => one(format!("/{key}"), format!("{key} is {other}, expected a text")),
    }
}

/// The provisioner takes any other type for `query`.
fn type_is_known(correlation: &Value) -> Vec<Finding> {
    match correlation.get("type") {
        None | Some(Value::Null) => Vec::new(),
        Some(Value::String(name)) if name == "query" || name == "external" => Vec::new(),
        Some(other) => one("/type", format!("type is {other}, expected \"query\" or \"external\"")),
    }
}

fn type_is_beside_config(correlation: &Value) -> Vec<Finding> {
    let Some(value) = config(correlation).and_then(|config| config.get("type")) else {
        return Vec::new();
    };
    one("/config/type", format!("type {value} is under config, expected beside it"))
}

fn query_has_a_target_uid(correlation: &Value) -> Vec<Finding> {
    let Some(fields) = correlation.as_object().filter(|_| !is_external(correlation)) else {
        return Vec::new();
    };
    let expected = "expected the uid of the data source that is asked";
    match fields.get("targetUID") {
        Some(Value::String(uid)) if !uid.is_empty() => Vec::new(),
        None => one("", format!("targetUID is missing, {expected}")),
        Some(other) => one("/targetUID", format!("targetUID is {other}, {expected}")),
    }
}

fn config_is_a_mapping(correlation: &Value) -> Vec<Finding> {
    match correlation.as_object().map(|fields| fields.get("config")) {
        None | Some(Some(Value::Object(_))) => Vec::new(),
        Some(None) => one("", "config is missing, expected a mapping with field and target"),
        Some(Some(other)) => {
            one("/config", format!("config is {other}, expected a mapping with field and target"))
        }
    }
}

fn field_is_named(correlation: &Value) -> Vec<Finding> {
    let expected = "expected the name of the field that the link is on";
    match config(correlation).map(|config| config.get("field")) {
        None => Vec::new(),
        Some(Some(Value::String(name))) if !name.is_empty() => Vec::new(),
        Some(None) => one("/config", format!("config.field is missing, {expected}")),
        Some(Some(other)) => one("/config/field", format!("config.field is {other}, {expected}")),
    }
}

fn target_is_a_query(correlation: &Value) -> Vec<Finding> {
    let expected = "expected the query of the target as a mapping";
    match config(correlation).map(|config| config.get("target")) {
        None => Vec::new(),
        Some(Some(Value::Object(fields))) if !fields.is_empty() => Vec::new(),
        Some(None) => one("/config", format!("config.target is missing, {expected}")),
        Some(Some(other)) => one("/config/target", format!("config.target is {other}, {expected}")),
    }
}

fn external_target_has_a_url(correlation: &Value) -> Vec<Finding> {
    let target = config(correlation).and_then(|config| config.get("target"));
    let Some(target) = target.filter(|target| is_external(correlation) && target.is_object())
    else {
        return Vec::new();
    };
    match target.get("url") {
        Some(Value::String(url)) if !url.is_empty() => Vec::new(),
        _ => one("/config/target", "type is external and config.target has no url, expected one"),
    }
}

fn transformations_are_under_config(correlation: &Value) -> Vec<Finding> {
    match correlation.get("transformations") {
        None => Vec::new(),
        Some(_) => one("/transformations", "transformations are beside config, expected under it"),
    }
}

fn transformation_is_known(correlation: &Value) -> Vec<Finding> {
    let place = "/config/transformations";
    let listed = match config(correlation).and_then(|config| config.get("transformations")) {
        None | Some(Value::Null) => return Vec::new(),
        Some(Value::Array(listed)) => listed,
        Some(other) => return one(place, format!("transformations are {other}, expected a list")),
    };
    let expected = "expected a mapping with type \"regex\" or \"logfmt\"";
    let mut findings = Vec::new();
    for (at, transformation) in listed.iter().enumerate() {
        let known = transformation.get("type").and_then(Value::as_str);
        if !matches!(known, Some("regex" | "logfmt")) {
            let what = format!("a transformation is {transformation}, {expected}");
            findings.push((format!("{place}/{at}"), what));
        }
    }
    findings
}

fn regex_has_an_expression(correlation: &Value) -> Vec<Finding> {
    let regexes = transformations(correlation).into_iter().filter(|(_, transformation)| {
        transformation.get("type").and_then(Value::as_str) == Some("regex")
    });
    let without = regexes.filter(|(_, transformation)| {
        transformation.get("expression").and_then(Value::as_str).is_none_or(str::is_empty)
    });
    without
        .map(|(place, _)| (place, "a regex has no expression, expected one".to_owned()))
        .collect()
}

/// Explore runs it in the browser; the link is missing where it does not compile.
fn expression_is_javascript(correlation: &Value) -> Vec<Finding> {
    let expressions = transformations(correlation)
        .into_iter()
        .filter_map(|(place, one)| Some((place, one.get("expression").and_then(Value::as_str)?)));
    let foreign = expressions
        .filter(|(_, expression)| expression.contains("(?P<") || expression.starts_with("(?i)"));
    foreign
        .map(|(place, expression)| {
            let what = format!(
                "expression {expression:?} is not JavaScript's, expected groups as (?<name>…) and no flags"
            );
            (format!("{place}/expression"), what)
        })
        .collect()
}

/// Grafana ignores what it does not know, so a slip of the pen goes unnoticed.
fn keys_are_known(correlation: &Value) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut look = |place: &str, fields: Option<&Map<String, Value>>, known: &[&str]| {
        for key in fields.into_iter().flat_map(Map::keys) {
            if !known.contains(&key.as_str()) {
                let what = format!("{key:?} is not read, expected one of {}", known.join(", "));
                findings.push((format!("{place}/{key}"), what));
            }
        }
    };
    // What other rules speak of is not said twice.
    let known = ["targetUID", "label", "description", "type", "config", "transformations"];
    look("", correlation.as_object(), &known);
    look("/config", config(correlation), &["field", "target", "transformations", "type"]);
    for (place, transformation) in transformations(correlation) {
        look(&place, Some(transformation), &["type", "field", "expression", "mapValue"]);
    }
    findings
}

fn dollars_are_doubled(correlation: &Value) -> Vec<Finding> {
    let mut texts = Vec::new();
    texts_in(correlation, "", &mut texts);
    let singles = texts.iter().filter_map(|(place, text)| Some((place, single_dollar(text)?)));
    singles
        .map(|(place, single)| {
            let what = format!(
                "{single:?} would be read from the environment, expected \"${single}\" for a variable of the link"
            );
            (place.clone(), what)
        })
        .collect()
}

/// Explore hides a link that uses a variable which neither a transformation nor a field gives.
fn variables_exist(correlation: &Value, source: Option<DataSourceKind>) -> Vec<Finding> {
    let Some(config) = config(correlation) else { return Vec::new() };
    let field = config.get("field").and_then(Value::as_str).unwrap_or_default();
    let fields = source.map(fields_of).unwrap_or_default();
    if !fields.contains(&field) {
        // The fields depend on the query, or it is not known what they are.
        return Vec::new();
    }
    let listed = match config.get("transformations") {
        None | Some(Value::Null) => &[][..],
        Some(Value::Array(listed)) => listed,
        // The rule for transformations speaks of it.
        Some(_) => return Vec::new(),
    };
    let given: Option<Vec<Vec<String>>> = listed.iter().map(|one| given_by(one, field)).collect();
    let Some(given) = given.map(|given| given.concat()) else { return Vec::new() };
    let mut texts = Vec::new();
    texts_in(config.get("target").unwrap_or(&Value::Null), "/config/target", &mut texts);
    let mut findings = Vec::new();
    for (place, text) in texts {
        for name in variables_of(&text) {
            if !is_built_in(&name) && !given.contains(&name) && !fields.contains(&name.as_str()) {
                let what = format!(
                    "no transformation gives the variable {name:?} and no field has the name, expected a named group (?<{name}>…)"
                );
                findings.push((place.clone(), what));
            }
        }
    }
    findings
}
