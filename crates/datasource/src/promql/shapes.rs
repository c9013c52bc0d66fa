//! Other shapes of an answer: one table of all series, or the buckets of a heatmap.
//!
//! Prometheus's own datasource makes these in the browser; alert rules and expressions never see them.

use std::collections::{BTreeMap, BTreeSet};

use grafana_plugin::frame::{Column, Field, Frame, FrameMeta, Visualisation};
use prometheus_client::{Point, QueryResult};
use query::Labels;

use super::legend::label;

/// The series of an answer, with their values. Native histograms are not among them.
fn series(result: &QueryResult) -> Vec<(&Labels, Vec<Point>)> {
    match result {
        QueryResult::Matrix(series) => {
            series.iter().map(|one| (&one.labels, one.points.clone())).collect()
        }
        QueryResult::Vector(samples) => {
            samples.iter().filter_map(|one| Some((&one.labels, vec![one.point?]))).collect()
        }
        QueryResult::Scalar(_) | QueryResult::String(_) => Vec::new(),
    }
}

/// One table: time, a column for each label, value; a row for each point. None: nothing to show.
pub(super) fn table(result: &QueryResult) -> Option<Frame> {
    let series = series(result);
    let names: BTreeSet<&str> = series
        .iter()
        .flat_map(|(labels, _)| labels.iter())
        .map(|(name, _)| name.as_str())
        .collect();
    let mut rows: Vec<(&Labels, Point)> = series
        .iter()
        .flat_map(|(labels, points)| points.iter().map(move |point| (*labels, *point)))
        .collect();
    if rows.is_empty() {
        return None;
    }
    rows.sort_by_key(|(_, point)| point.timestamp_millis);
    let times: Vec<i64> = rows.iter().map(|(_, point)| point.timestamp_millis).collect();
    let values: Vec<f64> = rows.iter().map(|(_, point)| point.value).collect();
    let mut fields = vec![Field::new("Time", Column::time_millis(&times))];
    for name in names {
        let texts: Vec<&str> =
            rows.iter().map(|(labels, _)| label(labels, name).unwrap_or_default()).collect();
        fields.push(Field::new(name, texts));
    }
    fields.push(Field::new("Value", values));
    Some(Frame::new("", fields).with_meta(FrameMeta {
        preferred_visualisation: Some(Visualisation::Table),
        ..FrameMeta::default()
    }))
}

/// One bucket over time: its upper boundary, the same as written, and the counts up to it.
type Bucket<'a> = (f64, &'a str, Vec<Point>);

/// The heatmap of each group of series that differ in `le` only: a column for each bucket, what is
/// in the buckets below taken away. Empty: no series has a label `le`.
pub(super) fn heatmaps(result: &QueryResult) -> Vec<Frame> {
    let mut groups: BTreeMap<Labels, Vec<Bucket<'_>>> = BTreeMap::new();
    for (labels, points) in series(result) {
        let Some(le) = label(labels, "le") else { continue };
        let Ok(upper) = le.parse::<f64>() else { continue };
        let others = labels.iter().filter(|(name, _)| name != "le").cloned().collect();
        groups.entry(others).or_default().push((upper, le, points));
    }
    groups.into_iter().map(|(labels, buckets)| heatmap(&labels, buckets)).collect()
}

fn heatmap(labels: &Labels, mut buckets: Vec<Bucket<'_>>) -> Frame {
    buckets.sort_by(|a, b| a.0.total_cmp(&b.0));
    let times: BTreeSet<i64> = buckets
        .iter()
        .flat_map(|(_, _, points)| points.iter().map(|point| point.timestamp_millis))
        .collect();
    let times: Vec<i64> = times.into_iter().collect();
    let mut fields = vec![Field::new("Time", Column::time_millis(&times))];
    let mut below: Vec<f64> = vec![0.0; times.len()];
    for (_, le, points) in &buckets {
        let by_time: BTreeMap<i64, f64> =
            points.iter().map(|point| (point.timestamp_millis, point.value)).collect();
        let cells: Vec<Option<f64>> = times
            .iter()
            .zip(&mut below)
            .map(|(time, below)| {
                let cumulative = by_time.get(time).copied().filter(|value| value.is_finite())?;
                let own = (cumulative - *below).max(0.0);
                *below = below.max(cumulative);
                Some(own)
            })
            .collect();
        let labels = labels.iter().cloned().chain([("le".to_owned(), (*le).to_owned())]);
        fields.push(Field::new(*le, cells).with_labels(labels));
    }
    Frame::new("", fields)
        .with_meta(FrameMeta { frame_type: "heatmap-rows".to_owned(), ..FrameMeta::default() })
}
