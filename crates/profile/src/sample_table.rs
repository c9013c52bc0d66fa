//! The samples of a profile: stack traces with values and labels.

use crate::stack_table::StackIdx;
use crate::string_table::StringIdx;

/// Index of a sample in a [`SampleTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SampleIdx(pub u32);

/// A label of one sample.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Label {
    /// The label name.
    pub name: StringIdx,
    /// The label value.
    pub value: LabelValue,
}

/// The value of a sample's label.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum LabelValue {
    /// Text, such as a span id.
    Text(StringIdx),
    /// A number, such as the size of an allocation.
    Number {
        /// The number.
        number: i64,
        /// What it counts, such as `bytes`. Empty: unknown.
        unit: StringIdx,
    },
}

/// Samples in columns, one entry per sample in each but the labels.
///
/// Shape: one value column per sample type, in the order of the sample types; the labels of
/// sample `i` are `labels[label_end[i - 1]..label_end[i]]`.
#[derive(Debug, Clone, Default)]
pub struct SampleTable {
    stack: Vec<Option<StackIdx>>,
    values: Vec<Vec<i64>>,
    label_end: Vec<u32>,
    labels: Vec<Label>,
}

impl SampleTable {
    pub(crate) fn new(sample_type_count: usize) -> Self {
        Self { values: vec![Vec::new(); sample_type_count], ..Self::default() }
    }

    pub(crate) fn push(
        &mut self,
        stack: Option<StackIdx>,
        values: &[i64],
        labels: &[Label],
    ) -> SampleIdx {
        assert_eq!(values.len(), self.values.len(), "a sample has one value per sample type");
        let idx = u32::try_from(self.len()).expect("fewer than 2^32 samples");
        self.stack.push(stack);
        for (column, value) in self.values.iter_mut().zip(values) {
            column.push(*value);
        }
        self.labels.extend_from_slice(labels);
        self.label_end.push(u32::try_from(self.labels.len()).expect("fewer than 2^32 labels"));
        SampleIdx(idx)
    }

    pub(crate) fn scale_values(&mut self, factor: i64) {
        for value in self.values.iter_mut().flatten() {
            *value = value.saturating_mul(factor);
        }
    }

    /// How many samples there are.
    pub fn len(&self) -> usize {
        self.stack.len()
    }

    /// Whether there is no sample.
    pub fn is_empty(&self) -> bool {
        self.stack.is_empty()
    }

    /// The stack trace of a sample. None: the sample has no location.
    pub fn stack(&self, idx: SampleIdx) -> Option<StackIdx> {
        self.stack[idx.0 as usize]
    }

    /// The value of a sample for the sample type at position `sample_type`.
    pub fn value(&self, idx: SampleIdx, sample_type: usize) -> i64 {
        self.values[sample_type][idx.0 as usize]
    }

    /// The values of a sample, one per sample type.
    pub fn values(&self, idx: SampleIdx) -> impl ExactSizeIterator<Item = i64> {
        self.values.iter().map(move |column| column[idx.0 as usize])
    }

    /// The values of all samples for the sample type at position `sample_type`.
    pub fn value_column(&self, sample_type: usize) -> &[i64] {
        &self.values[sample_type]
    }

    /// The labels of a sample, in the order in which they were recorded.
    pub fn labels(&self, idx: SampleIdx) -> &[Label] {
        let idx = idx.0 as usize;
        let start = if idx == 0 { 0 } else { self.label_end[idx - 1] as usize };
        &self.labels[start..self.label_end[idx] as usize]
    }

    /// All samples, in index order.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = SampleIdx> + use<> {
        let count = u32::try_from(self.len()).expect("fewer than 2^32 samples");
        (0..count).map(SampleIdx)
    }
}
