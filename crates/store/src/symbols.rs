//! What samples point into: the interned strings, functions, locations and stack traces of a day.

use std::sync::Arc;

use crate::bytes::{BytesError, BytesReader, put_text, put_varint};
use crate::segmented::Segmented;

/// A function. Shape: indices of strings; 0 is the empty string.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct FunctionRow {
    pub(crate) name: u32,
    pub(crate) system_name: u32,
    pub(crate) filename: u32,
    pub(crate) start_line: i64,
}

/// A mapping.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct MappingRow {
    pub(crate) memory_start: u64,
    pub(crate) memory_limit: u64,
    pub(crate) file_offset: u64,
    pub(crate) filename: u32,
    pub(crate) build_id: u32,
    /// Bit 0: has functions, 1: file names, 2: line numbers, 3: inlined frames.
    pub(crate) flags: u8,
}

/// A location with its frames, the innermost first.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub(crate) struct LocationRow {
    pub(crate) mapping: Option<u32>,
    pub(crate) address: u64,
    pub(crate) is_folded: bool,
    pub(crate) lines: Arc<[LineRow]>,
}

/// One frame of a location.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct LineRow {
    pub(crate) function: u32,
    pub(crate) line: i64,
}

/// A stack trace: its innermost location, and the stack trace that called that.
///
/// Shape: the parent's index is smaller; stack trace 0 is the empty one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct StackRow {
    pub(crate) parent: u32,
    pub(crate) location: u32,
    /// The node of the call tree by function name in which the stack trace ends.
    pub(crate) node: u32,
}

/// A node of the call tree of all stack traces of the day, by function name.
///
/// Shape: the parent's index is smaller; node 0 is the root; siblings have different names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(crate) struct NodeRow {
    pub(crate) parent: u32,
    pub(crate) name: u32,
}

/// The tables, each append-only. A clone is a cheap snapshot.
///
/// Shape: every index in a row is smaller than the length of the table that it points into,
/// which holds for every snapshot, since rows are only appended with all that they need.
#[derive(Debug, Clone)]
pub(crate) struct Symbols {
    pub(crate) strings: Segmented<Arc<str>>,
    pub(crate) functions: Segmented<FunctionRow>,
    pub(crate) mappings: Segmented<MappingRow>,
    pub(crate) locations: Segmented<LocationRow>,
    pub(crate) stacks: Segmented<StackRow>,
    pub(crate) nodes: Segmented<NodeRow>,
}

impl Default for Symbols {
    /// The tables of a day without profiles: the empty string, stack trace and root alone.
    fn default() -> Self {
        let mut symbols = Self {
            strings: Segmented::default(),
            functions: Segmented::default(),
            mappings: Segmented::default(),
            locations: Segmented::default(),
            stacks: Segmented::default(),
            nodes: Segmented::default(),
        };
        symbols.strings.append(vec!["".into()]);
        symbols.stacks.append(vec![StackRow { parent: 0, location: 0, node: 0 }]);
        symbols.nodes.append(vec![NodeRow { parent: 0, name: 0 }]);
        symbols
    }
}

/// A row of a table as bytes.
pub(crate) trait SymbolRow: Sized + Clone {
    /// The table in which such rows are.
    fn table(symbols: &mut Symbols) -> &mut Segmented<Self>;

    /// Appends the row.
    fn put(&self, out: &mut Vec<u8>);

    /// Reads the row at `idx` of its table; rows that it points to must be in `symbols`
    /// or, in the same table, before `idx`.
    fn read(reader: &mut BytesReader<'_>, idx: u32, symbols: &Symbols) -> Result<Self, BytesError>;
}

/// Reads an index below `end`.
fn read_idx(reader: &mut BytesReader<'_>, end: usize) -> Result<u32, BytesError> {
    let idx = reader.varint_u32()?;
    if (idx as usize) < end {
        Ok(idx)
    } else {
        Err(reader.error("index past the end of its table"))
    }
}

impl SymbolRow for Arc<str> {
    fn table(symbols: &mut Symbols) -> &mut Segmented<Self> {
        &mut symbols.strings
    }

    fn put(&self, out: &mut Vec<u8>) {
        put_text(out, self);
    }

