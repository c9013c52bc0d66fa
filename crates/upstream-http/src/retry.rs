//! When to ask again.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::time::Duration;

use crate::config::Retries;
use crate::fault::{Fault, Repeat};

/// How long to wait before the next attempt, `repeats` of which were made; None: do not repeat.
///
/// `time_left` is what remains of the request's time; a wait that would use it up is not made.
pub(crate) fn wait_before_repeat(
    retries: &Retries,
    fault: &Fault,
    repeats: u32,
    time_left: Option<Duration>,
) -> Option<Duration> {
    let allowed = match fault.repeat {
        Repeat::Never => 0,
        Repeat::Once => retries.max.min(1),
        Repeat::Allowed => retries.max,
    };
    if repeats >= allowed {
        return None;
    }
    let doubled = retries.first_wait.saturating_mul(1 << repeats.min(16));
    let drawn = doubled.min(retries.longest_wait).mul_f64(random_fraction());
    let wait = drawn.max(fault.retry_after.unwrap_or_default());
    time_left.is_none_or(|left| wait < left).then_some(wait)
}

/// A random number from 0 to 1, from the seed that the standard library draws for hash maps.
fn random_fraction() -> f64 {
    let bits = RandomState::new().build_hasher().finish() >> 11;
    bits as f64 / (1_u64 << 53) as f64
}
