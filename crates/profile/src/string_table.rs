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
    slots: HashTable<Slot>,
    hash_builder: DefaultHashBuilder,
}

/// Where a string lies, so that a look-up goes from its slot straight to the text: with many
/// strings every step in between is a cache miss.
#[derive(Debug, Clone, Copy)]
struct Slot {
    start: usize,
    length: u32,
    idx: u32,
}

/// Texts looked up side by side: as many as a processor waits for at once, and some more.
const TEXTS_AT_ONCE: usize = 32;

impl Slot {
    fn text<'a>(&self, all: &'a str) -> &'a str {
        &all[self.start..self.start + self.length as usize]
    }
}

impl fmt::Debug for DistinctStrings {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl DistinctStrings {
    pub(crate) fn with_capacity(count: usize, text_length: usize) -> Self {
        Self {
            text: String::with_capacity(text_length),
            ends: Vec::with_capacity(count),
            slots: HashTable::with_capacity(count),
            hash_builder: DefaultHashBuilder::default(),
        }
    }

    pub(crate) fn intern(&mut self, text: &str) -> u32 {
        let hash = self.hash_builder.hash_one(text.as_bytes());
        let Self { text: all, ends, slots, hash_builder } = self;
        if let Some(slot) = slots.find(hash, |slot| slot.text(all) == text) {
            return slot.idx;
        }
        let idx = u32::try_from(ends.len()).expect("fewer than 2^32 strings");
        let length = u32::try_from(text.len()).expect("no string of 4 GiB");
        let slot = Slot { start: all.len(), length, idx };
        all.push_str(text);
        ends.push(all.len());
        slots.insert_unique(hash, slot, |slot| hash_builder.hash_one(slot.text(all).as_bytes()));
        idx
    }

    pub(crate) fn find(&self, text: &str) -> Option<u32> {
        let hash = self.hash_builder.hash_one(text.as_bytes());
        self.slots.find(hash, |slot| slot.text(&self.text) == text).map(|slot| slot.idx)
    }

    /// Looks up several texts at once: first a slot that may be it for each, then all of their
    /// texts, so that what has to come from memory comes side by side.
    ///
    /// A text that is there is rarely not found, when its hash looks like that of another.
    pub(crate) fn find_most(&self, texts: &[&[u8]], mut each: impl FnMut(Option<u32>)) {
        let mut candidates: [Option<Slot>; TEXTS_AT_ONCE] = [None; TEXTS_AT_ONCE];
        for texts in texts.chunks(TEXTS_AT_ONCE) {
            for (candidate, text) in candidates.iter_mut().zip(texts) {
                *candidate = self.slots.find(self.hash_builder.hash_one(text), |_| true).copied();
            }
            for (candidate, text) in candidates.iter().zip(texts) {
                let found = candidate.filter(|slot| slot.text(&self.text).as_bytes() == *text);
                each(found.map(|slot| slot.idx));
            }
        }
    }

    pub(crate) fn truncate(&mut self, count: usize) {
        if count >= self.len() {
            return;
        }
        let end = count.checked_sub(1).map_or(0, |last| self.ends[last]);
        self.text.truncate(end);
        self.ends.truncate(count);
        self.slots.retain(|slot| (slot.idx as usize) < count);
    }

    pub(crate) fn get(&self, idx: u32) -> &str {
        let idx = idx as usize;
        let start = if idx == 0 { 0 } else { self.ends[idx - 1] };
        &self.text[start..self.ends[idx]]
    }

    pub(crate) fn len(&self) -> usize {
        self.ends.len()
    }

    pub(crate) fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        let mut start = 0;
        self.ends.iter().map(move |end| {
            let text = &self.text[start..*end];
            start = *end;
            text
        })
    }
}
