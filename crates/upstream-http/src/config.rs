//! What a client is told: where the server is, who asks, and how patient to be.

use std::fmt;
use std::time::Duration;

use crate::base_url::without_credentials;
use crate::proxy::ProxyConfig;
use crate::secret::Secret;

/// How to reach one server, and as whom.
///
/// Can say everything that the HTTP settings of a Grafana data source say.
/// Start from [`HttpConfig::new`] and change what differs.
/// `Debug` leaves out what is secret.
#[derive(Clone)]
pub struct HttpConfig {
    /// The server's address, with a path prefix where the server has one.
    /// `http` or `https`; a user and password before the host count as basic authentication.
    pub url: String,
    /// Who asks.
    pub authentication: Authentication,
    /// The tenant (`X-Scope-OrgID`); several are joined by `|`. None: the server's own choice.
    pub tenant: Option<String>,
    /// Headers to send with every request; one wins over what the client would send by itself,
    /// and over what a user's request carries.
    pub headers: Vec<(String, Secret)>,
    /// What of a user's own request is passed on.
    pub forwarding: Forwarding,
    /// How the server's and the client's certificates are checked and found.
    pub tls: TlsConfig,
    /// Through which proxy.
    pub proxy: ProxyConfig,
    /// How patient to be.
    pub timeouts: Timeouts,
    /// How many connections to use.
    pub connections: Connections,
    /// How often and how soon to repeat a request that failed for a passing reason.
    pub retries: Retries,
    /// The longest answer to take in, after decompression. Unit: bytes.
    pub max_response_bytes: u64,
    /// Whether answers are asked for in gzip.
    pub compression: Compression,
    /// AWS request signing (Signature Version 4), which this client does not do:
    /// if it is asked for, no client is built.
    pub aws_signing: bool,
    /// The `User-Agent` header.
    pub user_agent: String,
}

impl HttpConfig {
    /// The longest answer taken in unless set otherwise. Unit: bytes.
    pub const DEFAULT_MAX_RESPONSE_BYTES: u64 = 256 * 1024 * 1024;

    /// A configuration with nothing but an address.
    pub fn new(url: impl Into<String>) -> Self {
        Self {
            url: url.into(),
            authentication: Authentication::None,
            tenant: None,
            headers: Vec::new(),
            forwarding: Forwarding::default(),
            tls: TlsConfig::default(),
            proxy: ProxyConfig::Environment,
            timeouts: Timeouts::default(),
            connections: Connections::default(),
            retries: Retries::default(),
            max_response_bytes: Self::DEFAULT_MAX_RESPONSE_BYTES,
            compression: Compression::Auto,
            aws_signing: false,
            user_agent: concat!("fireline/", env!("CARGO_PKG_VERSION")).to_owned(),
        }
    }
}

impl fmt::Debug for HttpConfig {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { url, authentication, tenant, headers, forwarding, tls, proxy, .. } = self;
        f.debug_struct("HttpConfig")
            .field("url", &without_credentials(url))
            .field("authentication", authentication)
            .field("tenant", tenant)
            .field("headers", headers)
            .field("forwarding", forwarding)
            .field("tls", tls)
            .field("proxy", proxy)
            .field("timeouts", &self.timeouts)
            .field("connections", &self.connections)
            .field("retries", &self.retries)
            .field("max_response_bytes", &self.max_response_bytes)
            .field("compression", &self.compression)
            .field("aws_signing", &self.aws_signing)
            .field("user_agent", &self.user_agent)
            .finish()
    }
}

/// Who asks, as the server or what stands before it sees it.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub enum Authentication {
    /// No credentials.
    #[default]
    None,
    /// User and password; for Grafana Cloud the stack's user id and an access policy token.
    Basic {
        /// The user.
        user: String,
        /// The password.
        password: Secret,
    },
    /// A bearer token.
    Bearer {
        /// The token.
        token: Secret,
    },
}

/// Whether what identifies a user is passed on to the server.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Forwarding {
    /// Whether the user's OAuth token and identity token (`Authorization`, `X-Id-Token`) are.
    pub oauth_identity: bool,
    /// Names of the cookies that are. Empty: none.
    pub cookies: Vec<String>,
}

/// How certificates are checked and found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TlsConfig {
    /// Certificate authorities to trust, as PEM. None: those that the system trusts.
    pub ca_certificates_pem: Option<String>,
    /// The client's own certificate. None: none is shown.
    pub client_certificate: Option<ClientCertificate>,
    /// Whether the server's certificate must be valid.
    pub verify_server: bool,
    /// The name that the server's certificate must be for, and that is told to the server.
    /// None: the host in the address.
    pub server_name: Option<String>,
}

impl Default for TlsConfig {
    fn default() -> Self {
        Self {
            ca_certificates_pem: None,
            client_certificate: None,
            verify_server: true,
            server_name: None,
        }
    }
}

/// A client certificate and its private key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ClientCertificate {
    /// The certificate, followed by those that signed it, as PEM.
    pub chain_pem: String,
    /// The private key as PEM (PKCS#8, PKCS#1 or SEC1), not encrypted.
    pub key_pem: Secret,
}

/// How patient to be. None: no limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Timeouts {
    /// From the question to the end of the answer, repeats included.
    /// A server whose dialect has a header for it is told, so that it stops working too.
    pub request: Option<Duration>,
    /// For finding the address and connecting.
    pub dial: Option<Duration>,
    /// For the TLS handshake.
    pub tls_handshake: Option<Duration>,
    /// For the server's leave to send a body after `Expect: 100-continue`.
    /// Without effect, because the client never asks for that leave.
    pub expect_continue: Option<Duration>,
    /// Distance between TCP keep-alive probes.
    pub keep_alive: Option<Duration>,
    /// How long a connection is kept without use.
    pub idle_connection: Option<Duration>,
}

impl Default for Timeouts {
    /// What Grafana gives its own data sources.
    fn default() -> Self {
        Self {
            request: Some(Duration::from_secs(30)),
            dial: Some(Duration::from_secs(10)),
            tls_handshake: Some(Duration::from_secs(10)),
            expect_continue: Some(Duration::from_secs(1)),
            keep_alive: Some(Duration::from_secs(30)),
            idle_connection: Some(Duration::from_secs(90)),
        }
    }
}

/// How many connections to use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Connections {
    /// At most so many requests at once; further ones wait. None: no limit.
    pub max_per_host: Option<usize>,
    /// At most so many connections are kept without use. None: no limit.
    pub max_idle: Option<usize>,
    /// The same for one host; the smaller of both holds, because a client talks to one host.
    pub max_idle_per_host: Option<usize>,
}

impl Default for Connections {
    fn default() -> Self {
        Self { max_per_host: None, max_idle: Some(100), max_idle_per_host: None }
    }
}

/// How often and how soon to repeat a request that failed for a passing reason.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Retries {
    /// Repeats after the first attempt.
    pub max: u32,
    /// The longest wait before the first repeat; doubled for each further one.
    /// The wait itself is drawn at random from zero to that.
    pub first_wait: Duration,
    /// No wait is longer.
    pub longest_wait: Duration,
}

impl Default for Retries {
    fn default() -> Self {
        Self {
            max: 2,
            first_wait: Duration::from_millis(200),
            longest_wait: Duration::from_secs(2),
        }
    }
}

/// Whether answers are asked for in gzip.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Compression {
    /// Yes, unless the server is on this machine, where packing costs more than it saves.
    #[default]
    Auto,
    /// Yes.
    Always,
    /// No.
    Never,
}
