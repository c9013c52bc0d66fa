//! The process's own metrics, as Grafana scrapes them.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use grafana_plugin::{MetricsHandler, RequestContext};

use crate::Fireline;

/// Counts calls by kind and status.
#[derive(Debug, Default)]
pub(crate) struct CallMetrics {
    calls: Mutex<BTreeMap<(&'static str, u16), Calls>>,
}

#[derive(Debug, Default)]
struct Calls {
    count: u64,
    duration: Duration,
}

impl CallMetrics {
    /// Counts one call.
    pub(crate) fn count(&self, kind: &'static str, status: u16, duration: Duration) {
        let mut calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let entry = calls.entry((kind, status)).or_default();
        entry.count += 1;
        entry.duration += duration;
    }

    /// All counts in Prometheus' text format.
    fn text(&self) -> String {
        let calls = self.calls.lock().unwrap_or_else(PoisonError::into_inner);
        let mut text = String::from(
            "# HELP fireline_call_duration_seconds Time that calls of the plugin took.\n\
             # TYPE fireline_call_duration_seconds summary\n",
        );
        for ((kind, status), Calls { count, duration }) in calls.iter() {
            let labels = format!("{{kind=\"{kind}\",status=\"{status}\"}}");
            let secs = duration.as_secs_f64();
            // Writing into a string cannot fail.
            let _ = writeln!(text, "fireline_call_duration_seconds_sum{labels} {secs}");
            let _ = writeln!(text, "fireline_call_duration_seconds_count{labels} {count}");
        }
        text
    }
}

impl MetricsHandler for Fireline {
    async fn collect_metrics(&self, _: &RequestContext) -> String {
        self.metrics.text()
    }
}
