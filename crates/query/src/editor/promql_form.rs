//! How the editor of a query in PromQL is drawn.

use serde_json::{Map, Value};

use super::fields::{flag, number_text, text};
use super::form::{Choice, Control, Field, Form, Problem};
use crate::promql::{DEFAULT_MAX_EXEMPLARS, PROMQL, PromqlError, PromqlQuery, ValidPromql};

/// Whether a query is one in PromQL.
pub(crate) fn is_promql(query: &Map<String, Value>) -> bool {
    text(query, "queryType") == PROMQL
}

/// Draws the editor; `show` is the choice between this kind of query and the others.
pub(crate) fn form(query: &Map<String, Value>, show: Field) -> Form {
    let expr = Field::new(
        "expr",
        "PromQL",
        "An expression for the metrics server of the datasource's settings.",
        Control::Expression {
            value: text(query, "expr").to_owned(),
            placeholder: "histogram_quantile(0.95, sum by (le) (rate(…_bucket[$__rate_interval])))"
                .to_owned(),
        },
    );
    let exemplars = Field::new(
        "exemplar",
        "Exemplars",
        "Marks single observations, with their trace and span under one name.",
        Control::Switch { on: flag(query, "exemplar") },
    );
    Form {
        sections: Vec::new(),
        rows: vec![vec![show, exemplars], vec![expr]],
        options_summary: summary(query),
        options: options(query),
        notices: Vec::new(),
    }
}

fn options(query: &Map<String, Value>) -> Vec<Field> {
    let written = |key: &str, placeholder: &str| Control::text(text(query, key), placeholder);
    let choice = |value: &str, label: &str| Choice::new(value, label, "");
    vec![
        Field::new(
            "legendFormat",
            "Legend",
            "How series are called; {{label}} stands for its value.",
            written("legendFormat", "name and labels"),
        ),
        Field::new(
            "interval",
            "Min step",
            "The smallest distance between two points, as a duration.",
            written("interval", "scrape interval"),
        )
        .with_problem(interval_problem(text(query, "interval"))),
        Field::new(
            "evaluated",
            "Evaluated",
            "Over the time range, or once at its end.",
            Control::Radio {
                value: evaluated(query).to_owned(),
                choices: vec![
                    choice("range", "Range"),
                    choice("instant", "Instant"),
                    choice("both", "Both"),
                ],
            },
        ),
        Field::new(
            "format",
            "Format",
            "Heatmap: the buckets by le, side by side.",
            Control::Radio {
                value: match text(query, "format") {
                    "" => "time_series".to_owned(),
                    other => other.to_owned(),
                },
                choices: vec![
                    choice("time_series", "Time series"),
                    choice("table", "Table"),
                    choice("heatmap", "Heatmap"),
                ],
            },
        ),
        Field::new(
            "maxExemplars",
            "Max exemplars",
            "At most so many of each series: spread over the time range, the largest first.",
            Control::Text {
                value: number_text(query, "maxExemplars"),
                placeholder: DEFAULT_MAX_EXEMPLARS.to_string(),
            },
        )
        .with_problem(number_problem(&number_text(query, "maxExemplars"))),
    ]
}

/// `range`, `instant` or `both`.
fn evaluated(query: &Map<String, Value>) -> &'static str {
    match (flag(query, "range"), flag(query, "instant")) {
        (true, true) => "both",
        (false, true) => "instant",
        _ => "range",
    }
}

/// Writes what is chosen for "Evaluated" as Prometheus's own datasource does.
pub(crate) fn set_evaluated(query: &mut Map<String, Value>, chosen: &str) {
    query.insert("range".to_owned(), Value::Bool(chosen != "instant"));
    query.insert("instant".to_owned(), Value::Bool(chosen != "range"));
}

fn interval_problem(written: &str) -> Option<Problem> {
    if written.contains('$') {
        return None;
    }
    let query = PromqlQuery {
        expr: "0".to_owned(),
        interval: written.to_owned(),
        ..PromqlQuery::default()
    };
    match ValidPromql::new(&query) {
        Err(error @ PromqlError::Interval { .. }) => {
            Some(Problem { message: error.to_string(), excerpt: String::new() })
        }
        _ => None,
    }
}

fn number_problem(written: &str) -> Option<Problem> {
    if written.is_empty() || written.contains('$') || written.parse::<u64>().is_ok() {
        return None;
    }
    let message = format!("{written:?} is no whole number of 0 or more");
    Some(Problem { message, excerpt: String::new() })
}

fn summary(query: &Map<String, Value>) -> String {
    let mut parts = vec![evaluated(query).to_owned()];
    for (key, label) in [("legendFormat", "legend"), ("interval", "min step"), ("format", "format")]
    {
        let written = text(query, key);
        if !written.is_empty() {
            parts.push(format!("{label} {written}"));
        }
    }
    let max_exemplars = number_text(query, "maxExemplars");
    if !max_exemplars.is_empty() {
        parts.push(format!("max exemplars {max_exemplars}"));
    }
    parts.join(" · ")
}
