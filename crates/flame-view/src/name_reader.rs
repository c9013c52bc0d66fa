//! Reads the distinct function names of a frame, which rarely differ from those of the one before.

use profile::{FunctionIdx, FunctionNames};

/// Takes names one after the other. As long as they come as they did before, none is looked up,
/// and the table of the data set before is kept.
#[derive(Debug)]
pub struct NameReader {
    names: FunctionNames,
    /// How many came as before. Empty: one came that did not.
    as_before: Option<u32>,
}

impl NameReader {
    /// A reader of about `count` names of `text_length` bytes together.
    ///
    /// `before`: the names of the data set that is replaced. They are of no use when there were more
    /// or fewer, and their memory is given back first.
    pub fn new(before: FunctionNames, count: usize, text_length: usize) -> Self {
        if before.len() == count {
            return Self { names: before, as_before: Some(0) };
        }
        drop(before);
        Self { names: FunctionNames::with_capacity(count, text_length), as_before: None }
    }

    /// The index of the next name, which may have come before.
    pub fn read(&mut self, name: &str) -> FunctionIdx {
        if let Some(next) = self.as_before {
            if (next as usize) < self.names.len() && self.names.get(FunctionIdx(next)) == name {
                self.as_before = Some(next + 1);
                return FunctionIdx(next);
            }
            self.names.truncate(next as usize);
            self.as_before = None;
        }
        self.names.intern(name)
    }

    /// The names that were read.
    pub fn finish(mut self) -> FunctionNames {
        if let Some(count) = self.as_before {
            self.names.truncate(count as usize);
        }
        self.names
    }
}
