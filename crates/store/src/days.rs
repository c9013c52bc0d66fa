//! The day files of a store: found, opened when needed, set aside when damaged, deleted when old.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{File, TryLockError};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use query::Window;

use crate::day::Day;
use crate::day_file::{DayFile, FORMAT_VERSION};
use crate::error::{DayError, StoreError, catch_panic};
use crate::folder_sync::{create_folder, sync_folder};
use crate::set_aside::{self, SetAside};

/// The folder of a store and what is open of it.
#[derive(Debug)]
pub(crate) struct Days {
    folder: PathBuf,
    cache_bytes_per_day: usize,
    slots: Mutex<BTreeMap<Day, Arc<Slot>>>,
    /// Days of which a damaged file was set aside, and is still there.
    damaged: Mutex<BTreeSet<Day>>,
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
    /// How often the entries of the folder were put on the disk.
    pub(crate) folder_syncs: AtomicU64,
}

/// A day's place: a lock of its own, so that a file that takes long to open stops nobody else.
///
/// Who holds this lock may take that of [`Days::slots`], never the other way round.
/// A slot that is no longer in that map has no file and gets none.
#[derive(Debug, Default)]
struct Slot {
    state: Mutex<SlotState>,
}

#[derive(Debug, Default)]
struct SlotState {
    file: Option<Arc<DayFile>>,
    /// Whether the file was closed after an error, and somebody may be about to let go of it.
    was_closed: bool,
    check: Check,
}

/// Whether the whole file was looked at because work on it had panicked. Once is enough: when it
/// is sound, the next panic is not its fault either.
#[derive(Debug, Default, Clone, Copy, PartialEq, Eq)]
enum Check {
    #[default]
    NotNeeded,
    Due,
    Passed,
}

