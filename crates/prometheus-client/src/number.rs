//! Numbers as the API writes them: values as texts, times as seconds.

use std::fmt;

use serde::de::{self, Deserializer, Visitor};

/// A value, which JSON carries as text because it may be `NaN` or `+Inf`.
pub(crate) fn value<'de, D: Deserializer<'de>>(json: D) -> Result<f64, D::Error> {
    json.deserialize_any(ValueVisitor)
}

/// A time. Unit: milliseconds since 1970, of seconds with a fraction.
pub(crate) fn millis<'de, D: Deserializer<'de>>(json: D) -> Result<i64, D::Error> {
    let secs: f64 = json.deserialize_any(ValueVisitor)?;
    let millis = (secs * 1000.0).round();
    if millis.abs() < 9.0e18 {
        Ok(millis as i64)
    } else {
        Err(de::Error::custom(format!("{secs} is not a time in seconds since 1970")))
    }
}

/// A value within a list.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
pub(crate) struct Value(#[serde(deserialize_with = "value")] pub(crate) f64);

/// A time within a list.
#[derive(Debug, Clone, Copy, serde::Deserialize)]
pub(crate) struct Millis(#[serde(deserialize_with = "millis")] pub(crate) i64);

struct ValueVisitor;

impl Visitor<'_> for ValueVisitor {
    type Value = f64;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a number, or a number as text")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<f64, E> {
        text.parse().map_err(|_| de::Error::custom(format!("{text:?} is not a number")))
    }

    fn visit_f64<E: de::Error>(self, number: f64) -> Result<f64, E> {
        Ok(number)
    }

    fn visit_i64<E: de::Error>(self, number: i64) -> Result<f64, E> {
        Ok(number as f64)
    }

    fn visit_u64<E: de::Error>(self, number: u64) -> Result<f64, E> {
        Ok(number as f64)
    }
}
