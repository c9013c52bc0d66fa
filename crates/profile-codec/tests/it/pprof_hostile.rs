//! pprof bytes that are damaged, lie, or mean harm.

use profile::{Line, Location, Profile};
use profile_codec::GzipError;
use profile_codec::pprof::{self, DecodeBudget, DecodeError, DecodeLimits, Table, Warning};

use crate::testdata;

const LIMIT: usize = 1 << 20;

/// A field of bytes.
fn field(number: u8, content: &[u8]) -> Vec<u8> {
    [&[number << 3 | 2, u8::try_from(content.len()).unwrap()], content].concat()
}

fn strings(texts: &[&str]) -> Vec<u8> {
    texts.iter().flat_map(|text| field(6, text.as_bytes())).collect()
}

/// A profile with sample type 1, function 1 named by string 2, location 1, and `samples`.
fn profile_with_samples(samples: &[&[u8]]) -> Vec<u8> {
    let mut bytes = field(1, &[0x08, 1]);
    bytes.extend(samples.iter().flat_map(|sample| field(2, sample)));
    bytes.extend(field(4, &[0x08, 1, 0x22, 2, 0x08, 1]));
    bytes.extend(field(5, &[0x08, 1, 0x10, 2]));
    bytes.extend(strings(&["", "cpu", "main"]));
    bytes
}

#[test]
fn samples_without_their_location_or_values_are_dropped_and_counted() {
    let bytes = profile_with_samples(&[
        &[0x0a, 1, 1, 0x12, 1, 5], // location 1, value 5
        &[0x0a, 1, 9, 0x12, 1, 5], // location 9
        &[0x0a, 1, 0, 0x12, 1, 5], // location 0
        &[0x0a, 1, 1],             // no value
        &[0x08, 1, 0x10, 7],       // not packed: location 1, value 7
    ]);
    let decoded = pprof::decode(&bytes, LIMIT).unwrap();
    assert_eq!(decoded.value.samples().value_column(0), [5, 7]);
    assert_eq!(decoded.value.stacks().len(), 1);
    assert_eq!(
        decoded.warnings,
        [
            Warning::UnknownLocation { count: 2, first: 9 },
            Warning::ValueCount { count: 1, first: 0, expected: 1 },
        ]
    );
    assert_eq!(
        decoded.warnings[0].to_string(),
        "2 samples dropped: a location is not there, the first has id 9"
    );
}

#[test]
fn a_pprof_with_dangling_ids_keeps_the_rest_and_names_the_first_of_them() {
    let mut bytes = field(1, &[0x08, 99, 0x10, 1]);
    // A location with mapping 4, a line of function 8 and a line of function 1.
    bytes.extend(field(4, &[0x08, 1, 0x10, 4, 0x22, 2, 0x08, 8, 0x22, 2, 0x08, 1]));
    bytes.extend(field(5, &[0x08, 1, 0x10, 2]));
    bytes.extend(field(5, &[0x08, 1, 0x10, 1])); // id 1 again
    bytes.extend(strings(&["", "count", "main"]));
    let decoded = pprof::decode(&bytes, LIMIT).unwrap();
    let profile = decoded.value;
    assert_eq!(profile.functions().len(), 1);
    let location = profile.locations().indices().next().unwrap();
    assert_eq!(profile.locations().lines(location).len(), 1);
    assert_eq!(
        decoded.warnings,
        [
            Warning::UnknownString { count: 1, first: 99 },
            Warning::RepeatedId { table: Table::Function, count: 1, first: 1 },
            Warning::UnknownReference { table: Table::Function, count: 1, first: 8 },
            Warning::UnknownReference { table: Table::Mapping, count: 1, first: 4 },
        ]
    );
}

#[test]
fn text_that_is_not_utf8_is_shown_with_replacement_characters() {
    let mut bytes = strings(&[""]);
    bytes.extend(field(6, b"caf\xe9"));
    bytes.extend(field(1, &[0x08, 1]));
    let decoded = pprof::decode(&bytes, LIMIT).unwrap();
    let sample_type = decoded.value.sample_types()[0];
    assert_eq!(decoded.value.string(sample_type.value_type), "caf\u{fffd}");
    assert_eq!(decoded.warnings, [Warning::InvalidUtf8 { count: 1, first: 1 }]);
}

#[test]
fn a_string_table_that_begins_with_text_is_refused() {
    let error = pprof::decode(&strings(&["cpu", ""]), LIMIT).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the string table of the profile begins with \"cpu\", expected an empty string"
    );
}

#[test]
fn id_0_is_refused_in_every_table() {
    for (number, table) in [(3, "mapping"), (4, "location"), (5, "function")] {
        let error = pprof::decode(&field(number, &[]), LIMIT).unwrap_err();
        let expected = format!("entry 0 of the {table} table has id 0, expected an id from 1");
        assert_eq!(error.to_string(), expected);
    }
}

