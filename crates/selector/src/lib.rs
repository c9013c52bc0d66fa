//! Label selectors, profile type ids and units.
//!
//! Knows nothing about profiles or HTTP.
#![deny(missing_docs)]

mod profile_type;
mod selector;

pub use profile_type::{ProfileTypeId, ProfileTypeIdError};
pub use selector::{MatchOp, Matcher, Selector};
