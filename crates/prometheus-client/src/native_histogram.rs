//! Native histograms: a whole distribution as one sample.

use serde::Deserialize;
use serde::de::{self, Deserializer};

use crate::number::{Millis, Value};

/// The distribution of one point in time.
#[derive(Debug, Clone, PartialEq)]
pub struct NativeHistogram {
    /// When. Unit: milliseconds since 1970.
    pub timestamp_millis: i64,
    /// The buckets that hold anything, ascending.
    pub buckets: Vec<HistogramBucket>,
}

/// One bucket of a native histogram.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct HistogramBucket {
    /// Which boundaries belong to the bucket.
    pub boundaries: Boundaries,
    /// The lower boundary.
    pub lower: f64,
    /// The upper boundary.
    pub upper: f64,
    /// How many observations; a rate has fractions.
    pub count: f64,
}

/// Which boundaries belong to a bucket; the number is the one that the API writes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Boundaries {
    /// The upper one.
    Upper = 0,
    /// The lower one.
    Lower = 1,
    /// None.
    Neither = 2,
    /// Both, as of the bucket around zero.
    Both = 3,
}

#[derive(Deserialize)]
struct Written(Millis, Distribution);

#[derive(Deserialize)]
struct Distribution {
    #[serde(default)]
    buckets: Vec<WrittenBucket>,
}

#[derive(Deserialize)]
struct WrittenBucket(u8, Value, Value, Value);

impl<'de> Deserialize<'de> for NativeHistogram {
    fn deserialize<D: Deserializer<'de>>(json: D) -> Result<Self, D::Error> {
        let Written(Millis(timestamp_millis), Distribution { buckets }) =
            Written::deserialize(json)?;
        let buckets = buckets
            .into_iter()
            .map(|WrittenBucket(rule, lower, upper, count)| {
                let boundaries = match rule {
                    0 => Boundaries::Upper,
                    1 => Boundaries::Lower,
                    2 => Boundaries::Neither,
                    3 => Boundaries::Both,
                    _ => {
                        return Err(de::Error::custom(format!(
                            "boundary rule {rule}, expected 0 to 3"
                        )));
                    }
                };
                Ok(HistogramBucket { boundaries, lower: lower.0, upper: upper.0, count: count.0 })
            })
            .collect::<Result<_, _>>()?;
        Ok(Self { timestamp_millis, buckets })
    }
}
