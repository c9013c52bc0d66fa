//! Native histograms as the cells of a heatmap.

use grafana_plugin::frame::{Column, Field, Frame, FrameMeta};
use prometheus_client::NativeHistogram;
use query::Labels;

/// The frame type of heatmap cells with boundaries of their own.
pub(super) const HEATMAP_CELLS: &str = "heatmap-cells";

/// The native histograms of a series: one row a bucket. None: it has none.
pub(super) fn native_histogram_frame(
    labels: &Labels,
    histograms: &[NativeHistogram],
) -> Option<Frame> {
    if histograms.is_empty() {
        return None;
    }
    let mut times = Vec::new();
    let mut lower = Vec::new();
    let mut upper = Vec::new();
    let mut counts = Vec::new();
    let mut layouts = Vec::new();
    for NativeHistogram { timestamp_millis, buckets } in histograms {
        for bucket in buckets {
            times.push(*timestamp_millis);
            lower.push(bucket.lower);
            upper.push(bucket.upper);
            counts.push(bucket.count);
            layouts.push(bucket.boundaries as i32);
        }
    }
    let field =
        |name: &str, column: Column| Field::new(name, column).with_labels(labels.iter().cloned());
    let fields = vec![
        field("xMax", Column::time_millis(&times)),
        field("yMin", lower.into()),
        field("yMax", upper.into()),
        field("count", counts.into()),
        field("yLayout", layouts.into()),
    ];
    let frame_type = HEATMAP_CELLS.to_owned();
    Some(Frame::new("", fields).with_meta(FrameMeta { frame_type, ..FrameMeta::default() }))
}
