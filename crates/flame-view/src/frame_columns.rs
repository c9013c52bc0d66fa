//! Takes the columns of a flame graph frame, piece by piece, and makes a tree of them.

use profile::{FunctionIdx, FunctionNames, NodeIdx, Tree, TreeError};

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
    /// The frame has the values of two profiles.
    Diff,
    /// What the datasource has to say of the frame.
    Told {
        /// A sentence.
        text: String,
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
            Self::Diff => {
                write!(f, "This frame compares two profiles; only the baseline is drawn.")
            }
            Self::Told { text } => f.write_str(text),
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
    truncated: Vec<u32>,
    told: Vec<FrameNotice>,
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
            truncated: Vec::new(),
            told: Vec::new(),
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

    /// Names rows that stand for functions which the server folded away; those below the first row
    /// and within the frame count.
    pub fn push_truncated(&mut self, rows: impl IntoIterator<Item = u32>) {
        self.truncated.extend(rows);
    }

    /// Adds what is to be said of the frame, after what was put right.
    pub fn push_notices(&mut self, notices: impl IntoIterator<Item = FrameNotice>) {
        self.told.extend(notices);
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
        let unequal = settle(&levels, &mut values, self_values.as_deref(), scale != 1.0);
        if let Some((count, first_row)) = unequal {
            notices.push(FrameNotice::Totals { count, first_row });
        }
        notices.extend(self.told);
        let mut truncated = self.truncated;
        truncated.retain(|row| *row > 0 && (*row as usize) < levels.len());
        truncated.sort_unstable();
        truncated.dedup();
        drop(self_values);
        let mut names = names;
        if roots > 1 || levels.is_empty() {
            levels.iter_mut().for_each(|level| *level += 1);
            levels.insert(0, 0);
            values.insert(0, 0);
            labels.insert(0, names.intern(Tree::ROOT_NAME));
            truncated.iter_mut().for_each(|row| *row += 1);
        }
        let truncated = truncated.into_iter().map(NodeIdx).collect();
        let tree = Tree::from_columns(names, labels, levels, values, truncated)?;
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

/// Turns total values into self values, in place; counts the rows whose values do not agree, by
/// more than rounding explains, and tells the first.
fn settle(
    levels: &[u32],
    values: &mut [i64],
    self_values: Option<&[i64]>,
    is_scaled: bool,
) -> Option<(usize, usize)> {
    let deepest = levels.iter().copied().max().unwrap_or(0) as usize;
    // For every level, the children met so far of the parent still to come.
    let mut below = vec![Children::default(); deepest + 2];
    let mut unequal: Option<(usize, usize)> = None;
    for row in (0..levels.len()).rev() {
        let level = levels[row] as usize;
        let children = std::mem::take(&mut below[level + 1]);
        let value = values[row];
        let total = value.max(children.total);
        let own = total - children.total;
        let expected = self_values.map_or(value - children.total, |column| column[row]);
        let rounding = rounding(value, is_scaled);
        let slack = children
            .slack
            .saturating_add(rounding)
            .saturating_add(self_values.map_or(0, |column| self::rounding(column[row], is_scaled)));
        if own.abs_diff(expected) > slack {
            unequal = Some((unequal.map_or(0, |(count, _)| count) + 1, row));
        }
        values[row] = own;
        let grown = total.abs_diff(value);
        let passed_on = if grown <= slack { rounding.saturating_add(grown) } else { rounding };
        let parent = &mut below[level];
        parent.total = parent.total.saturating_add(total);
        parent.slack = parent.slack.saturating_add(passed_on);
    }
    unequal
}

/// Nodes with one parent, added up.
#[derive(Debug, Clone, Copy, Default)]
struct Children {
    total: i64,
    /// By how much the total may be wrong because its terms were rounded.
    slack: u64,
}

/// By how much a value may be wrong: a unit where fractions were rounded, and the distance of
/// floats where these no longer hold every whole number.
fn rounding(value: i64, is_scaled: bool) -> u64 {
    let digits = 64 - value.unsigned_abs().leading_zeros();
    let ulp = if digits > f64::MANTISSA_DIGITS { 1 << (digits - f64::MANTISSA_DIGITS) } else { 0 };
    ulp + u64::from(is_scaled)
}
