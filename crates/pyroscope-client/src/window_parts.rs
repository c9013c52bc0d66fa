//! Windows that are longer than a server answers at once.

use std::future::Future;

use futures::{StreamExt, TryStreamExt};
use query::Window;

use crate::learnt::{Limits, MOST_LESSONS, window_limit_millis};
use upstream_http::Fault;

/// More parts than this are not asked for: the server would be busy for minutes.
const MOST_PARTS: i64 = 400;

/// How many parts are asked for at once.
const PARTS_AT_ONCE: usize = 4;

/// Answers for all parts of a window.
#[derive(Debug)]
pub(crate) struct Parts<T> {
    /// What was gathered of the answers.
    pub(crate) gathered: T,
    /// How many parts there are, at least 1.
    pub(crate) count: usize,
    /// The longest window that the server answers at once, if it was met. Unit: milliseconds.
    pub(crate) limit_millis: Option<i64>,
}

/// Asks for a window, in parts where the server does not answer it at once.
///
/// `split` makes parts of at most so many milliseconds; `gather` takes the answers in, ascending by time; `ask` asks
/// for one.
/// Cost: besides what is gathered, a few answers are in memory at a time.
pub(crate) async fn ask_in_parts<T, G, J, B, F, A>(
    limits: &Limits,
    window: Window,
    split: impl Fn(Window, i64) -> Vec<Window>,
    gather: J,
    ask: F,
) -> Result<Parts<G>, Fault>
where
    F: Fn(Window) -> A,
    A: Future<Output = Result<T, Fault>>,
    G: Default,
    J: Fn(G, T) -> B,
    B: Future<Output = Result<G, Fault>>,
{
    let mut lessons = 0;
    loop {
        let length = window.end_millis.saturating_sub(window.start_millis);
        let limit = limits.window_millis().filter(|limit| length > *limit);
        let parts = match limit {
            Some(limit) if length / limit >= MOST_PARTS => {
                return Err(Fault::refused(format!(
                    "the window is {} days long, and the server answers at most {} s at once: \
                     that would be {} requests",
                    length / 86_400_000,
                    limit / 1000,
                    length / limit + 1,
                )));
            }
            Some(limit) => split(window, limit),
            None => vec![window],
        };
        let count = parts.len();
        let asked = futures::stream::iter(parts).map(&ask).buffered(PARTS_AT_ONCE);
        match asked.try_fold(G::default(), &gather).await {
            Ok(gathered) => return Ok(Parts { gathered, count, limit_millis: limit }),
            Err(fault) => match window_limit_millis(&fault.server_text) {
                // A smaller limit than was known; the same one would be refused for ever.
                Some(found) if found < limit.unwrap_or(length) && lessons < MOST_LESSONS => {
                    lessons += 1;
                    limits.learn_window_millis(found);
                }
                _ => return Err(fault),
            },
        }
    }
}

/// Gathers answers as they are.
pub(crate) async fn keep_all<T>(mut all: Vec<T>, answer: T) -> Result<Vec<T>, Fault> {
    all.push(answer);
    Ok(all)
}

/// Parts that together hold every whole millisecond of a window once.
///
/// Windows are told to servers in milliseconds and profiles have times in nanoseconds: what was taken after the last
/// millisecond of a part and before the first of the next belongs to neither. A part that began with the last
/// millisecond again would count the profiles of that twice, which no one could tell from the answer.
pub(crate) fn split(window: Window, limit_millis: i64) -> Vec<Window> {
    let Window { mut start_millis, end_millis } = window;
    let mut parts = Vec::new();
    while end_millis.saturating_sub(start_millis) > limit_millis {
        // Both ends belong to a part, so the next one begins a millisecond later.
        let last = start_millis.saturating_add(limit_millis.saturating_sub(1).max(0));
        parts.push(Window { start_millis, end_millis: last });
        start_millis = last.saturating_add(1);
    }
    parts.push(Window { start_millis, end_millis });
    parts
}

/// Parts that together hold every point of a series once, where points lie at multiples of
/// `step_millis` from the start and stand for the step that ends there.
pub(crate) fn split_at_steps(window: Window, limit_millis: i64, step_millis: i64) -> Vec<Window> {
    let step = step_millis.max(1);
    // The server looks a step back from the start; that must fit as well.
    let steps = (limit_millis.saturating_sub(step) / step).max(1);
    let Window { mut start_millis, end_millis } = window;
    let mut parts = Vec::new();
    while end_millis.saturating_sub(start_millis) > limit_millis.saturating_sub(step) {
        let last = start_millis.saturating_add(step.saturating_mul(steps - 1));
        let next = last.saturating_add(step);
        if next > end_millis {
            break;
        }
        parts.push(Window { start_millis, end_millis: last });
        start_millis = next;
    }
    parts.push(Window { start_millis, end_millis });
    parts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn window(start_millis: i64, end_millis: i64) -> Window {
        Window { start_millis, end_millis }
    }

    #[test]
    fn parts_hold_every_millisecond_once_and_none_is_too_long() {
        for (length, limit) in [(10, 3), (10, 10), (11, 10), (20, 10), (7, 1), (0, 5)] {
            let parts = split(window(100, 100 + length), limit);
            let mut next = 100;
            for part in &parts {
                assert_eq!(part.start_millis, next);
                assert!(part.end_millis - part.start_millis <= limit, "{parts:?}");
                next = part.end_millis + 1;
            }
            assert_eq!(next, 100 + length + 1, "{parts:?}");
        }
    }

    #[test]
    fn parts_of_a_series_hold_every_point_once() {
        for (length, limit, step) in [(100, 30, 7), (100, 30, 15), (100, 20, 20), (5, 100, 1)] {
            let points = |part: &Window| -> Vec<i64> {
                (part.start_millis..=part.end_millis).step_by(step as usize).collect()
            };
            let whole = window(1000, 1000 + length);
            let parts = split_at_steps(whole, limit, step);
            let joined: Vec<i64> = parts.iter().flat_map(points).collect();
            assert_eq!(joined, points(&whole), "{parts:?}");
        }
    }
}
