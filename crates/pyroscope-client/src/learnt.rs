//! What a server's refusals taught about its limits, and what was found out about it.

use std::sync::Mutex;
use std::time::{Duration, Instant};

use crate::capabilities::ServerInfo;

/// A server that lowers its limit more often than this during one question is not asked further.
pub(crate) const MOST_LESSONS: usize = 4;

/// How long something found out is believed.
const BELIEVED_FOR: Duration = Duration::from_secs(300);

/// What a server is, and since when that is known.
/// Held while the server is looked at, so that only one of many does it.
pub(crate) type KnownServer = tokio::sync::Mutex<Option<(Instant, ServerInfo)>>;

/// A tenant's limits, believed for some minutes.
#[derive(Debug, Default)]
pub(crate) struct Limits {
    window: Mutex<Option<(Instant, i64)>>,
    max_nodes: Mutex<Option<(Instant, u64)>>,
}

impl Limits {
    /// The longest window answered at once. Unit: milliseconds.
    pub(crate) fn window_millis(&self) -> Option<i64> {
        recall(&self.window)
    }

    /// Remembers the longest window answered at once. Unit: milliseconds.
    pub(crate) fn learn_window_millis(&self, millis: i64) {
        learn(&self.window, millis);
    }

    /// The most nodes that may be asked for.
    pub(crate) fn max_nodes(&self) -> Option<u64> {
        recall(&self.max_nodes)
    }

    /// Remembers the most nodes that may be asked for.
    pub(crate) fn learn_max_nodes(&self, nodes: u64) {
        learn(&self.max_nodes, nodes);
    }
}

/// Whether something found out then is still believed.
pub(crate) fn is_fresh(since: Instant) -> bool {
    since.elapsed() < BELIEVED_FOR
}

fn recall<T: Copy>(cell: &Mutex<Option<(Instant, T)>>) -> Option<T> {
    let held = cell.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    held.filter(|(since, _)| is_fresh(*since)).map(|(_, value)| value)
}

fn learn<T>(cell: &Mutex<Option<(Instant, T)>>, value: T) {
    *cell.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = Some((Instant::now(), value));
}

/// The longest window answered at once, from a refusal such as
/// `the query time range exceeds the limit (max_query_length, actual: 48h0m0s, limit: 1d)`.
/// Unit: milliseconds.
pub(crate) fn window_limit_millis(text: &str) -> Option<i64> {
    if !text.contains("exceeds the limit") || !text.contains("query") {
        return None;
    }
    let limit = text.rsplit_once("limit: ")?.1;
    let duration = limit.split([')', ',', ' ']).next()?;
    duration_millis(duration).filter(|millis| *millis > 0)
}

/// The most nodes that may be asked for, from a refusal such as
/// `max flamegraph nodes limit 1048577 is greater than allowed 1048576`.
pub(crate) fn max_nodes_limit(text: &str) -> Option<u64> {
    if !text.contains("nodes limit") {
        return None;
    }
    let allowed = text.rsplit_once("greater than allowed ")?.1;
    let digits = allowed.split(|c: char| !c.is_ascii_digit()).next()?;
    digits.parse().ok().filter(|nodes| *nodes > 0)
}

/// A duration as Prometheus and Go write it: `1d`, `1d12h`, `24h0m0s`, `500ms`, `1.5h`.
fn duration_millis(text: &str) -> Option<i64> {
    let mut total = 0.0_f64;
    let mut rest = text;
    while !rest.is_empty() {
        let number_end = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let (number, after) = rest.split_at(number_end);
        let unit_end = after.find(|c: char| c.is_ascii_digit()).unwrap_or(after.len());
        let (unit, after) = after.split_at(unit_end);
        let unit_millis = match unit {
            "ms" => 1.0,
            "s" => 1e3,
            "m" => 60e3,
            "h" => 3_600e3,
            "d" => 86_400e3,
            "w" => 7.0 * 86_400e3,
            "y" => 365.0 * 86_400e3,
            _ => return None,
        };
        total += number.parse::<f64>().ok()? * unit_millis;
        rest = after;
    }
    (total < 1e15).then_some(total as i64)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_window_limit_is_read_from_the_refusal() {
        let text = |limit: &str| {
            format!(
                "the query time range exceeds the limit (max_query_length, actual: 48h0m0s, limit: {limit})"
            )
        };
        assert_eq!(window_limit_millis(&text("1d")), Some(86_400_000));
        assert_eq!(window_limit_millis(&text("1d12h")), Some(129_600_000));
        assert_eq!(window_limit_millis(&text("24h0m0s")), Some(86_400_000));
        assert_eq!(window_limit_millis(&text("1w")), Some(604_800_000));
        assert_eq!(window_limit_millis(&text("0s")), None);
        assert_eq!(window_limit_millis(&text("soon")), None);
        assert_eq!(window_limit_millis("start time must be before end time, limit: 1d"), None);
    }

    #[test]
    fn the_node_limit_is_read_from_the_refusal() {
        let text = "max flamegraph nodes limit 1048577 is greater than allowed 1048576";
        assert_eq!(max_nodes_limit(text), Some(1_048_576));
        assert_eq!(max_nodes_limit("max flamegraph nodes limit must be set (max allowed 5)"), None);
    }
}
