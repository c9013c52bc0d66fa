//! Which labels of exemplars get a field of their own.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet};

use grafana_plugin::frame::{Notice, Severity};

/// At most so many labels get a field: it has a cell for every row, so that labels which differ from row to row would
/// grow a frame with the square of what came.
pub(crate) const MAX_LABEL_FIELDS: usize = 100;

/// The labels that get a field.
pub(crate) struct LabelFields<'a> {
    /// Their names.
    pub(crate) names: BTreeSet<&'a str>,
    left_out: usize,
}

impl<'a> LabelFields<'a> {
    /// Those that most rows have, and before them `ids`.
    ///
    /// `names`: the label names of all rows, each as often as rows have it.
    pub(crate) fn of(names: impl Iterator<Item = &'a str>, ids: &[&str]) -> Self {
        let mut rows_with: BTreeMap<&str, usize> = BTreeMap::new();
        for name in names {
            *rows_with.entry(name).or_default() += 1;
        }
        let left_out = rows_with.len().saturating_sub(MAX_LABEL_FIELDS);
        let mut by_use: Vec<(&str, usize)> = rows_with.into_iter().collect();
        by_use.sort_by_key(|(name, rows)| (!ids.contains(name), Reverse(*rows)));
        let shown = by_use.into_iter().take(MAX_LABEL_FIELDS);
        Self { names: shown.map(|(name, _)| name).collect(), left_out }
    }

    /// How many are not shown. None: all are.
    pub(crate) fn notice(&self) -> Option<Notice> {
        let left_out = self.left_out;
        (left_out > 0).then(|| {
            let text = format!(
                "{left_out} labels of exemplars are not shown: at most {MAX_LABEL_FIELDS} are, those that most exemplars have"
            );
            Notice::new(Severity::Info, text)
        })
    }
}
