//! Counts of profiles or spans by time and value.

use std::cmp::Reverse;
use std::collections::BTreeMap;

use query::{
    Heatmap, HeatmapKind, HeatmapRequest, HeatmapSeries, HeatmapSlot, Labels, SourceError,
};

use crate::exemplar_candidates::{Candidate, Candidates};
use crate::read::Reading;
use crate::sample_filter::CallSite;
use crate::select_profiles::for_each_profile;
use crate::series_index::keep_labels;
use crate::series_matcher::SeriesMatcher;
use crate::time_steps::TimeSteps;

/// How many buckets the value axis has.
const BUCKETS: usize = 20;

/// The heatmap asked for: 20 equal buckets between the smallest and the largest value of all
/// series that are returned.
pub(crate) fn select_heatmap(
    reading: &Reading,
    request: &HeatmapRequest,
) -> Result<Heatmap, SourceError> {
    let steps = TimeSteps::new(request.window, request.step_millis)?;
    let matcher = SeriesMatcher::of_type(&request.profile_type, &request.selector)?;
    let days = reading.map_days(steps.profile_window(), |day| {
        let everywhere = CallSite::find(&day.contents.symbols, &[]);
        let mut groups: BTreeMap<Labels, Candidates> = BTreeMap::new();
        for_each_profile(reading, day, &matcher, steps.profile_window(), |labels, row| {
            if steps.point_of(row.time_millis()).is_none() {
                return Ok(());
            }
            let group = groups.entry(keep_labels(labels, &request.group_by)).or_default();
            match request.kind {
                HeatmapKind::Profile => group.add_profile(day, row, labels, row.total),
                HeatmapKind::Span => group.add_spans(day, row, labels, &everywhere),
            }
        })?;
        Ok(groups)
    })?;
    let mut groups: BTreeMap<Labels, Candidates> = BTreeMap::new();
    for (labels, candidates) in days.into_iter().flatten() {
        groups.entry(labels).or_default().merge(candidates);
    }
    Ok(into_heatmap(groups, &steps, request))
}

fn into_heatmap(
    groups: BTreeMap<Labels, Candidates>,
    steps: &TimeSteps,
    request: &HeatmapRequest,
) -> Heatmap {
    let mut groups: Vec<(Labels, Candidates)> =
        groups.into_iter().filter(|(_, candidates)| candidates.iter().next().is_some()).collect();
    // Stable: series of the same sum stay ascending by label set.
    groups.sort_by_cached_key(|(_, candidates)| {
        let values = candidates.iter().map(|candidate| candidate.value);
        Reverse(values.fold(0_i64, i64::saturating_add))
    });
    let limit =
        request.limit.map_or(usize::MAX, |limit| usize::try_from(limit).unwrap_or(usize::MAX));
    groups.truncate(limit);

    let all_values = || {
        groups.iter().flat_map(|(_, candidates)| candidates.iter()).map(|candidate| candidate.value)
    };
    let Some((smallest, largest)) = all_values().min().zip(all_values().max()) else {
        return Heatmap::default();
    };
    let buckets = Buckets::between(smallest, largest);
    let series = groups.into_iter().map(|(labels, candidates)| HeatmapSeries {
        labels,
        slots: slots(&candidates, &buckets, steps, request),
    });
    Heatmap { series: series.collect(), ..Heatmap::default() }
}

fn slots(
    candidates: &Candidates,
    buckets: &Buckets,
    steps: &TimeSteps,
    request: &HeatmapRequest,
) -> Vec<HeatmapSlot> {
    let mut by_point: BTreeMap<i64, Cells<'_>> = BTreeMap::new();
    for candidate in candidates.iter() {
        let Some(point) = steps.point_of(candidate.time_millis) else { continue };
        let cells = by_point.entry(point).or_default();
        let bucket = buckets.of(candidate.value);
        cells.counts[bucket] = cells.counts[bucket].saturating_add(1);
        let best = &mut cells.best[bucket];
        if best.is_none_or(|best: &Candidate| candidate.value > best.value) {
            *best = Some(candidate);
        }
    }
    let slots = by_point.into_iter().map(|(timestamp_millis, cells)| {
        let best = cells.best.iter().flatten();
        let exemplars = best.map(|candidate| candidate.to_exemplar(&request.group_by));
        HeatmapSlot {
            timestamp_millis,
            y_min: buckets.lower_edges(),
            counts: cells.counts.to_vec(),
            exemplars: if request.exemplars { exemplars.collect() } else { Vec::new() },
        }
    });
    slots.collect()
}

/// One column of the heatmap.
#[derive(Debug, Default)]
struct Cells<'a> {
    counts: [i32; BUCKETS],
    best: [Option<&'a Candidate>; BUCKETS],
}

/// The value axis.
#[derive(Debug)]
struct Buckets {
    smallest: f64,
    width: f64,
}

impl Buckets {
    fn between(smallest: i64, largest: i64) -> Self {
        let range = largest.saturating_sub(smallest).max(1);
        Self { smallest: smallest as f64, width: range as f64 / BUCKETS as f64 }
    }

    fn of(&self, value: i64) -> usize {
        let at = (value as f64 - self.smallest) / self.width;
        (at as usize).min(BUCKETS - 1)
    }

    fn lower_edges(&self) -> Vec<f64> {
        (0..BUCKETS).map(|bucket| self.smallest + self.width * bucket as f64).collect()
    }
}
