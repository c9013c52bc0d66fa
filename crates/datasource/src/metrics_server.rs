//! The metrics server of a datasource: how it is reached.

use std::time::{SystemTime, UNIX_EPOCH};

use grafana_plugin::{DatasourceSettings, GrafanaConfig};
use links::ExemplarSettings;
use prometheus_client::{PrometheusClient, PrometheusConfig};
use query::SourceError;
use query::promql::DEFAULT_SCRAPE_INTERVAL_MILLIS;
use serde_json::Value;
use upstream_http::RequestHeaders;

use crate::client_config::Refusal;
use crate::http_settings::{HttpSettings, Owner, duration, text, truth};

/// The metrics server of a datasource.
#[derive(Debug)]
pub(crate) struct MetricsServer {
    /// Of nobody in particular.
    pub(crate) client: PrometheusClient,
    /// How often programs are asked for their metrics. Unit: milliseconds.
    pub(crate) scrape_interval_millis: i64,
    /// How ids in exemplars are found and named.
    pub(crate) exemplars: ExemplarSettings,
}

impl MetricsServer {
    /// Reads `jsonData.metrics` and `jsonData.exemplars`. Opens no connection.
    ///
    /// Errors: no metrics server is set up, or its settings make no sense.
    pub(crate) fn new(
        settings: &DatasourceSettings,
        json_data: &Value,
        grafana: &GrafanaConfig,
    ) -> Result<Self, Refusal> {
        let config = metrics_config(settings, json_data, grafana)?;
        let client = PrometheusClient::new(&config)
            .map_err(|error| Refusal::Metrics { problem: error.to_string() })?;
        let metrics = json_data.get("metrics").unwrap_or(&Value::Null);
        let scrape_interval_millis = duration(metrics, "scrapeInterval")
            .and_then(|duration| i64::try_from(duration.as_millis()).ok())
            .filter(|millis| *millis > 0)
            .unwrap_or(DEFAULT_SCRAPE_INTERVAL_MILLIS);
        let (exemplars, _) = ExemplarSettings::from_json_data(json_data);
        Ok(Self { client, scrape_interval_millis, exemplars })
    }

    /// One sentence on the server: what it is, and whether it has exemplars.
    ///
    /// Errors: it cannot be reached, or refuses to evaluate anything.
    pub(crate) async fn examine(&self, headers: &RequestHeaders) -> Result<String, SourceError> {
        let client = self.client.with_headers(headers);
        client.query("1", now_millis()).await?;
        let info = client.build_info().await?.unwrap_or_default();
        let name = match info.application.as_str() {
            "" => "a server with Prometheus's API",
            name => name,
        };
        let version = match info.version.as_str() {
            "" => String::new(),
            version => format!(", version {version}"),
        };
        let exemplars = match client.has_exemplars().await {
            Ok(true) => "exemplars are stored",
            Ok(false) => "exemplars are not stored (Prometheus: --enable-feature=exemplar-storage)",
            // It works without them.
            Err(_) => "exemplars cannot be asked for",
        };
        Ok(format!("Metrics server: {name}{version}; {exemplars}"))
    }
}

fn now_millis() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

/// What the client of the metrics server is told, from what Grafana's configuration page saved.
/// Nothing of the profile server's settings and secrets is read.
///
/// Errors: settings that no request can be made with.
pub fn metrics_config(
    settings: &DatasourceSettings,
    json_data: &Value,
    grafana: &GrafanaConfig,
) -> Result<PrometheusConfig, Refusal> {
    let metrics = json_data.get("metrics").unwrap_or(&Value::Null);
    let url = text(metrics, "url").ok_or(Refusal::NoMetricsUrl)?;
    // A user without the switch is as clear.
    let user = text(metrics, "basicAuthUser");
    let basic_auth_user = match metrics.get("basicAuth") {
        Some(Value::Bool(false)) => None,
        _ if truth(metrics, "basicAuth") => Some(user.unwrap_or_default()),
        _ => user,
    };
    let http_settings = HttpSettings {
        json: metrics,
        secrets: &settings.secrets,
        owner: Owner::Metrics,
        datasource_uid: &settings.uid,
        basic_auth_user,
    };
    let http = http_settings.config(&url, grafana)?;
    let by_post = match text(metrics, "httpMethod").as_deref() {
        None | Some("POST") => true,
        Some("GET") => false,
        Some(other) => {
            let problem = format!("httpMethod is {other:?}, expected \"POST\" or \"GET\"");
            return Err(Refusal::Metrics { problem });
        }
    };
    Ok(PrometheusConfig { http, by_post })
}
