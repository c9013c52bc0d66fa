//! A span of time.

use serde::{Deserialize, Serialize};

/// A span of time, both ends included. Unit: milliseconds since 1970.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Window {
    /// The first millisecond.
    pub start_millis: i64,
    /// The last millisecond.
    pub end_millis: i64,
}
