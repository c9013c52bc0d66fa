//! Profiles or spans counted by time and value, as frames that Grafana's heatmap draws.

use grafana_plugin::frame::{Column, Field, FieldConfig, Frame, FrameMeta, Notice, Severity};
use query::{Exemplar, Heatmap, HeatmapKind, HeatmapRequest, HeatmapSeries, HeatmapSlot};

use crate::profile_exemplars::{ExemplarLook, exemplar_frame};
use crate::query_inspector::{NO_PROFILE, cost_of_series, executed_heatmap, tell_inspector};

/// The frame type of heatmap cells with boundaries of their own.
const HEATMAP_CELLS: &str = "heatmap-cells";

/// Grafana's own panel for heatmaps.
const HEATMAP_PANEL: &str = "heatmap";

/// A heatmap, and how it was found.
#[derive(Debug, Clone)]
pub struct FoundHeatmap {
    /// What the source was asked.
    pub request: HeatmapRequest,
    /// What it answered.
    pub response: Heatmap,
    /// How long the source took. Unit: milliseconds.
    pub upstream_millis: f64,
}

/// The frames of a heatmap: for each series one of cells (`xMax`, `yMin`, `yMax`, `count`), followed by one with its
/// exemplars where it has any.
///
/// Shape: one row for each cell that is not empty.
/// Unit: `yMin` and `yMax` in that of the profile type.
/// Empty: one frame without fields, whose notice says what there is none of.
pub fn heatmap_frames(found: &FoundHeatmap, max_exemplars: usize) -> Vec<Frame> {
    let FoundHeatmap { request, response, upstream_millis } = found;
    let mut frames = Vec::new();
    for series in &response.series {
        frames.push(cells_frame(series, request));
        let exemplars: Vec<&Exemplar> =
            series.slots.iter().flat_map(|slot| &slot.exemplars).collect();
        let look = ExemplarLook {
            labels: &series.labels,
            divisor: 1.0,
            unit: request.profile_type.unit(),
            at_most: max_exemplars,
            window: request.window,
            in_full: true,
        };
        frames.extend(exemplar_frame(&exemplars, &look));
    }
    if frames.is_empty() {
        let mut nothing = Frame::new("heatmap", Vec::new());
        let text = match request.kind {
            HeatmapKind::Profile => NO_PROFILE,
            HeatmapKind::Span => {
                "no sample of this type and selector in the time range says which span it belongs to"
            }
        };
        nothing.push_notice(Notice::new(Severity::Info, text));
        frames.push(nothing);
    }
    let stats = cost_of_series(*upstream_millis, response.wire_bytes, response.series.len());
    let executed = executed_heatmap(response.call, request);
    tell_inspector(&mut frames, &executed, stats, &response.notices);
    frames
}

fn counted(kind: HeatmapKind) -> &'static str {
    match kind {
        HeatmapKind::Profile => "profiles",
        HeatmapKind::Span => "spans",
    }
}

/// One row of the frame.
struct Cell {
    x_max_millis: i64,
    y_min: f64,
    y_max: f64,
    count: i64,
}

fn cells_frame(series: &HeatmapSeries, request: &HeatmapRequest) -> Frame {
    let cells = cells(series, request.step_millis);
    let y_config =
        || FieldConfig { unit: request.profile_type.unit().to_owned(), ..FieldConfig::default() };
    let times: Vec<i64> = cells.iter().map(|cell| cell.x_max_millis).collect();
    let column = |of: fn(&Cell) -> f64| -> Vec<f64> { cells.iter().map(of).collect() };
    let counts: Vec<i64> = cells.iter().map(|cell| cell.count).collect();
    let count_config =
        FieldConfig { display_name: counted(request.kind).to_owned(), ..FieldConfig::default() };
    let fields = vec![
        Field::new("xMax", Column::time_millis(&times)),
        Field::new("yMin", column(|cell| cell.y_min)).with_config(y_config()),
        Field::new("yMax", column(|cell| cell.y_max)).with_config(y_config()),
        Field::new("count", counts)
            .with_labels(series.labels.iter().cloned())
            .with_config(count_config),
    ];
    Frame::new("heatmap", fields).with_meta(FrameMeta {
        frame_type: HEATMAP_CELLS.to_owned(),
        // Explore would take the edges of the cells for values over time, and draw them as lines.
        preferred_visualisation_plugin_id: HEATMAP_PANEL.to_owned(),
        ..FrameMeta::default()
    })
}

/// The cells that are not empty, in the order of time and value.
fn cells(series: &HeatmapSeries, step_millis: i64) -> Vec<Cell> {
    let mut cells = Vec::new();
    for (place, slot) in series.slots.iter().enumerate() {
        cells.extend(cells_of(slot).filter(|cell| cell.count > 0));
        // Grafana takes the distance of the first two slots for the width of all: an empty cell
        // keeps it right where the second slot is not the next one.
        let following = slot.timestamp_millis.saturating_add(step_millis);
        let has_neighbour =
            series.slots.get(1).is_some_and(|second| second.timestamp_millis == following);
        if place == 0 && !has_neighbour {
            let first = cells_of(slot).next();
            cells.extend(first.map(|cell| Cell { x_max_millis: following, count: 0, ..cell }));
        }
    }
    cells
}

fn cells_of(slot: &HeatmapSlot) -> impl Iterator<Item = Cell> + '_ {
    slot.y_min.iter().zip(&slot.counts).enumerate().map(|(bucket, (y_min, count))| Cell {
        x_max_millis: slot.timestamp_millis,
        y_min: *y_min,
        y_max: upper_edge(&slot.y_min, bucket),
        count: i64::from(*count),
    })
}

/// Where a bucket ends: where the next begins; the last is as wide as the one before it.
fn upper_edge(y_min: &[f64], bucket: usize) -> f64 {
    let lower = y_min[bucket];
    match (y_min.get(bucket + 1), bucket.checked_sub(1)) {
        (Some(next), _) => *next,
        (None, Some(before)) => lower + (lower - y_min[before]),
        (None, None) => lower + 1.0,
    }
}
