//! The geometry of the chart: lines, diamonds, ticks.

use std::fmt::Write as _;

use query::Window;
use serde::{Deserialize, Serialize};

use super::location::TrailLocation;
use super::metric::{MetricAnswer, MetricExemplar, Point};
use super::scale::{ValueUnit, time_format, time_ticks, value_ticks};
use crate::exemplar_pick::pick_exemplars;

/// The most diamonds that are drawn.
const MAX_DIAMONDS: usize = 200;
/// The most lines that are drawn.
const MAX_LINES: usize = 20;

const HEIGHT_CSS_PX: f64 = 220.0;
const LEFT_CSS_PX: f64 = 64.0;
const RIGHT_CSS_PX: f64 = 16.0;
const TOP_CSS_PX: f64 = 12.0;
const BOTTOM_CSS_PX: f64 = 24.0;
/// Between two ticks at least.
const TIME_TICK_CSS_PX: f64 = 110.0;
const VALUE_TICKS: usize = 4;

/// A chart, laid out. Unit of all places: CSS pixels from the upper left.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Chart {
    /// Of the whole.
    pub width: f64,
    /// Of the whole.
    pub height: f64,
    /// Where lines begin.
    pub left: f64,
    /// Where lines end.
    pub right: f64,
    /// Where the axis of time is.
    pub bottom: f64,
    /// The series.
    pub lines: Vec<Line>,
    /// The exemplars, those drawn last on top.
    pub diamonds: Vec<Diamond>,
    /// Along the axis of time.
    pub time_ticks: Vec<TimeTick>,
    /// How these are written, in the words of Moment.
    pub time_format: String,
    /// Along the axis of values.
    pub value_ticks: Vec<ValueTick>,
}

/// One series.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Line {
    /// What it is called.
    pub name: String,
    /// As SVG writes paths.
    pub path: String,
}

/// One exemplar.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Diamond {
    /// Its middle.
    pub x: f64,
    /// Its middle.
    pub y: f64,
    /// Unit: milliseconds since 1970.
    pub at_millis: f64,
    /// Its value with a unit.
    pub value: String,
    /// Names and values of what else it says.
    pub labels: Vec<(String, String)>,
    /// Where it leads. None: its labels name no trace.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub trace_id: Option<String>,
    /// The span in that trace, where its labels name one.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub span_id: Option<String>,
    /// Whether its trace is the one that is looked at.
    pub is_chosen: bool,
}

/// A mark on the axis of time.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TimeTick {
    /// Its place.
    pub x: f64,
    /// Unit: milliseconds since 1970.
    pub at_millis: f64,
}

/// A mark on the axis of values.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ValueTick {
    /// Its place.
    pub y: f64,
    /// What stands there.
    pub text: String,
}

/// From times and values to places.
struct Plane {
    from_millis: f64,
    millis_per_css_px: f64,
    top_value: f64,
    right: f64,
    bottom: f64,
}

impl Plane {
    fn x(&self, at_millis: f64) -> f64 {
        let x = LEFT_CSS_PX + (at_millis - self.from_millis) / self.millis_per_css_px;
        tenths(x.clamp(LEFT_CSS_PX, self.right))
    }

    fn y(&self, value: f64) -> f64 {
        let share = (value / self.top_value).clamp(0.0, 1.0);
        tenths(self.bottom - share * (self.bottom - TOP_CSS_PX))
    }

    fn path(&self, points: &[Point]) -> String {
        let mut path = String::new();
        for (at, point) in points.iter().enumerate() {
            let command = if at == 0 { 'M' } else { 'L' };
            let _ = write!(path, "{command}{} {}", self.x(point.at_millis), self.y(point.value));
        }
        path
    }
}

/// Finer than anybody sees, and short when written.
fn tenths(css_px: f64) -> f64 {
    (css_px * 10.0).round() / 10.0
}

