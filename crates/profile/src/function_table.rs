//! The functions of a profile, as pprof knows them.

use crate::string_table::StringIdx;

/// Index of a [`Function`] in a [`FunctionTable`].
///
/// Not to be mixed up with [`FunctionIdx`](crate::FunctionIdx), which names a function of a call
/// tree: there two functions with one name are one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ProfileFunctionIdx(pub u32);

/// A function as the profiler saw it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Function {
    /// The name for people, demangled where the profiler does that. Empty: unknown.
    pub name: StringIdx,
    /// The name as in the binary. Empty: unknown.
    pub system_name: StringIdx,
    /// The source file. Empty: unknown.
    pub filename: StringIdx,
    /// The line where the function starts, from 1. 0: unknown.
    pub start_line: i64,
}

/// Functions in columns, one entry per function in each.
#[derive(Debug, Clone, Default)]
pub struct FunctionTable {
    name: Vec<StringIdx>,
    system_name: Vec<StringIdx>,
    filename: Vec<StringIdx>,
    start_line: Vec<i64>,
}

impl FunctionTable {
    pub(crate) fn push(&mut self, function: Function) -> ProfileFunctionIdx {
        let idx = u32::try_from(self.len()).expect("fewer than 2^32 functions");
        self.name.push(function.name);
        self.system_name.push(function.system_name);
        self.filename.push(function.filename);
        self.start_line.push(function.start_line);
        ProfileFunctionIdx(idx)
    }

    /// How many functions there are.
    pub fn len(&self) -> usize {
        self.name.len()
    }

    /// Whether there is no function.
    pub fn is_empty(&self) -> bool {
        self.name.is_empty()
    }

    /// The function at `idx`.
    pub fn get(&self, idx: ProfileFunctionIdx) -> Function {
        let idx = idx.0 as usize;
        Function {
            name: self.name[idx],
            system_name: self.system_name[idx],
            filename: self.filename[idx],
            start_line: self.start_line[idx],
        }
    }

    /// The functions, in index order.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = Function> {
        (0..self.len()).map(|idx| Function {
            name: self.name[idx],
            system_name: self.system_name[idx],
            filename: self.filename[idx],
            start_line: self.start_line[idx],
        })
    }

    /// The name column.
    pub fn names(&self) -> &[StringIdx] {
        &self.name
    }
}
