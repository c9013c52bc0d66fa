//! Counters of the server, written in Prometheus' text format.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use axum::http::StatusCode;

/// Upper edges of the duration buckets. Unit: seconds.
const BUCKETS_SECS: [f64; 12] =
    [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 10.0];

/// What a call that its client did not wait for is counted as.
const CLIENT_CLOSED_REQUEST: u16 = 499;

/// What the server did since it started.
#[derive(Debug, Default)]
pub(crate) struct Metrics {
    calls: Mutex<BTreeMap<&'static str, CallMetrics>>,
    pushed_profiles: AtomicU64,
    pushed_samples: AtomicU64,
    pushed_bytes: AtomicU64,
    refused_profiles: AtomicU64,
}

#[derive(Debug, Default)]
struct CallMetrics {
    /// Answers by HTTP status.
    statuses: BTreeMap<u16, u64>,
    /// Calls by the first bucket that holds their duration; the last is beyond all edges.
    durations: [u64; BUCKETS_SECS.len() + 1],
    duration_sum: Duration,
}

/// What came of one push.
#[derive(Debug, Clone, Copy, Default)]
pub(crate) struct Pushed {
    /// Profiles that were stored.
    pub(crate) profiles: u64,
    /// Samples in them, as sent.
    pub(crate) samples: u64,
    /// Bytes of the requests' bodies, as sent.
    pub(crate) bytes: u64,
    /// Profiles that were refused.
    pub(crate) refused: u64,
}

