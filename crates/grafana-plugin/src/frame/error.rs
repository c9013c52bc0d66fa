//! What can be wrong with a frame.

use arrow_schema::{ArrowError, DataType};

/// What can be wrong with a frame.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum FrameError {
    /// Fields of one frame have different lengths.
    #[error("field {field:?} has {found} rows, the fields before it have {expected}")]
    UnequalLengths {
        /// Name of the field.
        field: String,
        /// Its rows.
        found: usize,
        /// Rows of the fields before it.
        expected: usize,
    },
    /// A cell of a JSON column is not JSON.
    #[error("row {row} of a JSON column is not JSON")]
    NotJson {
        /// Number of the row, from 0.
        row: usize,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The texts of one column do not fit into an Arrow array of strings.
    #[error("the texts of field {field:?} take {bytes} bytes; at most {limit} are possible")]
    TextTooLong {
        /// Name of the field.
        field: String,
        /// Bytes of all rows.
        bytes: usize,
        /// Bytes at most.
        limit: usize,
    },
    /// Metadata does not encode to JSON or is not the JSON that is expected.
    #[error("metadata {key:?} is not the JSON expected")]
    Metadata {
        /// Which metadata.
        key: &'static str,
        /// What the parser said.
        source: serde_json::Error,
    },
    /// The Arrow library refuses.
    #[error("reading or writing an Arrow file")]
    Arrow(#[from] ArrowError),
    /// A column of texts or JSON values is not UTF-8.
    #[error("the texts of field {field:?} are not UTF-8")]
    NotText {
        /// Name of the field.
        field: String,
        /// Where not.
        source: std::str::Utf8Error,
    },
    /// The bytes only look like an Arrow file.
    #[error("the Arrow file is broken")]
    BrokenFile,
    /// A column has a type that frames do not have.
    #[error("field {field:?} has the type {found:?}, which data frames do not have")]
    UnknownType {
        /// Name of the field.
        field: String,
        /// Its type.
        found: DataType,
    },
}
