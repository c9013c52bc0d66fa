//! What a link says about its own query: which labels it can do without, and how much time it means.

use serde::{Deserialize, Serialize};

use crate::model::{number, texts};

/// What a link says about its own query. Written by Fireline's links, read by its backend.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct LinkPlan {
    /// Labels whose conditions may be left out where profiles do not have them; the first goes first.
    /// Empty: none.
    #[serde(deserialize_with = "texts", skip_serializing_if = "Vec::is_empty")]
    pub optional: Vec<String>,
    /// The moment that the link is about: the time range is drawn around it. Unit: milliseconds since 1970.
    /// None: the time range is what the query comes with.
    #[cfg_attr(feature = "ts", tsify(optional))]
    #[serde(deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub at_millis: Option<i64>,
    /// How much time to look at before and after. Unit: milliseconds.
    /// None: the datasource's own setting.
    #[cfg_attr(feature = "ts", tsify(optional))]
    #[serde(deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub padding_millis: Option<i64>,
    /// How long the span took that the link is about. Unit: nanoseconds. None: not known.
    #[cfg_attr(feature = "ts", tsify(optional))]
    #[serde(deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub span_duration_nanos: Option<i64>,
}
