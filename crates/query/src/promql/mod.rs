//! Queries in PromQL: the fields of Prometheus's own datasource, and what Fireline adds.

mod builtin;
mod go_duration;
mod interpolate;
mod model;
mod step;
mod valid;

pub use go_duration::go_duration;
pub use interpolate::interpolate_expr;
pub use model::{PROMQL, PromqlQuery};
pub use step::{DEFAULT_SCRAPE_INTERVAL_MILLIS, MAX_POINTS, PromqlStep};
pub use valid::{DEFAULT_MAX_EXEMPLARS, PromqlError, PromqlFormat, ValidPromql};
