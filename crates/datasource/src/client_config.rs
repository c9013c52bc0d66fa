//! Grafana's HTTP settings of a datasource, every key of them, as what the client is told.

use std::time::Duration;

use grafana_plugin::{DatasourceSettings, GrafanaConfig};
use pyroscope_client::{ClientConfig, ServerVersion};
use query::parse_duration_millis;
use serde_json::Value;
use upstream_http::{
    Authentication, ClientCertificate, ConfigError, Connections, Forwarding, HttpConfig,
    ProxyConfig, Secret, SecureSocksProxy, SecureSocksTls, Timeouts, TlsConfig,
};

/// Settings that no request can be made with, in words for who set the datasource up.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// The call names no datasource.
    NoDatasource,
    /// The URL is empty.
    NoUrl,
    /// The secure SOCKS proxy is switched on, but Grafana has none.
    NoSecureSocksProxy,
    /// A certificate or key that is switched on is not there.
    MissingSecret {
        /// Which one, by its key.
        key: &'static str,
        /// Which switch asks for it.
        switch: &'static str,
    },
    /// The pinned version of the server is not one.
    Version {
        /// As written.
        found: String,
    },
    /// The client refuses them.
    Client(ConfigError),
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::NoDatasource => f.write_str("the call names no datasource"),
            Self::NoUrl => f.write_str(
                "the datasource has no URL, expected one such as http://localhost:4040",
            ),
            Self::NoSecureSocksProxy => f.write_str(
                "the secure SOCKS proxy is switched on in the datasource's settings, but not in Grafana's own",
            ),
            Self::MissingSecret { key, switch } => {
                write!(f, "{switch} is switched on in the datasource's settings, but {key} is empty")
            }
            Self::Version { found } => {
                write!(f, "setting pyroscopeVersion is {found:?}, expected \"auto\" or a version such as \"2.1\"")
            }
            Self::Client(error) => write!(f, "the datasource's settings cannot be used: {error}"),
        }
    }
}

impl std::error::Error for Refusal {}

/// Grafana's own settings that decide how the secure SOCKS proxy is reached.
pub(crate) const PROXY_KEYS: [&str; 7] = [
    "GF_SECURE_SOCKS_DATASOURCE_PROXY_SERVER_ENABLED",
    "GF_SECURE_SOCKS_DATASOURCE_PROXY_PROXY_ADDRESS",
    "GF_SECURE_SOCKS_DATASOURCE_PROXY_SERVER_NAME",
    "GF_SECURE_SOCKS_DATASOURCE_PROXY_ALLOW_INSECURE",
    "GF_SECURE_SOCKS_DATASOURCE_PROXY_CLIENT_CERT_VAL",
    "GF_SECURE_SOCKS_DATASOURCE_PROXY_CLIENT_KEY_VAL",
    "GF_SECURE_SOCKS_DATASOURCE_PROXY_ROOT_CA_CERT_VALS",
];

/// What the client is told, from what Grafana's configuration page saved.
///
/// Errors: settings that no request can be made with.
pub fn client_config(
    settings: &DatasourceSettings,
    grafana: &GrafanaConfig,
) -> Result<ClientConfig, Refusal> {
    let json: Value = settings.parse().unwrap_or_default();
    if settings.url.trim().is_empty() {
        return Err(Refusal::NoUrl);
    }
    let mut http = HttpConfig::new(settings.url.trim());
    http.authentication = authentication(settings);
    http.tenant = text(&json, "tenant");
    http.headers = custom_headers(settings, &json);
    http.forwarding = Forwarding {
        oauth_identity: truth(&json, "oauthPassThru"),
        cookies: texts(&json, "keepCookies"),
    };
    http.tls = tls(settings, &json)?;
    http.timeouts = timeouts(&json);
    http.connections = connections(&json);
    http.aws_signing = truth(&json, "sigV4Auth");
    if let Some(bytes) = number(&json, "maxResponseBytes").filter(|bytes| *bytes > 0) {
        http.max_response_bytes = bytes;
    }
    if truth(&json, "enableSecureSocksProxy") {
        http.proxy = ProxyConfig::SecureSocks(secure_socks(settings, &json, grafana)?);
    }
    Ok(ClientConfig { http, server_version: server_version(&json)? })
}

fn authentication(settings: &DatasourceSettings) -> Authentication {
    let secret = |name| settings.secrets.get(name).filter(|secret| !secret.is_empty());
    if let Some(user) = settings.basic_auth_user.as_deref() {
        let password = secret("basicAuthPassword").unwrap_or_default();
        return Authentication::Basic { user: user.to_owned(), password: Secret::new(password) };
    }
    match secret("bearerToken") {
        Some(token) => Authentication::Bearer { token: Secret::new(token) },
        None => Authentication::None,
    }
}

/// `httpHeaderName1` and so on, each with its value among the secrets.
fn custom_headers(settings: &DatasourceSettings, json: &Value) -> Vec<(String, Secret)> {
    (1..)
        .map_while(|number| Some((number, text(json, &format!("httpHeaderName{number}"))?)))
        .map(|(number, name)| {
            let value = settings.secrets.get(&format!("httpHeaderValue{number}"));
            (name, Secret::new(value.unwrap_or_default()))
        })
        .collect()
}

