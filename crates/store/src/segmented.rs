//! An append-only column that can be read while it grows.

use std::sync::Arc;

/// An append-only column whose clones are cheap snapshots.
///
/// Shape: a few shared runs of entries, each at least as long as the next, so a clone copies
/// about log2(n) pointers and an entry is found by a search over them.
/// Cost: appending copies every entry about log2(n) times over the column's life.
#[derive(Debug)]
pub(crate) struct Segmented<T> {
    segments: Vec<Segment<T>>,
    len: usize,
}

#[derive(Debug)]
struct Segment<T> {
    start: usize,
    entries: Arc<Vec<T>>,
}

impl<T> Default for Segmented<T> {
    fn default() -> Self {
        Self { segments: Vec::new(), len: 0 }
    }
}

impl<T> Clone for Segmented<T> {
    fn clone(&self) -> Self {
        Self { segments: self.segments.clone(), len: self.len }
    }
}

impl<T> Clone for Segment<T> {
    fn clone(&self) -> Self {
        Self { start: self.start, entries: Arc::clone(&self.entries) }
    }
}

impl<T: Clone> Segmented<T> {
    /// Adds entries at the end; snapshots taken before do not see them.
    pub(crate) fn append(&mut self, mut entries: Vec<T>) {
        if entries.is_empty() {
            return;
        }
        self.len += entries.len();
        while let Some(last) = self.segments.pop_if(|last| last.entries.len() <= entries.len()) {
            // Sole owner: no snapshot looks at it, so its entries are moved, not copied.
            let mut merged = Arc::try_unwrap(last.entries).unwrap_or_else(|shared| {
                let mut copy = Vec::with_capacity(shared.len() + entries.len());
                copy.extend_from_slice(&shared);
                copy
            });
            merged.append(&mut entries);
            entries = merged;
        }
        let start = self.len - entries.len();
        self.segments.push(Segment { start, entries: Arc::new(entries) });
    }

    /// How many entries there are.
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// The entry at `idx`. None: there are not so many.
    pub(crate) fn get(&self, idx: u32) -> Option<&T> {
        let idx = idx as usize;
        let after = self.segments.partition_point(|segment| segment.start <= idx);
        let segment = self.segments.get(after.checked_sub(1)?)?;
        segment.entries.get(idx - segment.start)
    }

    /// All entries in index order.
    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        self.segments.iter().flat_map(|segment| segment.entries.iter())
    }

    /// All entries as one run. Cost: a copy of each.
    pub(crate) fn to_vec(&self) -> Vec<T> {
        let mut all = Vec::with_capacity(self.len);
        for segment in &self.segments {
            all.extend_from_slice(&segment.entries);
        }
        all
    }
}

#[cfg(test)]
mod tests {
    use super::Segmented;

    #[test]
    fn snapshots_keep_what_they_saw_and_few_segments_remain() {
        let mut column = Segmented::default();
        let mut expected = Vec::new();
        let mut snapshots = Vec::new();
        for length in [1, 1, 3, 0, 2, 10, 1, 1, 1, 40, 2, 1] {
            let more: Vec<u32> = (0..length).map(|_| 7 * expected.len() as u32 + length).collect();
            expected.extend_from_slice(&more);
            column.append(more);
            snapshots.push((column.clone(), expected.clone()));
        }
        for (snapshot, seen) in snapshots {
            assert_eq!(snapshot.len(), seen.len());
            assert_eq!(snapshot.to_vec(), seen);
            assert!(snapshot.iter().eq(&seen));
            for idx in 0..seen.len() + 2 {
                assert_eq!(snapshot.get(idx as u32), seen.get(idx));
            }
            assert!(snapshot.segments.len() <= 7);
        }
    }
}
