//! Answers that are not what was asked for: the server's own errors, and whatever else stands
//! between a client and a server may say.

use http::StatusCode;
use query::SourceErrorKind;
use serde::Deserialize;

use crate::dialect::Dialect;
use crate::fault::{Fault, Repeat};

/// How much of an answer is read to say what it is. Unit: bytes.
pub(crate) const READ_AT_MOST: usize = 64 * 1024;

/// How many characters of a foreign answer are shown.
const SHOWN_CHARS: usize = 160;

/// An answer that is not what was asked for.
#[derive(Debug)]
pub struct Refusal<'a> {
    /// What was asked for.
    pub(crate) what: &'a str,
    /// In which words.
    pub(crate) dialect: &'static Dialect,
    /// Its status.
    pub status: StatusCode,
    /// Its `Content-Type`; may be empty.
    pub(crate) content_type: &'a str,
    /// Its `Location`; may be empty.
    pub(crate) location: &'a str,
    /// The beginning of its body, 64 KiB at most.
    pub body: &'a [u8],
}

/// The body of an error as gateways like to write it.
#[derive(Deserialize)]
struct GatewayError {
    error: Option<String>,
    message: Option<String>,
}

impl Refusal<'_> {
    /// What to say of it, and whether to ask again.
    pub(crate) fn fault(&self) -> Fault {
        let mut fault = if self.status.is_redirection() {
            self.redirect()
        } else if self.status.is_success() {
            self.foreign_success()
        } else {
            (self.dialect.error)(self).unwrap_or_else(|| self.foreign_error())
        };
        fault.status = Some(self.status);
        fault
    }

    /// The message for an error that names its kind and says why; of the reason no more than
    /// 1024 characters.
    pub fn message(&self, code: &str, reason: &str) -> String {
        let reason = if reason.is_empty() { "no reason given" } else { reason };
        format!("{}: {} {code}: {}", self.what, self.status.as_u16(), shorten(reason, 1024))
    }

    fn foreign_error(&self) -> Fault {
        let (kind, repeat) = match self.status.as_u16() {
            400 | 413 | 422 | 431 => (SourceErrorKind::InvalidRequest, Repeat::Never),
            401 | 407 => (SourceErrorKind::Unauthenticated, Repeat::Never),
            403 => (SourceErrorKind::PermissionDenied, Repeat::Never),
            404 | 405 | 410 | 415 => (SourceErrorKind::NotFound, Repeat::Never),
            408 | 504 => (SourceErrorKind::DeadlineExceeded, Repeat::Once),
            429 => (SourceErrorKind::ResourceExhausted, Repeat::Allowed),
            499 => (SourceErrorKind::Canceled, Repeat::Never),
            501 => (SourceErrorKind::Unimplemented, Repeat::Never),
            502 | 503 | 520..=530 => (SourceErrorKind::Unavailable, Repeat::Allowed),
            500..=599 => (SourceErrorKind::Internal, Repeat::Once),
            _ => (SourceErrorKind::InvalidRequest, Repeat::Never),
        };
        let message = format!("{}: {}, {}", self.what, status_words(self.status), self.excerpt());
        let mut fault = Fault::new(kind, repeat, message);
        fault.server_text = String::from_utf8_lossy(self.body).into_owned();
        fault
    }

    fn foreign_success(&self) -> Fault {
        let message = format!(
            "{}: {} instead of {}, {}",
            self.what,
            content_type_words(self.content_type),
            self.dialect.answer_type.unwrap_or("an answer"),
            self.excerpt()
        );
        Fault::new(SourceErrorKind::NotFound, Repeat::Never, message)
    }

    fn redirect(&self) -> Fault {
        // What follows "?" may hold tokens.
        let target = self.location.split(['?', '#']).next().unwrap_or_default();
        let target = match target.split_once('@') {
            Some((before, after)) if before.contains("://") => {
                let scheme = before.split("://").next().unwrap_or_default();
                format!("{scheme}://{after}")
            }
            _ => target.to_owned(),
        };
        let lower = target.to_lowercase();
        let is_login = ["login", "signin", "sign-in", "oauth", "auth", "sso", "saml"]
            .iter()
            .any(|word| lower.contains(word));
        let (kind, to) = if is_login {
            (SourceErrorKind::Unauthenticated, "what looks like a login page")
        } else {
            (SourceErrorKind::NotFound, "another address")
        };
        let status = self.status.as_u16();
        let target = shorten(&target, SHOWN_CHARS);
        let message = format!("{}: {status} redirect to {to}: {target:?}", self.what);
        Fault::new(kind, Repeat::Never, message)
    }

    fn excerpt(&self) -> String {
        if let Ok(GatewayError { error, message }) = serde_json::from_slice(self.body)
            && let Some(text) = error.or(message)
        {
            return format!("which says {:?}", shorten(&text, SHOWN_CHARS));
        }
        let text = String::from_utf8_lossy(self.body);
        let words = first_words(&text);
        if words.is_empty() {
            "with nothing in it".to_owned()
        } else {
            let kind = if looks_like_html(&text) { "an HTML page" } else { "a text" };
            format!("{kind} that begins {words:?}")
        }
    }
}

fn status_words(status: StatusCode) -> String {
    match status.canonical_reason() {
        Some(reason) => format!("{} {reason}", status.as_u16()),
        None => status.as_u16().to_string(),
    }
}

fn content_type_words(content_type: &str) -> String {
    match content_type.split(';').next().unwrap_or_default().trim() {
        "" => "an answer without content type".to_owned(),
        bare => format!("an answer of type {}", shorten(bare, 80)),
    }
}

fn looks_like_html(text: &str) -> bool {
    let start = text.trim_start().get(..64).unwrap_or(text.trim_start()).to_lowercase();
    start.starts_with("<!doctype html") || start.starts_with("<html") || start.contains("<head")
}

/// What a reader would see first: a page's title, or the text without tags.
fn first_words(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    let title = lower.find("<title").and_then(|tag| {
        let start = tag + text[tag..].find('>')? + 1;
        let end = start + lower[start..].find("</title")?;
        Some(&text[start..end])
    });
    let mut visible = String::new();
    let mut in_tag = false;
    for character in title.unwrap_or(text).chars() {
        match character {
            '<' => in_tag = true,
            '>' if in_tag => {
                in_tag = false;
                visible.push(' ');
            }
            _ if in_tag => {}
            _ => visible.push(character),
        }
    }
    let words: Vec<&str> = visible.split_whitespace().collect();
    shorten(&words.join(" "), SHOWN_CHARS)
}

fn shorten(text: &str, chars: usize) -> String {
    match text.char_indices().nth(chars) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text.to_owned(),
    }
}
