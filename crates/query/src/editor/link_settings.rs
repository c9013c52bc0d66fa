//! The part of the settings form that is about where links lead, and how those that lead here are followed.

use serde_json::{Map, Value};

use super::fields::{number_text, text, texts};
use super::form::{Choice, Control, Field, FormSection, Problem};
use super::settings::duration_problem;

/// The section of the form; `sources` are the data sources that there are.
pub(crate) fn section(links: &Map<String, Value>, sources: &[Choice]) -> FormSection {
    let fields = targets(links, sources).into_iter().chain(templates(links)).chain(limits(links));
    FormSection {
        title: "Links".to_owned(),
        description: "Where links lead, and how those that lead here are followed.".to_owned(),
        rows: fields.map(|field| vec![field]).collect(),
    }
}

/// The data sources that links lead to.
fn targets(links: &Map<String, Value>, sources: &[Choice]) -> [Field; 3] {
    // A single one may be written without a list.
    let chosen = |key: &str| match text(links, key) {
        "" => texts(links, key),
        uid => vec![uid.to_owned()],
    };
    let target = |key: &str, label: &str, tooltip: &str, placeholder: &str| {
        let values = chosen(key);
        let mut choices = sources.to_vec();
        let is_known = |uid: &&String| sources.iter().any(|source| source.value == **uid);
        choices.extend(values.iter().filter(|uid| !is_known(uid)).map(Choice::plain));
        let control = Control::MultiSelect { values, choices, placeholder: placeholder.to_owned() };
        Field::new(&format!("links.{key}"), label, tooltip, control)
    };
    [
        target(
            "traces",
            "Links to traces",
            "The data sources that links to traces lead to. None: the first three of Tempo, Jaeger and Zipkin.",
            "any tracer",
        ),
        target(
            "metrics",
            "Links to metrics",
            "The data sources that links to a service's metrics lead to. None: the first three of Prometheus.",
            "any Prometheus",
        ),
        target(
            "logs",
            "Links to logs",
            "The data sources that links to a service's log lines lead to. None: the first three of Loki.",
            "any Loki",
        ),
    ]
}

/// Pages outside of Grafana.
fn templates(links: &Map<String, Value>) -> [Field; 2] {
    let template = |key: &str, label: &str, tooltip: &str, placeholder: &str, variable: &str| {
        let written = text(links, key);
        let lacks = !written.is_empty() && !written.contains(variable);
        let problem = lacks.then(|| Problem {
            message: format!(
                "{written:?} leads to the same page always, expected {variable} in it"
            ),
            excerpt: String::new(),
        });
        let control = Control::text(written, placeholder);
        Field::new(&format!("links.{key}"), label, tooltip, control).with_problem(problem)
    };
    [
        template(
            "source",
            "Source code",
            "The address that shows the source of a function, with ${function} in it.",
            "https://…?q=${function}",
            "${function}",
        ),
        template(
            "traceUrl",
            "Traces elsewhere",
            "The address of a trace outside of Grafana, with ${trace_id} in it.",
            "https://…/trace/${trace_id}",
            "${trace_id}",
        ),
    ]
}

/// How links that lead here are followed.
fn limits(links: &Map<String, Value>) -> [Field; 2] {
    let (padding, max_spans) = (text(links, "padding"), number_text(links, "maxSpans"));
    let is_count = max_spans.is_empty() || max_spans.parse::<u64>().is_ok_and(|spans| spans > 0);
    [
        Field::new(
                "links.padding",
                "Time around spans",
                "How much more time a link looks at, before and after: the time between two uploads of a profiler.",
                Control::text(padding, "60s"),
            ).with_problem(duration_problem(padding)),
        Field::new(
                "links.maxSpans",
                "Spans of a class",
                "At most so many matching spans are merged, the slowest first.",
                Control::text(&max_spans, "500"),
            ).with_problem((!is_count).then(|| Problem {
                message: format!("{max_spans:?} is no whole number of 1 or more"),
                excerpt: String::new(),
            })),
    ]
}
