//! Takes the columns of a flame graph frame, piece by piece, and makes a tree of them.

use profile::{FunctionIdx, FunctionNames, Tree, TreeError};

/// Why a frame cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A required field is missing.
    #[error(
        "the frame has no field {name:?}, expected the fields \"level\", \"value\", \"self\" and \"label\" of a flame graph"
    )]
    MissingField {
        /// Name of the field.
        name: &'static str,
    },
    /// Fields of different lengths.
    #[error("field {name:?} has {len} rows, expected {expected} as in field \"level\"")]
    RaggedField {
        /// Name of the field.
        name: &'static str,
        /// Its number of rows.
        len: usize,
        /// The number of rows of `level`.
        expected: usize,
    },
    /// The first row is not a root.
    #[error("row 0 has level {level}, expected a root at level 0")]
    NoRoot {
        /// The level, as it came.
        level: String,
    },
    /// A level that does not follow from the one before it.
    #[error(
        "row {row} has level {level} after level {previous}, expected a whole number from 0 to {}",
        previous + 1
    )]
    Level {
        /// Position of the row.
        row: usize,
        /// Its level, as it came.
        level: String,
        /// The level of the row before it.
        previous: u32,
    },
    /// A label index without a text.
    #[error("row {row} has no label text, the frame has {count} of them")]
    Label {
        /// Position of the row.
        row: usize,
        /// How many distinct label texts there are.
        count: usize,
    },
    /// The rows do not form a tree.
    #[error("reading the rows of the flame graph: {0}")]
    Tree(#[from] TreeError),
}

/// What was put right in a frame so that it could be drawn.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FrameNotice {
    /// There was no field `self`.
    SelfComputed,
    /// More than one root; they were put below one named `total`.
    Roots {
        /// How many.
        count: usize,
    },
    /// Values below zero or no number at all were read as 0.
    BadValues {
        /// How many.
        count: usize,
        /// The first row that has one.
        first_row: usize,
    },
    /// Children add up to more than their parent, or self and children do not add up to the value.
    Totals {
        /// How many nodes.
        count: usize,
        /// The first row of them.
        first_row: usize,
    },
}

impl std::fmt::Display for FrameNotice {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::SelfComputed => write!(
                f,
                "The frame has no field \"self\"; self values are what the children leave of \"value\"."
            ),
            Self::Roots { count } => {
                write!(f, "The frame has {count} roots; they are shown below one named \"total\".")
            }
            Self::BadValues { count, first_row } => write!(
                f,
                "{count} values are negative or not numbers and count as 0; the first is in row {first_row}."
            ),
            Self::Totals { count, first_row } => write!(
                f,
                "The values of {count} nodes differ from self plus children, which counts; the first is in row {first_row}."
            ),
        }
    }
}

/// A frame as the view keeps it.
#[derive(Debug, Clone)]
pub struct FlameFrame {
    /// The tree; its values are those of the frame times `scale`.
    pub tree: Tree,
    /// What a value of the frame was multiplied by to keep its fraction; 1 for whole numbers.
    pub scale: f64,
    /// What was put right.
    pub notices: Vec<FrameNotice>,
}

/// Columns of a frame on their way into a tree.
///
/// Columns are pushed in pieces of any size, so that a caller can hand over a million rows without
/// a second copy.
#[derive(Debug)]
pub struct FrameColumns {
    levels: Vec<u32>,
    values: Vec<i64>,
    self_values: Option<Vec<i64>>,
    labels: Vec<FunctionIdx>,
    scale: f64,
    roots: usize,
    bad: Option<(usize, usize)>,
}

impl Default for FrameColumns {
    fn default() -> Self {
        Self::with_capacity(0)
    }
}

impl FrameColumns {
    /// Room for `row_count` rows.
    pub fn with_capacity(row_count: usize) -> Self {
        Self {
            levels: Vec::with_capacity(row_count),
            values: Vec::with_capacity(row_count),
            labels: Vec::with_capacity(row_count),
            self_values: None,
            scale: 1.0,
            roots: 0,
            bad: None,
        }
    }

    /// How many rows there are so far.
    pub fn row_count(&self) -> usize {
        self.levels.len()
    }

    /// Adds rows of the field `level`.
    pub fn push_levels(&mut self, levels: &[f64]) -> Result<(), FrameError> {
        for level in levels {
            let row = self.levels.len();
            let Some(previous) = self.levels.last().copied() else {
                if *level != 0.0 {
                    return Err(FrameError::NoRoot { level: level.to_string() });
                }
                self.levels.push(0);
                self.roots = 1;
                continue;
            };
            let whole = *level as u32;
            if f64::from(whole) != *level || whole > previous.saturating_add(1) {
                return Err(FrameError::Level { row, level: level.to_string(), previous });
            }
            self.roots += usize::from(whole == 0);
            self.levels.push(whole);
        }
        Ok(())
    }

