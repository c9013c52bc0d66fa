//! Splits the samples of a profile into series by their labels.

use std::collections::HashMap;

use crate::profile::Profile;
use crate::sample_table::{LabelValue, SampleIdx};
use crate::span_id::{SpanId, TraceId};
use crate::string_table::StringIdx;

/// Samples that have the same labels, apart from the ids of spans and traces.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SeriesSamples {
    /// Label names and values, by name in byte order, each name once.
    pub labels: Vec<(StringIdx, StringIdx)>,
    /// The samples, ascending.
    pub samples: Vec<SampleIdx>,
}

/// What the labels of a profile's samples say.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SplitSamples {
    /// The series, in the order of their first samples; every sample is in exactly one.
    pub series: Vec<SeriesSamples>,
    /// The span of each sample of the profile. None: it has none.
    pub span_ids: Vec<Option<SpanId>>,
    /// The trace of each sample of the profile. None: it has none.
    pub trace_ids: Vec<Option<TraceId>>,
    /// How many samples have a span or trace id that is none; they count as without.
    pub invalid_ids: usize,
}

/// Takes the ids of spans and traces off the labels, and groups samples by the labels left.
///
/// `span_id`, or its older name `profile_id`, and `trace_id` become columns; other text labels
/// make series; numeric labels are left out. Where a sample has a label name twice, the value that
/// comes first in byte order counts, and `span_id` counts before `profile_id`.
/// Cost: linear, besides the sorting of each sample's labels.
pub fn split_samples(profile: &Profile) -> SplitSamples {
    let names = IdLabelNames::find(profile);
    let mut split = SplitSamples::default();
    let mut series_by_labels: HashMap<Vec<(StringIdx, StringIdx)>, usize> = HashMap::new();
    let mut labels: Vec<(StringIdx, StringIdx)> = Vec::new();
    for sample in profile.samples().indices() {
        labels.clear();
        for label in profile.samples().labels(sample) {
            if let LabelValue::Text(value) = label.value {
                labels.push((label.name, value));
            }
        }
        let text = |idx| profile.string(idx);
        labels.sort_unstable_by_key(|(name, value)| (text(*name), text(*value)));
        labels.dedup_by_key(|(name, _)| *name);
        let find = |wanted: Option<StringIdx>| {
            let wanted = wanted?;
            labels.iter().find(|(name, _)| *name == wanted).map(|(_, value)| text(*value))
        };
        let span_text = find(names.span_id).or_else(|| find(names.profile_id));
        let trace_text = find(names.trace_id);
        let span_id = span_text.and_then(SpanId::from_hex);
        let trace_id = trace_text.and_then(TraceId::from_hex);
        let is_valid =
            span_id.is_some() == span_text.is_some() && trace_id.is_some() == trace_text.is_some();
        split.invalid_ids += usize::from(!is_valid);
        split.span_ids.push(span_id);
        split.trace_ids.push(trace_id);
        labels.retain(|(name, _)| !names.contains(*name));
        let series = match series_by_labels.get(&labels) {
            Some(series) => *series,
            None => {
                series_by_labels.insert(labels.clone(), split.series.len());
                split.series.push(SeriesSamples { labels: labels.clone(), samples: vec![] });
                split.series.len() - 1
            }
        };
        split.series[series].samples.push(sample);
    }
    split
}

/// The label names that carry ids, as this profile's strings. None: no label has that name.
#[derive(Debug)]
struct IdLabelNames {
    span_id: Option<StringIdx>,
    profile_id: Option<StringIdx>,
    trace_id: Option<StringIdx>,
}

impl IdLabelNames {
    fn find(profile: &Profile) -> Self {
        let find = |name| profile.strings().find(name);
        Self {
            span_id: find("span_id"),
            profile_id: find("profile_id"),
            trace_id: find("trace_id"),
        }
    }

    fn contains(&self, name: StringIdx) -> bool {
        [self.span_id, self.profile_id, self.trace_id].contains(&Some(name))
    }
}