#[test]
fn a_gzip_bomb_stops_at_the_limit() {
    let mut profile = Profile::with_sample_types(&[("cpu", "nanoseconds")]);
    let comment = profile.intern(&"x".repeat(10 << 20));
    profile.add_comment(comment);
    let bomb = pprof::encode_gzip(&profile);
    assert!(bomb.len() < 100_000);
    let error = pprof::decode(&bomb, LIMIT).unwrap_err();
    assert!(matches!(error, DecodeError::Gzip(GzipError::TooLarge { limit: LIMIT })));
    assert!(pprof::decode(&bomb, 11 << 20).is_ok());
}

#[test]
fn gzip_that_just_fits_is_taken() {
    let profile = Profile::with_sample_types(&[("cpu", "nanoseconds")]);
    let size = pprof::encode(&profile).len();
    let bytes = pprof::encode_gzip(&profile);
    assert!(pprof::decode(&bytes, size).is_ok());
    assert!(pprof::decode(&bytes, size - 1).is_err());
}

#[test]
fn a_push_cut_anywhere_is_an_error_or_a_shorter_profile() {
    let whole = testdata::read("sdk-pprof/python-cpu.pb");
    let sample_count = pprof::decode(&whole, LIMIT).unwrap().value.samples().len();
    for length in 0..whole.len() {
        // What matters is that it neither panics nor makes anything up.
        if let Ok(decoded) = pprof::decode(&whole[..length], LIMIT) {
            assert!(decoded.value.samples().len() <= sample_count);
        }
    }
}

#[test]
fn damaged_bytes_say_where() {
    let error = pprof::decode(&[0x12, 0x05, 0x00], LIMIT).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "the message ends within the field that begins at byte 0");
    let error = pprof::decode(&[0x48, 0x01, 0x0b], LIMIT).unwrap_err();
    let source = std::error::Error::source(&error).unwrap().to_string();
    assert_eq!(source, "the bytes at 2 are no protobuf field: number 1, wire type 3");
}

#[test]
fn no_bytes_are_a_profile_without_anything() {
    let decoded = pprof::decode(&[], LIMIT).unwrap();
    assert!(decoded.value.samples().is_empty());
    assert!(decoded.value.sample_types().is_empty());
}

#[test]
fn labels_stack_traces_and_times_come_back_from_bytes() {
    let mut profile = Profile::with_sample_types(&[("cpu", "nanoseconds")]);
    profile.time_nanos = i64::MAX;
    profile.duration_nanos = -1;
    let function = profile.add_function(profile::Function::default());
    let lines = [Line { function, line: -3 }, Line { function, line: 4 }];
    let location = profile.add_location(Location::default(), &lines);
    let root = profile.intern_stack(None, location);
    let leaf = profile.intern_stack(Some(root), location);
    profile.add_sample(Some(leaf), &[i64::MIN], &[]);
    profile.add_sample(None, &[1], &[]);
    let again = pprof::decode(&pprof::encode(&profile), LIMIT).unwrap().value;
    assert_eq!(again.time_nanos, i64::MAX);
    assert_eq!(again.duration_nanos, -1);
    assert_eq!(again.samples().value_column(0), [i64::MIN, 1]);
    let first = again.samples().indices().next().unwrap();
    let stack = again.samples().stack(first);
    let locations: Vec<_> = again.stacks().locations(stack).collect();
    assert_eq!(locations.len(), 2);
    assert_eq!(again.locations().lines(locations[0]), lines);
    assert_eq!(again.samples().stack(again.samples().indices().nth(1).unwrap()), None);
}

/// A profile with one sample whose stack trace is location 1 so many times.
fn recursion(depth: usize) -> Vec<u8> {
    let mut sample = vec![0x0a];
    write_length(&mut sample, depth);
    sample.extend(std::iter::repeat_n(1, depth));
    sample.extend([0x12, 1, 5]);
    let mut bytes = profile_with_samples(&[]);
    bytes.push(0x12);
    write_length(&mut bytes, sample.len());
    bytes.extend(sample);
    bytes
}

fn write_length(bytes: &mut Vec<u8>, mut length: usize) {
    while length >= 0x80 {
        bytes.push(u8::try_from(length & 0x7f).unwrap() | 0x80);
        length >>= 7;
    }
    bytes.push(u8::try_from(length).unwrap());
}

fn unlimited() -> DecodeLimits {
    DecodeLimits::bytes_only(LIMIT)
}

fn decode_within(bytes: &[u8], limits: DecodeLimits) -> Result<Profile, DecodeError> {
    pprof::decode_within(bytes, &mut DecodeBudget::new(limits)).map(|decoded| decoded.value)
}

