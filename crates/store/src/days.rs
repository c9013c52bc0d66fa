//! The day files of a store: found, opened when needed, set aside when damaged, deleted when old.

use std::collections::BTreeMap;
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use query::Window;

use crate::day::Day;
use crate::day_file::DayFile;
use crate::error::{DayError, StoreError, catch_panic};

/// The folder of a store and what is open of it.
#[derive(Debug)]
pub(crate) struct Days {
    folder: PathBuf,
    cache_bytes_per_day: usize,
    slots: Mutex<BTreeMap<Day, Arc<Slot>>>,
    pub(crate) counters: DayCounters,
    /// Held for as long as the store is open.
    _lock: File,
}

/// What happened to day files since the store was opened.
#[derive(Debug, Default)]
pub(crate) struct DayCounters {
    pub(crate) damaged: AtomicU64,
    pub(crate) deleted_for_age: AtomicU64,
    pub(crate) deleted_for_size: AtomicU64,
}

/// A day's place: a lock of its own, so that a file that takes long to open stops nobody else.
#[derive(Debug, Default)]
struct Slot {
    file: Mutex<Option<Arc<DayFile>>>,
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, Option<Arc<DayFile>>> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Days {
    /// Takes possession of a folder and looks at every day file in it.
    /// A damaged one is set aside; the others are served.
    pub(crate) fn open(folder: &Path, cache_bytes_per_day: usize) -> Result<Self, StoreError> {
        let failed =
            |action| move |cause| StoreError::Folder { action, path: folder.to_owned(), cause };
        std::fs::create_dir_all(folder).map_err(failed("make the folder"))?;
        let lock = lock_folder(folder)?;
        let mut slots = BTreeMap::new();
        for entry in std::fs::read_dir(folder).map_err(failed("list the folder"))? {
            let entry = entry.map_err(failed("list the folder"))?;
            if let Some(day) = entry.file_name().to_str().and_then(Day::from_file_name) {
                slots.insert(day, Arc::default());
            }
        }
        let days = Self {
            folder: folder.to_owned(),
            cache_bytes_per_day,
            slots: Mutex::new(slots),
            counters: DayCounters::default(),
            _lock: lock,
        };
        for day in days.all() {
            if let Err(error) = days.get(day) {
                tracing::error!(file = %days.path(day).display(), %error, "a day file cannot be read");
            }
        }
        Ok(days)
    }

    /// The days that have a file, ascending.
    pub(crate) fn all(&self) -> Vec<Day> {
        self.slots().keys().copied().collect()
    }

    /// The days that have a file and that a window touches, ascending.
    pub(crate) fn touching(&self, window: Window) -> Vec<Day> {
        let Some((first, last)) = Day::range(window) else { return Vec::new() };
        self.slots().range(first..=last).map(|(day, _)| *day).collect()
    }

    /// The file of a day. None: there is none.
    /// A damaged file is set aside before the error is returned.
    pub(crate) fn get(&self, day: Day) -> Result<Option<Arc<DayFile>>, DayError> {
        let Some(slot) = self.slots().get(&day).cloned() else { return Ok(None) };
        self.open_slot(day, &slot).map(Some)
    }

    /// The file of a day, which is made if there is none.
    pub(crate) fn get_or_create(&self, day: Day) -> Result<Arc<DayFile>, DayError> {
        let slot = Arc::clone(self.slots().entry(day).or_default());
        self.open_slot(day, &slot)
    }

    fn open_slot(&self, day: Day, slot: &Arc<Slot>) -> Result<Arc<DayFile>, DayError> {
        let mut open = slot.lock();
        if let Some(file) = &*open {
            return Ok(Arc::clone(file));
        }
        let path = self.path(day);
        match catch_panic(|| DayFile::open(&path, self.cache_bytes_per_day)) {
            Ok(file) => Ok(Arc::clone(open.insert(Arc::new(file)))),
            Err(error) => {
                drop(open);
                if error.is_damage() {
                    self.set_aside(day, &error);
                }
                Err(error)
            }
        }
    }

    /// Closes a file after an error, so that the next use opens it anew; a damaged one is renamed
    /// and never looked at again.
    pub(crate) fn close_after(&self, day: Day, error: &DayError) {
        if matches!(error, DayError::Canceled | DayError::TooManySymbols(_)) {
            // The file is as good as before.
        } else if error.is_damage() {
            self.set_aside(day, error);
        } else if let Some(slot) = self.slots().get(&day) {
            *slot.lock() = None;
        }
    }

    fn set_aside(&self, day: Day, error: &DayError) {
        let path = self.path(day);
        let mut slots = self.slots();
        if slots.remove(&day).is_none() {
            return;
        }
        let aside = (1..)
            .map(|number| path.with_extension(format!("redb.damaged-{number}")))
            .find(|aside| !aside.exists())
            .expect("some number is free");
        let renamed = std::fs::rename(&path, &aside);
        self.counters.damaged.fetch_add(1, Ordering::Relaxed);
        let renamed = renamed.map_or_else(|error| error.to_string(), |()| "done".to_owned());
        tracing::error!(
            file = %path.display(),
            set_aside_as = %aside.display(),
            renamed,
            %error,
            "a day file is damaged and was set aside; the other days are served"
        );
    }

    /// Deletes day files for which `is_expired`, and then, while all together are larger than
    /// `max_bytes`, the oldest; the newest never. Returns the bytes that are left.
    pub(crate) fn delete_old(&self, is_expired: impl Fn(Day) -> bool, max_bytes: u64) -> u64 {
        let mut sizes = self.sizes();
        let older: Vec<Day> = sizes.keys().copied().rev().skip(1).collect();
        for day in older.into_iter().rev().filter(|day| is_expired(*day)) {
            if self.delete(day, "its profiles are older than the store keeps them") {
                self.counters.deleted_for_age.fetch_add(1, Ordering::Relaxed);
                sizes.remove(&day);
            }
        }
        let mut total: u64 = sizes.values().sum();
        while total > max_bytes
            && sizes.len() > 1
            && let Some((day, bytes)) = sizes.pop_first()
        {
            if self.delete(day, "the store is larger than it may be") {
                self.counters.deleted_for_size.fetch_add(1, Ordering::Relaxed);
                total -= bytes;
            }
        }
        total
    }

    fn delete(&self, day: Day, reason: &'static str) -> bool {
        let path = self.path(day);
        let mut slots = self.slots();
        // Readers that have the file open go on with it; the space is free when they are done.
        match std::fs::remove_file(&path) {
            Ok(()) => tracing::info!(file = %path.display(), reason, "deleted a day file"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::error!(file = %path.display(), %error, "cannot delete a day file");
                return false;
            }
        }
        slots.remove(&day);
        true
    }

    /// The bytes of each day file.
    pub(crate) fn sizes(&self) -> BTreeMap<Day, u64> {
        let size = |day| std::fs::metadata(self.path(day)).map_or(0, |metadata| metadata.len());
        self.all().into_iter().map(|day| (day, size(day))).collect()
    }

    /// Where the file of a day is.
    pub(crate) fn path(&self, day: Day) -> PathBuf {
        self.folder.join(day.file_name())
    }

    fn slots(&self) -> MutexGuard<'_, BTreeMap<Day, Arc<Slot>>> {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The file that is locked while a store is open.
const LOCK_NAME: &str = "lock";

fn lock_folder(folder: &Path) -> Result<File, StoreError> {
    let path = folder.join(LOCK_NAME);
    let failed =
        |cause| StoreError::Folder { action: "lock the store with", path: path.clone(), cause };
    let options = &mut File::options();
    let file = options.create(true).truncate(false).write(true).open(&path).map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(StoreError::AlreadyOpen { folder: folder.to_owned() }),
        Err(TryLockError::Error(cause)) => Err(failed(cause)),
    }
}
