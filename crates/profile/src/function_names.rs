//! The distinct function names of a call tree.

use crate::string_table::DistinctStrings;

/// Index of a function name in [`FunctionNames`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionIdx(pub u32);

/// Distinct function names in the order in which they were first met.
///
/// Shape: a [`FunctionIdx`] is a position here and means nothing in another table.
#[derive(Debug, Clone, Default)]
pub struct FunctionNames {
    names: DistinctStrings,
}

impl FunctionNames {
    /// An empty table with room for `count` names of `text_length` bytes together.
    pub fn with_capacity(count: usize, text_length: usize) -> Self {
        Self { names: DistinctStrings::with_capacity(count, text_length) }
    }

    /// The index of `name`, which is added if it is new.
    pub fn intern(&mut self, name: &str) -> FunctionIdx {
        FunctionIdx(self.names.intern(name))
    }

    /// The index of `name`, if it is in the table.
    pub fn find(&self, name: &str) -> Option<FunctionIdx> {
        self.names.find(name).map(FunctionIdx)
    }

    /// Gives the index of each of several names, in their order; empty for a name that is not in
    /// the table, and rarely for one that is.
    ///
    /// Cost: a fraction of as many single look-ups where there are more names than the processor's
    /// caches hold.
    pub fn find_most(&self, names: &[&[u8]], mut each: impl FnMut(Option<FunctionIdx>)) {
        self.names.find_most(names, |idx| each(idx.map(FunctionIdx)));
    }

    /// Lets go of all names but the first `count`.
    pub fn truncate(&mut self, count: usize) {
        self.names.truncate(count);
    }

    /// The name at `idx`.
    pub fn get(&self, idx: FunctionIdx) -> &str {
        self.names.get(idx.0)
    }

    /// How many distinct names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no name at all.
    pub fn is_empty(&self) -> bool {
        self.names.len() == 0
    }

    /// The names, in index order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter()
    }

    /// For every name, in index order, its position among the names in ascending byte order.
    ///
    /// Cost: sorts the names once; comparing two functions is then comparing two integers.
    pub fn ranks(&self) -> Vec<u32> {
        let count = u32::try_from(self.len()).expect("fewer than 2^32 names");
        let mut in_order: Vec<u32> = (0..count).collect();
        in_order.sort_unstable_by_key(|idx| self.names.get(*idx));
        let mut ranks = vec![0; self.len()];
        for (rank, idx) in (0..count).zip(in_order) {
            ranks[idx as usize] = rank;
        }
        ranks
    }
}
