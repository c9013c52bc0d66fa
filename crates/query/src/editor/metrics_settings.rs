//! The part of the settings form that is about the metrics server.

use serde_json::{Map, Value};

use super::fields::{flag, text};
use super::form::{Choice, Control, Field, FormSection, Problem};
use super::settings::{SECRET, duration_problem};

/// The section of the form.
pub(crate) fn section(metrics: &Map<String, Value>, secrets: &[String]) -> FormSection {
    FormSection {
        title: "Metrics server".to_owned(),
        description: "For queries in PromQL, with exemplars that lead to traces and profiles. It is enough by itself: then the URL above stays empty."
            .to_owned(),
        rows: metrics_fields(metrics, secrets).into_iter().map(|field| vec![field]).collect(),
    }
}

/// A user has a password; without one a token is sent.
fn secret_field(metrics: &Map<String, Value>, secrets: &[String]) -> Field {
    let (name, label, tooltip) = if text(metrics, "basicAuthUser").is_empty() {
        ("metricsBearerToken", "Metrics token", "Sent as a bearer token. Empty: no authentication.")
    } else {
        ("metricsBasicAuthPassword", "Metrics password", "Of Grafana Cloud the access token.")
    };
    let is_set = secrets.iter().any(|known| known == name);
    Field::new(&format!("{SECRET}{name}"), label, tooltip, Control::Secret { is_set })
}

fn metrics_fields(metrics: &Map<String, Value>, secrets: &[String]) -> [Field; 9] {
    let written = |key: &str, placeholder: &str| Control::text(text(metrics, key), placeholder);
    [
        Field::new(
                "metrics.url",
                "Metrics server",
                "Prometheus, Mimir, Thanos, VictoriaMetrics or Grafana Cloud Metrics, for queries in PromQL: what stands before /api/v1, path included.",
                written("url", "http://localhost:9090"),
            ).with_problem(url_problem(text(metrics, "url"))),
        Field::new(
            "metrics.basicAuthUser",
            "Metrics user",
            "For basic authentication; of Grafana Cloud the instance id. Without a user a token is sent.",
            written("basicAuthUser", "none"),
        ),
        secret_field(metrics, secrets),
        Field::new(
            "metrics.tenant",
            "Metrics tenant",
            "Sent as X-Scope-OrgID.",
            written("tenant", "none"),
        ),
        Field::new(
            "metrics.tlsSkipVerify",
            "Metrics skip TLS verify",
            "Whether any certificate of the metrics server is accepted.",
            Control::Switch { on: flag(metrics, "tlsSkipVerify") },
        ),
        Field::new(
            "metrics.oauthPassThru",
            "Metrics forward OAuth",
            "Whether the user's own token is sent to the metrics server.",
            Control::Switch { on: flag(metrics, "oauthPassThru") },
        ),
        Field::new(
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
        Field::new(
                "metrics.scrapeInterval",
                "Scrape interval",
                "How often programs are asked for their metrics: the smallest step, and what $__rate_interval is made of.",
                written("scrapeInterval", "15s"),
            ).with_problem(duration_problem(text(metrics, "scrapeInterval"))),
        Field::new(
                "metrics.timeout",
                "Metrics timeout",
                "How long a question to the metrics server may take.",
                written("timeout", "30s"),
            ).with_problem(duration_problem(text(metrics, "timeout"))),
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
