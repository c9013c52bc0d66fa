//! Which proxy stands between the client and the server.

use std::fmt;
use std::sync::Arc;

use http::{HeaderValue, Uri};
use hyper_util::client::proxy::matcher::Matcher;

use crate::base_url::is_loopback;
use crate::config::ClientCertificate;
use crate::config_error::ConfigError;
use crate::secret::Secret;

/// Which proxy stands between the client and the server.
#[derive(Debug, Clone, Default)]
pub enum ProxyConfig {
    /// The one that `HTTP_PROXY`, `HTTPS_PROXY`, `ALL_PROXY` and `NO_PROXY` name, if any;
    /// none for servers on this machine.
    #[default]
    Environment,
    /// None, whatever the environment says.
    Direct,
    /// This one: `http`, `https`, `socks5` or `socks5h`, with user and password where needed.
    Url(Secret),
    /// Grafana's Secure SOCKS proxy: SOCKS version 5 inside TLS with a client certificate.
    SecureSocks(SecureSocksProxy),
}

/// Grafana's Secure SOCKS proxy.
#[derive(Debug, Clone)]
pub struct SecureSocksProxy {
    /// Host and port.
    pub address: String,
    /// The user, by which the proxy knows the data source.
    pub user: String,
    /// The password; may be empty.
    pub password: Secret,
    /// How the proxy itself is reached. None: SOCKS without TLS.
    pub tls: Option<SecureSocksTls>,
}

/// How the Secure SOCKS proxy itself is reached.
#[derive(Debug, Clone)]
pub struct SecureSocksTls {
    /// The name that the proxy's certificate must be for. None: the host of its address.
    pub server_name: Option<String>,
    /// Certificate authorities to trust, as PEM. None: those that the system trusts.
    pub ca_certificates_pem: Option<String>,
    /// The certificate shown to the proxy.
    pub client_certificate: ClientCertificate,
}

/// The way to one server.
#[derive(Clone)]
pub(crate) enum Route {
    /// Straight to it.
    Direct,
    /// By requests for whole addresses to an HTTP proxy; for servers without TLS.
    Forward { proxy: Uri, authorization: Option<HeaderValue> },
    /// Through an HTTP proxy's `CONNECT`; for servers with TLS.
    Tunnel { proxy: Uri, authorization: Option<HeaderValue> },
    /// Through SOCKS version 5.
    Socks { proxy: Uri, login: Option<(String, Secret)>, resolve_here: bool },
}

impl ProxyConfig {
    /// The way to `server`.
    pub(crate) fn route(&self, server: &Uri) -> Result<Route, ConfigError> {
        let matcher = match self {
            Self::Direct => return Ok(Route::Direct),
            // As Go programs do, whatever NO_PROXY says.
            Self::Environment if is_loopback(server.host().unwrap_or_default()) => {
                return Ok(Route::Direct);
            }
            Self::Environment => Matcher::from_env(),
            Self::Url(url) => {
                let scheme = url.expose().split_once("://").map_or("http", |(scheme, _)| scheme);
                if !["http", "https", "socks5", "socks5h"].contains(&scheme) {
                    return Err(ConfigError::ProxyScheme { scheme: scheme.to_owned() });
                }
                Matcher::builder().all(url.expose().to_owned()).build()
            }
            Self::SecureSocks(proxy) => {
                let uri = Uri::builder()
                    .scheme("socks5h")
                    .authority(proxy.address.as_str())
                    .path_and_query("/")
                    .build()
                    .ok()
                    .filter(|uri| uri.port().is_some())
                    .ok_or_else(|| ConfigError::SecureSocksAddress {
                        address: proxy.address.clone(),
                    })?;
                let login = Some((proxy.user.clone(), proxy.password.clone()));
                return Ok(Route::Socks { proxy: uri, login, resolve_here: false });
            }
        };
        let Some(intercept) = matcher.intercept(server) else {
            return match self {
                Self::Url(_) => Err(ConfigError::ProxyUrl),
                _ => Ok(Route::Direct),
            };
        };
        let proxy = intercept.uri().clone();
        let authorization = intercept.basic_auth().cloned();
        match proxy.scheme_str() {
            Some("http" | "https") if server.scheme_str() == Some("https") => {
                Ok(Route::Tunnel { proxy, authorization })
            }
            Some("http" | "https") => Ok(Route::Forward { proxy, authorization }),
            Some(scheme @ ("socks5" | "socks5h")) => {
                let resolve_here = scheme == "socks5";
                let login = intercept.raw_auth();
                let login = login.map(|(user, password)| (user.to_owned(), password.into()));
                Ok(Route::Socks { proxy, login, resolve_here })
            }
            scheme => {
                Err(ConfigError::ProxyScheme { scheme: scheme.unwrap_or_default().to_owned() })
            }
        }
    }

    /// How the leg to the proxy is secured beyond what the proxy's address says.
    pub(crate) fn secure_socks_tls(&self) -> Option<&SecureSocksTls> {
        match self {
            Self::SecureSocks(proxy) => proxy.tls.as_ref(),
            _ => None,
        }
    }
}

impl Route {
    /// Host and port of the proxy, for messages.
    pub(crate) fn proxy_name(&self) -> Option<String> {
        match self {
            Self::Direct => None,
            Self::Forward { proxy, .. }
            | Self::Tunnel { proxy, .. }
            | Self::Socks { proxy, .. } => {
                let host = proxy.host().unwrap_or_default();
                Some(match proxy.port_u16() {
                    Some(port) => format!("{host}:{port}"),
                    None => host.to_owned(),
                })
            }
        }
    }
}

impl fmt::Debug for Route {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Route").field(&self.proxy_name()).finish()
    }
}

/// The way to the server and how it is secured, shared by all connections.
pub(crate) type SharedRoute = Arc<Route>;
