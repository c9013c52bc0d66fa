//! Distinct strings, kept in one buffer.

use std::fmt;
use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

/// Index of a string in a [`StringTable`]; the default is the empty string.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StringIdx(pub u32);

impl StringIdx {
    /// The empty string, which every table holds at index 0.
    pub const EMPTY: Self = Self(0);
}

/// Distinct strings in the order in which they were first met; entry 0 is the empty string.
///
/// Shape: all text lies in one buffer, string `i` at `ends[i - 1]..ends[i]`.
/// Cost: no allocation per string; a look-up hashes the string once.
#[derive(Debug, Clone)]
pub struct StringTable {
    strings: DistinctStrings,
}

impl Default for StringTable {
    fn default() -> Self {
        let mut strings = DistinctStrings::default();
        strings.intern("");
        Self { strings }
    }
}

impl StringTable {
    /// The index of `text`, which is added if it is new.
    pub fn intern(&mut self, text: &str) -> StringIdx {
        StringIdx(self.strings.intern(text))
    }

    /// The index of `text`, if it is in the table.
    pub fn find(&self, text: &str) -> Option<StringIdx> {
        self.strings.find(text).map(StringIdx)
    }

    /// The string at `idx`.
    pub fn get(&self, idx: StringIdx) -> &str {
        self.strings.get(idx.0)
    }

    /// How many strings there are; never 0.
    #[allow(clippy::len_without_is_empty, reason = "the empty string is always there")]
    pub fn len(&self) -> usize {
        self.strings.len()
    }

    /// The strings, in index order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.strings.iter()
    }
}

/// The storage behind [`StringTable`] and [`FunctionNames`](crate::FunctionNames).
#[derive(Clone, Default)]
pub(crate) struct DistinctStrings {
    text: String,
    ends: Vec<usize>,
    idx_by_text: HashTable<u32>,
    hash_builder: DefaultHashBuilder,
}

impl fmt::Debug for DistinctStrings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl DistinctStrings {
    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        let hash = self.hash_builder.hash_one(text);
        let Self { text: all, ends, idx_by_text, hash_builder } = self;
        if let Some(idx) = idx_by_text.find(hash, |idx| slice(all, ends, *idx) == text) {
            return *idx;
        }
        let idx = u32::try_from(ends.len()).expect("fewer than 2^32 strings");
        all.push_str(text);
        ends.push(all.len());
        idx_by_text.insert_unique(hash, idx, |idx| hash_builder.hash_one(slice(all, ends, *idx)));
        idx
    }

    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hash_builder.hash_one(text);
        self.idx_by_text.find(hash, |idx| self.get(*idx) == text).copied()
    }

    pub(crate) fn get(&self, idx: u32) -> &str {
        slice(&self.text, &self.ends, idx)
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        (0..self.ends.len()).map(|idx| {
            let start = if idx == 0 { 0 } else { self.ends[idx - 1] };
            &self.text[start..self.ends[idx]]
        })
    }
}

fn slice<'a>(all: &'a str, ends: &[usize], idx: u32) -> &'a str {
    let idx = idx as usize;
    let start = if idx == 0 { 0 } else { ends[idx - 1] };
    &all[start..ends[idx]]
}
