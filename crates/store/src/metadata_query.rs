//! Which series, label names, label values and profile types there are.

use std::collections::BTreeSet;
use std::sync::Arc;

use query::{Labels, MetadataRequest, ProfileStats, SourceError};
use selector::ProfileTypeId;

use crate::day::Day;
use crate::day_file::meta;
use crate::read::{Reading, internal, window_nanos};
use crate::series_index::{find_label, keep_labels};
use crate::series_matcher::SeriesMatcher;

/// The distinct label sets of series that have a profile in the window, ascending.
pub(crate) fn series_labels(
    reading: &Reading,
    request: &MetadataRequest,
) -> Result<BTreeSet<Arc<Labels>>, SourceError> {
    let matcher = SeriesMatcher::compile(&request.selectors)?;
    let (from_nanos, to_nanos) = window_nanos(request.window);
    let days = reading.map_days(request.window, |day| {
        let series = &day.contents.series;
        let mut found = Vec::new();
        for id in series.select(&matcher) {
            reading.check()?;
            if day.profiles(id, from_nanos, to_nanos)?.next().transpose()?.is_some() {
                found.extend(series.labels(id).cloned());
            }
        }
        Ok(found)
    })?;
    Ok(days.into_iter().flatten().collect())
}

/// The label names in use, ascending.
pub(crate) fn label_names(
    reading: &Reading,
    request: &MetadataRequest,
) -> Result<Vec<String>, SourceError> {
    let series = series_labels(reading, request)?;
    let names: BTreeSet<&str> =
        series.iter().flat_map(|labels| labels.iter().map(|(name, _)| name.as_str())).collect();
    Ok(names.into_iter().map(str::to_owned).collect())
}

/// The values of a label, ascending.
pub(crate) fn label_values(
    reading: &Reading,
    name: &str,
    request: &MetadataRequest,
) -> Result<Vec<String>, SourceError> {
    let series = series_labels(reading, request)?;
    let values: BTreeSet<&str> =
        series.iter().filter_map(|labels| find_label(labels, name)).collect();
    Ok(values.into_iter().map(str::to_owned).collect())
}

/// The distinct label sets, cut to some label names; sets of which nothing is left are left out.
pub(crate) fn label_sets(
    reading: &Reading,
    label_names: &[String],
    request: &MetadataRequest,
) -> Result<Vec<Labels>, SourceError> {
    let series = series_labels(reading, request)?;
    if label_names.is_empty() {
        return Ok(series.iter().map(|labels| labels.as_ref().clone()).collect());
    }
    let cut: BTreeSet<Labels> =
        series.iter().map(|labels| keep_labels(labels, label_names)).collect();
    Ok(cut.into_iter().collect())
}

/// The profile types that have data, ascending.
pub(crate) fn profile_types(
    reading: &Reading,
    request: &MetadataRequest,
) -> Result<Vec<ProfileTypeId>, SourceError> {
    let ids = label_values(reading, "__profile_type__", request)?;
    let mut types = ids
        .iter()
        .map(|id| id.parse().map_err(|error| internal(&format!("a stored label is bad: {error}"))))
        .collect::<Result<Vec<ProfileTypeId>, _>>()?;
    types.sort();
    Ok(types)
}

/// What the store holds at all. Cost: looks at the first and the last day that have profiles.
pub(crate) fn stats(reading: &Reading) -> Result<ProfileStats, SourceError> {
    let days = reading.days.all();
    let oldest = first_time(reading, days.iter().copied(), meta::OLDEST_NANOS)?;
    let newest = first_time(reading, days.iter().rev().copied(), meta::NEWEST_NANOS)?;
    Ok(ProfileStats {
        data_ingested: oldest.is_some(),
        oldest_profile_millis: oldest.unwrap_or(0).div_euclid(1_000_000),
        newest_profile_millis: newest.unwrap_or(0).div_euclid(1_000_000),
    })
}

fn first_time(
    reading: &Reading,
    days: impl Iterator<Item = Day>,
    key: &str,
) -> Result<Option<i64>, SourceError> {
    for day in days {
        if let Some(time) = reading.ask_file(day, |file| file.meta(key))?.flatten() {
            return Ok(Some(time));
        }
    }
    Ok(None)
}
