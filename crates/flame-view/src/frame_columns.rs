//! Takes the columns of a flame graph frame, piece by piece, and makes a tree of them.

use profile::{FunctionIdx, Tree, TreeBuilder, TreeError};

/// Why a frame cannot be drawn.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// A required field is missing.
    #[error(
        "the frame has no field {name:?}; a flame graph needs the fields level, value and label"
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
    #[error("row {row} has label {idx}, but the frame has only {count} label texts")]
    Label {
        /// Position of the row.
        row: usize,
        /// Its label.
        idx: u32,
        /// How many label texts there are.
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
#[derive(Debug, Default)]
pub struct FrameColumns {
    levels: Vec<u32>,
    values: Vec<i64>,
    self_values: Option<Vec<i64>>,
    labels: Vec<u32>,
    scale: f64,
    roots: usize,
    bad: Option<(usize, usize)>,
}

impl FrameColumns {
    /// Room for `row_count` rows.
    pub fn with_capacity(row_count: usize) -> Self {
        Self {
            levels: Vec::with_capacity(row_count),
            values: Vec::with_capacity(row_count),
            labels: Vec::with_capacity(row_count),
            scale: 1.0,
            ..Self::default()
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

    /// Adds rows of the field `label`, as positions in the label texts.
    pub fn push_labels(&mut self, labels: &[u32]) {
        self.labels.extend_from_slice(labels);
    }

    /// The tree, given the label texts.
    pub fn finish<'a>(
        self,
        texts: impl IntoIterator<Item = &'a str>,
    ) -> Result<FlameFrame, FrameError> {
        let expected = self.levels.len();
        let ragged = |name, len| FrameError::RaggedField { name, len, expected };
        if self.values.len() != expected {
            return Err(ragged("value", self.values.len()));
        }
        if let Some(column) = &self.self_values
            && column.len() != expected
        {
            return Err(ragged("self", column.len()));
        }
        if self.labels.len() != expected {
            return Err(ragged("label", self.labels.len()));
        }
        let mut notices = Vec::new();
        if self.self_values.is_none() && expected > 0 {
            notices.push(FrameNotice::SelfComputed);
        }
        if self.roots > 1 {
            notices.push(FrameNotice::Roots { count: self.roots });
        }
        if let Some((count, first_row)) = self.bad {
            notices.push(FrameNotice::BadValues { count, first_row });
        }
        let scale = self.scale;
        let tree = self.into_tree(texts)?;
        Ok(FlameFrame { tree, scale, notices })
    }

    fn into_tree<'a>(self, texts: impl IntoIterator<Item = &'a str>) -> Result<Tree, FrameError> {
        let mut builder = TreeBuilder::new();
        let functions: Vec<FunctionIdx> =
            texts.into_iter().map(|text| builder.intern(text)).collect();
        let own = self.self_values.unwrap_or_else(|| self.values.clone());
        let shift = u32::from(self.roots > 1);
        for (row, own) in own.into_iter().enumerate() {
            let idx = self.labels[row];
            let count = functions.len();
            let function =
                *functions.get(idx as usize).ok_or(FrameError::Label { row, idx, count })?;
            if row == 0 && shift == 0 {
                builder.add_root_self(own)?;
            } else {
                builder.push(self.levels[row] + shift, function, own)?;
            }
        }
        Ok(builder.finish()?)
    }

    fn whole(&mut self, value: f64, row: usize) -> i64 {
        if !(value >= 0.0 && value.is_finite()) {
            let (count, first_row) = self.bad.unwrap_or((0, row));
            self.bad = Some((count + 1, first_row));
            return 0;
        }
        (value * self.scale).round() as i64
    }
}
