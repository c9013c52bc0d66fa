//! The binaries and libraries that were mapped into the profiled process.

use crate::string_table::StringIdx;

/// Index of a [`Mapping`] in a [`MappingTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MappingIdx(pub u32);

/// A part of a file in the address space of the process.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Mapping {
    /// First address of the mapping.
    pub memory_start: u64,
    /// First address after the mapping.
    pub memory_limit: u64,
    /// Where in the file the mapping begins, in bytes.
    pub file_offset: u64,
    /// The file. Empty: unknown.
    pub filename: StringIdx,
    /// What identifies the build of the file. Empty: unknown.
    pub build_id: StringIdx,
    /// Whether locations in this mapping already carry function names.
    pub has_functions: bool,
    /// Whether they carry file names.
    pub has_filenames: bool,
    /// Whether they carry line numbers.
    pub has_line_numbers: bool,
    /// Whether inlined frames were already expanded.
    pub has_inline_frames: bool,
}

/// Mappings, in index order. A profile has a handful, so they are kept as rows.
#[derive(Debug, Clone, Default)]
pub struct MappingTable {
    rows: Vec<Mapping>,
}

impl MappingTable {
    pub(crate) fn push(&mut self, mapping: Mapping) -> MappingIdx {
        let idx = u32::try_from(self.len()).expect("fewer than 2^32 mappings");
        self.rows.push(mapping);
        MappingIdx(idx)
    }

    /// How many mappings there are.
    pub fn len(&self) -> usize {
        self.rows.len()
    }

    /// Whether there is no mapping.
    pub fn is_empty(&self) -> bool {
        self.rows.is_empty()
    }

    /// The mapping at `idx`.
    pub fn get(&self, idx: MappingIdx) -> Mapping {
        self.rows[idx.0 as usize]
    }

    /// The mappings, in index order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Mapping> {
        self.rows.iter().copied()
    }
}
