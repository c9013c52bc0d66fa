//! The writer thread: gathers pushes and commits them together.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use tokio::runtime::Runtime;
use tokio::sync::mpsc::Receiver;
use tokio::sync::mpsc::error::TryRecvError;
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::config::StoreConfig;
use crate::day::Day;
use crate::day_file::DayFile;
use crate::day_writer::DayWriter;
use crate::days::Days;
use crate::error::{DayError, ProfileError, catch_panic};
use crate::prepared::PreparedProfile;
use crate::retention::Retention;

/// One push on its way to the writer.
#[derive(Debug)]
pub(crate) struct PushRequest {
    /// Position in the push, and the profile.
    pub(crate) profiles: Vec<(usize, PreparedProfile)>,
    /// The time of the push, for retention.
    pub(crate) now_millis: i64,
    /// Gets the profiles that are not stored; the others are on the disk.
    pub(crate) done: oneshot::Sender<Vec<(usize, ProfileError)>>,
}

/// What the writer did since the store was opened.
#[derive(Debug, Default)]
pub(crate) struct WriterCounters {
    pub(crate) stored_profiles: AtomicU64,
    pub(crate) stored_samples: AtomicU64,
    pub(crate) commits: AtomicU64,
    pub(crate) commit_micros: AtomicU64,
    pub(crate) failed_commits: AtomicU64,
    pub(crate) stored_bytes: AtomicU64,
}

/// A commit takes at most this many samples, so that no push waits for very many others.
const MAX_BATCH_SAMPLES: usize = 500_000;
/// What the writer remembers of a day is dropped when nothing was pushed to it for so long.
const FORGET_DAY_AFTER: Duration = Duration::from_secs(600);
/// Retention is looked after at least this often,
const RETENTION_INTERVAL: Duration = Duration::from_secs(60);
/// and, while there are pushes, no more often than this.
const RETENTION_PAUSE: Duration = Duration::from_secs(1);

/// The writer. Lives in its thread until every sender of push requests is gone.
#[derive(Debug)]
pub(crate) struct Writer {
    config: Arc<StoreConfig>,
    days: Arc<Days>,
    retention: Arc<Retention>,
    counters: Arc<WriterCounters>,
    writers: HashMap<Day, (DayWriter, Instant)>,
    last_commit: Option<Instant>,
    last_retention: Option<Instant>,
    /// The newest time that the pushes of the last commit came with, and when that was.
    /// Not the newest ever: a clock that was ahead once may be right now.
    now: Option<(i64, Instant)>,
}

impl Writer {
    pub(crate) fn new(
        config: Arc<StoreConfig>,
        days: Arc<Days>,
        retention: Arc<Retention>,
        counters: Arc<WriterCounters>,
    ) -> Self {
        Self {
            config,
            days,
            retention,
            counters,
            writers: HashMap::new(),
            last_commit: None,
            last_retention: None,
            now: None,
        }
    }

    /// Works until all senders are gone. The runtime is this thread's own, for waiting.
    pub(crate) fn run(mut self, runtime: &Runtime, mut requests: Receiver<PushRequest>) {
        loop {
            match receive_within(runtime, &mut requests, RETENTION_INTERVAL) {
                Received::Push(first) => {
                    let batch = self.gather(first, runtime, &mut requests);
                    self.commit(batch);
                }
                Received::Nothing => {}
                Received::End => return,
            }
            self.forget_idle_days();
            self.keep_retention();
        }
    }

    /// The pushes that go into one commit.
    ///
    /// A push after a pause is committed at once; under load, a commit starts when the one before
    /// is `group_commit` old, with all pushes that came meanwhile.
    fn gather(
        &self,
        first: PushRequest,
        runtime: &Runtime,
        requests: &mut Receiver<PushRequest>,
    ) -> Vec<PushRequest> {
        let due = self.last_commit.map(|last| last + self.config.group_commit);
        let mut samples = sample_count(&first);
        let mut batch = vec![first];
        while samples < MAX_BATCH_SAMPLES {
            let left =
                due.map_or(Duration::ZERO, |due| due.saturating_duration_since(Instant::now()));
            let next = match requests.try_recv() {
                Ok(request) => request,
                Err(TryRecvError::Empty) if !left.is_zero() => {
                    match receive_within(runtime, requests, left) {
                        Received::Push(request) => request,
                        Received::Nothing | Received::End => break,
                    }
                }
                Err(_) => break,
            };
            samples += sample_count(&next);
            batch.push(next);
        }
        batch
    }

