//! At which points in time an expression is evaluated.

use super::builtin::builtin_at;
use super::go_duration::{go_duration, short_duration};
use crate::window::Window;

/// How often programs are asked for their metrics where the settings do not say.
/// Unit: milliseconds.
pub const DEFAULT_SCRAPE_INTERVAL_MILLIS: i64 = 15_000;

/// The most points of one series that Prometheus answers with.
pub const MAX_POINTS: i64 = 11_000;

/// At which points in time an expression is evaluated, and what follows from that.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PromqlStep {
    /// The time range as it was asked for.
    pub asked: Window,
    /// The same on multiples of the step, so that the server may answer from a cache.
    pub aligned: Window,
    /// Between two points. Unit: milliseconds.
    pub step_millis: i64,
    /// What `$__rate_interval` stands for: long enough to see two scrapes. Unit: milliseconds.
    pub rate_interval_millis: i64,
}

impl PromqlStep {
    /// The step for a time range.
    ///
    /// `interval_millis` is Grafana's, a point for each pixel or so; `min_step_millis` the query's
    /// own minimum. No series gets more than [`MAX_POINTS`] points.
    #[must_use]
    pub fn new(
        asked: Window,
        interval_millis: i64,
        min_step_millis: Option<i64>,
        scrape_interval_millis: i64,
    ) -> Self {
        let length = asked.end_millis.saturating_sub(asked.start_millis).max(0);
        let scrape_interval = min_step_millis.unwrap_or(scrape_interval_millis).max(1);
        let at_least = length.saturating_add(MAX_POINTS - 1) / MAX_POINTS;
        // Whole seconds, where it is seconds.
        let at_least =
            if at_least > 1000 { at_least.saturating_add(999) / 1000 * 1000 } else { at_least };
        let step_millis = interval_millis.max(scrape_interval).max(at_least);
        let align = |millis: i64| millis.saturating_sub(millis.rem_euclid(step_millis));
        Self {
            asked,
            aligned: Window {
                start_millis: align(asked.start_millis),
                end_millis: align(asked.end_millis),
            },
            step_millis,
            rate_interval_millis: step_millis
                .saturating_add(scrape_interval)
                .max(scrape_interval.saturating_mul(4)),
        }
    }

    /// Fills the intervals and ranges into an expression: `$__interval`, `$__rate_interval`,
    /// `$__range`, in milliseconds where the name ends in `_ms`.
    #[must_use]
    pub fn fill_in(&self, expr: &str) -> String {
        let mut filled = String::with_capacity(expr.len());
        let mut rest = expr;
        while let Some(at) = rest.find('$') {
            filled.push_str(&rest[..at]);
            rest = &rest[at..];
            match builtin_at(rest) {
                Some(found) => {
                    filled.push_str(&self.value(found.name));
                    rest = &rest[found.length..];
                }
                None => {
                    filled.push('$');
                    rest = &rest[1..];
                }
            }
        }
        filled.push_str(rest);
        filled
    }

    fn value(&self, name: &str) -> String {
        let range_millis = self.asked.end_millis.saturating_sub(self.asked.start_millis);
        let range_secs = range_millis.saturating_add(500) / 1000;
        match name {
            "__interval_ms" => self.step_millis.to_string(),
            "__interval" => short_duration(self.step_millis),
            "__rate_interval_ms" => self.rate_interval_millis.to_string(),
            "__rate_interval" => go_duration(self.rate_interval_millis),
            "__range_ms" => range_millis.to_string(),
            "__range_s" => range_secs.to_string(),
            _ => format!("{range_secs}s"),
        }
    }
}
