//! From a [`Profile`] to pprof bytes.

use profile::{Label, LabelValue, Profile, StringIdx, ValueType};

use super::field_numbers as numbers;
use crate::gzip;
use crate::protobuf::{write_bytes, write_int64, write_packed, write_uint64};

/// The profile as a pprof message, not compressed.
///
/// Ids are positions plus one; strings keep their indices; the same profile always gives the same
/// bytes. Stack traces are written out per sample, so the size is that of all samples' depths.
pub fn encode(profile: &Profile) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut message = Vec::new();
    let mut scratch = Vec::new();
    for sample_type in profile.sample_types() {
        message.clear();
        write_value_type(&mut message, *sample_type);
        write_bytes(&mut bytes, numbers::profile::SAMPLE_TYPE, &message);
    }
    write_samples(&mut bytes, profile);
    write_mappings(&mut bytes, profile);
    for idx in profile.locations().indices() {
        let location = profile.locations().get(idx);
        message.clear();
        write_uint64(&mut message, numbers::location::ID, u64::from(idx.0) + 1);
        let mapping_id = location.mapping.map_or(0, |mapping| u64::from(mapping.0) + 1);
        write_uint64(&mut message, numbers::location::MAPPING_ID, mapping_id);
        write_uint64(&mut message, numbers::location::ADDRESS, location.address);
        for line in profile.locations().lines(idx) {
            scratch.clear();
            let function_id = u64::from(line.function.0) + 1;
            write_uint64(&mut scratch, numbers::line::FUNCTION_ID, function_id);
            write_int64(&mut scratch, numbers::line::LINE, line.line);
            write_bytes(&mut message, numbers::location::LINE, &scratch);
        }
        write_uint64(&mut message, numbers::location::IS_FOLDED, location.is_folded.into());
        write_bytes(&mut bytes, numbers::profile::LOCATION, &message);
    }
    for (position, function) in profile.functions().iter().enumerate() {
        message.clear();
        write_uint64(&mut message, numbers::function::ID, position as u64 + 1);
        write_string(&mut message, numbers::function::NAME, function.name);
        write_string(&mut message, numbers::function::SYSTEM_NAME, function.system_name);
        write_string(&mut message, numbers::function::FILENAME, function.filename);
        write_int64(&mut message, numbers::function::START_LINE, function.start_line);
        write_bytes(&mut bytes, numbers::profile::FUNCTION, &message);
    }
    for text in profile.strings().iter() {
        write_bytes(&mut bytes, numbers::profile::STRING_TABLE, text.as_bytes());
    }
    write_string(&mut bytes, numbers::profile::DROP_FRAMES, profile.drop_frames());
    write_string(&mut bytes, numbers::profile::KEEP_FRAMES, profile.keep_frames());
    write_int64(&mut bytes, numbers::profile::TIME_NANOS, profile.time_nanos);
    write_int64(&mut bytes, numbers::profile::DURATION_NANOS, profile.duration_nanos);
    if let Some(period_type) = profile.period_type() {
        message.clear();
        write_value_type(&mut message, period_type);
        write_bytes(&mut bytes, numbers::profile::PERIOD_TYPE, &message);
    }
    write_int64(&mut bytes, numbers::profile::PERIOD, profile.period);
    let comments = profile.comments().iter().map(|comment| u64::from(comment.0));
    write_packed(&mut bytes, &mut scratch, numbers::profile::COMMENT, comments);
    let default_sample_type = profile.default_sample_type();
    write_string(&mut bytes, numbers::profile::DEFAULT_SAMPLE_TYPE, default_sample_type);
    bytes
}

/// The profile as a pprof message in gzip, as files and most clients have it.
pub fn encode_gzip(profile: &Profile) -> Vec<u8> {
    gzip::compress(&encode(profile))
}

fn write_samples(bytes: &mut Vec<u8>, profile: &Profile) {
    let samples = profile.samples();
    let (mut message, mut scratch) = (Vec::new(), Vec::new());
    for idx in samples.indices() {
        message.clear();
        let locations = profile.stacks().locations(samples.stack(idx));
        let location_ids = locations.map(|location| u64::from(location.0) + 1);
        write_packed(&mut message, &mut scratch, numbers::sample::LOCATION_ID, location_ids);
        let values = samples.values(idx).map(i64::cast_unsigned);
        write_packed(&mut message, &mut scratch, numbers::sample::VALUE, values);
        for label in samples.labels(idx) {
            scratch.clear();
            write_label(&mut scratch, *label);
            write_bytes(&mut message, numbers::sample::LABEL, &scratch);
        }
        write_bytes(bytes, numbers::profile::SAMPLE, &message);
    }
}

fn write_label(bytes: &mut Vec<u8>, label: Label) {
    write_string(bytes, numbers::label::KEY, label.name);
    match label.value {
        LabelValue::Text(text) => write_string(bytes, numbers::label::STR, text),
        LabelValue::Number { number, unit } => {
            write_int64(bytes, numbers::label::NUM, number);
            write_string(bytes, numbers::label::NUM_UNIT, unit);
        }
    }
}

fn write_mappings(bytes: &mut Vec<u8>, profile: &Profile) {
    use numbers::mapping::*;
    let mut message = Vec::new();
    for (position, mapping) in profile.mappings().iter().enumerate() {
        message.clear();
        write_uint64(&mut message, ID, position as u64 + 1);
        write_uint64(&mut message, MEMORY_START, mapping.memory_start);
        write_uint64(&mut message, MEMORY_LIMIT, mapping.memory_limit);
        write_uint64(&mut message, FILE_OFFSET, mapping.file_offset);
        write_string(&mut message, FILENAME, mapping.filename);
        write_string(&mut message, BUILD_ID, mapping.build_id);
        write_uint64(&mut message, HAS_FUNCTIONS, mapping.has_functions.into());
        write_uint64(&mut message, HAS_FILENAMES, mapping.has_filenames.into());
        write_uint64(&mut message, HAS_LINE_NUMBERS, mapping.has_line_numbers.into());
        write_uint64(&mut message, HAS_INLINE_FRAMES, mapping.has_inline_frames.into());
        write_bytes(bytes, numbers::profile::MAPPING, &message);
    }
}

fn write_value_type(bytes: &mut Vec<u8>, value_type: ValueType) {
    write_string(bytes, numbers::value_type::TYPE, value_type.value_type);
    write_string(bytes, numbers::value_type::UNIT, value_type.unit);
}

fn write_string(bytes: &mut Vec<u8>, number: u32, idx: StringIdx) {
    write_uint64(bytes, number, idx.0.into());
}
