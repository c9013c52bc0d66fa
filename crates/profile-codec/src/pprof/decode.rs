//! From pprof bytes to a [`Profile`].

use profile::{
    Function, Label, LabelValue, Line, Location, LocationIdx, Mapping, MappingIdx, Profile,
    ProfileFunctionIdx, StringIdx, StringTable, ValueType,
};

use super::field_numbers as numbers;
use super::id_index::IdIndex;
use super::limits::{DecodeBudget, DecodeLimits};
use super::warning::{Table, Warning, Warnings};
use crate::decoded::Decoded;
use crate::gzip::{self, GzipError};
use crate::protobuf::{Message, ProtobufError};

/// How many bytes a byte of deflate becomes at most.
const DEFLATE_RATIO: usize = 1_032;

/// Why bytes are no pprof profile.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The gzip stream is damaged or too large.
    #[error(transparent)]
    Gzip(#[from] GzipError),
    /// The bytes are not a protobuf message.
    #[error("not a pprof profile")]
    Protobuf(#[from] ProtobufError),
    /// The first string is not the empty one, so every index would mean something else.
    #[error("the string table of the profile begins with {found:?}, expected an empty string")]
    FirstString {
        /// The first string, or as much of it as is worth showing.
        found: String,
    },
    /// An entry has id 0, which stands for "none".
    #[error("entry {position} of the {table} table has id 0, expected an id from 1")]
    IdZero {
        /// The table.
        table: Table,
        /// Position of the entry in its table, from 0.
        position: usize,
    },
    /// There is more of something than [`DecodeLimits`] allow.
    #[error("more than {limit} {what} in one push, the most that is taken")]
    TooMany {
        /// What there is too much of.
        what: &'static str,
        /// The most that is taken.
        limit: usize,
    },
}

/// The profile in `bytes`, which may be gzip (told by its first two bytes).
///
/// Errors: see [`DecodeError`]; gzip that holds more than `max_decompressed_bytes` is
/// [`GzipError::TooLarge`], and never more than that is held.
/// What is wrong but can be shown is a [`Warning`].
/// Cost: linear in the decompressed bytes, whatever counts they claim.
/// Source: `google.v1.Profile`; repeated integers may be packed or not, fields in any order.
pub fn decode(
    bytes: &[u8],
    max_decompressed_bytes: usize,
) -> Result<Decoded<Profile, Warning>, DecodeError> {
    let limits = DecodeLimits::bytes_only(max_decompressed_bytes);
    decode_within(bytes, &mut DecodeBudget::new(limits))
}

/// As [`decode`], for bytes from strangers: what they ask for is taken off `budget`.
///
/// Errors: also [`DecodeError::TooMany`] when the budget is used up.
/// Stack traces deeper than the budget allows lose their leaf side.
pub fn decode_within(
    bytes: &[u8],
    budget: &mut DecodeBudget,
) -> Result<Decoded<Profile, Warning>, DecodeError> {
    let max_profile_bytes = budget.limits().max_profile_bytes;
    let most = max_profile_bytes.min(budget.bytes_left());
    let bytes = match gzip::decompress(bytes, most) {
        Ok(bytes) => bytes,
        Err(error) => {
            // The work of decompressing was done, whatever is wrong.
            let work = match &error {
                GzipError::TooLarge { .. } if most < max_profile_bytes => most.saturating_add(1),
                GzipError::TooLarge { .. } => most,
                _ => most.min(bytes.len().saturating_mul(DEFLATE_RATIO)),
            };
            budget.use_bytes(work)?;
            return Err(error.into());
        }
    };
    budget.use_bytes(bytes.len())?;
    let parts = Parts::scan(Message::new(&bytes), budget)?;
    let mut decoder = Decoder {
        strings: Vec::new(),
        mapping_ids: IdIndex::default(),
        function_ids: IdIndex::default(),
        location_ids: IdIndex::default(),
        warnings: Warnings::default(),
        budget,
    };
    let profile = decoder.decode(&parts)?;
    Ok(Decoded { value: profile, warnings: decoder.warnings.into_list() })
}

/// The parts of a profile, still encoded. Fields come in any order (Go writes samples before the
/// locations that they name), so nothing is decoded before all parts are found.
#[derive(Debug, Default)]
struct Parts<'a> {
    sample_types: Vec<Message<'a>>,
    samples: Vec<Message<'a>>,
    mappings: Vec<Message<'a>>,
    locations: Vec<Message<'a>>,
    functions: Vec<Message<'a>>,
    strings: Vec<&'a [u8]>,
    period_type: Option<Message<'a>>,
    comments: Vec<u64>,
    drop_frames: i64,
    keep_frames: i64,
    default_sample_type: i64,
    time_nanos: i64,
    duration_nanos: i64,
    period: i64,
}

