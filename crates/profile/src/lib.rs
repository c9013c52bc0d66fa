//! Profiles and call trees in columns, and the algorithms over them.
//!
//! Knows nothing about bytes, JSON, screens or the time of day.
#![deny(missing_docs)]

// The profile: samples with stack traces, as a profiler sends them.
mod function_table;
mod location_table;
mod mapping_table;
mod profile;
mod sample_table;
mod span_id;
mod stack_table;
mod string_table;

// From what was pushed to what is kept.
mod normalise;
mod split;

// The call tree: what a flame graph draws.
mod call_trie;
mod function_names;
mod nested_set;
mod sibling_order;
mod tree;
mod tree_builder;

// From profiles to trees, and from trees to trees.
mod build;
mod collapse;
mod diff;
mod focus;
mod joint_walk;
mod merge;
mod sandwich;
mod truncate;

// What a tree says about functions.
mod search;
mod top_table;

pub use build::{build, build_from_stacks, build_where};
pub use collapse::collapse_recursion;
pub use diff::{DiffTree, diff};
pub use focus::{focus_function, focus_node};
pub use function_names::{FunctionIdx, FunctionNames};
pub use function_table::{Function, FunctionTable, ProfileFunctionIdx};
pub use location_table::{Line, Location, LocationIdx, LocationTable};
pub use mapping_table::{Mapping, MappingIdx, MappingTable};
pub use merge::{TreeMerger, merge};
pub use nested_set::{NestedSet, NestedSetWarning};
pub use normalise::{FunctionNaming, NormaliseOptions, Normalised, normalise};
pub use profile::{Profile, ValueType};
pub use sample_table::{Label, LabelValue, SampleIdx, SampleTable};
pub use sandwich::{CallerTree, callees, callers, invert};
pub use search::{FunctionSet, NamePattern, NamePatternError, SearchResult, search};
pub use span_id::{SpanId, TraceId};
pub use split::{SeriesSamples, SplitSamples, split_samples};
pub use stack_table::{StackIdx, StackTable};
pub use string_table::{StringIdx, StringTable};
pub use top_table::{DiffTopTable, TopTable, diff_top_table, top_table};
pub use tree::{NodeIdx, Tree};
pub use tree_builder::{TreeBuilder, TreeError};
pub use truncate::{DiffTruncation, Truncation, truncate, truncate_diff};
