//! The Connect protocol, unary calls of it: its headers and its errors.

use query::SourceErrorKind;
use serde::Deserialize;
use upstream_http::{Dialect, Fault, Refusal, Repeat};

/// Lets label names with dots and other characters through, which are left out otherwise.
const ACCEPT: &str = "*/*; allow-utf8-labelnames=true";

/// Calls with protobuf messages.
pub(crate) static CALL: Dialect = Dialect {
    accept: ACCEPT,
    body_type: "application/proto",
    answer_type: Some("application/proto"),
    headers: &[("connect-protocol-version", "1")],
    timeout_header: Some("connect-timeout-ms"),
    error,
};

/// Plain pages of the same server.
pub(crate) static PAGE: Dialect = Dialect { answer_type: None, ..CALL };

/// The body of an error in the Connect protocol.
#[derive(Deserialize)]
struct ConnectError {
    code: String,
    #[serde(default)]
    message: String,
}

fn error(refusal: &Refusal<'_>) -> Option<Fault> {
    let ConnectError { code, message: text } = serde_json::from_slice(refusal.body).ok()?;
    // The fault of a component behind the one that answers, with a code of its own.
    let inner = text.strip_prefix("rpc error: code = ").and_then(|t| t.split_once(" desc = "));
    let (cause, text) = match inner {
        Some((inner_code, text)) => (snake_case(inner_code), text),
        None => (code.clone(), text.as_str()),
    };
    let (kind, repeat) = match cause.as_str() {
        "canceled" => (SourceErrorKind::Canceled, Repeat::Never),
        "invalid_argument" | "out_of_range" | "failed_precondition" => {
            (SourceErrorKind::InvalidRequest, Repeat::Never)
        }
        "deadline_exceeded" => (SourceErrorKind::DeadlineExceeded, Repeat::Once),
        "not_found" => (SourceErrorKind::NotFound, Repeat::Never),
        "permission_denied" => (SourceErrorKind::PermissionDenied, Repeat::Never),
        "resource_exhausted" if text.contains("message size") || text.contains("larger than") => {
            (SourceErrorKind::ResourceExhausted, Repeat::Never)
        }
        "resource_exhausted" => (SourceErrorKind::ResourceExhausted, Repeat::Allowed),
        "unimplemented" => (SourceErrorKind::Unimplemented, Repeat::Never),
        "unavailable" => (SourceErrorKind::Unavailable, Repeat::Allowed),
        "unauthenticated" => (SourceErrorKind::Unauthenticated, Repeat::Never),
        // Pyroscope says so of many a mistake in the request as well.
        _ if blames_the_request(text) => (SourceErrorKind::InvalidRequest, Repeat::Never),
        "unknown" | "internal" => (SourceErrorKind::Internal, Repeat::Once),
        _ => (SourceErrorKind::Internal, Repeat::Never),
    };
    let mut fault = Fault::new(kind, repeat, refusal.message(&code, text));
    fault.server_text = text.to_owned();
    Some(fault)
}

/// Whether the server says of a fault of its own that really the request is wrong.
fn blames_the_request(text: &str) -> bool {
    const WORDS: [&str; 6] = [
        "invalid span id",
        "invalid trace id",
        "invalid UUID",
        "parsing label selector",
        "parse error",
        "query type",
    ];
    WORDS.iter().any(|word| text.contains(word))
}

/// `InvalidArgument`, as gRPC writes codes, to `invalid_argument`, as Connect does.
fn snake_case(code: &str) -> String {
    let mut snake = String::new();
    for character in code.chars() {
        if character.is_ascii_uppercase() && !snake.is_empty() {
            snake.push('_');
        }
        snake.push(character.to_ascii_lowercase());
    }
    snake
}
