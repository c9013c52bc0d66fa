//! Values over time.

use std::collections::BTreeMap;

use query::{ExemplarKind, Labels, Point, Series, SeriesRequest, SourceError};

use crate::day_file::{DayReader, ProfileRow};
use crate::error::DayError;
use crate::exemplar_candidates::Candidates;
use crate::read::Reading;
use crate::sample_filter::CallSite;
use crate::select_profiles::for_each_profile;
use crate::series_index::keep_labels;
use crate::series_matcher::SeriesMatcher;
use crate::time_steps::TimeSteps;

/// The series asked for, the largest first.
pub(crate) fn select_series(
    reading: &Reading,
    request: &SeriesRequest,
) -> Result<Vec<Series>, SourceError> {
    let steps = TimeSteps::new(request.window, request.step_millis)?;
    let matcher = SeriesMatcher::of_type(&request.profile_type, &request.selector)?;
    let days = reading.map_days(steps.profile_window(), |day| {
        let mut groups = Groups::default();
        let call_site = CallSite::find(&day.contents.symbols, &request.call_site);
        for_each_profile(reading, day, &matcher, steps.profile_window(), |labels, row| {
            let Some(point) = steps.point_of(row.time_millis()) else { return Ok(()) };
            let counted = match call_site.takes_all() {
                true => Some(row.total),
                false => total_below(day, row, &call_site)?,
            };
            let Some(value) = counted else { return Ok(()) };
            let group = groups.entry(keep_labels(labels, &request.group_by)).or_default();
            let sum = group.entry(point).or_default();
            sum.value = sum.value.saturating_add(value);
            match request.exemplars {
                ExemplarKind::None => Ok(()),
                ExemplarKind::Profile => sum.candidates.add_profile(day, row, labels, value),
                ExemplarKind::Span => sum.candidates.add_spans(day, row, labels, &call_site),
            }
        })?;
        // A point shows one exemplar: the others need not wait for the other days.
        for sum in groups.values_mut().flat_map(BTreeMap::values_mut) {
            sum.candidates.keep_largest();
        }
        Ok(groups)
    })?;
    let mut merged = Groups::default();
    for (labels, points) in days.into_iter().flatten() {
        let group = merged.entry(labels).or_default();
        for (point, sum) in points {
            let merged_sum = group.entry(point).or_default();
            merged_sum.value = merged_sum.value.saturating_add(sum.value);
            merged_sum.candidates.merge(sum.candidates);
        }
    }
    Ok(into_series(merged, request))
}

type Groups = BTreeMap<Labels, BTreeMap<i64, PointSum>>;

#[derive(Debug, Default)]
struct PointSum {
    value: i64,
    candidates: Candidates,
}

/// The sum of the samples below a call site. None: there is none.
fn total_below(
    day: &DayReader,
    row: &ProfileRow,
    call_site: &CallSite,
) -> Result<Option<i64>, DayError> {
    let mut total = None;
    day.for_each_sample(row, |node, _, value| {
        if !call_site.takes(node) {
            return;
        }
        total = Some(total.unwrap_or(0_i64).saturating_add(value));
    })?;
    Ok(total)
}

fn into_series(groups: Groups, request: &SeriesRequest) -> Vec<Series> {
    let mut series: Vec<(i64, Series)> = groups
        .into_iter()
        .map(|(labels, points)| {
            let sum = points.values().fold(0_i64, |sum, point| sum.saturating_add(point.value));
            let points = points.into_iter().map(|(timestamp_millis, sum)| Point {
                timestamp_millis,
                value: sum.value as f64,
                exemplars: sum
                    .candidates
                    .largest()
                    .map(|candidate| candidate.to_exemplar(&request.group_by))
                    .into_iter()
                    .collect(),
                annotations: Vec::new(),
            });
            (sum, Series { labels, points: points.collect() })
        })
        .collect();
    // Stable: series of the same sum stay ascending by label set.
    series.sort_by_key(|(sum, _)| std::cmp::Reverse(*sum));
    let limit =
        request.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    series.into_iter().take(limit).map(|(_, series)| series).collect()
}
