//! The profile: samples and the tables that they point into.

use crate::function_table::{Function, FunctionTable, ProfileFunctionIdx};
use crate::location_table::{Line, Location, LocationIdx, LocationTable};
use crate::mapping_table::{Mapping, MappingIdx, MappingTable};
use crate::sample_table::{Label, LabelValue, SampleIdx, SampleTable};
use crate::stack_table::{StackIdx, StackTable};
use crate::string_table::{StringIdx, StringTable};

/// What a value counts and in which unit, such as `cpu` in `nanoseconds`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct ValueType {
    /// What is counted, such as `cpu` or `alloc_space`.
    pub value_type: StringIdx,
    /// The unit, such as `nanoseconds` or `bytes`.
    pub unit: StringIdx,
}

/// A profile as pprof knows it, in columns.
///
/// Shape: tables are append-only, and every index in them points into this profile's own tables:
/// strings, then mappings and functions, then locations, then stack traces, then samples.
/// Every sample has one value per sample type.
/// The `add_…` functions keep it so; they panic when given an index of another profile, which is
/// a mistake of the caller and not of the data.
/// Unit: values as the sample types say, never scaled.
/// Empty: the default has no sample type and no sample.
#[derive(Debug, Clone, Default)]
pub struct Profile {
    strings: StringTable,
    functions: FunctionTable,
    mappings: MappingTable,
    locations: LocationTable,
    stacks: StackTable,
    samples: SampleTable,
    sample_types: Vec<ValueType>,
    default_sample_type: StringIdx,
    period_type: Option<ValueType>,
    comments: Vec<StringIdx>,
    drop_frames: StringIdx,
    keep_frames: StringIdx,
    /// Events between two samples, in the unit of the period type. 0: unknown.
    pub period: i64,
    /// When the profile was taken, in nanoseconds since 1970. 0: unknown.
    pub time_nanos: i64,
    /// How long it took, in nanoseconds. 0: unknown, or a snapshot.
    pub duration_nanos: i64,
}

impl Profile {
    /// A profile without samples whose strings are `strings`.
    pub fn new(strings: StringTable, sample_types: Vec<ValueType>) -> Self {
        let samples = SampleTable::new(sample_types.len());
        let profile = Self { strings, samples, sample_types, ..Self::default() };
        for value_type in &profile.sample_types {
            profile.assert_value_type(*value_type);
        }
        profile
    }

    /// A profile without samples, with sample types given as (type, unit).
    pub fn with_sample_types(sample_types: &[(&str, &str)]) -> Self {
        let mut strings = StringTable::default();
        let sample_types = sample_types
            .iter()
            .map(|(value_type, unit)| ValueType {
                value_type: strings.intern(value_type),
                unit: strings.intern(unit),
            })
            .collect();
        Self::new(strings, sample_types)
    }

    /// A profile without mappings, functions, locations and samples that otherwise is `self`:
    /// same strings (so string indices stay good), sample types, times and comments.
    pub fn without_samples(&self) -> Self {
        Self {
            strings: self.strings.clone(),
            functions: FunctionTable::default(),
            mappings: MappingTable::default(),
            locations: LocationTable::default(),
            stacks: StackTable::default(),
            samples: SampleTable::new(self.sample_types.len()),
            sample_types: self.sample_types.clone(),
            comments: self.comments.clone(),
            ..*self
        }
    }

    /// The strings.
    pub fn strings(&self) -> &StringTable {
        &self.strings
    }

    /// The functions.
    pub fn functions(&self) -> &FunctionTable {
        &self.functions
    }

    /// The mappings.
    pub fn mappings(&self) -> &MappingTable {
        &self.mappings
    }

    /// The locations.
    pub fn locations(&self) -> &LocationTable {
        &self.locations
    }

    /// The stack traces.
    pub fn stacks(&self) -> &StackTable {
        &self.stacks
    }

    /// The samples.
    pub fn samples(&self) -> &SampleTable {
        &self.samples
    }

    /// What the values of a sample count, in the order of the values.
    pub fn sample_types(&self) -> &[ValueType] {
        &self.sample_types
    }

    /// The sample type to show first. Empty: the profile does not say.
    pub fn default_sample_type(&self) -> StringIdx {
        self.default_sample_type
    }

    /// What the period counts. None: the profile does not say.
    pub fn period_type(&self) -> Option<ValueType> {
        self.period_type
    }

