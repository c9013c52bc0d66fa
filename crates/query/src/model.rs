//! A query as Grafana saves it: the JSON that the core Pyroscope datasource writes, and more.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::baseline::Baseline;
use crate::link_plan::LinkPlan;
use crate::span_class::SpanClass;

/// The version that Fireline writes into the queries that it saves.
pub const QUERY_VERSION: u32 = 1;

/// What a query asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum QueryType {
    /// Values over time.
    Metrics,
    /// One call tree of the whole window.
    Profile,
    /// Values over time and the call tree.
    #[default]
    Both,
    /// Two call trees in one, side by side.
    Diff,
    /// Profiles or spans counted by time and value.
    Heatmap,
}

impl QueryType {
    /// Whether values over time are asked for.
    pub fn wants_series(self) -> bool {
        matches!(self, Self::Metrics | Self::Both)
    }

    /// Whether a call tree is asked for.
    pub fn wants_tree(self) -> bool {
        matches!(self, Self::Profile | Self::Both | Self::Diff)
    }
}

/// A query as it is saved in dashboards, URLs and alert rules.
///
/// A superset of the core Pyroscope datasource's JSON: what that one saved is read as it is, and it
/// reads what Fireline saves, for fields that it does not know it ignores.
/// Nothing here is validated; see [`crate::ValidQuery`].
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", default)]
pub struct Query {
    /// Which query of the request it is, for instance `A`.
    pub ref_id: String,
    /// What is asked for, as text: an unknown one is reported, not dropped.
    #[serde(deserialize_with = "text")]
    pub query_type: String,
    /// The profile type id.
    #[serde(deserialize_with = "text")]
    pub profile_type_id: String,
    /// The label selector. Empty: everything.
    #[serde(deserialize_with = "text")]
    pub label_selector: String,
    /// Label names to keep series apart by.
    #[serde(deserialize_with = "texts")]
    pub group_by: Vec<String>,
    /// Span ids. Empty: samples of any span and of none; a blank one counts as left out, unless a link has it.
    #[serde(deserialize_with = "ids")]
    pub span_selector: Vec<String>,
    /// The class that the spans belong to. None: they are named one by one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub span_class: Option<SpanClass>,
    /// Trace ids. Empty: samples of any trace and of none.
    #[serde(deserialize_with = "ids", skip_serializing_if = "Vec::is_empty")]
    pub trace_selector: Vec<String>,
    /// Profile ids. Empty: any profile.
    #[serde(deserialize_with = "ids", skip_serializing_if = "Vec::is_empty")]
    pub profile_id_selector: Vec<String>,
    /// Function names from the root: only stack traces that begin with these. Empty: all.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub call_site: Vec<String>,
    /// At most so many series, the largest first. None: the datasource's own limit.
    #[serde(deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// Roughly how many nodes of the call tree to ask for. None: the datasource's own limit.
    #[serde(deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub max_nodes: Option<i64>,
    /// Whether to add what the server says of single points.
    #[serde(deserialize_with = "truth")]
    pub annotations: bool,
    /// Whether to add exemplars to the series.
    #[serde(deserialize_with = "truth")]
    pub include_exemplars: bool,
    /// What the exemplars of series lead to: `individual` (also when empty) to profiles, `span` to spans.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub exemplar_type: String,
    /// At most so many exemplars of each series. None: 100.
    #[serde(deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub max_exemplars: Option<i64>,
    /// What a heatmap counts: `individual` (also when empty) profiles, `span` spans.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub heatmap_type: String,
    /// Who made the query: `link` for a link of ours, which then has a plan. Empty: not said.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub origin: String,
    /// What the link says about this query. None: it is no link of ours.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plan: Option<LinkPlan>,
    /// What a diff compares with. None: the query is no diff.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub baseline: Option<Baseline>,
    /// The version of this JSON; 0 where the core datasource or a person wrote it.
    #[serde(deserialize_with = "number_or_zero")]
    pub version: i64,
}

/// A query whose JSON cannot be read at all.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the query is not readable: {reason}")]
pub struct QueryJsonError {
    /// What is wrong, with line and column.
    pub reason: String,
}

impl Query {
    /// Reads the JSON of a query. Fields of the wrong type are read as well as possible: a number
    /// may be written as text, a list may be one text, `null` is the same as absent.
    /// Errors: the text is not a JSON object.
    pub fn from_json(json: &[u8]) -> Result<Self, QueryJsonError> {
        if json.iter().all(u8::is_ascii_whitespace) {
            return Ok(Self::default());
        }
        serde_json::from_slice(json).map_err(|error| QueryJsonError { reason: error.to_string() })
    }
}

pub(crate) fn text<'de, D: serde::Deserializer<'de>>(json: D) -> Result<String, D::Error> {
    Ok(match Value::deserialize(json)? {
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => String::new(),
    })
}

pub(crate) fn texts<'de, D: serde::Deserializer<'de>>(json: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(json)? {
        Value::Array(items) => items
            .into_iter()
            .filter_map(|item| item.as_str().map(str::to_owned))
            .filter(|text| !text.trim().is_empty())
            .collect(),
        Value::String(text) if !text.trim().is_empty() => vec![text],
        _ => Vec::new(),
    })
}

/// Ids, of which a link may have left one blank: what that means depends on who asks.
pub(crate) fn ids<'de, D: serde::Deserializer<'de>>(json: D) -> Result<Vec<String>, D::Error> {
    Ok(match Value::deserialize(json)? {
        Value::Array(items) => {
            items.iter().map(|item| item.as_str().unwrap_or_default().to_owned()).collect()
        }
        Value::String(text) => vec![text],
        _ => Vec::new(),
    })
}

pub(crate) fn number<'de, D: serde::Deserializer<'de>>(json: D) -> Result<Option<i64>, D::Error> {
    Ok(match Value::deserialize(json)? {
        Value::Number(number) => number.as_i64().or_else(|| whole(number.as_f64()?)),
        Value::String(text) => text.trim().parse().ok(),
        _ => None,
    })
}

/// A number that JavaScript wrote with a point or an exponent.
fn whole(number: f64) -> Option<i64> {
    // Beyond 2^53 the text of a double no longer says which whole number was meant.
    (number.fract() == 0.0 && number.abs() < 9_007_199_254_740_992.0).then_some(number as i64)
}

fn number_or_zero<'de, D: serde::Deserializer<'de>>(json: D) -> Result<i64, D::Error> {
    Ok(number(json)?.unwrap_or(0))
}

pub(crate) fn truth<'de, D: serde::Deserializer<'de>>(json: D) -> Result<bool, D::Error> {
    Ok(matches!(Value::deserialize(json)?, Value::Bool(true)))
}
