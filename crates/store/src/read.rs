//! Runs queries beside the writer: on blocking threads, a few at a time, day by day.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use query::{SourceError, SourceErrorKind, SourceNotice, Window};
use tokio::sync::Semaphore;

use crate::day::Day;
use crate::day_file::{DayFile, DayReader};
use crate::days::Days;
use crate::error::{DayError, catch_panic};

/// Where queries run.
#[derive(Debug, Clone)]
pub(crate) struct Readers {
    days: Arc<Days>,
    permits: Arc<Semaphore>,
}

/// What a query works with.
#[derive(Debug)]
pub(crate) struct Reading {
    pub(crate) days: Arc<Days>,
    is_canceled: Arc<AtomicBool>,
}

/// Tells a query that nobody waits for it any more.
#[derive(Debug)]
struct CancelOnDrop(Arc<AtomicBool>);

impl Drop for CancelOnDrop {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Relaxed);
    }
}

impl Readers {
    pub(crate) fn new(days: Arc<Days>, max_queries: usize) -> Self {
        Self { days, permits: Arc::new(Semaphore::new(max_queries.max(1))) }
    }

    /// Runs a query; it stops soon after the returned future is dropped.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        query: impl FnOnce(&Reading) -> Result<T, SourceError> + Send + 'static,
    ) -> Result<T, SourceError> {
        let permit = Arc::clone(&self.permits).acquire_owned().await;
        let permit = permit.map_err(|_| internal("the store is shut down"))?;
        let is_canceled = Arc::new(AtomicBool::new(false));
        let _cancel_on_drop = CancelOnDrop(Arc::clone(&is_canceled));
        let reading = Reading { days: Arc::clone(&self.days), is_canceled };
        let answer = tokio::task::spawn_blocking(move || {
            // Held by the work and not by who waits for it: a cancelled query still works a while.
            let _permit = permit;
            query(&reading)
        });
        answer.await.map_err(|error| internal(&format!("the query failed: {error}")))?
    }
}

impl Reading {
    /// Asks each day that a window touches, in order. Days without profiles have no answer.
    ///
    /// A day that turns out to be damaged is set aside, and the answer is that of the others;
    /// [`notices`](Self::notices) names it.
    pub(crate) fn map_days<T>(
        &self,
        window: Window,
        mut ask: impl FnMut(&DayReader) -> Result<T, DayError>,
    ) -> Result<Vec<T>, SourceError> {
        let mut answers = Vec::new();
        for day in self.days.touching(window) {
            let answer =
                self.ask_file(day, |file| file.read()?.map(|day| ask(&day)).transpose())?;
            answers.extend(answer.flatten());
        }
        Ok(answers)
    }

    /// Asks the file of one day. None: there is none, or it is damaged and was set aside.
    pub(crate) fn ask_file<T>(
        &self,
        day: Day,
        ask: impl FnOnce(&DayFile) -> Result<T, DayError>,
    ) -> Result<Option<T>, SourceError> {
        let answer = self.check().and_then(|()| match self.days.get(day)? {
            None => Ok(None),
            Some(file) => match catch_panic(|| ask(&file)) {
                Ok(answer) => Ok(Some(answer)),
                Err(error) => Err(self.days.close_after(day, file, error)),
            },
        });
        answer.or_else(|error| match error {
            DayError::Canceled => Err(canceled()),
            error if error.is_damage() => Ok(None),
            error => Err(internal(&format!("cannot read the profiles of {day}: {error}"))),
        })
    }

    /// What a reader of the answer for a window should know, to be called after the days were asked.
    pub(crate) fn notices(&self, window: Window) -> Vec<SourceNotice> {
        let days = self.days.damaged_in(window);
        let days: Vec<String> = days.into_iter().map(|day| day.to_string()).collect();
        if days.is_empty() { Vec::new() } else { vec![SourceNotice::DamagedDays { days }] }
    }

    /// Fails if the caller went away. To be called between small pieces of work.
    pub(crate) fn check(&self) -> Result<(), DayError> {
        if self.is_canceled.load(Ordering::Relaxed) { Err(DayError::Canceled) } else { Ok(()) }
    }
}

/// The nanoseconds of a window, both ends included: profiles count by the millisecond that
/// their time is in.
pub(crate) fn window_nanos(window: Window) -> (i64, i64) {
    let from = window.start_millis.saturating_mul(1_000_000);
    let to = window.end_millis.saturating_mul(1_000_000).saturating_add(999_999);
    (from, to)
}

pub(crate) fn internal(message: &str) -> SourceError {
    SourceError { kind: SourceErrorKind::Internal, message: message.to_owned() }
}

pub(crate) fn invalid(message: String) -> SourceError {
    SourceError { kind: SourceErrorKind::InvalidRequest, message }
}

fn canceled() -> SourceError {
    SourceError { kind: SourceErrorKind::Canceled, message: "the query was cancelled".to_owned() }
}
