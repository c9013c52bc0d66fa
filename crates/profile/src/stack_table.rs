//! Stack traces that share what they have in common.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::location_table::LocationIdx;

/// Index of a stack trace in a [`StackTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct StackIdx(pub u32);

/// Stands for "no parent" in the parent column.
const ROOT: u32 = u32::MAX;

/// Distinct stack traces, each as its last location and the stack trace that called it.
///
/// Shape: columns with one entry per stack trace; the parent of an entry comes before it, so one
/// forward pass sees callers before callees and one backward pass the reverse.
/// No two entries have the same parent and location.
#[derive(Debug, Clone, Default)]
pub struct StackTable {
    parent: Vec<u32>,
    location: Vec<LocationIdx>,
    depth: Vec<u32>,
    idx_by_content: HashTable<u32>,
    hash_builder: DefaultHashBuilder,
}

impl StackTable {
    /// The stack trace `location` called from `parent`, which is added if it is new.
    pub(crate) fn intern(&mut self, parent: Option<StackIdx>, location: LocationIdx) -> StackIdx {
        let key = (parent.map_or(ROOT, |parent| parent.0), location);
        let hash = self.hash_builder.hash_one(key);
        let Self { parent: parents, location: locations, depth, idx_by_content, hash_builder } =
            self;
        let content = |idx: u32| (parents[idx as usize], locations[idx as usize]);
        if let Some(idx) = idx_by_content.find(hash, |idx| content(*idx) == key) {
            return StackIdx(*idx);
        }
        let idx = u32::try_from(parents.len())
            .ok()
            .filter(|idx| *idx != ROOT)
            .expect("fewer than 2^32 - 1 stack traces");
        let new_depth = parent.map_or(1, |parent| depth[parent.0 as usize] + 1);
        idx_by_content.insert_unique(hash, idx, |idx| hash_builder.hash_one(content(*idx)));
        parents.push(key.0);
        locations.push(location);
        depth.push(new_depth);
        StackIdx(idx)
    }

    /// How many distinct stack traces there are.
    pub fn len(&self) -> usize {
        self.parent.len()
    }

    /// Whether there is no stack trace.
    pub fn is_empty(&self) -> bool {
        self.parent.is_empty()
    }

    /// The stack trace that called the last location of this one. None: it is the outermost.
    pub fn parent(&self, idx: StackIdx) -> Option<StackIdx> {
        Some(self.parent[idx.0 as usize]).filter(|parent| *parent != ROOT).map(StackIdx)
    }

    /// The last (innermost) location of a stack trace.
    pub fn location(&self, idx: StackIdx) -> LocationIdx {
        self.location[idx.0 as usize]
    }

    /// How many locations a stack trace has; at least 1.
    pub fn depth(&self, idx: StackIdx) -> u32 {
        self.depth[idx.0 as usize]
    }

    /// The locations of a stack trace, leaf first.
    pub fn locations(&self, idx: Option<StackIdx>) -> impl Iterator<Item = LocationIdx> {
        std::iter::successors(idx, |idx| self.parent(*idx)).map(|idx| self.location(idx))
    }

    /// All stack traces, in index order: callers before callees.
    pub fn indices(&self) -> impl DoubleEndedIterator<Item = StackIdx> + ExactSizeIterator + use<> {
        let count = u32::try_from(self.len()).expect("fewer than 2^32 - 1 stack traces");
        (0..count).map(StackIdx)
    }
}