    fn commit(&mut self, batch: Vec<PushRequest>) {
        let started = Instant::now();
        self.last_commit = Some(started);
        let newest = batch.iter().map(|request| request.now_millis).max();
        self.now = newest.map(|now_millis| (now_millis, started));

        let mut errors: Vec<Vec<(usize, ProfileError)>> = vec![Vec::new(); batch.len()];
        let mut by_day: BTreeMap<Day, Vec<(usize, usize, &PreparedProfile)>> = BTreeMap::new();
        for (push, request) in batch.iter().enumerate() {
            for (at, profile) in &request.profiles {
                let day = Day::of_nanos(profile.time_nanos);
                self.retention.keep(day, request.now_millis);
                by_day.entry(day).or_default().push((push, *at, profile));
            }
        }
        let full = self.full();
        for (day, entries) in by_day {
            let profiles: Vec<&PreparedProfile> = entries.iter().map(|entry| entry.2).collect();
            let outcome = match &full {
                Some(full) if day <= full.newest => vec![Err(full.error.clone()); profiles.len()],
                Some(_) => {
                    // Now there is a newer day, the full one may go, and need not wait for it.
                    self.last_retention = None;
                    self.write_day(day, &profiles)
                }
                None => self.write_day(day, &profiles),
            };
            for ((push, at, profile), outcome) in entries.into_iter().zip(outcome) {
                match outcome {
                    Ok(()) => self.count(profile),
                    Err(error) => errors[push].push((at, error)),
                }
            }
        }
        for (request, errors) in batch.into_iter().zip(errors) {
            // The pusher may have gone away; its profiles stay.
            let _ = request.done.send(errors);
        }
    }

    fn write_day(
        &mut self,
        day: Day,
        profiles: &[&PreparedProfile],
    ) -> Vec<Result<(), ProfileError>> {
        let started = Instant::now();
        let file = self.days.get_or_create(day);
        let outcome = file.and_then(|file| {
            let written = self.write_file(day, &file, profiles);
            written.map_err(|error| {
                self.writers.remove(&day);
                self.days.close_after(day, file, error)
            })
        });
        match outcome {
            Ok(outcome) => {
                let micros = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
                self.counters.commits.fetch_add(1, Ordering::Relaxed);
                self.counters.commit_micros.fetch_add(micros, Ordering::Relaxed);
                outcome
            }
            Err(error) => {
                self.counters.failed_commits.fetch_add(1, Ordering::Relaxed);
                let path = self.days.path(day);
                tracing::error!(file = %path.display(), %error, "a commit failed");
                let text = format!("cannot write the profiles of {day}: {error}");
                vec![Err(ProfileError::Storage(text)); profiles.len()]
            }
        }
    }

    fn write_file(
        &mut self,
        day: Day,
        file: &Arc<DayFile>,
        profiles: &[&PreparedProfile],
    ) -> Result<Vec<Result<(), ProfileError>>, DayError> {
        let max_series = self.config.limits.max_series_per_day;
        // A day that was set aside or deleted meanwhile has another file, or none.
        self.writers.retain(|known, (writer, _)| *known != day || writer.is_for(file));
        catch_panic(|| {
            let writer = match self.writers.entry(day) {
                std::collections::hash_map::Entry::Occupied(entry) => entry.into_mut(),
                std::collections::hash_map::Entry::Vacant(entry) => {
                    entry.insert((DayWriter::new(file)?, Instant::now()))
                }
            };
            writer.1 = Instant::now();
            writer.0.write(file, profiles, max_series)
        })
    }

    fn count(&self, profile: &PreparedProfile) {
        let samples: usize = profile.groups.iter().map(|group| group.samples.len()).sum();
        self.counters.stored_profiles.fetch_add(1, Ordering::Relaxed);
        self.counters.stored_samples.fetch_add(samples as u64, Ordering::Relaxed);
    }

