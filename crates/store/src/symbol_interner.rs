//! Gives the strings, functions, locations and stack traces of profiles their place in a day.

use std::hash::Hash;
use std::sync::Arc;

use hashbrown::HashMap;
use profile::{LocationIdx, MappingIdx, Profile, ProfileFunctionIdx, StackIdx, StringIdx};

use crate::segmented::Segmented;
use crate::symbols::{FunctionRow, LineRow, LocationRow, MappingRow, NodeRow, StackRow, Symbols};

/// A day has more entries of one kind than a 32-bit index can name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the day holds more than 2^32 - 1 distinct {0}")]
pub(crate) struct TooManySymbols(&'static str);

/// Finds the index of a row in a day's tables, and remembers the rows that are not yet there.
///
/// Cost: an entry of a hash map for every row of the day; only the writer has one.
#[derive(Debug)]
pub(crate) struct SymbolInterner {
    strings: Interned<Arc<str>, Arc<str>>,
    functions: Interned<FunctionRow, FunctionRow>,
    mappings: Interned<MappingRow, MappingRow>,
    locations: Interned<LocationRow, LocationRow>,
    stacks: Interned<(u32, u32), StackRow>,
    nodes: Interned<NodeRow, NodeRow>,
    node_by_stack: Vec<u32>,
}

/// Rows that are not yet in a day's tables, in index order.
#[derive(Debug, Default)]
pub(crate) struct NewSymbols {
    pub(crate) strings: Vec<Arc<str>>,
    pub(crate) functions: Vec<FunctionRow>,
    pub(crate) mappings: Vec<MappingRow>,
    pub(crate) locations: Vec<LocationRow>,
    pub(crate) nodes: Vec<NodeRow>,
    pub(crate) stacks: Vec<StackRow>,
}

impl NewSymbols {
    /// Adds the rows to the tables that they were made for.
    pub(crate) fn append_to(self, symbols: &mut Symbols) {
        symbols.strings.append(self.strings);
        symbols.functions.append(self.functions);
        symbols.mappings.append(self.mappings);
        symbols.locations.append(self.locations);
        symbols.nodes.append(self.nodes);
        symbols.stacks.append(self.stacks);
    }
}

#[derive(Debug)]
struct Interned<K, V> {
    what: &'static str,
    idx_by_key: HashMap<K, u32>,
    new: Vec<V>,
}

impl<K: Hash + Eq, V: Clone> Interned<K, V> {
    fn load(what: &'static str, rows: &Segmented<V>, key: impl Fn(u32, &V) -> K) -> Self {
        let idx_by_key = (0..).zip(rows.iter()).map(|(idx, row)| (key(idx, row), idx)).collect();
        Self { what, idx_by_key, new: Vec::new() }
    }

    fn next(&self) -> Result<u32, TooManySymbols> {
        let next = u32::try_from(self.idx_by_key.len()).ok();
        next.filter(|next| *next < u32::MAX).ok_or(TooManySymbols(self.what))
    }

    fn intern(&mut self, key: K, row: impl FnOnce() -> V) -> Result<u32, TooManySymbols> {
        if let Some(idx) = self.idx_by_key.get(&key) {
            return Ok(*idx);
        }
        let idx = self.next()?;
        self.new.push(row());
        self.idx_by_key.insert(key, idx);
        Ok(idx)
    }
}

/// In the key of entry 0 of stack traces and nodes, so that it is not found as its own child.
const NONE: u32 = u32::MAX;

fn stack_key(idx: u32, row: &StackRow) -> (u32, u32) {
    if idx == 0 { (NONE, NONE) } else { (row.parent, row.location) }
}

fn node_key(idx: u32, row: &NodeRow) -> NodeRow {
    if idx == 0 { NodeRow { parent: NONE, name: NONE } } else { *row }
}

impl SymbolInterner {
    /// The interner of a day with these tables. Cost: one pass over them.
    pub(crate) fn load(symbols: &Symbols) -> Self {
        Self {
            strings: Interned::load("strings", &symbols.strings, |_, row| Arc::clone(row)),
            functions: Interned::load("functions", &symbols.functions, |_, row| *row),
            mappings: Interned::load("mappings", &symbols.mappings, |_, row| *row),
            locations: Interned::load("locations", &symbols.locations, |_, row| row.clone()),
            stacks: Interned::load("stack traces", &symbols.stacks, stack_key),
            nodes: Interned::load("call tree nodes", &symbols.nodes, node_key),
            node_by_stack: symbols.stacks.iter().map(|row| row.node).collect(),
        }
    }

    /// The rows that were added since the last call.
    pub(crate) fn take_new(&mut self) -> NewSymbols {
        NewSymbols {
            strings: std::mem::take(&mut self.strings.new),
            functions: std::mem::take(&mut self.functions.new),
            mappings: std::mem::take(&mut self.mappings.new),
            locations: std::mem::take(&mut self.locations.new),
            nodes: std::mem::take(&mut self.nodes.new),
            stacks: std::mem::take(&mut self.stacks.new),
        }
    }

    /// Begins to translate the indices of a profile.
    pub(crate) fn translate<'a>(&'a mut self, profile: &'a Profile) -> Translation<'a> {
        Translation {
            strings: vec![None; profile.strings().len()],
            functions: vec![None; profile.functions().len()],
            mappings: vec![None; profile.mappings().len()],
            locations: vec![None; profile.locations().len()],
            stacks: vec![None; profile.stacks().len()],
            interner: self,
            profile,
        }
    }
}

/// Translates the indices of one profile into those of its day, adding what is new.
///
/// Only what is asked for, and what that points to, gets into the day.
#[derive(Debug)]
pub(crate) struct Translation<'a> {
    interner: &'a mut SymbolInterner,
    profile: &'a Profile,
    strings: Vec<Option<u32>>,
    functions: Vec<Option<u32>>,
    mappings: Vec<Option<u32>>,
    locations: Vec<Option<u32>>,
    stacks: Vec<Option<u32>>,
}

