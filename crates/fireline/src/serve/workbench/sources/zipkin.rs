//! Zipkin, asked as Grafana's Zipkin datasource asks it.

use serde_json::Value;
use upstream_http::{ConfigError, Dialect, Fault, Refusal, Repeat};

use super::super::query_request::PluginQuery;
use super::SourceFailure;
use super::json_server::JsonServer;
use super::zipkin_frame::trace_frame;

/// Its uid, and its type.
pub(super) const UID: &str = "zipkin";

static API: Dialect = Dialect {
    accept: "application/json",
    body_type: "application/json",
    answer_type: Some("application/json"),
    headers: &[],
    timeout_header: None,
    error,
};

/// Zipkin says what is wrong in plain text.
fn error(refusal: &Refusal<'_>) -> Option<Fault> {
    let text = String::from_utf8_lossy(refusal.body);
    let text: String = text.trim().chars().take(300).collect();
    let kind = match refusal.status.as_u16() {
        404 => query::SourceErrorKind::NotFound,
        400 => query::SourceErrorKind::InvalidRequest,
        _ => return None,
    };
    Some(Fault::new(kind, Repeat::Never, refusal.message("Zipkin", &text)))
}

/// A Zipkin server.
#[derive(Debug)]
pub(super) struct Zipkin(JsonServer);

impl Zipkin {
    /// Opens no connection. Errors: no request could be made with this address.
    pub(super) fn new(url: String) -> Result<Self, ConfigError> {
        JsonServer::new("Zipkin", url, &API).map(Self)
    }

    pub(super) fn url(&self) -> &str {
        self.0.url()
    }

    /// The frames of a trace by its id; Grafana's datasource has no other query that is run on the server.
    pub(super) async fn answer(&self, query: &PluginQuery) -> Result<Vec<Value>, SourceFailure> {
        let id = query.model["query"].as_str().unwrap_or_default().trim();
        if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let message = format!("{id:?} is no trace id, expected hexadecimal digits");
            return Err(SourceFailure { status: 400, message });
        }
        let path = format!("/api/v2/trace/{id}");
        let spans: Vec<Value> = self.0.get("trace", &path).await?;
        Ok(vec![trace_frame(&query.ref_id, &spans)])
    }
}
