//! How long requests took, as a histogram with exemplars in the text format of OpenMetrics.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use crate::request_trace::TraceIds;

/// Upper ends of the buckets. Unit: seconds.
const BUCKETS_SECS: [f64; 9] = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5];

/// The name that OpenTelemetry's conventions give it.
const NAME: &str = "http_server_request_duration_seconds";

/// How exemplars name their trace: libraries disagree, so the services do too.
#[derive(Clone, Copy, Debug)]
pub(crate) enum ExemplarLabels {
    /// `traceID`, and no span.
    Camel,
    /// `trace_id` and `span_id`, as OpenMetrics says.
    Snake,
}

/// The latencies of one service.
pub(crate) struct Latency {
    service: &'static str,
    exemplar_labels: ExemplarLabels,
    by_route: BTreeMap<&'static str, Histogram>,
}

#[derive(Default)]
struct Histogram {
    /// One more than there are upper ends; not cumulative.
    buckets: [Bucket; BUCKETS_SECS.len() + 1],
    sum_secs: f64,
}

#[derive(Default)]
struct Bucket {
    count: u64,
    newest: Option<Exemplar>,
}

struct Exemplar {
    ids: TraceIds,
    secs: f64,
    at_micros: u64,
}

impl Latency {
    pub(crate) fn new(service: &'static str, exemplar_labels: ExemplarLabels) -> Self {
        Self { service, exemplar_labels, by_route: BTreeMap::new() }
    }

    /// Counts a request that ended just now.
    pub(crate) fn observe(
        &mut self,
        route: &'static str,
        secs: f64,
        ids: TraceIds,
        at_micros: u64,
    ) {
        let histogram = self.by_route.entry(route).or_default();
        let bucket = BUCKETS_SECS.iter().position(|upper| secs <= *upper);
        let bucket = &mut histogram.buckets[bucket.unwrap_or(BUCKETS_SECS.len())];
        bucket.count += 1;
        bucket.newest = Some(Exemplar { ids, secs, at_micros });
        histogram.sum_secs += secs;
    }

    /// What a metrics server reads.
    pub(crate) fn open_metrics(&self) -> String {
        let mut text = format!(
            "# TYPE {NAME} histogram\n# UNIT {NAME} seconds\n# HELP {NAME} How long requests took.\n"
        );
        for (route, histogram) in &self.by_route {
            let labels = format!(
                "service_name=\"{}\",service_namespace=\"shop\",region=\"eu-west\",http_route=\"{route}\"",
                self.service
            );
            let mut count = 0;
            for (at, bucket) in histogram.buckets.iter().enumerate() {
                count += bucket.count;
                let upper =
                    BUCKETS_SECS.get(at).map_or("+Inf".to_owned(), |upper| format!("{upper:?}"));
                let _ = write!(text, "{NAME}_bucket{{{labels},le=\"{upper}\"}} {count}");
                if let Some(exemplar) = &bucket.newest {
                    let at_secs = exemplar.at_micros as f64 / 1e6;
                    let labels = self.exemplar_labels.of(exemplar.ids);
                    let _ = write!(text, " # {{{labels}}} {} {at_secs:.6}", exemplar.secs);
                }
                text.push('\n');
            }
            let _ = writeln!(text, "{NAME}_count{{{labels}}} {count}");
            let _ = writeln!(text, "{NAME}_sum{{{labels}}} {}", histogram.sum_secs);
        }
        text.push_str("# EOF\n");
        text
    }
}

impl ExemplarLabels {
    fn of(self, ids: TraceIds) -> String {
        match self {
            Self::Camel => format!("traceID=\"{}\"", ids.trace()),
            Self::Snake => format!("trace_id=\"{}\",span_id=\"{}\"", ids.trace(), ids.span()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_scrape_is_open_metrics_with_exemplars() {
        let ids = TraceIds { trace: 0xabc << 64, span: 0xdef };
        let mut latency = Latency::new("checkout", ExemplarLabels::Camel);
        latency.observe("POST /checkout", 0.03, ids, 1_500_000);
        latency.observe("POST /checkout", 9.0, ids, 2_500_000);
        let text = latency.open_metrics();
        let bucket = |le: &str| {
            let line = text.lines().find(|line| line.contains(&format!("le=\"{le}\"}}")));
            line.unwrap_or_default().split_once("} ").map(|(_, rest)| rest.to_owned())
        };
        assert_eq!(bucket("0.025").as_deref(), Some("0"));
        assert_eq!(bucket("1.0").as_deref(), Some("1"));
        let of_trace = "# {traceID=\"0000000000000abc0000000000000000\"}";
        assert_eq!(bucket("0.05"), Some(format!("1 {of_trace} 0.03 1.500000")));
        assert_eq!(bucket("+Inf"), Some(format!("2 {of_trace} 9 2.500000")));
        assert!(text.contains("_count{service_name=\"checkout\""));
        assert!(text.ends_with("# EOF\n"));
    }

    #[test]
    fn other_services_name_trace_and_span() {
        let mut latency = Latency::new("catalogue", ExemplarLabels::Snake);
        latency.observe("GET /search", 0.03, TraceIds { trace: 1, span: 2 }, 0);
        let wanted = "{trace_id=\"00000000000000000000000000000001\",span_id=\"0000000000000002\"}";
        assert!(latency.open_metrics().contains(wanted));
    }
}
