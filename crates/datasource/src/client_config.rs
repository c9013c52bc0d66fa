//! What the client of the profile server is told, and why settings are refused.

use grafana_plugin::{DatasourceSettings, GrafanaConfig};
use pyroscope_client::{ClientConfig, ServerVersion};
use serde_json::Value;
use upstream_http::ConfigError;

use crate::http_settings::{HttpSettings, Owner, text};

/// Settings that no request can be made with, in words for who set the datasource up.
#[derive(Debug)]
#[non_exhaustive]
pub enum Refusal {
    /// The call names no datasource.
    NoDatasource,
    /// No profile server is set up: its URL is empty.
    NoUrl,
    /// No metrics server is set up.
    NoMetricsUrl,
    /// The metrics server's settings make no sense.
    Metrics {
        /// What is wrong.
        problem: String,
    },
    /// The secure SOCKS proxy is switched on, but Grafana has none.
    NoSecureSocksProxy,
    /// A certificate or key that is switched on is not there.
    MissingSecret {
        /// Which one, by its key.
        key: String,
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
                "the datasource has no Pyroscope server; set its URL in the datasource's settings under \"HTTP\" (url), such as http://localhost:4040",
            ),
            Self::NoMetricsUrl => f.write_str(
                "the datasource has no metrics server; set its URL in the datasource's settings under \"Metrics server\" (jsonData.metrics.url)",
            ),
            Self::Metrics { problem } => {
                write!(f, "the metrics server's settings cannot be used: {problem}")
            }
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
    let own_settings = HttpSettings {
        json: &json,
        secrets: &settings.secrets,
        owner: Owner::Profiles,
        datasource_uid: &settings.uid,
        basic_auth_user: settings.basic_auth_user.clone(),
    };
    let http = own_settings.config(settings.url.trim(), grafana)?;
    Ok(ClientConfig { http, server_version: server_version(&json)? })
}

fn server_version(json: &Value) -> Result<Option<ServerVersion>, Refusal> {
    match text(json, "pyroscopeVersion") {
        Some(found) if found != "auto" => {
            found.parse().map(Some).map_err(|_| Refusal::Version { found })
        }
        _ => Ok(None),
    }
}
