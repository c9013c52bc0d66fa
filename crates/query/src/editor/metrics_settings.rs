//! The part of the settings form that is about the metrics server and its exemplars.

use serde_json::{Map, Value};

use super::fields::{flag, set_text, text, texts};
use super::form::{Choice, Control, Field, Problem};
use super::settings::SECRET;
use crate::parse_duration_millis;

/// The objects within the settings whose fields are written with a point: `metrics.url`.
const OBJECTS: [&str; 2] = ["metrics", "exemplars"];

/// Writes a field of one of the objects. False: the field is of something else.
pub(crate) fn set(json: &mut Map<String, Value>, field: &str, value: &Value) -> bool {
    let Some((object, key)) = field.split_once('.') else { return false };
    if !OBJECTS.contains(&object) {
        return false;
    }
    let mut fields = match json.remove(object) {
        Some(Value::Object(fields)) => fields,
        _ => Map::new(),
    };
    match value {
        Value::String(written) if key.ends_with("Labels") => {
            let names: Vec<Value> = written
                .split(',')
                .map(str::trim)
                .filter(|name| !name.is_empty())
                .map(Value::from)
                .collect();
            if names.is_empty() {
                fields.remove(key);
            } else {
                fields.insert(key.to_owned(), names.into());
            }
        }
        Value::String(written) => set_text(&mut fields, key, written.trim()),
        other => {
            fields.insert(key.to_owned(), other.clone());
        }
    }
    if !fields.is_empty() {
        json.insert(object.to_owned(), fields.into());
    }
    true
}

/// The rows of the form.
pub(crate) fn rows(json: &Map<String, Value>, secrets: &[String]) -> Vec<Vec<Field>> {
    let empty = Map::new();
    let object = |name: &str| json.get(name).and_then(Value::as_object).unwrap_or(&empty);
    let (metrics, exemplars) = (object("metrics"), object("exemplars"));
    let fields = metrics_fields(metrics, secrets).into_iter().chain(exemplar_fields(exemplars));
    fields.map(|field| vec![field]).collect()
}

/// A user has a password; without one a token is sent.
fn secret_field(metrics: &Map<String, Value>, secrets: &[String]) -> Field {
    let (name, label, tooltip) = if text(metrics, "basicAuthUser").is_empty() {
        ("metricsBearerToken", "Metrics token", "Sent as a bearer token. Empty: no authentication.")
    } else {
        ("metricsBasicAuthPassword", "Metrics password", "Of Grafana Cloud the access token.")
    };
    let is_set = secrets.iter().any(|known| known == name);
    field(&format!("{SECRET}{name}"), label, tooltip, Control::Secret { is_set })
}

fn metrics_fields(metrics: &Map<String, Value>, secrets: &[String]) -> [Field; 9] {
    let written = |key: &str, placeholder: &str| Control::Text {
        value: text(metrics, key).to_owned(),
        placeholder: placeholder.to_owned(),
    };
    [
        Field {
            problem: url_problem(text(metrics, "url")),
            ..field(
                "metrics.url",
                "Metrics server",
                "Prometheus, Mimir, Thanos, VictoriaMetrics or Grafana Cloud Metrics, for queries in PromQL: what stands before /api/v1, path included.",
                written("url", "http://localhost:9090"),
            )
        },
        field(
            "metrics.basicAuthUser",
            "Metrics user",
            "For basic authentication; of Grafana Cloud the instance id. Without a user a token is sent.",
            written("basicAuthUser", "none"),
        ),
        secret_field(metrics, secrets),
        field(
            "metrics.tenant",
            "Metrics tenant",
            "Sent as X-Scope-OrgID.",
            written("tenant", "none"),
        ),
        field(
            "metrics.tlsSkipVerify",
            "Metrics skip TLS verify",
            "Whether any certificate of the metrics server is accepted.",
            Control::Switch { on: flag(metrics, "tlsSkipVerify") },
        ),
        field(
            "metrics.oauthPassThru",
            "Metrics forward OAuth",
            "Whether the user's own token is sent to the metrics server.",
            Control::Switch { on: flag(metrics, "oauthPassThru") },
        ),
        field(
            "metrics.httpMethod",
            "Metrics HTTP method",
            "GET for servers that take nothing else; POST lets expressions be long.",
            Control::Radio {
                value: match text(metrics, "httpMethod") {
                    "" => "POST".to_owned(),
                    method => method.to_owned(),
                },
                choices: vec![Choice::plain("POST"), Choice::plain("GET")],
            },
        ),
        Field {
            problem: duration_problem(text(metrics, "scrapeInterval")),
            ..field(
                "metrics.scrapeInterval",
                "Scrape interval",
                "How often programs are asked for their metrics: the smallest step, and what $__rate_interval is made of.",
                written("scrapeInterval", "15s"),
            )
        },
        Field {
            problem: duration_problem(text(metrics, "timeout")),
            ..field(
                "metrics.timeout",
                "Metrics timeout",
                "How long a question to the metrics server may take.",
                written("timeout", "30s"),
            )
        },
    ]
}

fn exemplar_fields(exemplars: &Map<String, Value>) -> [Field; 5] {
    let names = |key: &str| {
        let list = texts(exemplars, key);
        let value = if list.is_empty() { text(exemplars, key).to_owned() } else { list.join(", ") };
        Control::Text { value, placeholder: "only the usual ones".to_owned() }
    };
    let written = |key: &str, placeholder: &str| Control::Text {
        value: text(exemplars, key).to_owned(),
        placeholder: placeholder.to_owned(),
    };
    [
        field(
            "exemplars.traceLabels",
            "Trace id labels",
            "Further labels of exemplars that hold trace ids, separated by commas; traceID, trace_id and the like are known.",
            names("traceLabels"),
        ),
        field(
            "exemplars.spanLabels",
            "Span id labels",
            "Further labels of exemplars that hold span ids, separated by commas.",
            names("spanLabels"),
        ),
        field(
            "exemplars.keepOriginal",
            "Keep original labels",
            "Whether a label that was renamed stays under its old name too.",
            Control::Switch { on: flag(exemplars, "keepOriginal") },
        ),
        field(
            "exemplars.traceLabel",
            "Trace id in answers",
            "The label that trace ids get.",
            written("traceLabel", "trace_id"),
        ),
        field(
            "exemplars.spanLabel",
            "Span id in answers",
            "The label that span ids get.",
            written("spanLabel", "span_id"),
        ),
    ]
}

fn url_problem(url: &str) -> Option<Problem> {
    let is_http = url.starts_with("http://") || url.starts_with("https://");
    let message = if url.is_empty() {
        return None;
    } else if !is_http {
        format!("{url:?} does not begin with http:// or https://")
    } else if url.contains("/api/v1") {
        "the URL stops before /api/v1".to_owned()
    } else {
        return None;
    };
    Some(Problem { message, excerpt: String::new() })
}

fn duration_problem(written: &str) -> Option<Problem> {
    let is_duration = parse_duration_millis(written).is_some_and(|millis| millis >= 1);
    (!written.is_empty() && !is_duration).then(|| Problem {
        message: format!("{written:?} is no duration, expected for instance 15s, 1m or 1h30m"),
        excerpt: String::new(),
    })
}

fn field(id: &str, label: &str, tooltip: &str, control: Control) -> Field {
    Field {
        id: id.to_owned(),
        label: label.to_owned(),
        tooltip: tooltip.to_owned(),
        control,
        problem: None,
        loading: false,
    }
}
