//! The datasource against servers that play recorded answers, or fail in every way there is.
#![allow(clippy::unwrap_used)]

mod bad_servers;
mod beside_core;
mod client_config;
mod diffs;
mod frames_as_grafana;
mod grafana_drives_it;
mod health;
mod heatmaps;
mod lookups;
mod metrics_only;
mod played_server;
mod prometheus_server;
mod promql;
mod queries;
mod real_prometheus;
mod resources;
mod slow_servers;
mod span_lists;
mod users;
