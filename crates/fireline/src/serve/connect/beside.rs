//! What goes beside the message of an answer, in headers.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::http::{HeaderMap, HeaderValue};
use pyroscope_api::DAMAGED_DAYS;
use query::SourceNotice;

/// What a call found out beside its message. Clones share it.
#[derive(Debug, Clone, Default)]
pub(super) struct Beside {
    damaged_days: Arc<Mutex<BTreeSet<String>>>,
}

impl Beside {
    /// Keeps those notices that a header exists for.
    pub(super) fn tell(&self, notices: &[SourceNotice]) {
        for notice in notices {
            if let SourceNotice::DamagedDays { days } = notice {
                self.damaged_days().extend(days.iter().cloned());
            }
        }
    }

    /// Writes what was found out.
    pub(super) fn write(&self, headers: &mut HeaderMap) {
        let days: Vec<String> = self.damaged_days().iter().cloned().collect();
        if !days.is_empty()
            && let Ok(value) = HeaderValue::try_from(days.join(","))
        {
            headers.insert(DAMAGED_DAYS, value);
        }
    }

    fn damaged_days(&self) -> std::sync::MutexGuard<'_, BTreeSet<String>> {
        self.damaged_days.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