    /// Free text about the profile.
    pub fn comments(&self) -> &[StringIdx] {
        &self.comments
    }

    /// A regular expression of functions that pprof drops with all they call. Empty: none.
    pub fn drop_frames(&self) -> StringIdx {
        self.drop_frames
    }

    /// A regular expression of functions that pprof keeps although they match
    /// [`drop_frames`](Self::drop_frames). Empty: none.
    pub fn keep_frames(&self) -> StringIdx {
        self.keep_frames
    }

    /// The string at `idx`.
    pub fn string(&self, idx: StringIdx) -> &str {
        self.strings.get(idx)
    }

    /// The index of `text`, which is added if it is new.
    pub fn intern(&mut self, text: &str) -> StringIdx {
        self.strings.intern(text)
    }

    /// Sets the sample type to show first.
    pub fn set_default_sample_type(&mut self, value_type: StringIdx) {
        self.assert_string(value_type);
        self.default_sample_type = value_type;
    }

    /// Sets what the period counts.
    pub fn set_period_type(&mut self, period_type: Option<ValueType>) {
        if let Some(period_type) = period_type {
            self.assert_value_type(period_type);
        }
        self.period_type = period_type;
    }

    /// Adds a comment.
    pub fn add_comment(&mut self, comment: StringIdx) {
        self.assert_string(comment);
        self.comments.push(comment);
    }

    /// Sets the regular expressions of functions to drop and to keep.
    pub fn set_frame_filters(&mut self, drop_frames: StringIdx, keep_frames: StringIdx) {
        self.assert_string(drop_frames);
        self.assert_string(keep_frames);
        self.drop_frames = drop_frames;
        self.keep_frames = keep_frames;
    }

    /// Adds a mapping.
    pub fn add_mapping(&mut self, mapping: Mapping) -> MappingIdx {
        self.assert_string(mapping.filename);
        self.assert_string(mapping.build_id);
        self.mappings.push(mapping)
    }

    /// Adds a function.
    pub fn add_function(&mut self, function: Function) -> ProfileFunctionIdx {
        self.assert_string(function.name);
        self.assert_string(function.system_name);
        self.assert_string(function.filename);
        self.functions.push(function)
    }

    /// Adds a location; its lines start with the innermost inlined function.
    pub fn add_location(&mut self, location: Location, lines: &[Line]) -> LocationIdx {
        let mapping = location.mapping.map_or(0, |mapping| mapping.0 as usize + 1);
        assert!(mapping <= self.mappings.len(), "the mapping is of this profile");
        for line in lines {
            let function = line.function.0 as usize;
            assert!(function < self.functions.len(), "the function is of this profile");
        }
        self.locations.push(location, lines)
    }

    /// The stack trace `location` called from `parent`, which is added if it is new.
    pub fn intern_stack(&mut self, parent: Option<StackIdx>, location: LocationIdx) -> StackIdx {
        let parent_end = parent.map_or(0, |parent| parent.0 as usize + 1);
        assert!(parent_end <= self.stacks.len(), "the parent is of this profile");
        assert!((location.0 as usize) < self.locations.len(), "the location is of this profile");
        self.stacks.intern(parent, location)
    }

    /// Adds a sample with one value per sample type.
    pub fn add_sample(
        &mut self,
        stack: Option<StackIdx>,
        values: &[i64],
        labels: &[Label],
    ) -> SampleIdx {
        let stack_end = stack.map_or(0, |stack| stack.0 as usize + 1);
        assert!(stack_end <= self.stacks.len(), "the stack trace is of this profile");
        for label in labels {
            self.assert_string(label.name);
            match label.value {
                LabelValue::Text(text) => self.assert_string(text),
                LabelValue::Number { unit, .. } => self.assert_string(unit),
            }
        }
        self.samples.push(stack, values, labels)
    }

    /// Multiplies every value, for instance counts of samples by the time between two samples.
    /// A product that does not fit becomes the nearest value that does.
    pub fn scale_values(&mut self, factor: i64) {
        self.samples.scale_values(factor);
    }

    fn assert_string(&self, idx: StringIdx) {
        assert!((idx.0 as usize) < self.strings.len(), "the string is of this profile");
    }

    fn assert_value_type(&self, value_type: ValueType) {
        self.assert_string(value_type.value_type);
        self.assert_string(value_type.unit);
    }
}