impl Translation<'_> {
    /// The day's index of a stack trace; 0 for the empty one.
    pub(crate) fn stack(&mut self, stack: Option<StackIdx>) -> Result<u32, TooManySymbols> {
        // Up to the first ancestor that is known, then down again: no recursion, since stack
        // traces may be deep.
        let mut unknown = Vec::new();
        let mut next = stack;
        let mut parent = loop {
            let Some(stack) = next else { break 0 };
            if let Some(known) = self.stacks[stack.0 as usize] {
                break known;
            }
            unknown.push(stack);
            next = self.profile.stacks().parent(stack);
        };
        while let Some(stack) = unknown.pop() {
            let location_idx = self.profile.stacks().location(stack);
            let location = self.location(location_idx)?;
            let node = self.node_below(parent, location_idx)?;
            let row = StackRow { parent, location, node };
            parent = self.interner.stacks.intern((parent, location), || row)?;
            if parent as usize == self.interner.node_by_stack.len() {
                self.interner.node_by_stack.push(node);
            }
            self.stacks[stack.0 as usize] = Some(parent);
        }
        Ok(parent)
    }

    /// The node in which a stack trace ends when a location is called from `parent`: that of the
    /// innermost frame. A location without frames adds none.
    fn node_below(&mut self, parent: u32, idx: LocationIdx) -> Result<u32, TooManySymbols> {
        let mut node = self.interner.node_by_stack[parent as usize];
        for line in self.profile.locations().lines(idx).iter().rev() {
            let name = self.string(self.profile.functions().get(line.function).name)?;
            let row = NodeRow { parent: node, name };
            node = self.interner.nodes.intern(row, || row)?;
        }
        Ok(node)
    }

    fn location(&mut self, idx: LocationIdx) -> Result<u32, TooManySymbols> {
        if let Some(known) = self.locations[idx.0 as usize] {
            return Ok(known);
        }
        let location = self.profile.locations().get(idx);
        let mapping = location.mapping.map(|mapping| self.mapping(mapping)).transpose()?;
        let lines = self.profile.locations().lines(idx).iter();
        let lines = lines
            .map(|line| Ok(LineRow { function: self.function(line.function)?, line: line.line }))
            .collect::<Result<_, _>>()?;
        let is_folded = location.is_folded;
        let row = LocationRow { mapping, address: location.address, is_folded, lines };
        let known = self.interner.locations.intern(row.clone(), || row)?;
        self.locations[idx.0 as usize] = Some(known);
        Ok(known)
    }

    fn mapping(&mut self, idx: MappingIdx) -> Result<u32, TooManySymbols> {
        if let Some(known) = self.mappings[idx.0 as usize] {
            return Ok(known);
        }
        let mapping = self.profile.mappings().get(idx);
        let flags = u8::from(mapping.has_functions)
            | u8::from(mapping.has_filenames) << 1
            | u8::from(mapping.has_line_numbers) << 2
            | u8::from(mapping.has_inline_frames) << 3;
        let row = MappingRow {
            memory_start: mapping.memory_start,
            memory_limit: mapping.memory_limit,
            file_offset: mapping.file_offset,
            filename: self.string(mapping.filename)?,
            build_id: self.string(mapping.build_id)?,
            flags,
        };
        let known = self.interner.mappings.intern(row, || row)?;
        self.mappings[idx.0 as usize] = Some(known);
        Ok(known)
    }

    fn function(&mut self, idx: ProfileFunctionIdx) -> Result<u32, TooManySymbols> {
        if let Some(known) = self.functions[idx.0 as usize] {
            return Ok(known);
        }
        let function = self.profile.functions().get(idx);
        let row = FunctionRow {
            name: self.string(function.name)?,
            system_name: self.string(function.system_name)?,
            filename: self.string(function.filename)?,
            start_line: function.start_line,
        };
        let known = self.interner.functions.intern(row, || row)?;
        self.functions[idx.0 as usize] = Some(known);
        Ok(known)
    }

    fn string(&mut self, idx: StringIdx) -> Result<u32, TooManySymbols> {
        if let Some(known) = self.strings[idx.0 as usize] {
            return Ok(known);
        }
        let text: Arc<str> = self.profile.string(idx).into();
        let known = self.interner.strings.intern(Arc::clone(&text), || text)?;
        self.strings[idx.0 as usize] = Some(known);
        Ok(known)
    }
}
