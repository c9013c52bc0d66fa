//! Call trees that are found although the question was not quite right, and reasons where they are not.

mod empty_reason;
mod label_facts;
mod span_batches;
mod tree_lookup;

pub use label_facts::FactCache;
pub use span_batches::{AskedSpans, SPANS_OF_BATCH, SampledSpans};
pub use tree_lookup::{FoundTree, TreeLookup};
