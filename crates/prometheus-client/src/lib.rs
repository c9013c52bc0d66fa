#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod answer;
mod client;
mod dialect;
mod exemplars;
mod labels;
mod metadata;
mod native_histogram;
mod number;
mod query_result;

pub use answer::Answer;
pub use client::{PrometheusClient, PrometheusConfig, RangeQuery};
pub use exemplars::{Exemplar, SeriesExemplars};
pub use metadata::{BuildInfo, MetricMetadata};
pub use native_histogram::{Boundaries, HistogramBucket, NativeHistogram};
pub use query_result::{Point, QueryResult, Sample, Series};
