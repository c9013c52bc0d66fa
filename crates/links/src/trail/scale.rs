//! Round numbers along an axis.

use crate::empty_reason::duration;

/// Round time spans between two ticks. Unit: milliseconds.
const TIME_STEPS: [f64; 17] = [
    1e3, 2e3, 5e3, 10e3, 15e3, 30e3, 60e3, 120e3, 300e3, 600e3, 900e3, 1_800e3, 3_600e3, 7_200e3,
    21_600e3, 43_200e3, 86_400e3,
];

/// The multiples of a round step within a range. Empty: the range is, or has no end.
pub(super) fn value_ticks(to: f64, at_most: usize) -> Vec<f64> {
    let rough = to / at_most as f64;
    let magnitude = 10_f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 5.0].map(|factor| factor * magnitude);
    let step = step.into_iter().find(|step| *step >= rough).unwrap_or(10.0 * magnitude);
    multiples(step, 0.0, to)
}

/// Times at round distances within a range. Unit: milliseconds since 1970.
pub(super) fn time_ticks(from_millis: f64, to_millis: f64, at_most: usize) -> Vec<f64> {
    let rough = (to_millis - from_millis) / at_most.max(1) as f64;
    let last = TIME_STEPS[TIME_STEPS.len() - 1];
    let step = TIME_STEPS.into_iter().find(|step| *step >= rough);
    let step = step.unwrap_or_else(|| (rough / last).ceil() * last);
    multiples(step, from_millis, to_millis)
}

/// How the times of a range are written so that no two ticks read the same, in the words of Moment.
pub(super) fn time_format(length_millis: f64) -> &'static str {
    const HOUR_MILLIS: f64 = 3_600e3;
    if length_millis <= HOUR_MILLIS {
        "HH:mm:ss"
    } else if length_millis <= 24.0 * HOUR_MILLIS {
        "HH:mm"
    } else {
        "MM-DD HH:mm"
    }
}

/// No more than can be told apart on any screen.
fn multiples(step: f64, from: f64, to: f64) -> Vec<f64> {
    let first = (from / step).ceil();
    let count = ((to / step).floor() - first + 1.0).clamp(0.0, 100.0);
    (0..count as u32).map(|at| (first + f64::from(at)) * step).collect()
}

/// What values count, as far as the expression tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ValueUnit {
    Secs,
    Millis,
    None,
}

impl ValueUnit {
    /// By the usual endings of metric names.
    pub(super) fn of(expr: &str) -> Self {
        // A rate of a count or of a total is none, whatever the metric is called.
        let is_duration = expr.contains("histogram_quantile") || expr.contains("_sum");
        if is_duration && (expr.contains("_seconds") || expr.contains("spanmetrics_latency")) {
            Self::Secs
        } else if is_duration && expr.contains("_milliseconds") {
            Self::Millis
        } else {
            Self::None
        }
    }

    pub(super) fn text(self, value: f64) -> String {
        let nanos = match self {
            Self::Secs => value * 1e9,
            Self::Millis => value * 1e6,
            Self::None => return plain(value),
        };
        if nanos == 0.0 {
            return "0".to_owned();
        }
        // Casts of floats saturate.
        #[expect(clippy::cast_possible_truncation, reason = "saturates")]
        duration(nanos.round() as i64)
    }
}

/// Three digits that matter.
fn plain(value: f64) -> String {
    let decimals = (2.0 - value.abs().log10().floor()).clamp(0.0, 9.0) as usize;
    let text = format!("{value:.decimals$}");
    if text.contains('.') {
        text.trim_end_matches('0').trim_end_matches('.').to_owned()
    } else {
        text
    }
}
