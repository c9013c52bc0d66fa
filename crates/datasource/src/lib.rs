#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod call_metrics;
mod client_config;
mod diff_frame;
mod diff_query;
mod error_table;
mod health_handler;
mod heatmap_frames;
mod http_settings;
mod instance;
mod instances;
mod label_fields;
mod lookup;
mod metrics_resources;
mod metrics_server;
mod numbers_only;
mod profile_exemplars;
mod promql;
mod query_handler;
mod query_inspector;
mod resource_handler;
mod series_frames;
mod tree_frame;

use std::sync::Arc;

use grafana_plugin::Plugin;

use call_metrics::CallMetrics;
use instances::Instances;

pub use client_config::{Refusal, client_config};
pub use diff_frame::diff_frame;
pub use diff_query::{FoundDiff, look_up_diff};
pub use heatmap_frames::{FoundHeatmap, heatmap_frames};
pub use lookup::{AskedSpans, FactCache, FoundTree, SPANS_OF_BATCH, SampledSpans, TreeLookup};
pub use metrics_server::metrics_config;
pub use promql::{MAX_EXEMPLAR_ROWS, exemplar_frame};
pub use series_frames::{FoundSeries, series_frames};
pub use tree_frame::tree_frame;

/// The panel that draws our flame graphs, also in Explore.
pub const PANEL_ID: &str = "fireline-flamegraph-panel";

/// All datasources of this plugin in one process.
#[derive(Debug, Default)]
pub struct Fireline {
    instances: Instances,
    metrics: CallMetrics,
}

/// The plugin with all its handlers.
pub fn plugin() -> Plugin {
    let fireline = Arc::new(Fireline::default());
    Plugin::new()
        .with_data(Arc::clone(&fireline))
        .with_resource(Arc::clone(&fireline))
        .with_health(Arc::clone(&fireline))
        .with_metrics(fireline)
}
