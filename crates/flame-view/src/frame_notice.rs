//! Why a frame cannot be drawn, and what was put right so that it could.

use crate::diff_sides::DiffSide;
use profile::TreeError;

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
    /// The two sides of a diff are of different trees.
    #[error(
        "the baseline has {left} nodes and the comparison {right}, expected both to have the same levels"
    )]
    Shapes {
        /// How many nodes the baseline has.
        left: usize,
        /// How many nodes the comparison has.
        right: usize,
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
    /// One field of a comparison is there, and the one with its values is not.
    HalfDiff,
    /// What was put right on one side of a comparison.
    OfSide {
        /// Which side.
        side: DiffSide,
        /// What was put right.
        notice: Box<FrameNotice>,
    },
    /// One of two profiles has no samples.
    EmptySide {
        /// Which side.
        side: DiffSide,
    },
    /// What the datasource has to say of the frame.
    Told {
        /// A sentence.
        text: String,
    },
}

impl FrameNotice {
    /// The same of one side of a comparison, where it is about values.
    pub(crate) fn of(self, side: DiffSide) -> Self {
        match self {
            Self::SelfComputed if side == DiffSide::Baseline => self,
            Self::SelfComputed | Self::BadValues { .. } | Self::Totals { .. } => {
                Self::OfSide { side, notice: Box::new(self) }
            }
            _ => self,
        }
    }
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
                "{} negative or not numbers and count as 0; the first is in row {first_row}.",
                if *count == 1 { "1 value is".to_owned() } else { format!("{count} values are") },
            ),
            Self::Totals { count, first_row } => write!(
                f,
                "The values of {count} {} are not self plus children. The value is drawn, or the children where they are more. The first is in row {first_row}.",
                if *count == 1 { "node" } else { "nodes" },
            ),
            Self::HalfDiff => write!(
                f,
                "The frame has a field \"selfRight\" and no \"valueRight\", so it cannot be drawn as a comparison; what is drawn is \"value\"."
            ),
            Self::OfSide { side: DiffSide::Comparison, notice }
                if **notice == Self::SelfComputed =>
            {
                write!(
                    f,
                    "The frame has no field \"selfRight\"; self values are what the children leave of \"valueRight\"."
                )
            }
            Self::OfSide { side, notice } => write!(f, "{side}: {notice}"),
            Self::EmptySide { side } => {
                write!(f, "The {} has no samples; there is nothing to compare.", side.name())
            }
            Self::Told { text } => f.write_str(text),
        }
    }
}
