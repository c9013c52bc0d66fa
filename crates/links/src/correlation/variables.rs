//! Which variables a correlation's target uses, and where they come from.

use serde_json::Value;

/// The variables of the link that a text of a provisioning file uses: `$${name}`, `$${name.path}`, `$${name:format}`,
/// `$$name`. Shape: in their order, without path and format.
pub(super) fn variables_of(text: &str) -> Vec<String> {
    let mut names = Vec::new();
    for rest in text.split("$$").skip(1) {
        let rest = rest.strip_prefix('{').unwrap_or(rest);
        let end = rest.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_');
        let name = &rest[..end.unwrap_or(rest.len())];
        if !name.is_empty() {
            names.push(name.to_owned());
        }
    }
    names
}

/// Whether Grafana knows a variable wherever it stands.
pub(super) fn is_built_in(name: &str) -> bool {
    name.starts_with("__") || name == "timeFilter"
}

/// The variables that a transformation gives. None: any, as it reads whatever keys a line has.
pub(super) fn given_by(transformation: &Value, field: &str) -> Option<Vec<String>> {
    let text = |key: &str| transformation.get(key).and_then(Value::as_str);
    if text("type") != Some("regex") {
        return None;
    }
    let expression = text("expression").unwrap_or_default();
    let groups = named_groups(expression);
    if !groups.is_empty() {
        return Some(groups);
    }
    // Without a named group the value goes by this name, or by that of the correlation's field.
    Some(vec![text("mapValue").unwrap_or(field).to_owned()])
}

/// The named groups of a regular expression of JavaScript.
fn named_groups(expression: &str) -> Vec<String> {
    let begins = expression.match_indices("(?<").map(|(at, begin)| &expression[at + begin.len()..]);
    // `(?<=` and `(?<!` look behind and have no name.
    let names = begins.filter(|rest| !rest.starts_with(['=', '!']));
    names.filter_map(|rest| Some(rest[..rest.find('>')?].to_owned())).collect()
}

/// Every text in a value, with its place as a JSON pointer below `pointer`.
pub(super) fn texts_in(value: &Value, pointer: &str, texts: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => texts.push((pointer.to_owned(), text.clone())),
        Value::Array(items) => {
            for (at, item) in items.iter().enumerate() {
                texts_in(item, &format!("{pointer}/{at}"), texts);
            }
        }
        Value::Object(fields) => {
            for (name, value) in fields {
                texts_in(value, &format!("{pointer}/{}", escaped(name)), texts);
            }
        }
        _ => {}
    }
}

/// A name as one step of a JSON pointer.
fn escaped(name: &str) -> String {
    name.replace('~', "~0").replace('/', "~1")
}
