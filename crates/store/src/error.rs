//! What can go wrong.

use std::path::PathBuf;

use crate::bytes::BytesError;
use crate::symbol_interner::TooManySymbols;

/// Why a store cannot be opened.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum StoreError {
    /// The folder cannot be made, listed or locked.
    #[error("cannot {action} {path:?}: {cause}")]
    Folder {
        /// What was being done.
        action: &'static str,
        /// With what.
        path: PathBuf,
        /// Why it failed.
        cause: std::io::Error,
    },
    /// Another process, or this one, has the store open.
    #[error("the store in {folder:?} is already open, expected no other user of this folder")]
    AlreadyOpen {
        /// The folder of the store.
        folder: PathBuf,
    },
    /// A day file was written by another version of the store, most likely a newer one.
    #[error("{path:?} has the format version {found}, expected {expected}")]
    FormatVersion {
        /// The day file.
        path: PathBuf,
        /// What it says.
        found: i64,
        /// What this store reads and writes.
        expected: i64,
    },
    /// The system has no thread for the writer.
    #[error("cannot start the writer thread of the store: {0}")]
    Thread(std::io::Error),
}

/// Why nothing of a push was stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum PushError {
    /// The store was shut down while the push waited.
    #[error("the store is shut down")]
    Closed,
}

/// What became of the profiles of a push.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PushOutcome {
    /// How many profiles are stored: committed, and on the disk.
    /// A profile in which nothing was left to store counts too.
    pub stored: usize,
    /// Position in the push, and what is wrong, for each profile that is not stored; ascending.
    pub errors: Vec<(usize, ProfileError)>,
}

/// Why one profile of a push is not stored.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ProfileError {
    /// Labels or contents are not what a profile may have; sending it again does not help.
    #[error("{0}")]
    Invalid(String),
    /// The profile's time is outside of what the store takes; sending it again does not help.
    #[error("{0}")]
    Time(String),
    /// A limit of the store was reached: series of a day, or bytes.
    #[error("{0}")]
    LimitReached(String),
    /// The disk or the database failed.
    #[error("{0}")]
    Storage(String),
}

/// What can go wrong with the file of one day.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DayError {
    #[error(transparent)]
    Database(#[from] redb::Error),
    #[error("table {table:?}, key {key}: {cause}")]
    Bytes { table: &'static str, key: String, cause: BytesError },
    #[error("{0}")]
    Shape(String),
    #[error("its format version is {0}, expected {expected}", expected = crate::day_file::FORMAT_VERSION)]
    Version(i64),
    #[error(transparent)]
    TooManySymbols(#[from] TooManySymbols),
    #[error("the work on it panicked: {0}")]
    Panicked(String),
    #[error("opening it panicked: {0}")]
    Unreadable(String),
    #[error("the caller went away")]
    Canceled,
}

impl DayError {
    /// Whether the file itself is bad, so that the same will happen each time.
    pub(crate) fn is_damage(&self) -> bool {
        match self {
            Self::Database(error) => match error {
                redb::Error::Corrupted(_)
                | redb::Error::UpgradeRequired(_)
                | redb::Error::RepairAborted
                | redb::Error::TableTypeMismatch { .. }
                | redb::Error::TableIsMultimap(_)
                | redb::Error::TableDoesNotExist(_) => true,
                redb::Error::Io(error) => matches!(
                    error.kind(),
                    std::io::ErrorKind::InvalidData | std::io::ErrorKind::UnexpectedEof
                ),
                _ => false,
            },
            Self::Bytes { .. } | Self::Shape(_) | Self::Unreadable(_) => true,
            // A panic may be a mistake of the code: the file is judged when it is opened anew.
            Self::Version(_) | Self::Panicked(_) | Self::TooManySymbols(_) | Self::Canceled => {
                false
            }
        }
    }
}

/// Lets `?` turn every error type of redb into a [`DayError`].
macro_rules! from_redb {
    ($($error:ident),*) => {$(
        impl From<redb::$error> for DayError {
            fn from(error: redb::$error) -> Self {
                Self::Database(error.into())
            }
        }
    )*};
}

from_redb!(CommitError, DatabaseError, StorageError, TableError, TransactionError);

/// Runs what reads or writes a day file, whose bytes may be damaged in a way that makes the
/// database panic.
pub(crate) fn catch_panic<T>(run: impl FnOnce() -> Result<T, DayError>) -> Result<T, DayError> {
    std::panic::catch_unwind(std::panic::AssertUnwindSafe(run)).unwrap_or_else(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        let text = text.or_else(|| panic.downcast_ref::<&str>().copied());
        Err(DayError::Panicked(text.unwrap_or("no reason given").to_owned()))
    })
}
