//! The series of a day and the labels by which they are found.

use std::collections::BTreeMap;
use std::sync::Arc;

use query::Labels;

use crate::bytes::{BytesError, BytesReader, put_text, put_varint};
use crate::series_matcher::SeriesMatcher;

/// The series of a day.
///
/// Shape: a series id is the position of its label set; ids are given in the order of arrival.
#[derive(Debug, Clone, Default)]
pub(crate) struct SeriesIndex {
    labels: Vec<Arc<Labels>>,
    id_by_labels: BTreeMap<Arc<Labels>, u32>,
    /// Label name, label value, ids of the series that have both, ascending.
    postings: BTreeMap<Arc<str>, BTreeMap<Arc<str>, Vec<u32>>>,
}

impl SeriesIndex {
    /// How many series there are.
    pub(crate) fn len(&self) -> usize {
        self.labels.len()
    }

    /// The id of the series with exactly these labels.
    pub(crate) fn find(&self, labels: &Labels) -> Option<u32> {
        self.id_by_labels.get(labels).copied()
    }

    /// Adds a series that is not yet there; its id is the number of series before.
    pub(crate) fn push(&mut self, labels: Arc<Labels>) {
        let id = u32::try_from(self.labels.len()).expect("fewer series than the limit of a day");
        for (name, value) in labels.iter() {
            let values = match self.postings.get_mut(name.as_str()) {
                Some(values) => values,
                None => self.postings.entry(name.as_str().into()).or_default(),
            };
            match values.get_mut(value.as_str()) {
                Some(ids) => ids.push(id),
                None => {
                    values.insert(value.as_str().into(), vec![id]);
                }
            }
        }
        self.id_by_labels.insert(Arc::clone(&labels), id);
        self.labels.push(labels);
    }

    /// The labels of a series. None: there is no such series.
    pub(crate) fn labels(&self, id: u32) -> Option<&Arc<Labels>> {
        self.labels.get(id as usize)
    }

    /// The ids of the series that a matcher takes, ascending.
    /// Cost: the series of the rarest label that the matcher wants to be equal, else all.
    pub(crate) fn select(&self, matcher: &SeriesMatcher) -> Vec<u32> {
        let mut rarest: Option<&[u32]> = None;
        for (name, value) in matcher.equal_labels() {
            let ids = self.postings.get(name).and_then(|values| values.get(value));
            let ids = ids.map_or(&[][..], Vec::as_slice);
            if rarest.is_none_or(|rarest| ids.len() < rarest.len()) {
                rarest = Some(ids);
            }
        }
        let takes = |id: &u32| self.labels(*id).is_some_and(|labels| matcher.matches(labels));
        match rarest {
            Some(ids) => ids.iter().copied().filter(takes).collect(),
            None => (0..).take(self.labels.len()).filter(takes).collect(),
        }
    }
}

/// A label set as bytes: the number of labels, then name and value of each.
pub(crate) fn put_labels(out: &mut Vec<u8>, labels: &Labels) {
    put_varint(out, labels.len() as u64);
    for (name, value) in labels {
        put_text(out, name);
        put_text(out, value);
    }
}

/// Reads what [`put_labels`] wrote.
pub(crate) fn read_labels(bytes: &[u8]) -> Result<Labels, BytesError> {
    let mut reader = BytesReader::new(bytes);
    let count = reader.count()?;
    let mut labels = Labels::with_capacity(count);
    for _ in 0..count {
        labels.push((reader.text()?.to_owned(), reader.text()?.to_owned()));
    }
    if labels.is_sorted_by(|before, after| before.0 < after.0) {
        Ok(labels)
    } else {
        Err(reader.error("label names out of order"))
    }
}

/// The value of a label. None: the label is absent.
pub(crate) fn find_label<'a>(labels: &'a Labels, name: &str) -> Option<&'a str> {
    let at = labels.binary_search_by(|(candidate, _)| candidate.as_str().cmp(name)).ok()?;
    Some(&labels[at].1)
}

/// The labels of a label set that have one of these names, in the label set's order.
pub(crate) fn keep_labels(labels: &Labels, names: &[String]) -> Labels {
    labels.iter().filter(|(name, _)| names.contains(name)).cloned().collect()
}

/// The labels of a label set that have none of these names.
pub(crate) fn drop_labels(labels: &Labels, names: &[String]) -> Labels {
    labels.iter().filter(|(name, _)| !names.contains(name)).cloned().collect()
}

/// Removes from `labels` what `others` does not have just so.
pub(crate) fn intersect_labels(labels: &mut Labels, others: &Labels) {
    labels.retain(|label| others.binary_search(label).is_ok());
}
