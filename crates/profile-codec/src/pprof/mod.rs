//! pprof profiles: the protobuf message `google.v1.Profile`, raw or gzip.
//!
//! The bytes are read in place by a small reader of our own and go straight into columns.
//! Generated messages would first make an object for every sample, label and line, several times
//! the memory of the profile, only to be walked once and dropped.

mod decode;
mod encode;
mod field_numbers;
mod id_index;
mod limits;
mod warning;

pub use decode::{DecodeError, decode, decode_within};
pub use encode::{encode, encode_gzip};
pub use limits::{DecodeBudget, DecodeLimits};
pub use warning::{Table, Warning};
