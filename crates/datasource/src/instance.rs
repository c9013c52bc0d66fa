//! One datasource as it is set up.

use grafana_plugin::{DatasourceSettings, GrafanaConfig, RequestContext, ResourceHeaders};
use links::{ExemplarSettings, LinkSettings};
use pyroscope_client::PyroscopeClient;
use query::Settings;
use serde_json::Value;
use upstream_http::RequestHeaders;

use crate::client_config::{Refusal, client_config};
use crate::lookup::FactCache;
use crate::metrics_server::MetricsServer;

/// One datasource as it is set up.
#[derive(Debug)]
pub(crate) struct Instance {
    pub(crate) settings: Settings,
    pub(crate) links: LinkSettings,
    /// Which labels there are, as the datasource's own credentials see it.
    facts: FactCache,
    /// Settings that could not be read and took their defaults.
    pub(crate) warnings: Vec<String>,
    /// Each of the two servers may be set up without the other; what is wrong with one leaves the other be.
    profiles: Result<PyroscopeClient, Refusal>,
    metrics: Result<MetricsServer, Refusal>,
}

impl Instance {
    /// Reads the settings. Opens no connection.
    pub(crate) fn new(datasource: &DatasourceSettings, grafana: &GrafanaConfig) -> Self {
        let json_data: Value = datasource.parse().unwrap_or_default();
        let (settings, mut warnings) = Settings::from_json_data(&json_data);
        let (links, of_links) = LinkSettings::from_json_data(&json_data);
        warnings.extend(of_links);
        warnings.extend(ExemplarSettings::from_json_data(&json_data).1);
        for warning in &warnings {
            tracing::warn!(datasource = datasource.uid, "{warning}");
        }
        let profiles = client_config(datasource, grafana)
            .and_then(|config| PyroscopeClient::new(&config).map_err(Refusal::Client));
        let metrics = MetricsServer::new(datasource, &json_data, grafana);
        let facts = FactCache::default();
        Self { settings, links, facts, warnings, profiles, metrics }
    }

    /// What is known of labels for everybody. None: the client speaks for a user, who may see other profiles.
    pub(crate) fn shared_facts(&self, client: &PyroscopeClient) -> Option<&FactCache> {
        (!client.speaks_for_a_user()).then_some(&self.facts)
    }

    /// The client on behalf of the user whose query or health check this is.
    ///
    /// Errors: no profile server is set up, or its settings make no sense.
    pub(crate) fn client_for(&self, ctx: &RequestContext) -> Result<PyroscopeClient, &Refusal> {
        self.client_with(&forwarded(ctx.headers.iter()))
    }

    /// The same for the user whose resource call this is.
    pub(crate) fn client_for_resource(
        &self,
        headers: &ResourceHeaders,
    ) -> Result<PyroscopeClient, &Refusal> {
        self.client_with(&forwarded(headers.iter()))
    }

    fn client_with(&self, headers: &RequestHeaders) -> Result<PyroscopeClient, &Refusal> {
        self.profiles.as_ref().map(|client| client.with_headers(headers))
    }

    /// The metrics server. Errors: none is set up, or its settings make no sense.
    pub(crate) fn metrics(&self) -> Result<&MetricsServer, &Refusal> {
        self.metrics.as_ref()
    }
}

/// What of a call's headers may reach a server; each client decides further.
pub(crate) fn forwarded<'a>(headers: impl Iterator<Item = (&'a str, &'a str)>) -> RequestHeaders {
    let mut forwarded = RequestHeaders::new();
    for (name, value) in headers.filter(|(name, _)| is_forwarded(name)) {
        if let Err(error) = forwarded.append(name, value) {
            tracing::debug!(%error, "a header is not forwarded");
        }
    }
    forwarded
}

/// Which headers of a call may reach a server: who asks, and nothing that belongs to Grafana itself, such as
/// `X-Grafana-Id`, a signed identity token. Grafana sends a user's name only where its administrator says so.
fn is_forwarded(name: &str) -> bool {
    ["authorization", "x-id-token", "cookie", "x-grafana-user"]
        .iter()
        .any(|forwarded| name.eq_ignore_ascii_case(forwarded))
}
