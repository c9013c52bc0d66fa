//! The other data sources of the workbench: what Grafana's own plugins would answer, for the servers beside this one.

mod json_server;
mod loki;
mod zipkin;
mod zipkin_frame;

use serde_json::{Map, Value, json};

use super::query_request::PluginQuery;
use crate::serve::arguments::ServeArguments;
use crate::serve::neighbour::Neighbour;
use loki::Loki;
use zipkin::Zipkin;

/// The servers beside this one, as data sources.
#[derive(Debug, Default)]
pub(crate) struct Sources {
    /// Where metrics are asked for; by Fireline's own data source.
    metrics_url: Option<String>,
    zipkin: Option<Zipkin>,
    loki: Option<Loki>,
}

/// Why a query has no answer: status and words.
#[derive(Debug)]
pub(super) struct SourceFailure {
    pub(super) status: u16,
    pub(super) message: String,
}

impl Sources {
    /// The data sources for the servers that the arguments name. One that cannot be made is logged and left out.
    pub(crate) fn new(arguments: &ServeArguments) -> Self {
        let url =
            |neighbour: &Option<Neighbour>| Neighbour::url(neighbour.as_ref()).map(str::to_owned);
        let told =
            |error: upstream_http::ConfigError| tracing::error!(%error, "left out a data source");
        Self {
            metrics_url: url(&arguments.prometheus),
            zipkin: url(&arguments.zipkin).and_then(|url| Zipkin::new(url).map_err(told).ok()),
            loki: url(&arguments.loki).and_then(|url| Loki::new(url).map_err(told).ok()),
        }
    }

    /// What the page knows of them, in Grafana's words.
    pub(super) fn public(&self) -> Vec<Value> {
        let source = |id: u32, name: &str, type_id: &str, url: &str| {
            json!({
                "id": id, "uid": type_id, "orgId": 1, "name": name, "type": type_id, "access": "proxy", "url": url,
                "basicAuth": false, "isDefault": false, "jsonData": {}, "readOnly": true,
                "meta": {"id": type_id, "name": name, "type": "datasource", "info": {"logos": {"small": "", "large": ""}}},
            })
        };
        let zipkin =
            self.zipkin.iter().map(|zipkin| source(2, "Zipkin", zipkin::UID, zipkin.url()));
        let loki = self.loki.iter().map(|loki| source(3, "Loki", loki::UID, loki.url()));
        zipkin.chain(loki).collect()
    }

    /// Whether one of them has this uid.
    pub(super) fn knows(&self, uid: &str) -> bool {
        (uid == zipkin::UID && self.zipkin.is_some()) || (uid == loki::UID && self.loki.is_some())
    }

    /// The answer to one query, in the JSON of Grafana's API.
    pub(super) async fn answer(&self, query: &PluginQuery) -> Value {
        let answered = match query.datasource_uid.as_str() {
            zipkin::UID => match &self.zipkin {
                Some(zipkin) => zipkin.answer(query).await,
                None => Err(SourceFailure::not_there()),
            },
            _ => match &self.loki {
                Some(loki) => loki.answer(query).await,
                None => Err(SourceFailure::not_there()),
            },
        };
        match answered {
            Ok(frames) => json!({"status": 200, "frames": frames}),
            Err(SourceFailure { status, message }) => {
                json!({"status": status, "error": message, "errorSource": "downstream"})
            }
        }
    }

    /// The settings of Fireline's data source, with the metrics server that stands beside it unless they name one.
    pub(super) fn add_metrics(&self, json_data: &mut Map<String, Value>) {
        let Some(url) = &self.metrics_url else { return };
        let metrics = json_data.entry("metrics").or_insert_with(|| json!({}));
        let is_named = metrics["url"].as_str().is_some_and(|url| !url.is_empty());
        if metrics.is_object() && !is_named {
            metrics["url"] = json!(url);
        }
    }

    /// Takes out again what [`Sources::add_metrics`] added: it is not to be kept, as the server may be another next time.
    pub(super) fn remove_metrics(&self, json_data: &mut Map<String, Value>) {
        let added = |metrics: &Value| metrics["url"].as_str() == self.metrics_url.as_deref();
        if self.metrics_url.is_some()
            && let Some(metrics) = json_data.get_mut("metrics").filter(|metrics| added(metrics))
            && let Some(fields) = metrics.as_object_mut()
        {
            fields.remove("url");
            if fields.is_empty() {
                json_data.remove("metrics");
            }
        }
    }
}

impl SourceFailure {
    fn not_there() -> Self {
        Self { status: 404, message: "this data source is not there".to_owned() }
    }
}

impl From<upstream_http::Fault> for SourceFailure {
    fn from(fault: upstream_http::Fault) -> Self {
        let status = fault.status.map_or(502, |status| status.as_u16());
        Self { status, message: fault.message }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn beside(url: &str) -> Sources {
        Sources { metrics_url: Some(url.to_owned()), ..Sources::default() }
    }

    #[test]
    fn the_metrics_server_beside_is_used_unless_another_is_named() {
        let sources = beside("http://127.0.0.1:9090");
        let mut settings = Map::new();
        sources.add_metrics(&mut settings);
        assert_eq!(settings["metrics"]["url"], "http://127.0.0.1:9090");
        sources.remove_metrics(&mut settings);
        assert!(settings.is_empty());

        let named = json!({"metrics": {"url": "http://mimir:9009"}}).as_object().cloned().unwrap();
        let mut settings = named.clone();
        sources.add_metrics(&mut settings);
        sources.remove_metrics(&mut settings);
        assert_eq!(settings, named);
    }
}