impl Metrics {
    /// Begins to count one call. Dropped without [`CallTimer::finish`]: the client went away.
    pub(crate) fn start(&self, call: &'static str) -> CallTimer<'_> {
        CallTimer { metrics: self, call, started: Instant::now(), status: CLIENT_CLOSED_REQUEST }
    }

    /// Counts one push.
    pub(crate) fn count_push(&self, pushed: Pushed) {
        self.pushed_profiles.fetch_add(pushed.profiles, Ordering::Relaxed);
        self.pushed_samples.fetch_add(pushed.samples, Ordering::Relaxed);
        self.pushed_bytes.fetch_add(pushed.bytes, Ordering::Relaxed);
        self.refused_profiles.fetch_add(pushed.refused, Ordering::Relaxed);
    }

    /// Everything, as Prometheus scrapes it. Order: fixed, then by call and status.
    pub(crate) fn write(&self, text: &mut String) {
        for (name, help, value) in [
            ("fireline_pushed_profiles_total", "Profiles stored.", &self.pushed_profiles),
            ("fireline_pushed_samples_total", "Samples pushed, as sent.", &self.pushed_samples),
            ("fireline_pushed_bytes_total", "Bytes of profiles, as sent.", &self.pushed_bytes),
            ("fireline_refused_profiles_total", "Profiles refused.", &self.refused_profiles),
        ] {
            write_counter(text, name, help, value.load(Ordering::Relaxed));
        }
        let calls = self.calls.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        write_calls(text, &calls);
    }

    fn count_call(&self, call: &'static str, status: u16, duration: Duration) {
        let mut calls = self.calls.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        let counted = calls.entry(call).or_default();
        *counted.statuses.entry(status).or_default() += 1;
        let secs = duration.as_secs_f64();
        let bucket = BUCKETS_SECS.iter().position(|edge| secs <= *edge);
        counted.durations[bucket.unwrap_or(BUCKETS_SECS.len())] += 1;
        counted.duration_sum += duration;
    }
}

/// Writes one number that only grows; its name ends in `_total`.
pub(crate) fn write_counter(
    text: &mut String,
    name: &str,
    help: &str,
    value: impl std::fmt::Display,
) {
    write_metric(text, name, "counter", help);
    let _ = writeln!(text, "{name} {value}");
}

/// Writes one number that goes up and down.
pub(crate) fn write_gauge(
    text: &mut String,
    name: &str,
    help: &str,
    value: impl std::fmt::Display,
) {
    write_metric(text, name, "gauge", help);
    let _ = writeln!(text, "{name} {value}");
}

fn write_metric(text: &mut String, name: &str, kind: &str, help: &str) {
    let _ = writeln!(text, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn write_calls(text: &mut String, calls: &BTreeMap<&'static str, CallMetrics>) {
    write_metric(text, "fireline_requests_total", "counter", "Answers by call and HTTP status.");
    for (call, counted) in calls {
        for (status, count) in &counted.statuses {
            let _ = writeln!(
                text,
                "fireline_requests_total{{call=\"{call}\",status=\"{status}\"}} {count}"
            );
        }
    }
    let name = "fireline_request_duration_seconds";
    write_metric(text, name, "histogram", "Time from the head of a request to its answer.");
    for (call, counted) in calls {
        let mut cumulative = 0;
        for (edge, count) in BUCKETS_SECS.iter().zip(counted.durations) {
            cumulative += count;
            let _ = writeln!(text, "{name}_bucket{{call=\"{call}\",le=\"{edge}\"}} {cumulative}");
        }
        cumulative += counted.durations[BUCKETS_SECS.len()];
        let sum = counted.duration_sum.as_secs_f64();
        let _ = writeln!(text, "{name}_bucket{{call=\"{call}\",le=\"+Inf\"}} {cumulative}");
        let _ = writeln!(text, "{name}_sum{{call=\"{call}\"}} {sum}");
        let _ = writeln!(text, "{name}_count{{call=\"{call}\"}} {cumulative}");
    }
}

/// One call that is being answered; counts itself when it ends.
#[derive(Debug)]
pub(crate) struct CallTimer<'a> {
    metrics: &'a Metrics,
    call: &'static str,
    started: Instant,
    status: u16,
}

impl CallTimer<'_> {
    /// Ends the call with a status.
    pub(crate) fn finish(mut self, status: StatusCode) {
        self.status = status.as_u16();
    }
}

impl Drop for CallTimer<'_> {
    fn drop(&mut self) {
        self.metrics.count_call(self.call, self.status, self.started.elapsed());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_are_counted_by_status_and_duration() {
        let metrics = Metrics::default();
        metrics.count_call("Push", 200, Duration::from_millis(2));
        metrics.count_call("Push", 200, Duration::from_secs(60));
        metrics.count_call("Push", 400, Duration::from_millis(2));
        metrics.count_push(Pushed { profiles: 2, samples: 30, bytes: 400, refused: 1 });
        let mut text = String::new();
        metrics.write(&mut text);
        for line in [
            "fireline_pushed_profiles_total 2",
            "fireline_pushed_samples_total 30",
            "fireline_pushed_bytes_total 400",
            "fireline_refused_profiles_total 1",
            "fireline_requests_total{call=\"Push\",status=\"200\"} 2",
            "fireline_requests_total{call=\"Push\",status=\"400\"} 1",
            "fireline_request_duration_seconds_bucket{call=\"Push\",le=\"0.001\"} 0",
            "fireline_request_duration_seconds_bucket{call=\"Push\",le=\"0.0025\"} 2",
            "fireline_request_duration_seconds_bucket{call=\"Push\",le=\"10\"} 2",
            "fireline_request_duration_seconds_bucket{call=\"Push\",le=\"+Inf\"} 3",
            "fireline_request_duration_seconds_count{call=\"Push\"} 3",
        ] {
            assert!(text.lines().any(|found| found == line), "no line {line} in:\n{text}");
        }
    }

    #[test]
    fn a_call_that_is_dropped_counts_as_given_up_by_the_client() {
        let metrics = Metrics::default();
        drop(metrics.start("Series"));
        metrics.start("Series").finish(StatusCode::OK);
        let mut text = String::new();
        metrics.write(&mut text);
        assert!(text.contains("{call=\"Series\",status=\"499\"} 1"), "{text}");
        assert!(text.contains("{call=\"Series\",status=\"200\"} 1"), "{text}");
    }
}