    /// Why nothing more can be taken in of the days that are there. None: there is room.
    fn full(&mut self) -> Option<Full> {
        let max_bytes = self.config.max_bytes;
        if self.counters.stored_bytes.load(Ordering::Relaxed) <= max_bytes {
            return None;
        }
        self.last_retention = None;
        self.keep_retention();
        let bytes = self.counters.stored_bytes.load(Ordering::Relaxed);
        let newest = self.days.all().last().copied().filter(|_| bytes > max_bytes)?;
        let error = ProfileError::LimitReached(format!(
            "the newest day, {newest}, alone takes {bytes} bytes, expected at most {max_bytes}; \
             only profiles of later days are stored"
        ));
        Some(Full { newest, error })
    }

    fn forget_idle_days(&mut self) {
        self.writers.retain(|_, (_, last_used)| last_used.elapsed() < FORGET_DAY_AFTER);
    }

    fn now_millis(&self) -> Option<i64> {
        let (now_millis, at) = self.now?;
        let since = i64::try_from(at.elapsed().as_millis()).unwrap_or(i64::MAX);
        Some(now_millis.saturating_add(since))
    }

    fn keep_retention(&mut self) {
        if self.last_retention.is_some_and(|last| last.elapsed() < RETENTION_PAUSE) {
            return;
        }
        self.last_retention = Some(Instant::now());
        let bytes = self.retention.delete_old(self.now_millis());
        self.counters.stored_bytes.store(bytes, Ordering::Relaxed);
    }
}

/// A store whose newest day alone is larger than the store may be.
#[derive(Debug)]
struct Full {
    newest: Day,
    /// Why profiles of that day and of older ones are not stored.
    error: ProfileError,
}

/// What came while the writer waited.
#[derive(Debug)]
enum Received {
    Push(PushRequest),
    /// The time is up.
    Nothing,
    /// All senders are gone.
    End,
}

fn receive_within(
    runtime: &Runtime,
    requests: &mut Receiver<PushRequest>,
    within: Duration,
) -> Received {
    match runtime.block_on(async { timeout(within, requests.recv()).await }) {
        Ok(Some(request)) => Received::Push(request),
        Ok(None) => Received::End,
        Err(_) => Received::Nothing,
    }
}

fn sample_count(request: &PushRequest) -> usize {
    let groups = request.profiles.iter().flat_map(|(_, profile)| &profile.groups);
    groups.map(|group| group.samples.len()).sum()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use fixtures::profile_from_folded;

    use super::*;
    use crate::intake::prepare;
    use crate::prepared::IncomingProfile;

    fn writer() -> (tempfile::TempDir, Writer) {
        let folder = tempfile::tempdir().unwrap();
        let config = Arc::new(StoreConfig::new(folder.path()));
        let days = Arc::new(Days::open(folder.path(), 1 << 20).unwrap());
        let retention = Arc::new(Retention::new(Arc::clone(&config), Arc::clone(&days)));
        (folder, Writer::new(config, days, retention, Arc::default()))
    }

    #[test]
    fn a_push_after_a_failed_read_is_stored() {
        let (_folder, mut writer) = writer();
        let day = Day::of_nanos(0);
        let push = |writer: &mut Writer| {
            let incoming = IncomingProfile {
                labels: vec![("__name__".to_owned(), "cpu".to_owned())].into(),
                profile: profile_from_folded("main 1"),
            };
            let profile = prepare(&incoming, 1, &writer.config).unwrap();
            let outcome = writer.write_day(day, &[&profile]);
            assert_eq!(outcome, [Ok(())]);
        };
        push(&mut writer);
        let file = writer.days.get(day).unwrap().unwrap();
        writer.days.close_after(day, file, DayError::Database(redb::Error::PreviousIo));
        push(&mut writer);
        assert_eq!(writer.counters.failed_commits.load(Ordering::Relaxed), 0);
    }

    #[test]
    fn the_time_of_retention_goes_back_with_the_clock() {
        let (_folder, mut writer) = writer();
        let now_millis = 1_795_262_400_000;
        for wrong_by in [0, 400 * 86_400_000, -86_400_000, 0] {
            let (done, _outcome) = oneshot::channel();
            let now_millis = now_millis + wrong_by;
            writer.commit(vec![PushRequest { profiles: Vec::new(), now_millis, done }]);
            let behind = writer.now_millis().unwrap() - now_millis;
            assert!((0..60_000).contains(&behind), "{wrong_by}: {behind}");
        }
    }
}
