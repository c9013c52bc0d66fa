//! Template variables in a query, filled in where their place decides how.

use selector::{MatchOp, Matcher, Selector};
use serde_json::{Map, Value};

use crate::promql::interpolate_expr;

/// How Grafana is to write the value of a variable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum VariableFormat {
    /// As it is; several values joined by commas.
    Csv,
    /// Escaped for a regular expression; several values as alternatives.
    Regex,
    /// As JSON: a text, or a list of texts.
    Json,
}

impl VariableFormat {
    /// As Grafana names it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::Regex => "regex",
            Self::Json => "json",
        }
    }
}

/// Whether a text may hold a template variable.
#[must_use]
pub fn has_variable(text: &str) -> bool {
    text.contains('$') || text.contains("[[")
}

/// Fills in the variables of every text in a query: in lists, a variable with several values becomes several entries.
///
/// `replace` is Grafana's own replacement.
pub fn interpolate(
    query: &Map<String, Value>,
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> Map<String, Value> {
    let mut filled = Map::new();
    for (key, value) in query {
        let value = match value {
            Value::String(text) if key == "labelSelector" => {
                Value::String(interpolate_selector(text, replace))
            }
            Value::String(text) if key == "expr" => Value::String(interpolate_expr(text, replace)),
            // A query of its own, as far as it goes.
            Value::Object(baseline) if key == "baseline" => {
                Value::Object(interpolate(baseline, replace))
            }
            // Of another datasource, which fills in its variables itself: it knows which are regular expressions.
            _ if matches!(key.as_str(), "refId" | "datasource" | "queryType" | "inner") => {
                value.clone()
            }
            _ => interpolate_value(value, replace),
        };
        filled.insert(key.clone(), value);
    }
    for key in ["maxNodes", "limit", "maxExemplars"] {
        let number = filled
            .get(key)
            .and_then(Value::as_str)
            .and_then(|text| text.trim().parse::<u64>().ok());
        if let Some(number) = number {
            filled.insert(key.to_owned(), Value::from(number));
        }
    }
    filled
}

fn interpolate_value(
    value: &Value,
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> Value {
    match value {
        Value::String(text) if has_variable(text) => {
            Value::String(replace(text, VariableFormat::Csv))
        }
        Value::Array(entries) => {
            let mut filled = Vec::new();
            for entry in entries {
                match entry {
                    Value::String(text) if has_variable(text) => filled.extend(
                        values_of(text, replace)
                            .into_iter()
                            .filter(|one| !one.is_empty())
                            .map(Value::String),
                    ),
                    other => filled.push(interpolate_value(other, replace)),
                }
            }
            Value::Array(filled)
        }
        Value::Object(fields) => {
            let filled =
                fields.iter().map(|(key, value)| (key.clone(), interpolate_value(value, replace)));
            Value::Object(filled.collect())
        }
        other => other.clone(),
    }
}

/// Fills in the variables of a selector.
///
/// Within a regular expression values are escaped and alternatives are joined; a variable with several
/// values after `=` or `!=` makes the matcher a regular expression. A selector whose variables stand for
/// whole matchers is filled in as text.
pub fn interpolate_selector(
    text: &str,
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> String {
    if !has_variable(text) {
        return text.to_owned();
    }
    let Ok(selector) = Selector::parse(text) else {
        return replace(text, VariableFormat::Csv);
    };
    let matchers =
        selector.matchers.into_iter().map(|matcher| interpolate_matcher(matcher, replace));
    Selector { matchers: matchers.collect() }.to_string()
}

fn interpolate_matcher(
    matcher: Matcher,
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> Matcher {
    let name = if has_variable(&matcher.name) {
        replace(&matcher.name, VariableFormat::Csv)
    } else {
        matcher.name
    };
    if !has_variable(&matcher.value) {
        return Matcher { name, ..matcher };
    }
    let regex = match matcher.op {
        MatchOp::Equal => MatchOp::Regex,
        MatchOp::NotEqual => MatchOp::NotRegex,
        op => return Matcher { name, op, value: replace(&matcher.value, VariableFormat::Regex) },
    };
    let values = values_of(&matcher.value, replace);
    match values.as_slice() {
        [all] if all == ".*" || all == ".+" => Matcher { name, op: regex, value: all.clone() },
        [one] => Matcher { name, op: matcher.op, value: one.clone() },
        several => {
            let escaped: Vec<String> = several.iter().map(|value| escape_regex(value)).collect();
            Matcher { name, op: regex, value: escaped.join("|") }
        }
    }
}

/// All values that a text with a variable stands for, at least one.
fn values_of(text: &str, replace: &mut dyn FnMut(&str, VariableFormat) -> String) -> Vec<String> {
    let is_alone = text.starts_with('$') && !text[1..].contains('$') && {
        let name = text[1..].trim_start_matches('{').trim_end_matches('}');
        name.chars().all(|c| c.is_alphanumeric() || c == '_')
    };
    if is_alone {
        let json = replace(text, VariableFormat::Json);
        if let Ok(Value::Array(values)) = serde_json::from_str(&json) {
            let texts = values.iter().filter_map(Value::as_str).map(str::to_owned);
            let texts: Vec<String> = texts.collect();
            return if texts.is_empty() { vec![String::new()] } else { texts };
        }
        if let Ok(Value::String(one)) = serde_json::from_str(&json) {
            return vec![one];
        }
        return vec![json];
    }
    vec![replace(text, VariableFormat::Csv)]
}

/// A text that a regular expression matches as it is.
#[must_use]
pub fn escape_regex(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        if r"\.+*?()|[]{}^$/-".contains(c) && c != '/' && c != '-' {
            escaped.push('\\');
        }
        escaped.push(c);
    }
    escaped
}
