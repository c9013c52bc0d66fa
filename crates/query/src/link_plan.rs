//! What a link says about its own query: which labels it can do without, and how much time it means.

use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use crate::duration::parse_duration_nanos;
use crate::model::{number, text, texts};

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
    #[serde(deserialize_with = "moment", skip_serializing_if = "Option::is_none")]
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
    /// The same as a duration, `0.7ms`, where Grafana fills it in from a row. Empty: not known.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub span_duration: String,
}

impl LinkPlan {
    /// How long the span took that the link is about. Unit: nanoseconds. None: not known.
    #[must_use]
    pub fn span_nanos(&self) -> Option<i64> {
        self.span_duration_nanos.or_else(|| parse_duration_nanos(&self.span_duration))
    }
}

/// A moment. Without it the link would silently mean another time, so that what cannot be read is an error.
fn moment<'de, D: Deserializer<'de>>(json: D) -> Result<Option<i64>, D::Error> {
    let json = Value::deserialize(json)?;
    let millis = match &json {
        Value::Null => return Ok(None),
        Value::Number(number) => number.as_f64(),
        Value::String(text) => text.trim().parse::<f64>().ok(),
        _ => None,
    };
    // Moments fit into a double; parts of a millisecond are cut off.
    let millis = millis.filter(|millis| millis.abs() < 9_007_199_254_740_992.0);
    millis.map(|millis| Some(millis as i64)).ok_or_else(|| {
        serde::de::Error::custom(format!(
            "plan.atMillis is {json}, expected milliseconds since 1970"
        ))
    })
}
