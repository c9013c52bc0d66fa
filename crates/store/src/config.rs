//! How a store is set up.

use std::path::PathBuf;
use std::time::Duration;

/// How a [`Store`](crate::Store) is set up.
///
/// [`StoreConfig::new`] has the defaults; change single fields of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreConfig {
    /// The folder of the day files; made if it is not there. One store at a time may have it open.
    pub folder: PathBuf,
    /// Day files that end longer ago than this are deleted, except for the newest.
    /// Default: 7 days.
    pub max_age: Duration,
    /// When all day files together are larger than this, the oldest are deleted.
    /// The newest is never deleted for its size; when it alone is larger, only profiles of later
    /// days are stored, and then it is deleted.
    /// Default: 2 GiB.
    pub max_bytes: u64,
    /// How long a push may wait for others that go into the same commit. Default: 50 ms.
    pub group_commit: Duration,
    /// Profiles further in the future than this are refused. Default: 10 minutes.
    pub max_ahead: Duration,
    /// Profiles further in the past than this are refused.
    /// None, the default: only those that [`max_age`](Self::max_age) would delete at once.
    pub max_behind: Option<Duration>,
    /// What a profile and its labels may measure.
    pub limits: Limits,
    /// Memory for pages of each open day file. Default: 32 MiB.
    pub cache_bytes_per_day: usize,
    /// How many queries may run at the same time; others wait. Default: the number of processors.
    pub max_queries: usize,
}

/// What a profile and its labels may measure. The defaults are Pyroscope's where it has the limit.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Samples of one profile. Default: 16 000.
    pub max_samples: usize,
    /// Sample types of one profile. Default: 64.
    pub max_sample_types: usize,
    /// Labels of one sample. Default: 100.
    pub max_sample_labels: usize,
    /// Labels of one series, those that the store adds not counted. Default: 30.
    pub max_series_labels: usize,
    /// Bytes of a label name. Default: 1024.
    pub max_label_name_bytes: usize,
    /// Bytes of a label value. Default: 2048.
    pub max_label_value_bytes: usize,
    /// Bytes of one string of a profile, such as a function name. Default: 65 535.
    pub max_string_bytes: usize,
    /// Locations of a stack trace; deeper ones lose their leaf side. Default: 1000.
    pub max_stack_depth: usize,
    /// Series of one profile: its sets of sample labels times its sample types. Default: 2000.
    pub max_series_per_profile: usize,
    /// Series of one day; profiles that would add another are refused. Default: 100 000.
    pub max_series_per_day: usize,
}

impl StoreConfig {
    /// The defaults, for a store in `folder`.
    pub fn new(folder: impl Into<PathBuf>) -> Self {
        Self {
            folder: folder.into(),
            max_age: Duration::from_secs(7 * 24 * 60 * 60),
            max_bytes: 2 << 30,
            group_commit: Duration::from_millis(50),
            max_ahead: Duration::from_secs(10 * 60),
            max_behind: None,
            limits: Limits::default(),
            cache_bytes_per_day: 32 << 20,
            max_queries: std::thread::available_parallelism().map_or(1, Into::into),
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            max_samples: 16_000,
            max_sample_types: 64,
            max_sample_labels: 100,
            max_series_labels: 30,
            max_label_name_bytes: 1024,
            max_label_value_bytes: 2048,
            max_string_bytes: 65_535,
            max_stack_depth: 1000,
            max_series_per_profile: 2000,
            max_series_per_day: 100_000,
        }
    }
}
