//! Profiles on their way in: judged, cleaned and split, but not yet written.

use std::sync::Arc;

use profile::{Profile, StackIdx};
use query::Labels;

use crate::sample_block::Link;

/// A profile with its labels, as it arrives.
#[derive(Debug, Clone)]
pub struct IncomingProfile {
    /// The labels of the series, in any order; must have `__name__`.
    /// Without `service_name` it becomes `unknown_service`.
    /// Other private labels (`__…__`) are dropped: the store makes its own.
    /// Shared, since profilers send many profiles of one series.
    pub labels: Arc<Labels>,
    /// The samples. A time of 0 stands for the time of the push.
    pub profile: Profile,
}

/// A profile that can be written as it is.
#[derive(Debug)]
pub(crate) struct PreparedProfile {
    pub(crate) time_nanos: i64,
    pub(crate) profile_id: u128,
    /// Has the tables; its samples were regrouped.
    pub(crate) profile: Profile,
    pub(crate) groups: Vec<SampleGroup>,
}

/// Samples that have the same labels.
#[derive(Debug)]
pub(crate) struct SampleGroup {
    /// One label set for each sample type.
    pub(crate) series: Vec<Labels>,
    pub(crate) samples: Vec<PreparedSample>,
}

#[derive(Debug)]
pub(crate) struct PreparedSample {
    pub(crate) stack: Option<StackIdx>,
    pub(crate) link: Link,
    /// One value for each sample type.
    pub(crate) values: Vec<i64>,
}
