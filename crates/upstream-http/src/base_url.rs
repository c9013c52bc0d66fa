//! Where the server is.

use base64::Engine;
use base64::prelude::BASE64_STANDARD;
use http::Uri;
use http::uri::{Authority, Scheme};

use crate::config_error::ConfigError;
use crate::secret::Secret;

/// The server's address: scheme, host, port and path prefix, without credentials.
#[derive(Debug, Clone)]
pub(crate) struct BaseUrl {
    scheme: Scheme,
    authority: Authority,
    /// Empty, or begins with a slash and does not end with one.
    prefix: String,
}

/// User and password as found before the host of an address.
pub(crate) type UrlCredentials = Option<(String, Secret)>;

impl BaseUrl {
    /// Reads an address, and the credentials in it.
    pub(crate) fn parse(url: &str) -> Result<(Self, UrlCredentials), ConfigError> {
        let url = url.trim();
        if url.is_empty() {
            return Err(ConfigError::NoUrl);
        }
        let refuse = |problem| ConfigError::Url { url: without_credentials(url), problem };
        let uri: Uri = url.parse().map_err(|_| refuse("it is not a URL"))?;
        let scheme = match uri.scheme_str() {
            Some("http") => Scheme::HTTP,
            Some("https") => Scheme::HTTPS,
            Some(_) => return Err(refuse("only http and https can be spoken")),
            None => return Err(refuse("it does not begin with http:// or https://")),
        };
        if uri.query().is_some() {
            return Err(refuse("it has a query (after \"?\")"));
        }
        let authority = uri.authority().ok_or_else(|| refuse("it has no host"))?.as_str();
        let (login, host) = match authority.rsplit_once('@') {
            Some((login, host)) => (Some(login), host),
            None => (None, authority),
        };
        let authority: Authority = host.parse().map_err(|_| refuse("it has no host"))?;
        if authority.host().is_empty() {
            return Err(refuse("it has no host"));
        }
        let credentials = login.map(|login| {
            let (user, password) = login.split_once(':').unwrap_or((login, ""));
            (percent_decoded(user), Secret::new(percent_decoded(password)))
        });
        let prefix = uri.path().trim_end_matches('/').to_owned();
        Ok((Self { scheme, authority, prefix }, credentials))
    }

    /// The address of a path on the server, which begins with a slash.
    pub(crate) fn join(&self, path: &str) -> Result<Uri, http::Error> {
        Uri::builder()
            .scheme(self.scheme.clone())
            .authority(self.authority.clone())
            .path_and_query(format!("{}{path}", self.prefix))
            .build()
    }

    /// Host and port, for messages.
    pub(crate) fn host_and_port(&self) -> &str {
        self.authority.as_str()
    }

    /// Whether TLS is spoken.
    pub(crate) fn is_https(&self) -> bool {
        self.scheme == Scheme::HTTPS
    }

    /// Whether the server is on this machine, as far as its name tells.
    pub(crate) fn is_loopback(&self) -> bool {
        is_loopback(self.authority.host())
    }
}

/// The value of `Authorization` for a user and password.
pub(crate) fn basic_authorization(user: &str, password: &Secret) -> String {
    format!("Basic {}", BASE64_STANDARD.encode(format!("{user}:{}", password.expose())))
}

/// Whether a host is this machine, as far as its name tells.
pub(crate) fn is_loopback(host: &str) -> bool {
    let host = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.parse::<std::net::IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

/// An address as it may be shown.
pub(crate) fn without_credentials(url: &str) -> String {
    let (scheme, rest) = url.split_once("://").unwrap_or(("", url));
    let end = rest.find('/').unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    let host = authority.rsplit('@').next().unwrap_or_default();
    if scheme.is_empty() { format!("{host}{path}") } else { format!("{scheme}://{host}{path}") }
}

fn percent_decoded(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut decoded = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let hex = text.get(at + 1..at + 3).filter(|_| bytes[at] == b'%');
        match hex.and_then(|hex| u8::from_str_radix(hex, 16).ok()) {
            Some(byte) => {
                decoded.push(byte);
                at += 3;
            }
            None => {
                decoded.push(bytes[at]);
                at += 1;
            }
        }
    }
    String::from_utf8_lossy(&decoded).into_owned()
}
