//! The store: opened once, shared by clones.

use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::JoinHandle;

use profile::Profile;
use query::{SourceError, TreeRequest};
use tokio::sync::mpsc::{Sender, channel};
use tokio::sync::oneshot;

use crate::config::StoreConfig;
use crate::days::Days;
use crate::error::{PushError, PushOutcome, StoreError};
use crate::intake::prepare;
use crate::prepared::IncomingProfile;
use crate::profile_query::merged_profile;
use crate::read::Readers;
use crate::retention::Retention;
use crate::statistics::StoreStatistics;
use crate::writer::{PushRequest, Writer, WriterCounters};

/// The embedded profile store. Clones share one store, which is closed with the last of them.
///
/// Pushing and querying need a tokio runtime, since the work is done on its blocking threads.
#[derive(Debug, Clone)]
pub struct Store {
    shared: Arc<Shared>,
    readers: Readers,
}

#[derive(Debug)]
struct Shared {
    config: Arc<StoreConfig>,
    days: Arc<Days>,
    retention: Arc<Retention>,
    counters: Arc<WriterCounters>,
    writer: Mutex<Option<WriterHandle>>,
}

#[derive(Debug)]
struct WriterHandle {
    requests: Sender<PushRequest>,
    thread: JoinHandle<()>,
}

/// How many pushes may wait for the writer before others wait to be queued.
const QUEUED_PUSHES: usize = 64;

impl Store {
    /// Opens the store, or makes it. Damaged day files are set aside with a message in the log.
    ///
    /// Errors: the folder is not usable, the store is already open, here or elsewhere, or a day
    /// file has another format version.
    /// Cost: opens every day file; their contents are read when they are first needed.
    pub fn open(config: StoreConfig) -> Result<Self, StoreError> {
        let days = Arc::new(Days::open(&config.folder, config.cache_bytes_per_day)?);
        let config = Arc::new(config);
        let counters = Arc::new(WriterCounters::default());
        // Without a time nothing is deleted for its age before the first push; size is another
        // matter, for the disk may be full already.
        let retention = Arc::new(Retention::new(Arc::clone(&config), Arc::clone(&days)));
        let bytes = retention.delete_old(None);
        counters.stored_bytes.store(bytes, Ordering::Relaxed);
        let readers = Readers::new(Arc::clone(&days), config.max_queries);
        let (requests, received) = channel(QUEUED_PUSHES);
        let writer = Writer::new(
            Arc::clone(&config),
            Arc::clone(&days),
            Arc::clone(&retention),
            Arc::clone(&counters),
        );
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_time()
            .build()
            .map_err(StoreError::Thread)?;
        let thread = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn(move || writer.run(&runtime, received))
            .map_err(StoreError::Thread)?;
        let writer = Mutex::new(Some(WriterHandle { requests, thread }));
        Ok(Self { shared: Arc::new(Shared { config, days, retention, counters, writer }), readers })
    }

    /// Stores profiles, each judged on its own, and returns when they are on the disk.
    ///
    /// `now_millis` is the time of the push: it stands in for a time of 0, and decides what is
    /// too old or ahead of time.
    /// What was pushed is found by every query that starts after this returns.
    /// Pushing twice stores twice. A push that is dropped midway may be stored or not.
    pub async fn push(
        &self,
        incoming: Vec<IncomingProfile>,
        now_millis: i64,
    ) -> Result<PushOutcome, PushError> {
        let count = incoming.len();
        let requests = self.shared.requests().ok_or(PushError::Closed)?;
        let config = Arc::clone(&self.shared.config);
        let prepared = tokio::task::spawn_blocking(move || {
            let mut errors = Vec::new();
            let mut profiles = Vec::new();
            for (at, incoming) in incoming.into_iter().enumerate() {
                match prepare(&incoming, now_millis, &config) {
                    Ok(profile) if profile.groups.is_empty() => {}
                    Ok(profile) => profiles.push((at, profile)),
                    Err(error) => errors.push((at, error)),
                }
            }
            (profiles, errors)
        });
        let (profiles, mut errors) = prepared.await.map_err(|_| PushError::Closed)?;
        if !profiles.is_empty() {
            let (done, outcome) = oneshot::channel();
            let request = PushRequest { profiles, now_millis, done };
            // Waits without a thread: a slow disk must not take those of the queries.
            requests.send(request).await.map_err(|_| PushError::Closed)?;
            errors.extend(outcome.await.map_err(|_| PushError::Closed)?);
        }
        errors.sort_by_key(|(at, _)| *at);
        Ok(PushOutcome { stored: count - errors.len(), errors })
    }

