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
mod stack_table;
mod string_table;

// The call tree: what a flame graph draws.
mod function_names;
mod tree;
mod tree_builder;

pub use function_names::{FunctionIdx, FunctionNames};
pub use function_table::{Function, FunctionTable, ProfileFunctionIdx};
pub use location_table::{Line, Location, LocationIdx, LocationTable};
pub use mapping_table::{Mapping, MappingIdx, MappingTable};
pub use profile::{Profile, ValueType};
pub use sample_table::{Label, LabelValue, SampleIdx, SampleTable};
pub use stack_table::{StackIdx, StackTable};
pub use string_table::{StringIdx, StringTable};
pub use tree::{NodeIdx, Tree};
pub use tree_builder::{TreeBuilder, TreeError};
