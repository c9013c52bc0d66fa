//! Values over time as frames: the series, their exemplars, what the server says of single points.

use grafana_plugin::frame::{
    Column, DataTopic, Field, FieldConfig, Frame, FrameMeta, Notice, Severity, Visualisation,
};
use query::{Exemplar, ExemplarKind, Series, SeriesRequest, SeriesResponse};
use selector::{Aggregation, ProfileTypeId};
use serde_json::{Value, json};

use crate::profile_exemplars::{ExemplarLook, exemplar_frame};
use crate::query_inspector::{NO_PROFILE, cost_of_series, executed_series, tell_inspector};

/// Series, and how they were found.
#[derive(Debug, Clone)]
pub struct FoundSeries {
    /// What the source was asked in the end.
    pub request: SeriesRequest,
    /// What it answered.
    pub response: SeriesResponse,
    /// How long the source took. Unit: milliseconds.
    pub upstream_millis: f64,
}

/// The frames of some series, as the core Pyroscope datasource makes them: one frame for each
/// series, followed by one with its exemplars where it has any.
///
/// Of exemplars at most `max_exemplars` of each series stand there.
/// Unit: values that add up over time become a rate per second, CPU time a number of cores.
/// Empty: one frame without fields, whose notice says what there is none of. Grafana's alert rules take it for no
/// data, as they take no frames.
pub fn series_frames(found: &FoundSeries, annotations: bool, max_exemplars: usize) -> Vec<Frame> {
    let FoundSeries { request, response, upstream_millis } = found;
    let scale = Scale::new(&request.profile_type, request.step_millis);
    let mut frames = Vec::new();
    for one in &response.series {
        frames.push(series_frame(one, request, &scale));
        let exemplars: Vec<&Exemplar> =
            one.points.iter().flat_map(|point| &point.exemplars).collect();
        let look = ExemplarLook {
            labels: &one.labels,
            divisor: scale.divisor,
            unit: "",
            at_most: max_exemplars,
            window: request.window,
            in_full: request.exemplars == ExemplarKind::Span,
        };
        frames.extend(exemplar_frame(&exemplars, &look));
        if annotations {
            frames.extend(annotation_frame(one, request.step_millis));
        }
    }
    if frames.is_empty() {
        let mut nothing = Frame::new("series", Vec::new());
        nothing.meta_mut().preferred_visualisation = Some(Visualisation::Graph);
        nothing.push_notice(Notice::new(Severity::Info, NO_PROFILE));
        frames.push(nothing);
    }
    let stats = cost_of_series(*upstream_millis, response.wire_bytes, response.series.len());
    let executed = executed_series(response.call, request);
    tell_inspector(&mut frames, &executed, stats, &response.notices);
    frames
}

/// How a sum over one step becomes what is shown.
struct Scale {
    unit: String,
    divisor: f64,
    is_rate: bool,
}

impl Scale {
    fn new(profile_type: &ProfileTypeId, step_millis: i64) -> Self {
        match profile_type.aggregation() {
            Aggregation::Instant => {
                Self { unit: profile_type.unit().to_owned(), divisor: 1.0, is_rate: false }
            }
            Aggregation::Cumulative => {
                let (unit, divisor) = profile_type.rate_unit();
                let secs = step_millis as f64 / 1000.0;
                Self { unit: unit.to_owned(), divisor: divisor * secs, is_rate: true }
            }
        }
    }
}

fn series_frame(series: &Series, request: &SeriesRequest, scale: &Scale) -> Frame {
    let times: Vec<i64> = series.points.iter().map(|point| point.timestamp_millis).collect();
    let values: Vec<f64> = series.points.iter().map(|point| point.value / scale.divisor).collect();
    let config = FieldConfig { unit: scale.unit.clone(), ..FieldConfig::default() };
    let value = Field::new(&request.profile_type.sample_type, values)
        .with_labels(series.labels.iter().cloned())
        .with_config(config);
    Frame::new("series", vec![Field::new("time", Column::time_millis(&times)), value]).with_meta(
        FrameMeta {
            preferred_visualisation: Some(Visualisation::Graph),
            custom: if scale.is_rate { json!({"rateCalculated": true}) } else { Value::Null },
            ..FrameMeta::default()
        },
    )
}

/// What the server says of single points, such as that profiles were throttled. None: nothing.
fn annotation_frame(series: &Series, step_millis: i64) -> Option<Frame> {
    let mut starts = Vec::new();
    let mut ends = Vec::new();
    let mut texts = Vec::new();
    for point in &series.points {
        for (key, json_text) in &point.annotations {
            starts.push(point.timestamp_millis.saturating_sub(step_millis));
            ends.push(point.timestamp_millis);
            texts.push(annotation_text(key, json_text));
        }
    }
    if texts.is_empty() {
        return None;
    }
    let rows = texts.len();
    let fields = vec![
        Field::new("time", Column::time_millis(&starts)),
        Field::new("timeEnd", Column::time_millis(&ends)),
        Field::new("text", texts),
        Field::new("isRegion", vec![true; rows]),
        Field::new("color", vec!["orange"; rows]),
    ];
    Some(
        Frame::new("annotations", fields).with_meta(FrameMeta {
            data_topic: Some(DataTopic::Annotations),
            ..FrameMeta::default()
        }),
    )
}

fn annotation_text(key: &str, json_text: &str) -> String {
    let what = match key {
        "pyroscope.ingest.throttled" => "Profiles were dropped by a limit of the server",
        "pyroscope.ingest.sampled" => "Only a part of the profiles was kept by the server",
        other => other,
    };
    format!("{what}: {json_text}")
}