    /// One profile of all samples asked for, with functions, files, lines and mappings: whole,
    /// however many nodes the request asks for.
    pub async fn merged_profile(&self, request: &TreeRequest) -> Result<Profile, SourceError> {
        let request = request.clone();
        self.readers.run(move |reading| merged_profile(reading, &request)).await
    }

    /// Deletes what is older or larger than the store may be, as of a time.
    ///
    /// The store does this by itself after pushes, with their times. For a store that nobody
    /// pushes to, call it now and then.
    /// A day that was written since the store was opened stays until it is too old by a clock that
    /// cannot be set as well, so that a wrong time takes nothing that was just pushed.
    /// The newest day always stays.
    pub fn delete_old(&self, now_millis: i64) {
        let shared = &self.shared;
        let bytes = shared.retention.delete_old(Some(now_millis));
        shared.counters.stored_bytes.store(bytes, Ordering::Relaxed);
    }

    /// Whether pushes are written. False: the writer has ended, and every push will fail until the
    /// store is opened anew; queries go on.
    pub fn is_writing(&self) -> bool {
        self.shared.requests().is_some_and(|requests| !requests.is_closed())
    }

    /// What the store did and holds, for metrics. Cost: looks up the size of each day file.
    pub fn statistics(&self) -> StoreStatistics {
        StoreStatistics::of(&self.shared.days, &self.shared.counters)
    }

    pub(crate) fn readers(&self) -> &Readers {
        &self.readers
    }
}

impl Shared {
    fn requests(&self) -> Option<Sender<PushRequest>> {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner);
        writer.as_ref().map(|writer| writer.requests.clone())
    }
}

impl Drop for Shared {
    /// Waits until what was pushed is on the disk.
    fn drop(&mut self) {
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(WriterHandle { requests, thread }) = writer {
            drop(requests);
            // A writer that panicked has nothing more to say.
            let _ = thread.join();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use std::time::Duration;

    use fixtures::profile_from_folded;
    use tokio::sync::mpsc::Receiver;

    use super::*;

    fn incoming() -> Vec<IncomingProfile> {
        let labels = vec![("__name__".to_owned(), "cpu".to_owned())];
        vec![IncomingProfile { labels: labels.into(), profile: profile_from_folded("main 1") }]
    }

    /// A store whose pushes go to the receiver instead of the writer.
    fn diverted(folder: &tempfile::TempDir) -> (Store, Receiver<PushRequest>) {
        let store = Store::open(StoreConfig::new(folder.path())).unwrap();
        let (requests, received) = channel(1);
        store.shared.writer.lock().unwrap().as_mut().unwrap().requests = requests;
        (store, received)
    }

    #[tokio::test]
    async fn a_store_whose_writer_ended_says_so() {
        let folder = tempfile::tempdir().unwrap();
        let (store, received) = diverted(&folder);
        assert!(store.is_writing());
        drop(received);
        assert!(!store.is_writing());
        assert_eq!(store.push(incoming(), 1).await, Err(PushError::Closed));
    }

    #[test]
    fn pushes_that_wait_for_the_writer_take_no_threads() {
        let mut builder = tokio::runtime::Builder::new_current_thread();
        let runtime = builder.enable_time().max_blocking_threads(2).build().unwrap();
        runtime.block_on(async {
            let folder = tempfile::tempdir().unwrap();
            let (store, mut received) = diverted(&folder);
            let pushes: Vec<_> = (0..10)
                .map(|_| {
                    let store = store.clone();
                    tokio::spawn(async move { store.push(incoming(), 1).await })
                })
                .collect();
            tokio::time::sleep(Duration::from_millis(100)).await;
            let query = store.readers().run(|_| Ok(7));
            let answer = tokio::time::timeout(Duration::from_secs(5), query).await;
            assert_eq!(answer.unwrap().unwrap(), 7);
            for _ in &pushes {
                received.recv().await.unwrap().done.send(Vec::new()).unwrap();
            }
            for push in pushes {
                assert_eq!(push.await.unwrap().unwrap().stored, 1);
            }
        });
    }
}
