//! Answers that are not what was asked for: errors as Connect says them, and whatever else
//! stands between a client and a server may say.

use http::StatusCode;
use query::SourceErrorKind;
use serde::Deserialize;

use crate::fault::{Fault, Repeat};

/// How much of an answer is read to say what it is. Unit: bytes.
pub(crate) const READ_AT_MOST: usize = 64 * 1024;

/// How many characters of a foreign answer are shown.
const SHOWN_CHARS: usize = 160;

/// An answer that is not what was asked for.
#[derive(Debug)]
pub(crate) struct Refusal<'a> {
    /// What was asked for.
    pub(crate) what: &'a str,
    /// Its status.
    pub(crate) status: StatusCode,
    /// Its `Content-Type`; may be empty.
    pub(crate) content_type: &'a str,
    /// Its `Location`; may be empty.
    pub(crate) location: &'a str,
    /// The beginning of its body.
    pub(crate) body: &'a [u8],
}

/// The body of an error in the Connect protocol.
#[derive(Deserialize)]
struct ConnectError {
    code: String,
    #[serde(default)]
    message: String,
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
            match serde_json::from_slice::<ConnectError>(self.body) {
                Ok(error) => self.connect_error(error),
                Err(_) => self.foreign_error(),
            }
        };
        fault.status = Some(self.status);
        fault
    }

    fn connect_error(&self, error: ConnectError) -> Fault {
        let ConnectError { code, message: text } = error;
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
            "resource_exhausted"
                if text.contains("message size") || text.contains("larger than") =>
            {
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
        let status = self.status.as_u16();
        let shown = if text.is_empty() { "no reason given" } else { text };
        let message = format!("{}: {status} {code}: {}", self.what, shorten(shown, 1024));
        let mut fault = Fault::new(kind, repeat, message);
        fault.server_text = text.to_owned();
        fault
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
            "{}: {} instead of application/proto, {}",
            self.what,
            content_type_words(self.content_type),
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
