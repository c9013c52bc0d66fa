//! From the ids of a pprof table to positions in ours.

use std::collections::HashMap;

/// Positions by id.
///
/// Most writers number their entries 1, 2, 3, …: then an id is its position plus one, and there is
/// nothing to keep but how many there are.
#[derive(Debug, Default)]
pub(super) struct IdIndex {
    count: u32,
    /// None as long as the ids are 1, 2, 3, ….
    sparse: Option<HashMap<u64, u32>>,
}

impl IdIndex {
    /// Gives `id` the next position. False: the id is taken, and no position was given.
    pub(super) fn insert(&mut self, id: u64) -> bool {
        let position = self.count;
        if self.sparse.is_none() && id == u64::from(position) + 1 {
            self.count += 1;
            return true;
        }
        let sparse = self
            .sparse
            .get_or_insert_with(|| (0..position).map(|seen| (u64::from(seen) + 1, seen)).collect());
        if sparse.contains_key(&id) {
            return false;
        }
        sparse.insert(id, position);
        self.count += 1;
        true
    }

    /// The position of `id`.
    #[inline]
    pub(super) fn get(&self, id: u64) -> Option<u32> {
        match &self.sparse {
            None => {
                let position = u32::try_from(id.checked_sub(1)?).ok()?;
                (position < self.count).then_some(position)
            }
            Some(sparse) => sparse.get(&id).copied(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_in_order_and_out_of_order_find_their_positions() {
        let mut index = IdIndex::default();
        for id in [1, 2, 77, 3] {
            assert!(index.insert(id));
        }
        assert!(!index.insert(2));
        assert_eq!([1, 2, 77, 3].map(|id| index.get(id)), [Some(0), Some(1), Some(2), Some(3)]);
        assert_eq!(index.get(0), None);
        assert_eq!(index.get(4), None);
    }

    #[test]
    fn an_index_without_gaps_knows_its_end() {
        let mut index = IdIndex::default();
        assert_eq!(index.get(1), None);
        assert!(index.insert(1));
        assert_eq!([0, 1, 2, u64::MAX].map(|id| index.get(id)), [None, Some(0), None, None]);
    }
}
