#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

#[cfg(feature = "matching")]
mod matching;
mod parse;
mod profile_type;
mod selector;
mod unit;

#[cfg(feature = "matching")]
pub use matching::{CompiledMatcher, CompiledSelector};
pub use parse::SelectorError;
pub use profile_type::{PastedQuery, ProfileTypeId, ProfileTypeIdError};
pub use selector::{MatchOp, Matcher, Selector};
pub use unit::{Aggregation, ProfileTypeMetadata};
