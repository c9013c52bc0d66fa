//! Finds the profiles of a query within one day.

use std::sync::Arc;

use query::{Labels, Window};

use crate::day_file::{DayReader, ProfileRow};
use crate::error::DayError;
use crate::read::{Reading, window_nanos};
use crate::series_matcher::SeriesMatcher;

/// Hands over every profile of the series that a matcher takes, series by series, each in the
/// order of time. Checks between profiles whether the caller went away.
pub(crate) fn for_each_profile(
    reading: &Reading,
    day: &DayReader,
    matcher: &SeriesMatcher,
    window: Window,
    mut take: impl FnMut(&Arc<Labels>, &ProfileRow) -> Result<(), DayError>,
) -> Result<(), DayError> {
    let (from_nanos, to_nanos) = window_nanos(window);
    let series = &day.contents.series;
    for id in series.select(matcher) {
        let Some(labels) = series.labels(id) else { continue };
        for row in day.profiles(id, from_nanos, to_nanos)? {
            reading.check()?;
            take(labels, &row?)?;
        }
    }
    Ok(())
}
