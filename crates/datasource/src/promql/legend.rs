//! How a series is called.

use query::Labels;

/// The legend format under which a series is called by what tells it apart.
const AUTO: &str = "__auto";

/// The name of a series, as Prometheus's own datasource makes it.
///
/// Empty: Grafana finds a name that tells the series apart.
pub(crate) fn series_name(labels: &Labels, legend_format: &str, expr: &str) -> String {
    let name = match legend_format {
        AUTO if !labels.is_empty() => String::new(),
        "" | AUTO => name_and_labels(labels),
        format => filled_in(format, labels),
    };
    if name == "{}" { expr.to_owned() } else { name }
}

fn name_and_labels(labels: &Labels) -> String {
    let name = label(labels, "__name__");
    let others: Vec<String> = labels
        .iter()
        .filter(|(name, _)| name != "__name__")
        .map(|(name, value)| format!("{name}={value:?}"))
        .collect();
    match (name, others.is_empty()) {
        (Some(name), true) => name.to_owned(),
        (name, _) => format!("{}{{{}}}", name.unwrap_or_default(), others.join(", ")),
    }
}

/// `{{label}}` is the label's value; of a label that is not there, nothing.
fn filled_in(format: &str, labels: &Labels) -> String {
    let mut filled = String::new();
    let mut rest = format;
    while let Some(start) = rest.find("{{") {
        let Some(length) = rest[start..].find("}}") else { break };
        filled.push_str(&rest[..start]);
        let wanted = rest[start + 2..start + length].trim();
        filled.push_str(label(labels, wanted).unwrap_or_default());
        rest = &rest[start + length + 2..];
    }
    filled.push_str(rest);
    filled
}

/// The value of a label.
pub(crate) fn label<'a>(labels: &'a Labels, name: &str) -> Option<&'a str> {
    labels.iter().find(|(found, _)| found == name).map(|(_, value)| value.as_str())
}