    /// Adds rows of the field `value`.
    pub fn push_values(&mut self, values: &[f64]) {
        for value in values {
            let value = self.whole(*value, self.values.len());
            self.values.push(value);
        }
    }

    /// Adds rows of the field `self`; not called at all when the frame has none.
    pub fn push_self_values(&mut self, self_values: &[f64]) {
        let capacity = self.levels.len();
        let mut column = self.self_values.take().unwrap_or_else(|| Vec::with_capacity(capacity));
        for value in self_values {
            let value = self.whole(*value, column.len());
            column.push(value);
        }
        self.self_values = Some(column);
    }

    /// Adds rows of the field `label`, as positions in the distinct names.
    pub fn push_labels(&mut self, labels: impl IntoIterator<Item = FunctionIdx>) {
        self.labels.extend(labels);
    }

    /// The tree, given the distinct names that labels are positions in.
    ///
    /// A total that its self value and its children do not add up to is kept if the children fit
    /// into it, and the self value gives way.
    /// Cost: linear; the columns become the tree's, so that there is never a second copy.
    pub fn finish(self, names: FunctionNames) -> Result<FlameFrame, FrameError> {
        let expected = self.levels.len();
        let self_len = self.self_values.as_ref().map_or(expected, Vec::len);
        let lengths =
            [("value", self.values.len()), ("self", self_len), ("label", self.labels.len())];
        if let Some((name, len)) = lengths.into_iter().find(|(_, len)| *len != expected) {
            return Err(FrameError::RaggedField { name, len, expected });
        }
        let count = names.len();
        if let Some(row) = self.labels.iter().position(|label| label.0 as usize >= count) {
            return Err(FrameError::Label { row, count });
        }
        let mut notices = Vec::new();
        if self.self_values.is_none() {
            notices.push(FrameNotice::SelfComputed);
        }
        if self.roots > 1 {
            notices.push(FrameNotice::Roots { count: self.roots });
        }
        if let Some((count, first_row)) = self.bad {
            notices.push(FrameNotice::BadValues { count, first_row });
        }
        let Self { mut levels, mut values, self_values, mut labels, scale, roots, .. } = self;
        if let Some((count, first_row)) = settle(&levels, &mut values, self_values.as_deref()) {
            notices.push(FrameNotice::Totals { count, first_row });
        }
        drop(self_values);
        let mut names = names;
        if roots > 1 || levels.is_empty() {
            levels.iter_mut().for_each(|level| *level += 1);
            levels.insert(0, 0);
            values.insert(0, 0);
            labels.insert(0, names.intern(Tree::ROOT_NAME));
        }
        let tree = Tree::from_columns(names, labels, levels, values, vec![])?;
        Ok(FlameFrame { tree, scale, notices })
    }

    fn whole(&mut self, value: f64, row: usize) -> i64 {
        if !(value >= 0.0 && value.is_finite()) {
            let (count, first_row) = self.bad.unwrap_or((0, row));
            self.bad = Some((count + 1, first_row));
            return 0;
        }
        if self.scale == 1.0 {
            if value.trunc() == value {
                return value as i64;
            }
            self.keep_fractions(value);
        }
        (value * self.scale).round_ties_even() as i64
    }

    /// Makes room for fractions: a power of two by which the largest total still is a whole number
    /// that a float holds exactly.
    fn keep_fractions(&mut self, value: f64) {
        let largest = self.values.iter().copied().max().unwrap_or(0).max(1) as f64;
        let largest = largest.max(value);
        let room = (LARGEST_EXACT / largest).log2().floor().clamp(0.0, FRACTION_BITS);
        self.scale = room.exp2();
        let factor = self.scale as i64;
        let columns = self.values.iter_mut().chain(self.self_values.iter_mut().flatten());
        columns.for_each(|value| *value = value.saturating_mul(factor));
    }
}

/// The largest float below which every whole number is one.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
/// Fractions are kept to a millionth.
const FRACTION_BITS: f64 = 20.0;

/// Turns total values into self values, in place; counts the rows whose values do not agree and
/// tells the first.
fn settle(
    levels: &[u32],
    values: &mut [i64],
    self_values: Option<&[i64]>,
) -> Option<(usize, usize)> {
    let deepest = levels.iter().copied().max().unwrap_or(0) as usize;
    // For every level, the total of the children met so far of the parent still to come.
    let mut below = vec![0_i64; deepest + 2];
    let mut unequal: Option<(usize, usize)> = None;
    for row in (0..levels.len()).rev() {
        let level = levels[row] as usize;
        let children = std::mem::take(&mut below[level + 1]);
        let total = values[row].max(children);
        let own = total - children;
        if own != self_values.map_or(values[row] - children, |column| column[row]) {
            unequal = Some((unequal.map_or(0, |(count, _)| count) + 1, row));
        }
        values[row] = own;
        below[level] = below[level].saturating_add(total);
    }
    unequal
}