#[test]
fn a_stack_trace_of_absurd_depth_is_cut_while_it_is_read() {
    let limits = DecodeLimits { max_stack_depth: 1_001, max_stacks: 1_001, ..unlimited() };
    let profile = decode_within(&recursion(8 << 20), limits).unwrap();
    assert_eq!(profile.stacks().len(), 1_001);
    assert_eq!(profile.samples().value_column(0), [5]);
    assert_eq!(decode_within(&recursion(3_000), unlimited()).unwrap().stacks().len(), 3_000);
}

#[test]
fn a_cut_stack_trace_keeps_the_side_of_the_root() {
    let mut built = Profile::with_sample_types(&[("cpu", "nanoseconds")]);
    let mut stack = None;
    for address in 1..=300 {
        let location = built.add_location(Location { address, ..Location::default() }, &[]);
        stack = Some(built.intern_stack(stack, location));
    }
    built.add_sample(stack, &[1], &[]);
    let bytes = pprof::encode(&built);
    for depth in [1, 3, 40, 299, 300, 301] {
        let limits = DecodeLimits { max_stack_depth: depth, ..unlimited() };
        let profile = decode_within(&bytes, limits).unwrap();
        let sample = profile.samples().indices().next().unwrap();
        let mut kept: Vec<u64> = profile
            .stacks()
            .locations(profile.samples().stack(sample))
            .map(|location| profile.locations().get(location).address)
            .collect();
        kept.sort_unstable();
        let expected: Vec<u64> = (1..=depth.min(300) as u64).collect();
        assert_eq!(kept, expected, "depth {depth}");
    }
}

#[test]
fn a_pprof_with_absurd_counts_is_refused_with_the_limit_in_words() {
    let many = |one: &[u8]| one.repeat(1_001);
    let few = DecodeLimits {
        max_samples: 1_000,
        max_locations: 1_000,
        max_stacks: 1_000,
        max_other_entries: 1_000,
        ..unlimited()
    };
    let values = [[0x0a, 0].repeat(100), vec![0x12, 102, 0x12, 100], vec![1; 100]].concat();
    for (bytes, what) in [
        (many(&[0x12, 0]), "samples"),
        (many(&[0x22, 0]), "locations"),
        (recursion(1_001), "stack traces"),
        (many(&[0x32, 0]), "entries"),
        (many(&[0x1a, 0]), "entries"),
        (many(&[0x2a, 0]), "entries"),
        (many(&[0x0a, 0]), "entries"),
        (many(&[0x68, 0]), "entries"),
        (many(&[0x12, 2, 0x1a, 0])[..999 * 4].repeat(2), "samples"),
        ([vec![0x0a, 0], [0x12, 4, 0x10, 1, 0x1a, 0].repeat(600)].concat(), "entries"),
        ([values.clone(), values[200..].repeat(9)].concat(), "entries"),
    ] {
        let error = decode_within(&bytes, few).unwrap_err().to_string();
        assert!(error.starts_with("more than 1000 ") && error.contains(what), "{what}: {error}");
    }
}

#[test]
fn profiles_of_one_push_share_a_budget() {
    let bytes = profile_with_samples(&[&[0x0a, 1, 1, 0x12, 1, 5]]);
    let mut budget = DecodeBudget::new(DecodeLimits { max_samples: 2, ..unlimited() });
    assert!(pprof::decode_within(&bytes, &mut budget).is_ok());
    assert!(pprof::decode_within(&bytes, &mut budget).is_ok());
    let error = pprof::decode_within(&bytes, &mut budget).unwrap_err();
    assert!(matches!(error, DecodeError::TooMany { what: "samples", limit: 2 }), "{error}");
}

#[test]
fn gzip_bombs_of_one_push_share_a_budget() {
    let mut profile = Profile::with_sample_types(&[("cpu", "nanoseconds")]);
    let comment = profile.intern(&"x".repeat(900_000));
    profile.add_comment(comment);
    let large = pprof::encode_gzip(&profile);
    let limits = DecodeLimits { max_total_bytes: 2 << 20, ..unlimited() };
    let mut budget = DecodeBudget::new(limits);
    let outcomes: Vec<bool> =
        (0..4).map(|_| pprof::decode_within(&large, &mut budget).is_ok()).collect();
    assert_eq!(outcomes, [true, true, false, false]);
    let error = pprof::decode_within(&large, &mut budget).unwrap_err().to_string();
    assert_eq!(error, "more than 2097152 bytes in one push, the most that is taken");
    // One that is too large by itself has been decompressed up to its limit, and that counts.
    let comment = profile.intern(&"y".repeat(900_000));
    profile.add_comment(comment);
    let too_large = pprof::encode_gzip(&profile);
    let mut budget = DecodeBudget::new(limits);
    for expected in ["gzip stream holds more than 1048576", "gzip stream", "2097152 bytes in one"] {
        let error = pprof::decode_within(&too_large, &mut budget).unwrap_err().to_string();
        assert!(error.contains(expected), "{error}");
    }
}
