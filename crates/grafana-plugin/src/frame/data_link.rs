//! Links of a field.

use serde::{Deserialize, Serialize};
use serde_json::Value;

/// A link that is offered for each value of a field.
///
/// Only what survives Grafana's own decoding is here.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct DataLink {
    /// What to show.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    /// Whether it opens in a tab of its own.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub target_blank: bool,
    /// Address with variables such as `${__value.raw}`; empty for an internal link.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub url: String,
    /// Where in Grafana the link leads.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub internal: Option<InternalLink>,
}

/// A link to a query in Explore.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct InternalLink {
    /// The query, with variables in its strings.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub query: Value,
    /// Datasource to query.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub datasource_uid: String,
    /// Name of that datasource, shown as it is.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub datasource_name: String,
    /// State of Explore's panels, keyed by visualisation; null for none.
    #[serde(skip_serializing_if = "Value::is_null")]
    pub panels_state: Value,
}
