//! Series and their exemplars, as every metrics server's data source answers.

use super::card::Choice;
use crate::exemplar::normalise_exemplar;
use crate::exemplar_settings::ExemplarSettings;
use crate::id::IdKind;
use crate::json_frame::{JsonField, JsonFrame};
use crate::target::quoted;

/// How libraries and collectors call the histogram of how long requests took, without `_bucket`; the
/// names of OpenTelemetry first.
const LATENCY_HISTOGRAMS: [&str; 10] = [
    "http_server_request_duration_seconds",
    "http_server_duration_milliseconds",
    "rpc_server_duration_milliseconds",
    "traces_spanmetrics_latency",
    "traces_spanmetrics_duration_seconds",
    "traces_span_metrics_duration_milliseconds",
    "http_request_duration_seconds",
    "grpc_server_handling_seconds",
    "request_duration_seconds",
    "istio_request_duration_milliseconds",
];

/// The labels that may say which service a series is of, the most telling first.
const SERVICE_LABELS: [&str; 4] = ["service_name", "service", "app", "job"];

/// One value at one time.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Point {
    /// Unit: milliseconds since 1970.
    pub(super) at_millis: f64,
    pub(super) value: f64,
}

/// One line of the chart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MetricSeries {
    pub(super) name: String,
    /// Ascending by time; what is no number is left out.
    pub(super) points: Vec<Point>,
}

/// One diamond of the chart.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct MetricExemplar {
    pub(super) point: Point,
    pub(super) trace_id: Option<String>,
    pub(super) span_id: Option<String>,
    /// Its other labels and those of its series, without what only counts.
    pub(super) labels: Vec<(String, String)>,
}

/// Something that can be shown without typing it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct MetricChoice {
    pub(super) service: String,
    pub(super) choice: Choice,
}

impl MetricChoice {
    /// Whether it is about a service of a trace. OpenTelemetry writes the namespace before a job's name.
    pub(super) fn is_of(&self, service: &str) -> bool {
        self.service == service
            || self.service.rsplit_once('/').is_some_and(|(_, name)| name == service)
    }
}

/// What a metrics server answered.
#[derive(Debug, Clone, PartialEq, Default)]
pub(super) struct MetricAnswer {
    pub(super) series: Vec<MetricSeries>,
    pub(super) exemplars: Vec<MetricExemplar>,
    pub(super) notices: Vec<String>,
}

impl MetricAnswer {
    pub(super) fn read(frames: &[JsonFrame], settings: &ExemplarSettings) -> Self {
        let mut answer = Self::default();
        for frame in frames {
            // Some servers say the same of every series.
            for notice in frame.notices() {
                if !answer.notices.contains(&notice) {
                    answer.notices.push(notice);
                }
            }
            if is_of_exemplars(frame) {
                answer.exemplars.extend(exemplars(frame, settings));
            } else {
                answer.series.extend(series(frame));
            }
        }
        answer
    }
}

/// Which services the metrics server knows a latency histogram of, and how to ask for it. Cheap for
/// the server: one series for each label set.
pub(super) fn choices_expr() -> String {
    let names = LATENCY_HISTOGRAMS.join("|");
    let labels = SERVICE_LABELS.join(", ");
    format!("count by (__name__, {labels}) ({{__name__=~\"({names})_bucket\", le=\"+Inf\"}})")
}

/// The answer to [`choices_expr`]: expressions, each with the service that it is about.
/// Shape: by rank of the metric, then by service.
pub(super) fn read_choices(frames: &[JsonFrame]) -> Vec<MetricChoice> {
    let mut found: Vec<(usize, String, String)> = Vec::new();
    for field in frames.iter().flat_map(|frame| &frame.fields) {
        let Some(bucket) = field.labels.get("__name__") else { continue };
        let metric = bucket.strip_suffix("_bucket").unwrap_or(bucket);
        let rank = LATENCY_HISTOGRAMS.iter().position(|known| *known == metric);
        let service = SERVICE_LABELS.iter().find_map(|label| {
            let value = field.labels.get(*label).filter(|value| !value.is_empty())?;
            Some((*label, value))
        });
        if let (Some(rank), Some((label, service))) = (rank, service) {
            found.push((rank, service.clone(), latency_expr(metric, label, service)));
        }
    }
    found.sort();
    found.dedup();
    let several_metrics = found.windows(2).any(|pair| pair[0].0 != pair[1].0);
    let choice = |(rank, service, value): (usize, String, String)| {
        let label = if several_metrics {
            format!("{service}: {}", LATENCY_HISTOGRAMS[rank])
        } else {
            service.clone()
        };
        MetricChoice { service, choice: Choice { value, label } }
    };
    found.into_iter().map(choice).collect()
}

/// How long 95 of 100 requests took at most, for each route.
fn latency_expr(metric: &str, label: &str, service: &str) -> String {
    let service = quoted(service);
    format!(
        "histogram_quantile(0.95, sum by (le, http_route) (rate({metric}_bucket{{{label}={service}}}[$__rate_interval])))"
    )
}

fn is_of_exemplars(frame: &JsonFrame) -> bool {
    frame.name == "exemplar" || frame.meta["custom"]["resultType"] == "exemplar"
}

fn series(frame: &JsonFrame) -> Vec<MetricSeries> {
    let is_time = |field: &&JsonField| field.name.eq_ignore_ascii_case("time");
    let Some(times) = frame.fields.iter().find(is_time) else { return Vec::new() };
    let values = frame.fields.iter().filter(|field| !is_time(field));
    values
        .map(|field| {
            let points = (0..times.values.len()).filter_map(|row| {
                Some(Point { at_millis: times.number(row)?, value: field.number(row)? })
            });
            MetricSeries { name: series_name(field), points: points.collect() }
        })
        .collect()
}

/// As Prometheus writes series.
fn series_name(field: &JsonField) -> String {
    let metric = field.labels.get("__name__").map_or("", String::as_str);
    let labels: Vec<String> = field
        .labels
        .iter()
        .filter(|(name, value)| !value.is_empty() && name.as_str() != "__name__")
        .map(|(name, value)| format!("{name}={}", quoted(value)))
        .collect();
    match (metric, labels.is_empty()) {
        ("", true) => field.name.clone(),
        (metric, true) => metric.to_owned(),
        (metric, false) => format!("{metric}{{{}}}", labels.join(", ")),
    }
}

fn exemplars(frame: &JsonFrame, settings: &ExemplarSettings) -> Vec<MetricExemplar> {
    let (Some(times), Some(values)) = (frame.field("Time"), frame.field("Value")) else {
        return Vec::new();
    };
    let is_label = |field: &&JsonField| !matches!(field.name.as_str(), "Time" | "Value");
    let all = (0..frame.row_count()).filter_map(|row| {
        let point = Point { at_millis: times.number(row)?, value: values.number(row)? };
        let own = frame.fields.iter().filter(is_label);
        let labels: Vec<(String, String)> = own
            .map(|field| (field.name.clone(), field.text(row).to_owned()))
            .filter(|(_, value)| !value.is_empty())
            .collect();
        let normalised = normalise_exemplar(&labels, settings);
        let ids = [IdKind::Trace, IdKind::Span].map(|kind| settings.answer_label(kind));
        let counts_only = ["__name__", "le", "instance", "job", ids[0], ids[1]];
        let mut labels = normalised.labels;
        labels.retain(|(name, _)| !counts_only.contains(&name.as_str()));
        Some(MetricExemplar {
            point,
            trace_id: normalised.trace_id,
            span_id: normalised.span_id,
            labels,
        })
    });
    all.collect()
}
