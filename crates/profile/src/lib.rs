//! Profiles and call trees in columns, and the algorithms over them.
//!
//! Knows nothing about bytes, JSON, screens or the time of day.
#![deny(missing_docs)]

mod function_names;
mod tree;
mod tree_builder;

pub use function_names::{FunctionIdx, FunctionNames};
pub use tree::{NodeIdx, Tree};
pub use tree_builder::{TreeBuilder, TreeError};
