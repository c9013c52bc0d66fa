//! Series and samples as Prometheus's own datasource makes frames of them.

use grafana_plugin::frame::{Column, Field, FieldConfig, Frame, FrameMeta};
use prometheus_client::{Point, QueryResult};
use query::Labels;
use query::promql::go_duration;
use serde_json::{Map, Value, json};

use super::legend::{label, series_name};
use super::native_histogram_frame::{HEATMAP_CELLS, native_histogram_frame};

/// What frames say of the query they answer.
#[derive(Debug, Clone, Copy)]
pub(super) struct FrameContext<'a> {
    pub(super) expr: &'a str,
    pub(super) legend_format: &'a str,
    pub(super) step_millis: i64,
}

impl FrameContext<'_> {
    fn time_config(&self) -> FieldConfig {
        FieldConfig { interval: self.step_millis as f64, ..FieldConfig::default() }
    }

    fn value_config(&self, labels: &Labels) -> FieldConfig {
        let name = series_name(labels, self.legend_format, self.expr);
        FieldConfig { display_name_from_datasource: name, ..FieldConfig::default() }
    }

    /// What stands on the first frame of an answer only.
    pub(super) fn mark_first(&self, frames: &mut [Frame]) {
        let Some(first) = frames.first_mut() else { return };
        let meta = first.meta_mut();
        meta.executed_query_string =
            format!("Expr: {}\nStep: {}", self.expr, go_duration(self.step_millis));
        if !meta.custom.is_object() {
            meta.custom = Value::Object(Map::new());
        }
        meta.custom["calculatedMinStep"] = json!(self.step_millis);
    }
}

/// One frame for each series: its values, then its native histograms where it has any.
pub(super) fn series_frames(result: &QueryResult, context: FrameContext<'_>) -> Vec<Frame> {
    let mut frames = Vec::new();
    match result {
        QueryResult::Matrix(series) => {
            for one in series {
                if !one.points.is_empty() || one.histograms.is_empty() {
                    frames.push(values(Kind::Matrix, &one.labels, &one.points, context));
                }
                frames.extend(native_histogram_frame(&one.labels, &one.histograms));
            }
        }
        QueryResult::Vector(samples) => {
            for one in samples {
                frames.extend(one.point.map(|p| values(Kind::Vector, &one.labels, &[p], context)));
                frames.extend(native_histogram_frame(&one.labels, one.histogram.as_slice()));
            }
        }
        QueryResult::Scalar(point) => {
            frames.push(values(Kind::Scalar, &Labels::new(), &[*point], context));
        }
        QueryResult::String(pair) => {
            let text = pair.get(1).and_then(Value::as_str).unwrap_or_default();
            frames.push(Frame::new("", vec![Field::new("Value", vec![text])]));
        }
    }
    for frame in &mut frames {
        let is_histogram = frame.meta.as_ref().is_some_and(|meta| meta.frame_type == HEATMAP_CELLS);
        if is_histogram && let [time, lower, ..] = frame.fields.as_mut_slice() {
            *time.config_mut() = context.time_config();
            let labels: Labels = lower.labels.clone().into_iter().collect();
            *lower.config_mut() = context.value_config(&labels);
        }
    }
    frames
}

#[derive(Clone, Copy)]
enum Kind {
    Matrix,
    Vector,
    Scalar,
}

fn values(kind: Kind, labels: &Labels, points: &[Point], context: FrameContext<'_>) -> Frame {
    let (frame_type, result_type) = match kind {
        Kind::Matrix => ("timeseries-multi", "matrix"),
        Kind::Vector => ("numeric-multi", "vector"),
        Kind::Scalar => ("numeric-multi", "scalar"),
    };
    let times: Vec<i64> = points.iter().map(|point| point.timestamp_millis).collect();
    let values: Vec<f64> = points.iter().map(|point| point.value).collect();
    let value = Field::new(label(labels, "__name__").unwrap_or("Value"), values)
        .with_labels(labels.iter().cloned())
        .with_config(context.value_config(labels));
    let time = Field::new("Time", Column::time_millis(&times)).with_config(context.time_config());
    Frame::new("", vec![time, value]).with_meta(FrameMeta {
        frame_type: frame_type.to_owned(),
        type_version: [0, 1],
        custom: json!({"resultType": result_type}),
        ..FrameMeta::default()
    })
}
