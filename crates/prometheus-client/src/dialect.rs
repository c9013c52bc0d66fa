//! How Prometheus's API uses HTTP, and how it says what went wrong.

use query::SourceErrorKind;
use serde::Deserialize;
use upstream_http::{Dialect, Fault, Refusal, Repeat};

/// The longest reason that is shown. Unit: characters.
const SHOWN_CHARS: usize = 1024;

/// Forms are sent, JSON comes back.
pub(crate) static API: Dialect = Dialect {
    accept: "application/json",
    body_type: "application/x-www-form-urlencoded",
    answer_type: Some("application/json"),
    headers: &[],
    timeout_header: None,
    error,
};

#[derive(Deserialize)]
struct ApiError {
    #[serde(rename = "errorType")]
    error_type: String,
    #[serde(default)]
    error: String,
}

fn error(refusal: &Refusal<'_>) -> Option<Fault> {
    let ApiError { error_type, error } = serde_json::from_slice(refusal.body).ok()?;
    let is_limit = ["too many", "limit", "exceed"].iter().any(|word| error.contains(word));
    let (kind, repeat) = match (error_type.as_str(), refusal.status.as_u16()) {
        (_, 401) => (SourceErrorKind::Unauthenticated, Repeat::Never),
        (_, 403) => (SourceErrorKind::PermissionDenied, Repeat::Never),
        (_, 429) => (SourceErrorKind::ResourceExhausted, Repeat::Allowed),
        ("execution", _) if is_limit => (SourceErrorKind::ResourceExhausted, Repeat::Never),
        ("bad_data" | "execution" | "not_acceptable", _) => {
            (SourceErrorKind::InvalidRequest, Repeat::Never)
        }
        ("timeout", _) => (SourceErrorKind::DeadlineExceeded, Repeat::Never),
        ("canceled", _) => (SourceErrorKind::Unavailable, Repeat::Once),
        ("unavailable", _) => (SourceErrorKind::Unavailable, Repeat::Allowed),
        ("not_found", _) => (SourceErrorKind::NotFound, Repeat::Never),
        (_, 400..=499) => (SourceErrorKind::InvalidRequest, Repeat::Never),
        _ => (SourceErrorKind::Internal, Repeat::Once),
    };
    let shown: String = error.chars().take(SHOWN_CHARS).collect();
    let mut fault = Fault::new(kind, repeat, format!("{error_type}: {shown}"));
    fault.server_text = error;
    Some(fault)
}
