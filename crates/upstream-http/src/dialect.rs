//! How a protocol uses HTTP.

use crate::fault::Fault;
use crate::refusal::Refusal;

/// How a protocol uses HTTP: what it calls its messages, and how it says what went wrong.
#[derive(Debug, Clone, Copy)]
pub struct Dialect {
    /// The `Accept` of every question.
    pub accept: &'static str,
    /// The `Content-Type` of what is sent.
    pub body_type: &'static str,
    /// The `Content-Type` that an answer must have. None: any.
    pub answer_type: Option<&'static str>,
    /// Headers sent along with a body; lower-case names.
    pub headers: &'static [(&'static str, &'static str)],
    /// The header that tells how long the client waits, in milliseconds; lower case.
    /// None: the server is not told.
    pub timeout_header: Option<&'static str>,
    /// Reads an error as this protocol writes it. None: somebody else answered.
    pub error: fn(&Refusal<'_>) -> Option<Fault>,
}

impl Dialect {
    /// Whether an answer of this type can be what was asked for.
    pub(crate) fn expects(&self, content_type: &str) -> bool {
        let bare = content_type.split(';').next().unwrap_or_default().trim();
        self.answer_type.is_none_or(|expected| bare.eq_ignore_ascii_case(expected))
    }
}
