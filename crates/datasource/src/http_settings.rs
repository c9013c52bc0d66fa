//! Grafana's HTTP settings, every key of them, of either server of a datasource.

use std::time::Duration;

use grafana_plugin::{GrafanaConfig, Secrets};
use query::parse_duration_millis;
use serde_json::Value;
use upstream_http::{
    Authentication, ClientCertificate, Connections, Forwarding, HttpConfig, ProxyConfig, Secret,
    SecureSocksProxy, SecureSocksTls, Timeouts, TlsConfig,
};

use crate::client_config::Refusal;

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

/// Whose settings are read: each server has secrets of its own, and sees no others.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Owner {
    /// The profile server; its secrets have Grafana's own names.
    Profiles,
    /// The metrics server; its secrets have those names after `metrics`.
    Metrics,
}

/// The HTTP settings of one server.
pub(crate) struct HttpSettings<'a> {
    /// The object that has them.
    pub(crate) json: &'a Value,
    /// All secrets of the datasource.
    pub(crate) secrets: &'a Secrets,
    pub(crate) owner: Owner,
    pub(crate) datasource_uid: &'a str,
    /// The user, where there is basic authentication.
    pub(crate) basic_auth_user: Option<String>,
}

impl HttpSettings<'_> {
    /// How the server is reached.
    ///
    /// Errors: settings that no request can be made with.
    pub(crate) fn config(&self, url: &str, grafana: &GrafanaConfig) -> Result<HttpConfig, Refusal> {
        let json = self.json;
        let mut http = HttpConfig::new(url);
        http.authentication = self.authentication();
        http.tenant = text(json, "tenant");
        http.headers = self.custom_headers();
        http.forwarding = Forwarding {
            oauth_identity: truth(json, "oauthPassThru"),
            cookies: texts(json, "keepCookies"),
        };
        http.tls = self.tls()?;
        http.timeouts = timeouts(json);
        http.connections = connections(json);
        http.aws_signing = truth(json, "sigV4Auth");
        if let Some(bytes) = number(json, "maxResponseBytes").filter(|bytes| *bytes > 0) {
            http.max_response_bytes = bytes;
        }
        if truth(json, "enableSecureSocksProxy") {
            http.proxy = ProxyConfig::SecureSocks(self.secure_socks(grafana)?);
        }
        Ok(http)
    }

    fn secret(&self, name: &str) -> Option<&str> {
        self.secrets.get(&self.secret_key(name)).filter(|secret| !secret.is_empty())
    }

    /// `basicAuthPassword` of the metrics server is `metricsBasicAuthPassword`.
    fn secret_key(&self, name: &str) -> String {
        match self.owner {
            Owner::Profiles => name.to_owned(),
            Owner::Metrics => {
                let mut chars = name.chars();
                let first = chars.next().map(|first| first.to_ascii_uppercase());
                first.into_iter().fold("metrics".to_owned(), |key, first| key + &first.to_string())
                    + chars.as_str()
            }
        }
    }

    fn authentication(&self) -> Authentication {
        if let Some(user) = self.basic_auth_user.clone() {
            let password = self.secret("basicAuthPassword").unwrap_or_default();
            return Authentication::Basic { user, password: Secret::new(password) };
        }
        match self.secret("bearerToken") {
            Some(token) => Authentication::Bearer { token: Secret::new(token) },
            None => Authentication::None,
        }
    }

    /// `httpHeaderName1` and so on, each with its value among the secrets.
    fn custom_headers(&self) -> Vec<(String, Secret)> {
        (1..)
            .map_while(|number| {
                Some((number, text(self.json, &format!("httpHeaderName{number}"))?))
            })
            .map(|(number, name)| {
                let value = self.secret(&format!("httpHeaderValue{number}"));
                (name, Secret::new(value.unwrap_or_default()))
            })
            .collect()
    }

    fn tls(&self) -> Result<TlsConfig, Refusal> {
        let json = self.json;
        let secret = |key: &str, switch: &'static str| {
            self.secret(key)
                .filter(|text| !text.trim().is_empty())
                .map(str::to_owned)
                .ok_or_else(|| Refusal::MissingSecret { key: self.secret_key(key), switch })
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

    fn secure_socks(&self, grafana: &GrafanaConfig) -> Result<SecureSocksProxy, Refusal> {
        let [enabled, address, server_name, insecure, cert, key, roots] = PROXY_KEYS
            .map(|key| grafana.get(key).filter(|value| !value.is_empty()).map(str::to_owned));
        let (Some("true"), Some(address)) = (enabled.as_deref(), address) else {
            return Err(Refusal::NoSecureSocksProxy);
        };
        let tls = if insecure.as_deref() == Some("true") {
            None
        } else {
            let switch = "enableSecureSocksProxy";
            let missing = |key: &str| Refusal::MissingSecret { key: key.to_owned(), switch };
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
        let password = self.secret("secureSocksProxyPassword").unwrap_or_default();
        Ok(SecureSocksProxy {
            address,
            user: text(self.json, "secureSocksProxyUsername")
                .unwrap_or_else(|| self.datasource_uid.to_owned()),
            password: Secret::new(password),
            tls,
        })
    }
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

/// A text; blank is as good as none.
pub(crate) fn text(json: &Value, key: &str) -> Option<String> {
    let text = json.get(key)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}

fn texts(json: &Value, key: &str) -> Vec<String> {
    let items = json.get(key).and_then(Value::as_array).map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(Value::as_str).map(str::to_owned).collect()
}

/// Whether a switch is on.
pub(crate) fn truth(json: &Value, key: &str) -> bool {
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
pub(crate) fn duration(json: &Value, key: &str) -> Option<Duration> {
    let value = json.get(key)?;
    let millis = match value {
        Value::Number(secs) => secs.as_f64().map(|secs| secs * 1000.0),
        Value::String(text) => parse_duration_millis(text).map(|millis| millis as f64),
        _ => None,
    }?;
    Duration::try_from_secs_f64(millis / 1000.0).ok()
}