fn tls(settings: &DatasourceSettings, json: &Value) -> Result<TlsConfig, Refusal> {
    let secret = |key: &'static str, switch: &'static str| {
        settings
            .secrets
            .get(key)
            .filter(|text| !text.trim().is_empty())
            .map(str::to_owned)
            .ok_or(Refusal::MissingSecret { key, switch })
    };
    let ca = truth(json, "tlsAuthWithCACert").then(|| secret("tlsCACert", "tlsAuthWithCACert"));
    let client = truth(json, "tlsAuth").then(|| {
        Ok(ClientCertificate {
            chain_pem: secret("tlsClientCert", "tlsAuth")?,
            key_pem: Secret::new(secret("tlsClientKey", "tlsAuth")?),
        })
    });
    Ok(TlsConfig {
        ca_certificates_pem: ca.transpose()?,
        client_certificate: client.transpose()?,
        verify_server: !truth(json, "tlsSkipVerify"),
        server_name: text(json, "serverName"),
    })
}

fn timeouts(json: &Value) -> Timeouts {
    let secs = |key: &str, default: Option<Duration>| match duration(json, key) {
        Some(Duration::ZERO) | None => default,
        found => found,
    };
    let default = Timeouts::default();
    Timeouts {
        request: secs("timeout", default.request),
        dial: secs("dialTimeout", default.dial),
        tls_handshake: secs("httpTLSHandshakeTimeout", default.tls_handshake),
        expect_continue: secs("httpExpectContinueTimeout", default.expect_continue),
        keep_alive: secs("httpKeepAlive", default.keep_alive),
        idle_connection: secs("httpIdleConnTimeout", default.idle_connection),
    }
}

fn connections(json: &Value) -> Connections {
    let count = |key: &str, default: Option<usize>| match number(json, key) {
        Some(0) | None => default,
        Some(found) => usize::try_from(found).ok(),
    };
    let default = Connections::default();
    Connections {
        max_per_host: count("httpMaxConnsPerHost", default.max_per_host),
        max_idle: count("httpMaxIdleConns", default.max_idle),
        max_idle_per_host: count("httpMaxIdleConnsPerHost", default.max_idle_per_host),
    }
}

fn server_version(json: &Value) -> Result<Option<ServerVersion>, Refusal> {
    match text(json, "pyroscopeVersion") {
        Some(found) if found != "auto" => {
            found.parse().map(Some).map_err(|_| Refusal::Version { found })
        }
        _ => Ok(None),
    }
}

fn secure_socks(
    settings: &DatasourceSettings,
    json: &Value,
    grafana: &GrafanaConfig,
) -> Result<SecureSocksProxy, Refusal> {
    let [enabled, address, server_name, insecure, cert, key, roots] =
        PROXY_KEYS.map(|key| grafana.get(key).filter(|value| !value.is_empty()).map(str::to_owned));
    let (Some("true"), Some(address)) = (enabled.as_deref(), address) else {
        return Err(Refusal::NoSecureSocksProxy);
    };
    let tls = if insecure.as_deref() == Some("true") {
        None
    } else {
        let switch = "enableSecureSocksProxy";
        let missing = |key| Refusal::MissingSecret { key, switch };
        Some(SecureSocksTls {
            server_name,
            ca_certificates_pem: roots,
            client_certificate: ClientCertificate {
                chain_pem: cert
                    .ok_or_else(|| missing("Grafana's client certificate of the proxy"))?,
                key_pem: Secret::new(
                    key.ok_or_else(|| missing("Grafana's client key of the proxy"))?,
                ),
            },
        })
    };
    let password = settings.secrets.get("secureSocksProxyPassword").unwrap_or_default();
    Ok(SecureSocksProxy {
        address,
        user: text(json, "secureSocksProxyUsername").unwrap_or_else(|| settings.uid.clone()),
        password: Secret::new(password),
        tls,
    })
}

fn text(json: &Value, key: &str) -> Option<String> {
    let text = json.get(key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn texts(json: &Value, key: &str) -> Vec<String> {
    let items = json.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

fn truth(json: &Value, key: &str) -> bool {
    match json.get(key) {
        Some(Value::Bool(truth)) => *truth,
        Some(Value::String(text)) => text == "true",
        _ => false,
    }
}

/// A number that may be written as text.
fn number(json: &Value, key: &str) -> Option<u64> {
    let value = json.get(key)?;
    value.as_u64().or_else(|| value.as_str()?.trim().parse().ok())
}

/// Seconds as a number, or a duration as text.
fn duration(json: &Value, key: &str) -> Option<Duration> {
    let value = json.get(key)?;
    let millis = match value {
        Value::Number(secs) => secs.as_f64().map(|secs| secs * 1000.0),
        Value::String(text) => parse_duration_millis(text).map(|millis| millis as f64),
        _ => None,
    }?;
    Duration::try_from_secs_f64(millis / 1000.0).ok()
}
