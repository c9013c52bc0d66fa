//! Which days are deleted for their age or size.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use crate::config::StoreConfig;
use crate::day::Day;
use crate::days::Days;

/// Deletes days, and never on the word of one clock reading alone.
///
/// A day that was written since the store was opened stays for as long as was left of its age
/// then, measured by a clock that cannot be set. The newest day is never deleted.
#[derive(Debug)]
pub(crate) struct Retention {
    config: Arc<StoreConfig>,
    days: Arc<Days>,
    written: Mutex<BTreeMap<Day, Written>>,
}

/// When a day was last promised to be kept, and for how long.
#[derive(Debug, Clone, Copy)]
struct Written {
    at: Instant,
    kept_for: Duration,
}

impl Written {
    fn left(&self, now: Instant) -> Duration {
        self.kept_for.saturating_sub(now.saturating_duration_since(self.at))
    }
}

impl Retention {
    pub(crate) fn new(config: Arc<StoreConfig>, days: Arc<Days>) -> Self {
        Self { config, days, written: Mutex::default() }
    }

    /// To be called before profiles are written that were judged to be in range at a time.
    pub(crate) fn keep(&self, day: Day, now_millis: i64) {
        let ends_in = day.end_millis().saturating_sub(now_millis);
        let millis = self.max_age_millis().saturating_add(ends_in);
        let kept_for = Duration::from_millis(u64::try_from(millis).unwrap_or(0));
        let new = Written { at: Instant::now(), kept_for };
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let known = written.entry(day).or_insert(new);
        if known.left(new.at) < new.kept_for {
            *known = new;
        }
    }

    /// Deletes what is too old or too much; returns the bytes that are left.
    /// Without a time, nothing is deleted for its age.
    pub(crate) fn delete_old(&self, now_millis: Option<i64>) -> u64 {
        let mut written = self.written.lock().unwrap_or_else(PoisonError::into_inner);
        let now = Instant::now();
        written.retain(|_, written| !written.left(now).is_zero());
        let oldest = now_millis.map(|millis| millis.saturating_sub(self.max_age_millis()));
        let is_expired = |day: Day| {
            oldest.is_some_and(|oldest| day.end_millis() <= oldest) && !written.contains_key(&day)
        };
        self.days.delete_old(is_expired, self.config.max_bytes)
    }

    fn max_age_millis(&self) -> i64 {
        i64::try_from(self.config.max_age.as_millis()).unwrap_or(i64::MAX)
    }
}
