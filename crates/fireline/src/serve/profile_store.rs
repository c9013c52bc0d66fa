//! What the server needs of a store beyond queries.

use std::future::Future;
use std::time::Duration;

use profile::Profile;
use query::{ProfileSource, SourceError, TreeRequest};
use store::{IncomingProfile, PushError, PushOutcome, Store};

use super::metrics::{write_counter, write_gauge};

/// A profile source that profiles can be pushed to.
pub trait ProfileStore: ProfileSource + 'static {
    /// Stores profiles. When it returns, those not named in the outcome can be queried and survive a crash.
    /// Unit: milliseconds since 1970.
    fn push(
        &self,
        profiles: Vec<IncomingProfile>,
        now_millis: i64,
    ) -> impl Future<Output = Result<PushOutcome, PushError>> + Send;

    /// All samples asked for as one profile, with files, lines and mappings.
    fn merged_profile(
        &self,
        request: &TreeRequest,
    ) -> impl Future<Output = Result<Profile, SourceError>> + Send;

    /// Whether pushes can be stored. False: every one will fail until the store is opened anew.
    fn is_writing(&self) -> bool;

    /// Appends what the store holds and has done, in Prometheus' text format.
    fn write_metrics(&self, text: &mut String);
}

impl ProfileStore for Store {
    async fn push(
        &self,
        profiles: Vec<IncomingProfile>,
        now_millis: i64,
    ) -> Result<PushOutcome, PushError> {
        Self::push(self, profiles, now_millis).await
    }

    async fn merged_profile(&self, request: &TreeRequest) -> Result<Profile, SourceError> {
        Self::merged_profile(self, request).await
    }

    fn is_writing(&self) -> bool {
        Self::is_writing(self)
    }

    fn write_metrics(&self, text: &mut String) {
        let statistics = self.statistics();
        let commit_secs = Duration::from_micros(statistics.commit_micros).as_secs_f64();
        write_counter(
            text,
            "fireline_store_profiles_total",
            "Profiles committed.",
            statistics.stored_profiles,
        );
        write_counter(
            text,
            "fireline_store_samples_total",
            "Samples committed, after normalising.",
            statistics.stored_samples,
        );
        write_counter(text, "fireline_store_commits_total", "Commits.", statistics.commits);
        write_counter(
            text,
            "fireline_store_commit_seconds_total",
            "Time spent in commits.",
            commit_secs,
        );
        write_counter(
            text,
            "fireline_store_failed_commits_total",
            "Commits that failed.",
            statistics.failed_commits,
        );
        write_gauge(
            text,
            "fireline_store_bytes",
            "Size of all day files.",
            statistics.bytes_on_disk,
        );
        write_gauge(text, "fireline_store_day_files", "Day files.", statistics.day_files);
        write_gauge(
            text,
            "fireline_store_damaged_day_files",
            "Day files set aside because they are damaged.",
            statistics.damaged_day_files,
        );
        write_counter(
            text,
            "fireline_store_day_files_deleted_for_age_total",
            "Day files deleted because they were too old.",
            statistics.day_files_deleted_for_age,
        );
        write_counter(
            text,
            "fireline_store_day_files_deleted_for_size_total",
            "Day files deleted because the store was too large.",
            statistics.day_files_deleted_for_size,
        );
    }
}
