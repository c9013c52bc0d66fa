//! A request that failed: what to say of it, and whether to repeat it.

use std::error::Error;
use std::time::Duration;

use http::StatusCode;
use query::{SourceError, SourceErrorKind};

use crate::connector::{DialError, io_problem};
use crate::tls::handshake_problem;

/// A request that failed.
#[derive(Debug, Clone)]
pub struct Fault {
    /// What kind of failure it is.
    pub kind: SourceErrorKind,
    /// What happened, without secrets.
    pub message: String,
    /// Whether to repeat the request.
    pub repeat: Repeat,
    /// The status of the answer, if there was one.
    pub status: Option<StatusCode>,
    /// What the server says, if it says something.
    pub server_text: String,
    /// How long the server wants to be left alone.
    pub retry_after: Option<Duration>,
}

/// Whether to repeat a request that failed.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repeat {
    /// It would fail again.
    Never,
    /// It is worth one more attempt.
    Once,
    /// It is worth as many attempts as are allowed.
    Allowed,
}

impl Fault {
    /// A failure without an answer.
    pub fn new(kind: SourceErrorKind, repeat: Repeat, message: impl Into<String>) -> Self {
        Self {
            kind,
            message: message.into(),
            repeat,
            status: None,
            server_text: String::new(),
            retry_after: None,
        }
    }

    /// A request that the client itself refuses to send.
    pub fn refused(message: impl Into<String>) -> Self {
        Self::new(SourceErrorKind::InvalidRequest, Repeat::Never, message)
    }

    /// Something that the server does not offer.
    pub fn unimplemented(message: impl Into<String>) -> Self {
        Self::new(SourceErrorKind::Unimplemented, Repeat::Never, message)
    }

    /// An answer that makes no sense.
    pub fn nonsense(message: impl Into<String>) -> Self {
        Self::new(SourceErrorKind::InvalidResponse, Repeat::Never, message)
    }

    /// The time for `what` is over.
    pub fn timeout(what: &str, limit: Duration) -> Self {
        let message = format!("{what}: no whole answer within {} s", limit.as_secs_f64());
        Self::new(SourceErrorKind::DeadlineExceeded, Repeat::Never, message)
    }

    /// A request for `what` that got no answer.
    pub(crate) fn no_answer(what: &str, error: &hyper_util::client::legacy::Error) -> Self {
        if let Some(dial) = cause_of::<DialError>(error) {
            let repeat = if dial.may_pass() { Repeat::Allowed } else { Repeat::Never };
            return Self::new(SourceErrorKind::Unavailable, repeat, dial.to_string());
        }
        // With TLS 1.3 a server refuses a client's certificate only after the handshake.
        if let Some(problem) = tls_problem(error) {
            let message = format!("{what}: TLS failed: {problem}");
            return Self::new(SourceErrorKind::Unavailable, Repeat::Never, message);
        }
        let (kind, repeat, problem) = match cause_of::<hyper::Error>(error) {
            Some(error) if error.is_parse() => (
                SourceErrorKind::InvalidResponse,
                Repeat::Never,
                "what answers does not speak HTTP".to_owned(),
            ),
            Some(error) if error.is_incomplete_message() => (
                SourceErrorKind::Unavailable,
                Repeat::Allowed,
                "the connection was closed before an answer came".to_owned(),
            ),
            _ => (SourceErrorKind::Unavailable, Repeat::Allowed, last_words(error)),
        };
        Self::new(kind, repeat, format!("{what}: {problem}"))
    }

    /// An answer to `what` that ended before it was whole.
    pub(crate) fn cut_off(what: &str, after_bytes: u64, error: &hyper::Error) -> Self {
        let problem = if error.is_incomplete_message() || error.is_body_write_aborted() {
            "the connection was closed".to_owned()
        } else {
            last_words(error)
        };
        let message =
            format!("{what}: the answer was cut off after {after_bytes} bytes: {problem}");
        Self::new(SourceErrorKind::InvalidResponse, Repeat::Once, message)
    }
}

impl From<Fault> for SourceError {
    fn from(fault: Fault) -> Self {
        Self { kind: fault.kind, message: fault.message }
    }
}

fn cause_of<'a, E: Error + 'static>(error: &'a (dyn Error + 'static)) -> Option<&'a E> {
    let mut cause = Some(error);
    while let Some(error) = cause {
        if let Some(found) = error.downcast_ref::<E>() {
            return Some(found);
        }
        cause = error.source();
    }
    None
}

fn tls_problem(error: &(dyn Error + 'static)) -> Option<String> {
    let inner = cause_of::<std::io::Error>(error)?.get_ref()?;
    inner.downcast_ref::<rustls::Error>().map(handshake_problem)
}

/// The innermost cause, which is where the reason is.
fn last_words(error: &(dyn Error + 'static)) -> String {
    if let Some(io) = cause_of::<std::io::Error>(error) {
        return io_problem(io);
    }
    let mut error = error;
    while let Some(source) = error.source() {
        error = source;
    }
    error.to_string()
}
