//! What a client is told: how the server is reached, and what is known of it.

use std::fmt;

use upstream_http::HttpConfig;

/// How to reach one Pyroscope server, and what is known of it.
///
/// Start from [`ClientConfig::new`] and change what differs.
#[derive(Debug, Clone)]
pub struct ClientConfig {
    /// How to reach it, and as whom.
    pub http: HttpConfig,
    /// The server's version, where it is known better than can be found out.
    pub server_version: Option<ServerVersion>,
}

impl ClientConfig {
    /// A configuration with nothing but an address.
    pub fn new(url: impl Into<String>) -> Self {
        Self { http: HttpConfig::new(url), server_version: None }
    }
}

/// A version of Pyroscope, as far as what a client sees depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ServerVersion {
    /// The first number.
    pub major: u32,
    /// The second number.
    pub minor: u32,
}

impl fmt::Display for ServerVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.major, self.minor)
    }
}

impl std::str::FromStr for ServerVersion {
    type Err = NotAVersion;

    /// Reads the first two numbers of `2.1`, `v1.14.3` or `2.2.0-rc.1`.
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let not_a_version = || NotAVersion { text: text.to_owned() };
        let trimmed = text.trim();
        let mut parts = trimmed.strip_prefix('v').unwrap_or(trimmed).splitn(3, '.');
        let mut number = || parts.next().and_then(|part| part.parse().ok());
        let major = number().ok_or_else(not_a_version)?;
        let minor = number().ok_or_else(not_a_version)?;
        Ok(Self { major, minor })
    }
}

/// A text that does not begin like a version.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text:?} is not a version, expected two numbers such as \"2.1\"")]
pub struct NotAVersion {
    /// The text as given.
    pub text: String,
}
