//! What is passed on of one user's request.

use http::header::{self, HeaderMap, HeaderName, HeaderValue};

use crate::config::Forwarding;
use crate::config_error::ConfigError;

/// Headers of one user's request to the data source, to be passed on to the server.
///
/// What really is passed on is decided by [`Forwarding`]: `Authorization` and `X-Id-Token` only
/// with OAuth forwarding, only the cookies that are named, nothing that belongs to the connection
/// or that the client's own configuration sets by name; everything else as it is.
/// A user's `Authorization` takes the place of the client's own credentials.
#[derive(Debug, Clone, Default)]
pub struct RequestHeaders {
    headers: HeaderMap,
}

impl RequestHeaders {
    /// No headers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a header; one of the same name stays too.
    ///
    /// Errors: a name or value that HTTP cannot carry.
    pub fn append(&mut self, name: &str, value: &str) -> Result<(), ConfigError> {
        self.headers.append(header_name(name)?, header_value(name, value)?);
        Ok(())
    }

    /// What is passed on, given what the configuration allows and sets itself.
    pub(crate) fn allowed(&self, forwarding: &Forwarding, pinned: &[HeaderName]) -> HeaderMap {
        let mut allowed = HeaderMap::new();
        for (name, value) in &self.headers {
            if is_for_the_connection(name) || pinned.contains(name) {
                continue;
            }
            let needs_oauth = *name == header::AUTHORIZATION || name.as_str() == "x-id-token";
            if needs_oauth && !forwarding.oauth_identity {
                continue;
            }
            if *name == header::COOKIE {
                if let Some(kept) = keep_cookies(value, &forwarding.cookies) {
                    allowed.append(name.clone(), kept);
                }
                continue;
            }
            allowed.append(name.clone(), value.clone());
        }
        allowed
    }
}

/// A header name, or why it is none.
pub(crate) fn header_name(name: &str) -> Result<HeaderName, ConfigError> {
    HeaderName::from_bytes(name.trim().as_bytes())
        .map_err(|_| ConfigError::HeaderName { name: name.to_owned() })
}

/// A header value that `Debug` does not show, or why it is none.
pub(crate) fn header_value(name: &str, value: &str) -> Result<HeaderValue, ConfigError> {
    let mut value = HeaderValue::from_bytes(value.trim().as_bytes())
        .map_err(|_| ConfigError::HeaderValue { name: name.to_owned() })?;
    value.set_sensitive(true);
    Ok(value)
}

/// Whether a header speaks of the connection or the body, which are the client's own.
fn is_for_the_connection(name: &HeaderName) -> bool {
    const NAMES: [HeaderName; 12] = [
        header::ACCEPT,
        header::ACCEPT_ENCODING,
        header::CONNECTION,
        header::CONTENT_ENCODING,
        header::CONTENT_LENGTH,
        header::CONTENT_TYPE,
        header::HOST,
        header::TE,
        header::TRAILER,
        header::TRANSFER_ENCODING,
        header::UPGRADE,
        header::USER_AGENT,
    ];
    let text = name.as_str();
    NAMES.contains(name)
        || ["keep-alive", "proxy-connection"].contains(&text)
        || text.starts_with("connect-")
        || text.starts_with("proxy-auth")
}

fn keep_cookies(value: &HeaderValue, names: &[String]) -> Option<HeaderValue> {
    let text = value.to_str().ok()?;
    let is_named = |cookie: &&str| {
        let name = cookie.split('=').next().unwrap_or_default().trim();
        names.iter().any(|kept| kept == name)
    };
    let kept: Vec<&str> = text.split(';').map(str::trim).filter(is_named).collect();
    if kept.is_empty() {
        return None;
    }
    let mut value = HeaderValue::from_str(&kept.join("; ")).ok()?;
    value.set_sensitive(true);
    Some(value)
}
