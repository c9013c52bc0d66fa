//! What a store did and holds, for metrics.

use std::sync::atomic::{AtomicU64, Ordering};

use crate::days::Days;
use crate::writer::WriterCounters;

/// What a store did since it was opened, and what it holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[non_exhaustive]
pub struct StoreStatistics {
    /// Profiles committed since the store was opened.
    pub stored_profiles: u64,
    /// Samples in them, after normalising.
    pub stored_samples: u64,
    /// Commits of a day's file.
    pub commits: u64,
    /// Time spent in them. Unit: microseconds.
    pub commit_micros: u64,
    /// Commits that failed; their pushes were told.
    pub failed_commits: u64,
    /// Bytes of all day files, those that were set aside included.
    pub bytes_on_disk: u64,
    /// How many day files there are.
    pub day_files: u64,
    /// Day files that were set aside because they are damaged.
    pub damaged_day_files: u64,
    /// Day files deleted because their profiles were too old.
    pub day_files_deleted_for_age: u64,
    /// Day files deleted because the store was too large.
    pub day_files_deleted_for_size: u64,
}

impl StoreStatistics {
    pub(crate) fn of(days: &Days, writer: &WriterCounters) -> Self {
        let get = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let sizes = days.sizes();
        Self {
            stored_profiles: get(&writer.stored_profiles),
            stored_samples: get(&writer.stored_samples),
            commits: get(&writer.commits),
            commit_micros: get(&writer.commit_micros),
            failed_commits: get(&writer.failed_commits),
            bytes_on_disk: sizes.values().sum::<u64>() + days.bytes_set_aside(),
            day_files: sizes.len() as u64,
            damaged_day_files: get(&days.counters.damaged),
            day_files_deleted_for_age: get(&days.counters.deleted_for_age),
            day_files_deleted_for_size: get(&days.counters.deleted_for_size),
        }
    }
}