impl<'a> Parts<'a> {
    fn scan(mut message: Message<'a>, budget: &mut DecodeBudget) -> Result<Self, DecodeError> {
        use numbers::profile::*;
        let mut parts = Self::default();
        while let Some(field) = message.next_field()? {
            match field.number {
                SAMPLE => budget.use_sample()?,
                LOCATION => budget.use_location()?,
                SAMPLE_TYPE | MAPPING | FUNCTION | STRING_TABLE => budget.use_entries(1)?,
                _ => {}
            }
            match field.number {
                SAMPLE_TYPE => parts.sample_types.push(field.message()?),
                SAMPLE => parts.samples.push(field.message()?),
                MAPPING => parts.mappings.push(field.message()?),
                LOCATION => parts.locations.push(field.message()?),
                FUNCTION => parts.functions.push(field.message()?),
                STRING_TABLE => parts.strings.push(field.message()?.bytes()),
                PERIOD_TYPE => parts.period_type = Some(field.message()?),
                COMMENT => field.each_uint64(|comment| {
                    parts.comments.push(comment);
                    budget.use_entries(1)
                })?,
                DROP_FRAMES => parts.drop_frames = field.int64()?,
                KEEP_FRAMES => parts.keep_frames = field.int64()?,
                DEFAULT_SAMPLE_TYPE => parts.default_sample_type = field.int64()?,
                TIME_NANOS => parts.time_nanos = field.int64()?,
                DURATION_NANOS => parts.duration_nanos = field.int64()?,
                PERIOD => parts.period = field.int64()?,
                _ => {}
            }
        }
        Ok(parts)
    }
}

#[derive(Debug)]
struct Decoder<'b> {
    /// Our index of each string of the wire.
    strings: Vec<StringIdx>,
    mapping_ids: IdIndex,
    function_ids: IdIndex,
    location_ids: IdIndex,
    warnings: Warnings,
    budget: &'b mut DecodeBudget,
}