impl Slot {
    fn lock(&self) -> MutexGuard<'_, SlotState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// How long a file that was closed after an error may still be in use by others.
const CLOSE_TIMEOUT: Duration = Duration::from_secs(5);
/// How often to look whether they are done.
const CLOSE_PAUSE: Duration = Duration::from_millis(5);

/// Why files are deleted.
const TOO_OLD: &str = "its profiles are older than the store keeps them";
const TOO_LARGE: &str = "the store is larger than it may be";

impl Days {
    /// Takes possession of a folder and looks at every day file in it.
    /// A damaged one is set aside; the others are served.
    /// Errors: the folder is not usable, or a file has another format version.
    pub(crate) fn open(folder: &Path, cache_bytes_per_day: usize) -> Result<Self, StoreError> {
        let failed =
            |action| move |cause| StoreError::Folder { action, path: folder.to_owned(), cause };
        create_folder(folder).map_err(failed("make the folder"))?;
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
            damaged: Mutex::default(),
            counters: DayCounters::default(),
            _lock: lock,
        };
        days.sync().map_err(failed("sync the folder"))?;
        days.look_for_set_aside();
        for day in days.all() {
            match days.get(day) {
                Ok(_) => {}
                Err(DayError::Version(found)) => {
                    let (path, expected) = (days.path(day), FORMAT_VERSION);
                    return Err(StoreError::FormatVersion { path, found, expected });
                }
                Err(error) => {
                    let file = days.path(day);
                    tracing::error!(file = %file.display(), %error, "a day file cannot be read");
                }
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
        self.open_slot(day, &slot)
    }

    /// The file of a day, which is made if there is none.
    pub(crate) fn get_or_create(&self, day: Day) -> Result<Arc<DayFile>, DayError> {
        loop {
            let slot = Arc::clone(self.slots().entry(day).or_default());
            if let Some(file) = self.open_slot(day, &slot)? {
                return Ok(file);
            }
        }
    }

    /// None: the slot is the day's no longer.
    fn open_slot(&self, day: Day, slot: &Arc<Slot>) -> Result<Option<Arc<DayFile>>, DayError> {
        let mut state = slot.lock();
        if let Some(file) = &state.file {
            return Ok(Some(Arc::clone(file)));
        }
        if !self.slots().get(&day).is_some_and(|current| Arc::ptr_eq(current, slot)) {
            return Ok(None);
        }
        match self.open_file(day, &state) {
            Ok(file) => {
                if state.check == Check::Due {
                    state.check = Check::Passed;
                }
                Ok(Some(Arc::clone(state.file.insert(Arc::new(file)))))
            }
            Err(error) => {
                if error.is_damage() {
                    self.set_aside(day, &mut state, &error);
                }
                Err(error)
            }
        }
    }

    fn open_file(&self, day: Day, state: &SlotState) -> Result<DayFile, DayError> {
        let path = self.path(day);
        let started = Instant::now();
        let is_new = !path.exists();
        loop {
            let opened = catch_panic(|| match state.check {
                Check::Due => DayFile::open_checked(&path, self.cache_bytes_per_day),
                Check::NotNeeded | Check::Passed => DayFile::open(&path, self.cache_bytes_per_day),
            });
            match opened {
                Err(DayError::Database(redb::Error::DatabaseAlreadyOpen))
                    if state.was_closed && started.elapsed() < CLOSE_TIMEOUT =>
                {
                    std::thread::sleep(CLOSE_PAUSE);
                }
                Err(DayError::Panicked(text)) => return Err(DayError::Unreadable(text)),
                Ok(file) => {
                    if is_new {
                        // Before anything that is written to it is acknowledged.
                        self.sync().map_err(|error| DayError::Database(redb::Error::Io(error)))?;
                    }
                    return Ok(file);
                }
                failed => return failed,
            }
        }
    }

    /// Closes a file after an error, so that the next use opens it anew; a damaged one is renamed
    /// and never looked at again. Does nothing if the day has another file by now.
    ///
    /// Returns the error as it is to be judged: after a panic the file is checked, and that may
    /// have found it damaged.
    pub(crate) fn close_after(&self, day: Day, file: Arc<DayFile>, error: DayError) -> DayError {
        if matches!(error, DayError::Canceled | DayError::TooManySymbols(_)) {
            // The file is as good as before.
            return error;
        }
        let has_panicked = matches!(error, DayError::Panicked(_));
        let Some(slot) = self.slots().get(&day).cloned() else { return error };
        let mut state = slot.lock();
        if !state.file.as_ref().is_some_and(|current| Arc::ptr_eq(current, &file)) {
            return error;
        }
        if error.is_damage() {
            self.set_aside(day, &mut state, &error);
            return error;
        }
        state.file = None;
        state.was_closed = true;
        if !has_panicked || state.check == Check::Passed {
            return error;
        }
        state.check = Check::Due;
        drop(state);
        // It can only be opened when nobody else has it.
        drop(file);
        match self.open_slot(day, &slot) {
            Err(found) if found.is_damage() => found,
            _ => error,
        }
    }

    /// To be called for a slot that is in the map, whose lock is held.
    fn set_aside(&self, day: Day, state: &mut SlotState, error: &DayError) {
        state.file = None;
        let path = self.path(day);
        let aside = set_aside::free_name(&path);
        let renamed = std::fs::rename(&path, &aside).and_then(|()| self.sync());
        self.damaged().insert(day);
        // Only now, so that nobody makes another file under the same name before.
        self.slots().remove(&day);
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
    ///
    /// Files that were set aside are deleted for the same reasons, before those that are served.
    pub(crate) fn delete_old(&self, is_expired: impl Fn(Day) -> bool, max_bytes: u64) -> u64 {
        let mut sizes = self.sizes();
        let older: Vec<Day> = sizes.keys().copied().rev().skip(1).collect();
        for day in older.into_iter().rev().filter(|day| is_expired(*day)) {
            if self.delete(day, TOO_OLD) {
                self.counters.deleted_for_age.fetch_add(1, Ordering::Relaxed);
                sizes.remove(&day);
            }
        }
        let mut total: u64 = sizes.values().sum();
        total += self.delete_set_aside(is_expired, max_bytes.saturating_sub(total));
        while total > max_bytes
            && sizes.len() > 1
            && let Some((day, bytes)) = sizes.pop_first()
        {
            if self.delete(day, TOO_LARGE) {
                self.counters.deleted_for_size.fetch_add(1, Ordering::Relaxed);
                total -= bytes;
            }
        }
        total
    }

    /// Deletes files that were set aside, those that are expired and the oldest of more than
    /// `max_bytes`. Returns the bytes that are left of them.
    fn delete_set_aside(&self, is_expired: impl Fn(Day) -> bool, max_bytes: u64) -> u64 {
        let found = set_aside::list(&self.folder);
        let mut total: u64 = found.iter().map(|one| one.bytes).sum();
        for SetAside { day, path, bytes } in found {
            let reason = match is_expired(day) {
                true => TOO_OLD,
                false if total > max_bytes => TOO_LARGE,
                false => continue,
            };
            match std::fs::remove_file(&path) {
                Ok(()) => {
                    tracing::info!(file = %path.display(), reason, "deleted a damaged day file");
                    total -= bytes;
                }
                Err(error) => {
                    tracing::error!(file = %path.display(), %error, "cannot delete a day file");
                }
            }
        }
        self.look_for_set_aside();
        total
    }

    /// Sees which damaged files are there: people delete them, too.
    fn look_for_set_aside(&self) {
        let mut damaged = self.damaged();
        *damaged = set_aside::list(&self.folder).into_iter().map(|one| one.day).collect();
    }

    /// The days that a window touches and of which a damaged file was set aside, ascending.
    pub(crate) fn damaged_in(&self, window: Window) -> Vec<Day> {
        let Some((first, last)) = Day::range(window) else { return Vec::new() };
        self.damaged().range(first..=last).copied().collect()
    }

    fn delete(&self, day: Day, reason: &'static str) -> bool {
        let path = self.path(day);
        let Some(slot) = self.slots().get(&day).cloned() else { return true };
        let mut state = slot.lock();
        // Readers that have the file open go on with it; the space is free when they are done.
        match std::fs::remove_file(&path) {
            Ok(()) => tracing::info!(file = %path.display(), reason, "deleted a day file"),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
            Err(error) => {
                tracing::error!(file = %path.display(), %error, "cannot delete a day file");
                return false;
            }
        }
        state.file = None;
        let mut slots = self.slots();
        if slots.get(&day).is_some_and(|current| Arc::ptr_eq(current, &slot)) {
            slots.remove(&day);
        }
        true
    }

    /// The bytes of each day file.
    pub(crate) fn sizes(&self) -> BTreeMap<Day, u64> {
        let size = |day| std::fs::metadata(self.path(day)).map_or(0, |metadata| metadata.len());
        self.all().into_iter().map(|day| (day, size(day))).collect()
    }

    /// The bytes of files that were set aside.
    pub(crate) fn bytes_set_aside(&self) -> u64 {
        set_aside::list(&self.folder).iter().map(|one| one.bytes).sum()
    }

    /// Returns when the names of all files are on the disk.
    fn sync(&self) -> std::io::Result<()> {
        self.counters.folder_syncs.fetch_add(1, Ordering::Relaxed);
        sync_folder(&self.folder)
    }

    fn damaged(&self) -> MutexGuard<'_, BTreeSet<Day>> {
        self.damaged.lock().unwrap_or_else(PoisonError::into_inner)
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

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    fn days() -> (tempfile::TempDir, Days, Day) {
        let folder = tempfile::tempdir().unwrap();
        let days = Days::open(folder.path(), 1 << 20).unwrap();
        (folder, days, Day::of_nanos(0))
    }

    fn damaged(days: &Days) -> u64 {
        days.counters.damaged.load(Ordering::Relaxed)
    }

    #[test]
    fn the_name_of_a_new_file_is_on_the_disk_before_the_file_is_used() {
        let (_folder, days, day) = days();
        let syncs = || days.counters.folder_syncs.load(Ordering::Relaxed);
        let at_first = syncs();
        assert!(at_first > 0, "what was there before may not have been synced");
        let file = days.get_or_create(day).unwrap();
        assert_eq!(syncs() - at_first, 1);
        days.get_or_create(day).unwrap();
        assert_eq!(syncs() - at_first, 1, "the name is there");
        days.close_after(day, file, DayError::Shape("bad".to_owned()));
        assert_eq!(syncs() - at_first, 2, "it has another name");
        days.get_or_create(day).unwrap();
        assert_eq!(syncs() - at_first, 3);
    }

    #[test]
    fn only_the_file_that_failed_is_set_aside() {
        let (_folder, days, day) = days();
        let first = days.get_or_create(day).unwrap();
        let of_other_reader = Arc::clone(&first);
        days.close_after(day, first, DayError::Shape("bad".to_owned()));
        let fresh = days.get_or_create(day).unwrap();
        days.close_after(day, of_other_reader, DayError::Shape("bad".to_owned()));
        assert!(Arc::ptr_eq(&fresh, &days.get(day).unwrap().unwrap()));
        assert!(days.path(day).exists());
        assert_eq!(damaged(&days), 1);
    }

    #[test]
    fn a_panic_closes_the_file_and_a_sound_file_stays() {
        let (_folder, days, day) = days();
        for _ in 0..3 {
            let file = days.get_or_create(day).unwrap();
            let weak = Arc::downgrade(&file);
            let error = days.close_after(day, file, DayError::Panicked("a mistake".to_owned()));
            assert!(matches!(error, DayError::Panicked(_)), "{error}");
            assert!(weak.upgrade().is_none());
            assert!(days.get(day).unwrap().is_some());
        }
        assert_eq!(damaged(&days), 0);
    }

    #[test]
    fn a_panic_finds_damage_that_is_there() {
        let (_folder, days, day) = days();
        let file = days.get_or_create(day).unwrap();
        let transaction = file.database.begin_write().unwrap();
        // A file with a version has all tables.
        let mut meta = transaction.open_table(crate::day_file::META).unwrap();
        meta.insert(crate::day_file::meta::FORMAT_VERSION, FORMAT_VERSION).unwrap();
        drop(meta);
        transaction.commit().unwrap();
        let error = days.close_after(day, file, DayError::Panicked("a row".to_owned()));
        assert!(error.is_damage(), "{error}");
        assert_eq!(damaged(&days), 1);
        assert!(days.get(day).unwrap().is_none());
    }

    #[test]
    fn a_file_that_others_still_use_is_opened_anew_when_they_are_done() {
        let (_folder, days, day) = days();
        let file = days.get_or_create(day).unwrap();
        let of_other_reader = Arc::clone(&file);
        days.close_after(day, file, DayError::Database(redb::Error::PreviousIo));
        let other_reader = std::thread::spawn(move || {
            std::thread::sleep(Duration::from_millis(50));
            drop(of_other_reader);
        });
        days.get_or_create(day).unwrap();
        other_reader.join().unwrap();
        assert_eq!(damaged(&days), 0);
    }
}
