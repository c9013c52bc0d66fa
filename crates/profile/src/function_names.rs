//! The distinct function names of a call tree.

use std::collections::HashMap;
use std::sync::Arc;

/// Index of a function name in [`FunctionNames`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct FunctionIdx(pub u32);

/// Distinct function names in the order in which they were first met.
///
/// Shape: a [`FunctionIdx`] is a position here and means nothing in another table.
#[derive(Debug, Clone, Default)]
pub struct FunctionNames {
    names: Vec<Arc<str>>,
    idx_by_name: HashMap<Arc<str>, FunctionIdx>,
}

impl FunctionNames {
    /// The index of `name`, which is added if it is new.
    pub fn intern(&mut self, name: &str) -> FunctionIdx {
        if let Some(idx) = self.idx_by_name.get(name) {
            return *idx;
        }
        let idx = FunctionIdx(u32::try_from(self.names.len()).expect("fewer than 2^32 names"));
        let name: Arc<str> = name.into();
        self.names.push(Arc::clone(&name));
        self.idx_by_name.insert(name, idx);
        idx
    }

    /// The index of `name`, if it is in the table.
    pub fn find(&self, name: &str) -> Option<FunctionIdx> {
        self.idx_by_name.get(name).copied()
    }

    /// The name at `idx`.
    pub fn get(&self, idx: FunctionIdx) -> &str {
        &self.names[idx.0 as usize]
    }

    /// How many distinct names there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there is no name at all.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }

    /// The names, in index order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = &str> {
        self.names.iter().map(AsRef::as_ref)
    }
}