impl Decoder<'_> {
    fn decode(&mut self, parts: &Parts<'_>) -> Result<Profile, DecodeError> {
        let strings = self.decode_strings(&parts.strings)?;
        let sample_types =
            parts.sample_types.iter().map(|message| self.decode_value_type(*message));
        let sample_types = sample_types.collect::<Result<Vec<_>, _>>()?;
        let mut profile = Profile::new(strings, sample_types);
        profile.time_nanos = parts.time_nanos;
        profile.duration_nanos = parts.duration_nanos;
        profile.period = parts.period;
        let period_type = parts.period_type.map(|message| self.decode_value_type(message));
        profile.set_period_type(period_type.transpose()?);
        profile.set_default_sample_type(self.string(parts.default_sample_type));
        let drop_frames = self.string(parts.drop_frames);
        profile.set_frame_filters(drop_frames, self.string(parts.keep_frames));
        for comment in &parts.comments {
            profile.add_comment(self.string(comment.cast_signed()));
        }
        for (position, message) in parts.mappings.iter().enumerate() {
            self.decode_mapping(position, *message, &mut profile)?;
        }
        for (position, message) in parts.functions.iter().enumerate() {
            self.decode_function(position, *message, &mut profile)?;
        }
        let mut lines = Vec::new();
        for (position, message) in parts.locations.iter().enumerate() {
            lines.clear();
            self.decode_location(position, *message, &mut lines, &mut profile)?;
        }
        let mut sample = SampleScratch::default();
        for message in &parts.samples {
            self.decode_sample(*message, &mut sample, &mut profile)?;
        }
        Ok(profile)
    }

    fn decode_strings(&mut self, wire: &[&[u8]]) -> Result<StringTable, DecodeError> {
        let mut table = StringTable::default();
        if let Some(first) = wire.first().filter(|first| !first.is_empty()) {
            let shown = &first[..first.len().min(80)];
            let found = String::from_utf8_lossy(shown).into_owned();
            return Err(DecodeError::FirstString { found });
        }
        self.strings.reserve(wire.len());
        for (position, bytes) in wire.iter().enumerate() {
            let idx = match std::str::from_utf8(bytes) {
                Ok(text) => table.intern(text),
                Err(_) => {
                    self.warnings.invalid_utf8(position as u64);
                    table.intern(&String::from_utf8_lossy(bytes))
                }
            };
            self.strings.push(idx);
        }
        Ok(table)
    }

    /// Our index of a string; index 0 is the empty string even where there is no table.
    #[inline]
    fn string(&mut self, wire_idx: i64) -> StringIdx {
        if wire_idx == 0 {
            return StringIdx::EMPTY;
        }
        let found = usize::try_from(wire_idx).ok().and_then(|idx| self.strings.get(idx));
        match found {
            Some(idx) => *idx,
            None => {
                self.warnings.unknown_string(wire_idx);
                StringIdx::EMPTY
            }
        }
    }

    fn decode_value_type(&mut self, mut message: Message<'_>) -> Result<ValueType, DecodeError> {
        use numbers::value_type::*;
        let mut decoded = ValueType { value_type: StringIdx::EMPTY, unit: StringIdx::EMPTY };
        while let Some(field) = message.next_field()? {
            match field.number {
                TYPE => decoded.value_type = self.string(field.int64()?),
                UNIT => decoded.unit = self.string(field.int64()?),
                _ => {}
            }
        }
        Ok(decoded)
    }

    fn decode_mapping(
        &mut self,
        position: usize,
        mut message: Message<'_>,
        profile: &mut Profile,
    ) -> Result<(), DecodeError> {
        use numbers::mapping::*;
        let mut id = 0;
        let mut mapping = Mapping::default();
        while let Some(field) = message.next_field()? {
            match field.number {
                ID => id = field.uint64()?,
                MEMORY_START => mapping.memory_start = field.uint64()?,
                MEMORY_LIMIT => mapping.memory_limit = field.uint64()?,
                FILE_OFFSET => mapping.file_offset = field.uint64()?,
                FILENAME => mapping.filename = self.string(field.int64()?),
                BUILD_ID => mapping.build_id = self.string(field.int64()?),
                HAS_FUNCTIONS => mapping.has_functions = field.uint64()? != 0,
                HAS_FILENAMES => mapping.has_filenames = field.uint64()? != 0,
                HAS_LINE_NUMBERS => mapping.has_line_numbers = field.uint64()? != 0,
                HAS_INLINE_FRAMES => mapping.has_inline_frames = field.uint64()? != 0,
                _ => {}
            }
        }
        let ids = &mut self.mapping_ids;
        if register(ids, Table::Mapping, position, id, &mut self.warnings)? {
            profile.add_mapping(mapping);
        }
        Ok(())
    }

    fn decode_function(
        &mut self,
        position: usize,
        mut message: Message<'_>,
        profile: &mut Profile,
    ) -> Result<(), DecodeError> {
        use numbers::function::*;
        let mut id = 0;
        let mut function = Function::default();
        while let Some(field) = message.next_field()? {
            match field.number {
                ID => id = field.uint64()?,
                NAME => function.name = self.string(field.int64()?),
                SYSTEM_NAME => function.system_name = self.string(field.int64()?),
                FILENAME => function.filename = self.string(field.int64()?),
                START_LINE => function.start_line = field.int64()?,
                _ => {}
            }
        }
        let ids = &mut self.function_ids;
        if register(ids, Table::Function, position, id, &mut self.warnings)? {
            profile.add_function(function);
        }
        Ok(())
    }

    fn decode_location(
        &mut self,
        position: usize,
        mut message: Message<'_>,
        lines: &mut Vec<Line>,
        profile: &mut Profile,
    ) -> Result<(), DecodeError> {
        use numbers::location::*;
        let (mut id, mut mapping_id) = (0, 0);
        let mut location = Location::default();
        while let Some(field) = message.next_field()? {
            match field.number {
                ID => id = field.uint64()?,
                MAPPING_ID => mapping_id = field.uint64()?,
                ADDRESS => location.address = field.uint64()?,
                LINE => {
                    self.budget.use_entries(1)?;
                    lines.extend(self.decode_line(field.message()?)?);
                }
                IS_FOLDED => location.is_folded = field.uint64()? != 0,
                _ => {}
            }
        }
        if mapping_id != 0 {
            location.mapping = self.mapping_ids.get(mapping_id).map(MappingIdx);
            if location.mapping.is_none() {
                self.warnings.unknown_reference(Table::Mapping, mapping_id);
            }
        }
        let ids = &mut self.location_ids;
        if register(ids, Table::Location, position, id, &mut self.warnings)? {
            profile.add_location(location, lines);
        }
        Ok(())
    }

    /// None: the function is not there.
    fn decode_line(&mut self, mut message: Message<'_>) -> Result<Option<Line>, DecodeError> {
        use numbers::line::*;
        let (mut function_id, mut line) = (0, 0);
        while let Some(field) = message.next_field()? {
            match field.number {
                FUNCTION_ID => function_id = field.uint64()?,
                LINE => line = field.int64()?,
                _ => {}
            }
        }
        let Some(function) = self.function_ids.get(function_id).map(ProfileFunctionIdx) else {
            self.warnings.unknown_reference(Table::Function, function_id);
            return Ok(None);
        };
        Ok(Some(Line { function, line }))
    }

    fn decode_sample(
        &mut self,
        mut message: Message<'_>,
        scratch: &mut SampleScratch,
        profile: &mut Profile,
    ) -> Result<(), DecodeError> {
        use numbers::sample::*;
        let expected = profile.sample_types().len();
        let max_stack_depth = self.budget.limits().max_stack_depth;
        scratch.clear();
        let mut value_count: usize = 0;
        let mut unknown_location = None;
        while let Some(field) = message.next_field()? {
            match field.number {
                LOCATION_ID => field.each_uint64(|id| {
                    match self.location_ids.get(id).map(LocationIdx) {
                        Some(location) => scratch.push_location(location, max_stack_depth),
                        None => unknown_location = unknown_location.or(Some(id)),
                    }
                    Ok::<_, DecodeError>(())
                })?,
                VALUE => field.each_uint64(|value| {
                    value_count += 1;
                    if value_count <= expected {
                        scratch.values.push(value.cast_signed());
                    }
                    Ok::<_, DecodeError>(())
                })?,
                LABEL => {
                    self.budget.use_entries(1)?;
                    scratch.labels.push(self.decode_label(field.message()?)?);
                }
                _ => {}
            }
        }
        if value_count != expected {
            self.warnings.value_count(value_count, expected);
            return Ok(());
        }
        // Before the first location goes into the table: a sample that is dropped leaves nothing
        // behind.
        if let Some(id) = unknown_location {
            self.warnings.unknown_location(id);
            return Ok(());
        }
        self.budget.use_entries(expected)?;
        let stacks_before = profile.stacks().len();
        let mut stack = None;
        // The wire has the leaf first, the table wants callers first.
        for location in scratch.locations.iter().rev().take(max_stack_depth) {
            stack = Some(profile.intern_stack(stack, *location));
        }
        self.budget.use_stacks(profile.stacks().len() - stacks_before)?;
        profile.add_sample(stack, &scratch.values, &scratch.labels);
        Ok(())
    }

    fn decode_label(&mut self, mut message: Message<'_>) -> Result<Label, DecodeError> {
        use numbers::label::*;
        let (mut name, mut text, mut unit) = (StringIdx::EMPTY, 0, StringIdx::EMPTY);
        let mut number = 0;
        while let Some(field) = message.next_field()? {
            match field.number {
                KEY => name = self.string(field.int64()?),
                STR => text = field.int64()?,
                NUM => number = field.int64()?,
                NUM_UNIT => unit = self.string(field.int64()?),
                _ => {}
            }
        }
        // An empty text is how the wire says "a number".
        let value = match self.string(text) {
            StringIdx::EMPTY => LabelValue::Number { number, unit },
            text => LabelValue::Text(text),
        };
        Ok(Label { name, value })
    }
}

/// What a sample needs while it is decoded, kept between samples.
#[derive(Debug, Default)]
struct SampleScratch {
    /// At least those nearest to the root, leaf first.
    locations: Vec<LocationIdx>,
    values: Vec<i64>,
    labels: Vec<Label>,
}

impl SampleScratch {
    fn clear(&mut self) {
        self.locations.clear();
        self.values.clear();
        self.labels.clear();
    }

    /// Appends a location and, now and then, forgets those that `max_stack_depth` cuts off.
    #[inline]
    fn push_location(&mut self, location: LocationIdx, max_stack_depth: usize) {
        if self.locations.len() >= max_stack_depth.saturating_mul(2).max(64) {
            let surplus = self.locations.len() - max_stack_depth;
            self.locations.drain(..surplus);
        }
        self.locations.push(location);
    }
}

/// Whether the entry is to be kept: its id is new.
fn register(
    ids: &mut IdIndex,
    table: Table,
    position: usize,
    id: u64,
    warnings: &mut Warnings,
) -> Result<bool, DecodeError> {
    if id == 0 {
        return Err(DecodeError::IdZero { table, position });
    }
    let is_new = ids.insert(id);
    if !is_new {
        warnings.repeated_id(table, id);
    }
    Ok(is_new)
}
