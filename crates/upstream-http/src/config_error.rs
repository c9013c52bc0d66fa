//! Why no client can be built.

/// Why no client can be built from a [`HttpConfig`](crate::HttpConfig).
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ConfigError {
    /// There is no address.
    #[error("the server's URL is empty, expected for instance \"http://server:4040\"")]
    NoUrl,
    /// The address is not a URL, or not one for HTTP.
    #[error("the server's URL {url:?} cannot be used: {problem}")]
    Url {
        /// The address without user and password.
        url: String,
        /// What is wrong with it.
        problem: &'static str,
    },
    /// A header's name has characters that no header may have.
    #[error("{name:?} is not a header name")]
    HeaderName {
        /// The name.
        name: String,
    },
    /// A header's value has characters that no header may have.
    #[error("the value of header {name:?} has characters that a header cannot carry")]
    HeaderValue {
        /// The name.
        name: String,
    },
    /// The tenant is longer than servers take, or has other characters.
    #[error(
        "tenant {tenant:?} cannot be sent: expected at most 150 of the characters \
         0-9 A-Z a-z ! - _ . * ' ( ), and | between several tenants"
    )]
    Tenant {
        /// The tenant.
        tenant: String,
    },
    /// Certificates to trust cannot be read.
    #[error("reading the CA certificates: {problem}")]
    CaCertificates {
        /// What is wrong with them.
        problem: String,
    },
    /// The system's trusted certificates cannot be read.
    #[error("reading the certificates that this system trusts: {problem}")]
    SystemCertificates {
        /// What is wrong with them.
        problem: String,
    },
    /// The client certificate or its key cannot be read, or they do not belong together.
    #[error("reading the client certificate: {problem}")]
    ClientCertificate {
        /// What is wrong with it.
        problem: String,
    },
    /// The server name is neither a host name nor an IP address.
    #[error("{name:?} is not a name that a server's certificate can be for")]
    ServerName {
        /// The name.
        name: String,
    },
    /// The proxy's address cannot be understood. It is not shown, as it may hold a password.
    #[error("the proxy's URL cannot be understood, expected for instance \"http://proxy:3128\"")]
    ProxyUrl,
    /// The proxy speaks a protocol that this client does not.
    #[error("proxies by {scheme:?} are not supported, expected http, https, socks5 or socks5h")]
    ProxyScheme {
        /// What stands before `://`.
        scheme: String,
    },
    /// The Secure SOCKS proxy's address is not a host and a port.
    #[error("the Secure SOCKS proxy's address {address:?} is not a host and a port")]
    SecureSocksAddress {
        /// The address.
        address: String,
    },
    /// AWS request signing is asked for.
    #[error("AWS request signing (SigV4) is set, and Fireline does not sign requests")]
    AwsSigning,
    /// A size or time limit leaves no room at all.
    #[error("{limit} is 0, so that no request could succeed")]
    ZeroLimit {
        /// Which limit.
        limit: &'static str,
    },
}
