//! A PromQL query as Grafana saves it.

use serde::{Deserialize, Serialize};

use crate::model::{QueryJsonError, number, text, texts, truth};

/// The `queryType` of a query in PromQL.
pub const PROMQL: &str = "promql";

/// A PromQL query as it is saved in dashboards, URLs and alert rules: the fields of Prometheus's own
/// datasource, so that a query of that one runs once its `queryType` says `promql`.
///
/// Nothing here is validated; see [`crate::promql::ValidPromql`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct PromqlQuery {
    /// Which query of the request it is, for instance `A`.
    pub ref_id: String,
    /// The expression.
    #[serde(deserialize_with = "text")]
    pub expr: String,
    /// Whether it is evaluated over the time range. Neither this nor `instant`: it is.
    #[serde(deserialize_with = "truth")]
    pub range: bool,
    /// Whether it is evaluated at the end of the time range.
    #[serde(deserialize_with = "truth")]
    pub instant: bool,
    /// Whether exemplars are added.
    #[serde(deserialize_with = "truth")]
    pub exemplar: bool,
    /// How series are called: `{{label}}` stands for its value. Empty: name and labels;
    /// `__auto`: what tells the series apart.
    #[serde(deserialize_with = "text")]
    pub legend_format: String,
    /// The smallest step, as a duration. Empty: the scrape interval.
    #[serde(deserialize_with = "text")]
    pub interval: String,
    /// `time_series`, `table` or `heatmap`. Empty: `time_series`.
    #[serde(deserialize_with = "text")]
    pub format: String,
    /// At most so many exemplars of each series. None: a hundred.
    #[serde(deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub max_exemplars: Option<i64>,
    /// Labels of dashboard filters that the expression was not narrowed by. Empty: none.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub left_out_filters: Vec<String>,
}

impl PromqlQuery {
    /// Reads the JSON of a query as [`crate::Query::from_json`] does.
    pub fn from_json(json: &[u8]) -> Result<Self, QueryJsonError> {
        if json.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        serde_json::from_slice(json).map_err(|error| QueryJsonError { reason: error.to_string() })
    }
}
