//! Every failure with its status, who is to blame, and what the user reads.

use grafana_plugin::{ErrorSource, QueryError};
use query::{QueryError as InvalidQuery, QueryJsonError, SourceError, SourceErrorKind};

use crate::client_config::Refusal;

/// Status, who is to blame, and advice, for each kind of failure of a source.
///
/// The advice follows the message; empty where there is nothing to add.
pub(crate) fn verdict(kind: SourceErrorKind) -> (u16, ErrorSource, &'static str) {
    use ErrorSource::{Downstream, Plugin};
    use SourceErrorKind as Kind;
    match kind {
        Kind::InvalidRequest => (400, Downstream, ""),
        Kind::Unauthenticated => (
            401,
            Downstream,
            "check user and password, token or tenant in the datasource's settings",
        ),
        Kind::PermissionDenied => {
            (403, Downstream, "check that the token may read profiles, and the tenant")
        }
        Kind::NotFound => {
            (404, Downstream, "check the URL in the datasource's settings, path included")
        }
        Kind::Unimplemented => (501, Downstream, ""),
        Kind::ResourceExhausted => (429, Downstream, "ask for less, or try again later"),
        Kind::DeadlineExceeded => {
            (504, Downstream, "choose a shorter time range or fewer nodes, or raise the timeout")
        }
        Kind::Unavailable => (503, Downstream, "check that the server runs and the URL is right"),
        Kind::InvalidResponse => {
            (502, Downstream, "check that the URL is that of a Pyroscope server")
        }
        // Nobody reads it: the caller has gone away.
        Kind::Canceled => (499, Downstream, ""),
        Kind::Internal => (500, Downstream, ""),
        _ => (500, Plugin, ""),
    }
}

/// What the user reads of a source's failure.
pub(crate) fn message(error: &SourceError) -> String {
    match verdict(error.kind).2 {
        "" => error.message.clone(),
        advice => format!("{} ({advice})", error.message),
    }
}

/// A source's failure.
pub(crate) fn source_error(error: &SourceError) -> QueryError {
    let (status, error_source, _) = verdict(error.kind);
    QueryError { status, error_source, message: message(error) }
}

/// Adds a failure to what failed before in the same query: those of one kind have one cause, which the first tells.
pub(crate) fn add_failure(failed: &mut Option<QueryError>, error: QueryError) {
    match failed {
        Some(first) if first.status == error.status => {}
        Some(first) => first.message = format!("{}; {}", first.message, error.message),
        None => *failed = Some(error),
    }
}

/// A failure of the metrics server.
pub(crate) fn metrics_error(error: &SourceError) -> QueryError {
    let (status, error_source, _) = verdict(error.kind);
    QueryError { status, error_source, message: metrics_message(error) }
}

/// What the user reads of the metrics server's failure.
pub(crate) fn metrics_message(error: &SourceError) -> String {
    use SourceErrorKind as Kind;
    let advice = match error.kind {
        Kind::Unauthenticated => {
            "check user and password, token or tenant under \"Metrics server\" in the datasource's settings"
        }
        Kind::PermissionDenied => "check that the token may read metrics, and the tenant",
        Kind::NotFound => {
            "check the metrics server's URL in the datasource's settings: what stands before /api/v1, path included"
        }
        Kind::DeadlineExceeded => {
            "choose a shorter time range or a larger minimal step, or raise the timeout"
        }
        Kind::InvalidResponse => "check that the metrics server's URL is that of a Prometheus API",
        kind => verdict(kind).2,
    };
    if advice.is_empty() { error.message.clone() } else { format!("{} ({advice})", error.message) }
}

/// A query that makes no sense.
pub(crate) fn invalid_query(error: &InvalidQuery) -> QueryError {
    QueryError { status: 400, error_source: ErrorSource::Downstream, message: error.to_string() }
}

/// A query whose JSON cannot be read.
pub(crate) fn unreadable_query(error: &QueryJsonError) -> QueryError {
    QueryError { status: 400, error_source: ErrorSource::Plugin, message: error.to_string() }
}

/// Settings that no profile can be asked for with. With a metrics server, PromQL is what can be asked.
pub(crate) fn no_profiles(refusal: &Refusal) -> QueryError {
    let mut error = refused_settings(refusal);
    if matches!(refusal, Refusal::NoUrl) {
        error.message.push_str("; without one, choose PromQL as what to query");
    }
    error
}

/// Settings that no request can be made with.
pub(crate) fn refused_settings(refusal: &Refusal) -> QueryError {
    QueryError { status: 400, error_source: ErrorSource::Downstream, message: refusal.to_string() }
}
