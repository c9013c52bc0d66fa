//! The places in the program that stack traces run through.

use crate::function_table::ProfileFunctionIdx;
use crate::mapping_table::MappingIdx;

/// Index of a [`Location`] in a [`LocationTable`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct LocationIdx(pub u32);

/// A place in the program, without its lines.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Location {
    /// Where the address lies. None: unknown.
    pub mapping: Option<MappingIdx>,
    /// The instruction's address. 0: unknown.
    pub address: u64,
    /// Whether several addresses were folded into this one.
    pub is_folded: bool,
}

/// One frame of a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Line {
    /// The function.
    pub function: ProfileFunctionIdx,
    /// The line in its source file, from 1. 0: unknown.
    pub line: i64,
}

/// Locations in columns, one entry per location in each but the lines.
///
/// Shape: the lines of location `i` are `lines[line_end[i - 1]..line_end[i]]`.
#[derive(Debug, Clone, Default)]
pub struct LocationTable {
    mapping: Vec<Option<MappingIdx>>,
    address: Vec<u64>,
    is_folded: Vec<bool>,
    line_end: Vec<u32>,
    lines: Vec<Line>,
}

impl LocationTable {
    pub(crate) fn push(&mut self, location: Location, lines: &[Line]) -> LocationIdx {
        let idx = u32::try_from(self.len()).expect("fewer than 2^32 locations");
        self.mapping.push(location.mapping);
        self.address.push(location.address);
        self.is_folded.push(location.is_folded);
        self.lines.extend_from_slice(lines);
        self.line_end.push(u32::try_from(self.lines.len()).expect("fewer than 2^32 lines"));
        LocationIdx(idx)
    }

    /// How many locations there are.
    pub fn len(&self) -> usize {
        self.address.len()
    }

    /// Whether there is no location.
    pub fn is_empty(&self) -> bool {
        self.address.is_empty()
    }

    /// The location at `idx`.
    pub fn get(&self, idx: LocationIdx) -> Location {
        let idx = idx.0 as usize;
        Location {
            mapping: self.mapping[idx],
            address: self.address[idx],
            is_folded: self.is_folded[idx],
        }
    }

    /// The frames of a location: the innermost inlined function first, the function that was
    /// really called last. Empty: not symbolised.
    pub fn lines(&self, idx: LocationIdx) -> &[Line] {
        let idx = idx.0 as usize;
        let start = if idx == 0 { 0 } else { self.line_end[idx - 1] as usize };
        &self.lines[start..self.line_end[idx] as usize]
    }

    /// All locations, in index order.
    pub fn indices(&self) -> impl ExactSizeIterator<Item = LocationIdx> + use<> {
        let count = u32::try_from(self.len()).expect("fewer than 2^32 locations");
        (0..count).map(LocationIdx)
    }
}