    fn read(reader: &mut BytesReader<'_>, _: u32, _: &Symbols) -> Result<Self, BytesError> {
        reader.text().map(Into::into)
    }
}

impl SymbolRow for FunctionRow {
    fn table(symbols: &mut Symbols) -> &mut Segmented<Self> {
        &mut symbols.functions
    }

    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.name.into());
        put_varint(out, self.system_name.into());
        put_varint(out, self.filename.into());
        put_varint(out, self.start_line.cast_unsigned());
    }

    fn read(reader: &mut BytesReader<'_>, _: u32, symbols: &Symbols) -> Result<Self, BytesError> {
        let strings = symbols.strings.len();
        Ok(Self {
            name: read_idx(reader, strings)?,
            system_name: read_idx(reader, strings)?,
            filename: read_idx(reader, strings)?,
            start_line: reader.varint()?.cast_signed(),
        })
    }
}

impl SymbolRow for MappingRow {
    fn table(symbols: &mut Symbols) -> &mut Segmented<Self> {
        &mut symbols.mappings
    }

    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.memory_start);
        put_varint(out, self.memory_limit);
        put_varint(out, self.file_offset);
        put_varint(out, self.filename.into());
        put_varint(out, self.build_id.into());
        out.push(self.flags);
    }

    fn read(reader: &mut BytesReader<'_>, _: u32, symbols: &Symbols) -> Result<Self, BytesError> {
        let strings = symbols.strings.len();
        Ok(Self {
            memory_start: reader.varint()?,
            memory_limit: reader.varint()?,
            file_offset: reader.varint()?,
            filename: read_idx(reader, strings)?,
            build_id: read_idx(reader, strings)?,
            flags: reader.array::<1>()?[0],
        })
    }
}

impl SymbolRow for LocationRow {
    fn table(symbols: &mut Symbols) -> &mut Segmented<Self> {
        &mut symbols.locations
    }

    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.mapping.map_or(0, |mapping| u64::from(mapping) + 1));
        put_varint(out, self.address);
        out.push(u8::from(self.is_folded));
        put_varint(out, self.lines.len() as u64);
        for line in self.lines.iter() {
            put_varint(out, line.function.into());
            put_varint(out, line.line.cast_unsigned());
        }
    }

    fn read(reader: &mut BytesReader<'_>, _: u32, symbols: &Symbols) -> Result<Self, BytesError> {
        let mapping = read_idx(reader, symbols.mappings.len() + 1)?.checked_sub(1);
        let address = reader.varint()?;
        let is_folded = reader.array::<1>()?[0] & 1 == 1;
        let count = reader.count()?;
        let mut lines = Vec::with_capacity(count);
        for _ in 0..count {
            let function = read_idx(reader, symbols.functions.len())?;
            lines.push(LineRow { function, line: reader.varint()?.cast_signed() });
        }
        Ok(Self { mapping, address, is_folded, lines: lines.into() })
    }
}

impl SymbolRow for StackRow {
    fn table(symbols: &mut Symbols) -> &mut Segmented<Self> {
        &mut symbols.stacks
    }

    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.parent.into());
        put_varint(out, self.location.into());
        put_varint(out, self.node.into());
    }

    fn read(reader: &mut BytesReader<'_>, idx: u32, symbols: &Symbols) -> Result<Self, BytesError> {
        Ok(Self {
            parent: read_idx(reader, idx as usize)?,
            location: read_idx(reader, symbols.locations.len())?,
            node: read_idx(reader, symbols.nodes.len())?,
        })
    }
}

impl SymbolRow for NodeRow {
    fn table(symbols: &mut Symbols) -> &mut Segmented<Self> {
        &mut symbols.nodes
    }

    fn put(&self, out: &mut Vec<u8>) {
        put_varint(out, self.parent.into());
        put_varint(out, self.name.into());
    }

    fn read(reader: &mut BytesReader<'_>, idx: u32, symbols: &Symbols) -> Result<Self, BytesError> {
        Ok(Self {
            parent: read_idx(reader, idx as usize)?,
            name: read_idx(reader, symbols.strings.len())?,
        })
    }
}