/// What is drawn, and what is not.
#[derive(Debug, Default)]
pub(super) struct LaidOut {
    pub(super) chart: Chart,
    pub(super) lines_left_out: usize,
    pub(super) diamonds_left_out: usize,
}

/// Lays out an answer. Values below zero stand on the axis: latencies have none.
pub(super) fn lay_out(
    answer: &MetricAnswer,
    unit: ValueUnit,
    window: Window,
    width_css_px: f64,
    location: &TrailLocation,
) -> LaidOut {
    let width = width_css_px.clamp(240.0, 10_000.0);
    let (right, bottom) = (width - RIGHT_CSS_PX, HEIGHT_CSS_PX - BOTTOM_CSS_PX);
    let (from_millis, to_millis) = (window.start_millis as f64, window.end_millis as f64);
    let in_window = |point: &Point| (from_millis..=to_millis).contains(&point.at_millis);
    let exemplars: Vec<&MetricExemplar> =
        answer.exemplars.iter().filter(|exemplar| in_window(&exemplar.point)).collect();
    let lines = &answer.series[..answer.series.len().min(MAX_LINES)];
    let points = lines.iter().flat_map(|line| &line.points).filter(|point| in_window(point));
    let highest = points
        .map(|point| point.value)
        .chain(exemplars.iter().map(|exemplar| exemplar.point.value))
        .filter(|value| value.is_finite())
        .fold(0.0, f64::max);
    let plane = Plane {
        from_millis,
        millis_per_css_px: ((to_millis - from_millis) / (right - LEFT_CSS_PX)).max(1e-3),
        // Room for what is highest to be seen whole.
        top_value: if highest > 0.0 { highest * 1.05 } else { 1.0 },
        right,
        bottom,
    };
    // Casts of floats saturate.
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let places: Vec<(i64, f64)> = exemplars
        .iter()
        .map(|exemplar| (exemplar.point.at_millis as i64, exemplar.point.value))
        .collect();
    let picked = pick_exemplars(&places, MAX_DIAMONDS, window);
    let is_chosen = |exemplar: &MetricExemplar| {
        exemplar.trace_id.is_some() && exemplar.trace_id == location.trace_id
    };
    let diamond = |at: &usize| {
        let exemplar = exemplars[*at];
        Diamond {
            x: plane.x(exemplar.point.at_millis),
            y: plane.y(exemplar.point.value),
            at_millis: exemplar.point.at_millis,
            value: unit.text(exemplar.point.value),
            labels: exemplar.labels.clone(),
            trace_id: exemplar.trace_id.clone(),
            span_id: exemplar.span_id.clone(),
            is_chosen: is_chosen(exemplar),
        }
    };
    let time_tick_count = ((right - LEFT_CSS_PX) / TIME_TICK_CSS_PX).max(1.0) as usize;
    let chart = Chart {
        width,
        height: HEIGHT_CSS_PX,
        left: LEFT_CSS_PX,
        right,
        bottom,
        lines: lines
            .iter()
            .map(|line| {
                let inside: Vec<Point> =
                    line.points.iter().filter(|point| in_window(point)).copied().collect();
                Line { name: line.name.clone(), path: plane.path(&inside) }
            })
            .collect(),
        diamonds: picked.kept.iter().map(diamond).collect(),
        time_ticks: time_ticks(from_millis, to_millis, time_tick_count)
            .into_iter()
            .map(|at_millis| TimeTick { x: plane.x(at_millis), at_millis })
            .collect(),
        time_format: time_format(to_millis - from_millis).to_owned(),
        value_ticks: value_ticks(plane.top_value, VALUE_TICKS)
            .into_iter()
            .map(|value| ValueTick { y: plane.y(value), text: unit.text(value) })
            .collect(),
    };
    LaidOut {
        chart,
        lines_left_out: answer.series.len() - lines.len(),
        diamonds_left_out: picked.left_out,
    }
}
