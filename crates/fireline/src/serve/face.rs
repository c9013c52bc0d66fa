//! What all calls share: the store, the clock, the counters.

use std::time::{SystemTime, UNIX_EPOCH};

use super::body_budget::BodyBudget;
use super::decode_gate::DecodeGate;
use super::metrics::Metrics;

/// Tells the time. Unit: milliseconds since 1970.
pub type Clock = fn() -> i64;

/// The time of the machine.
pub fn system_clock() -> i64 {
    let since_1970 = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since_1970.as_millis()).unwrap_or(i64::MAX)
}

/// What all calls share.
#[derive(Debug)]
pub(crate) struct Face<S> {
    /// Where profiles are.
    pub(crate) store: S,
    /// The time that pushes and default windows are judged by.
    pub(crate) clock: Clock,
    /// What was done so far.
    pub(crate) metrics: Metrics,
    /// How much of pushes may be in memory.
    pub(crate) push_bodies: BodyBudget,
    /// How many pushes may be decoded at once.
    pub(crate) decode_gate: DecodeGate,
}
