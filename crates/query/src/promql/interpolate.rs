//! Template variables in an expression.

use serde_json::Value;

use super::builtin::builtin_at;
use crate::interpolate::{VariableFormat, escape_regex};

/// Fills in the template variables of an expression, as Prometheus's own datasource does: one value
/// is escaped for a quoted text; several become alternatives of a regular expression. Intervals and
/// ranges stay: the backend knows them. What Grafana does not know stays as it is.
///
/// `replace` is Grafana's own replacement; a variable with a format of its own (`${name:regex}`)
/// is left to it.
pub fn interpolate_expr(
    expr: &str,
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> String {
    let mut filled = String::with_capacity(expr.len());
    let mut rest = expr;
    while let Some(at) = rest.find(['$', '[']) {
        filled.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match builtin_at(rest) {
            Some(builtin) => {
                filled.push_str(&rest[..builtin.length]);
                builtin.length
            }
            None => match variable_length(rest) {
                Some(length) => {
                    let before = &expr[..expr.len() - rest.len()];
                    filled.push_str(&value_of(&rest[..length], open_quote(before), replace));
                    length
                }
                None => {
                    filled.push_str(&rest[..1]);
                    1
                }
            },
        };
        rest = &rest[length..];
    }
    filled.push_str(rest);
    filled
}

/// How long the variable is that a text begins with: `$name`, `${name}`, `[[name]]`.
fn variable_length(text: &str) -> Option<usize> {
    let is_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    if text.starts_with("${") {
        return text.find('}').map(|end| end + 1);
    }
    if text.starts_with("[[") {
        return text.find("]]").map(|end| end + 2);
    }
    let name = text.strip_prefix('$')?;
    let length = name.find(|c| !is_word(c)).unwrap_or(name.len());
    (length > 0).then_some(1 + length)
}

fn value_of(
    variable: &str,
    quote: Option<char>,
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> String {
    if variable.contains(':') {
        return replace(variable, VariableFormat::Csv);
    }
    let json = replace(variable, VariableFormat::Json);
    match serde_json::from_str(&json) {
        Ok(Value::String(one)) => quoted(&one, quote),
        Ok(Value::Array(values)) => {
            let values: Vec<String> = values
                .iter()
                .filter_map(Value::as_str)
                .map(|value| quoted(&escape_regex(value), quote))
                .collect();
            match values.as_slice() {
                [one] => one.clone(),
                several => format!("({})", several.join("|")),
            }
        }
        // A number, or something that Grafana does not know.
        _ => json,
    }
}

/// The quote that is open at the end of a piece of an expression. None: no text is open there.
fn open_quote(before: &str) -> Option<char> {
    let mut open = None;
    let mut chars = before.chars();
    while let Some(character) = chars.next() {
        match (open, character) {
            (Some('"' | '\''), '\\') => {
                chars.next();
            }
            (Some(quote), character) if character == quote => open = None,
            (None, '"' | '\'' | '`') => open = Some(character),
            _ => {}
        }
    }
    open
}

/// A text as it stands between such quotes in PromQL.
fn quoted(text: &str, quote: Option<char>) -> String {
    match quote {
        None | Some('`') => text.to_owned(),
        Some(quote) => {
            text.replace('\\', "\\\\").replace(quote, &format!("\\{quote}")).replace('\n', "\\n")
        }
    }
}
