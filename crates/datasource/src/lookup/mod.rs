//! Call trees that are found although the question was not quite right, and reasons where they are not.

mod empty_reason;
mod label_facts;
mod tree_lookup;

pub use label_facts::FactCache;
pub use tree_lookup::{FoundTree, TreeLookup};
