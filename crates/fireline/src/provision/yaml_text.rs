//! Values as lines of a provisioning file.

use serde_json::Value;

/// A list of correlations, without the key above it. `column`: where its dashes stand.
pub(super) fn correlation_items(correlations: &[Value], column: usize) -> String {
    let indent = " ".repeat(column);
    let mut text = String::new();
    for correlation in correlations {
        let mut line = |depth: usize, key: &str, value: &Value| {
            let dash = if depth == 0 && key == "targetUID" { "- " } else { "  " };
            let inner = "  ".repeat(depth);
            text.push_str(&format!("{indent}{dash}{inner}{key}: {}\n", inline(value)));
        };
        for key in ["targetUID", "label", "description", "type"] {
            line(0, key, &correlation[key]);
        }
        text.push_str(&format!("{indent}  config:\n"));
        let config = &correlation["config"];
        let mut line = |key: &str, value: &Value| {
            text.push_str(&format!("{indent}    {key}: {}\n", inline(value)));
        };
        line("field", &config["field"]);
        line("target", &config["target"]);
        let transformations = config.get("transformations").and_then(Value::as_array);
        if let Some(transformations) = transformations {
            text.push_str(&format!("{indent}    transformations:\n"));
            for transformation in transformations {
                text.push_str(&format!("{indent}      - {}\n", inline(transformation)));
            }
        }
    }
    text
}

/// A value on one line.
pub(super) fn inline(value: &Value) -> String {
    match value {
        Value::String(text) => quoted(text),
        Value::Array(items) if items.is_empty() => "[]".to_owned(),
        Value::Array(items) => {
            let items: Vec<String> = items.iter().map(inline).collect();
            format!("[{}]", items.join(", "))
        }
        Value::Object(fields) if fields.is_empty() => "{}".to_owned(),
        Value::Object(fields) => {
            let fields: Vec<String> =
                fields.iter().map(|(name, value)| format!("{name}: {}", inline(value))).collect();
            format!("{{ {} }}", fields.join(", "))
        }
        other => other.to_string(),
    }
}

/// A text in the quotes that leave it as readable as can be.
fn quoted(text: &str) -> String {
    let is_hard = text.contains(['"', '\\']) && !text.chars().any(char::is_control);
    if is_hard {
        return format!("'{}'", text.replace('\'', "''"));
    }
    Value::from(text).to_string()
}
