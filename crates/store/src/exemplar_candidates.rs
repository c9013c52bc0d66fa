//! Chooses the profiles and spans that a point or a cell refers to.

use std::cmp::Reverse;
use std::collections::BTreeMap;
use std::collections::btree_map::Entry;
use std::sync::Arc;

use profile::{SpanId, TraceId};
use query::{Exemplar, Labels};
use uuid::Uuid;

use crate::day_file::{DayReader, ProfileRow};
use crate::error::DayError;
use crate::sample_block::Link;
use crate::sample_filter::CallSite;
use crate::series_index::{drop_labels, intersect_labels};

/// The profiles, or spans within profiles, of a group of series.
///
/// A pushed profile is one candidate, though it may be in several series by its sample labels.
#[derive(Debug, Default)]
pub(crate) struct Candidates {
    by_key: BTreeMap<CandidateKey, Candidate>,
}

/// Shape: the span is 0 for whole profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct CandidateKey {
    time_millis: i64,
    profile_id: u128,
    span_id: u64,
}

/// A profile or span that may become an exemplar.
#[derive(Debug)]
pub(crate) struct Candidate {
    pub(crate) time_millis: i64,
    pub(crate) value: i64,
    profile_id: u128,
    /// What all samples have in common; "none" where they differ.
    link: Link,
    /// What all series have in common. The series' own labels where there is only one.
    labels: Arc<Labels>,
}

impl Candidates {
    /// Adds what one series has of a profile. Span and trace become known if there is only one.
    pub(crate) fn add_profile(
        &mut self,
        day: &DayReader,
        row: &ProfileRow,
        labels: &Arc<Labels>,
        value: i64,
    ) -> Result<(), DayError> {
        let link = if row.has_links { day.stack_column(row.block)?.only_link() } else { None };
        let (time_millis, profile_id) = (row.time_millis(), row.profile_id);
        let link = link.unwrap_or_default();
        let key = CandidateKey { time_millis, profile_id, span_id: 0 };
        let labels = Arc::clone(labels);
        self.add(key, Candidate { time_millis, value, profile_id, link, labels });
        Ok(())
    }

    /// Adds the spans that used something below a call site in what one series has of a profile.
    pub(crate) fn add_spans(
        &mut self,
        day: &DayReader,
        row: &ProfileRow,
        labels: &Arc<Labels>,
        call_site: &CallSite,
    ) -> Result<(), DayError> {
        if !row.has_links {
            return Ok(());
        }
        let mut value_by_link = BTreeMap::new();
        day.for_each_sample(row, |node, link, value| {
            if link.span_id != 0 && call_site.takes(node) {
                let sum = value_by_link.entry(link).or_insert(0_i64);
                *sum = sum.saturating_add(value);
            }
        })?;
        let (time_millis, profile_id) = (row.time_millis(), row.profile_id);
        for (link, value) in value_by_link.into_iter().filter(|(_, value)| *value != 0) {
            let key = CandidateKey { time_millis, profile_id, span_id: link.span_id };
            let labels = Arc::clone(labels);
            self.add(key, Candidate { time_millis, value, profile_id, link, labels });
        }
        Ok(())
    }

    fn add(&mut self, key: CandidateKey, candidate: Candidate) {
        match self.by_key.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(candidate);
            }
            Entry::Occupied(mut entry) => {
                let known = entry.get_mut();
                known.value = known.value.saturating_add(candidate.value);
                if known.labels != candidate.labels {
                    intersect_labels(Arc::make_mut(&mut known.labels), &candidate.labels);
                }
                if known.link != candidate.link {
                    known.link.trace_id = 0;
                    known.link.span_id = key.span_id;
                }
            }
        }
    }

    /// Adds those of another day.
    pub(crate) fn merge(&mut self, other: Self) {
        for (key, candidate) in other.by_key {
            self.add(key, candidate);
        }
    }

    /// Forgets all but the [largest](Self::largest). Exact once everything of a day was added: a
    /// pushed profile is in one day only.
    pub(crate) fn keep_largest(&mut self) {
        let largest = self.by_key.iter().min_by_key(|(_, candidate)| Reverse(candidate.value));
        if let Some(largest) = largest.map(|(key, _)| *key) {
            self.by_key.retain(|key, _| *key == largest);
        }
    }

    /// All of them: ascending by time, then by profile, then by span.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &Candidate> {
        self.by_key.values()
    }

    /// The one with the largest value; among equals, the first.
    pub(crate) fn largest(&self) -> Option<&Candidate> {
        self.iter().min_by_key(|candidate| Reverse(candidate.value))
    }
}

impl Candidate {
    /// An exemplar, without the labels that its series has anyway.
    pub(crate) fn to_exemplar(&self, group_by: &[String]) -> Exemplar {
        let Link { span_id, trace_id } = self.link;
        let hex = |is_known: bool, id: &dyn std::fmt::Display| match is_known {
            true => id.to_string(),
            false => String::new(),
        };
        Exemplar {
            timestamp_millis: self.time_millis,
            profile_id: Uuid::from_u128(self.profile_id).to_string(),
            span_id: hex(span_id != 0, &SpanId(span_id)),
            trace_id: hex(trace_id != 0, &TraceId(trace_id)),
            value: self.value,
            labels: drop_labels(&self.labels, group_by),
        }
    }
}
