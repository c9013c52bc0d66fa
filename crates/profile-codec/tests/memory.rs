//! What bytes that mean harm cost in memory. Alone in its binary, since all threads count.
#![allow(clippy::unwrap_used, reason = "tests")]

use std::error::Error;
use std::io::Write;

use fixtures::assert_peak_growth;
use flate2::Compression;
use flate2::write::GzEncoder;
use profile_codec::pprof::{self, DecodeBudget, DecodeError, DecodeLimits};
use profile_codec::{Gunzip, GzipError, gunzip};

const LIMIT: usize = 1 << 20;
/// Of what is decoded here, and of the machinery around it.
const ALLOWED_BYTES: u64 = 6 << 20;

/// A quarter of a megabyte that holds 256 MiB.
fn bomb() -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    for _ in 0..256 {
        encoder.write_all(&[0; 1 << 20]).unwrap();
    }
    let bomb = encoder.finish().unwrap();
    assert!(bomb.len() < 300_000, "{}", bomb.len());
    bomb
}

#[test]
fn a_gzip_bomb_costs_no_more_than_the_limit() {
    let bomb = bomb();
    let error = assert_peak_growth(ALLOWED_BYTES, || gunzip(&bomb, LIMIT).unwrap_err());
    assert_eq!(error.to_string(), "the gzip stream holds more than 1048576 bytes");
    let error = assert_peak_growth(ALLOWED_BYTES, || pprof::decode(&bomb, LIMIT).unwrap_err());
    assert!(matches!(error, DecodeError::Gzip(GzipError::TooLarge { limit: LIMIT })), "{error}");
    // In pieces, as from a network.
    let error = assert_peak_growth(ALLOWED_BYTES, || {
        let mut stream = Gunzip::new(LIMIT);
        bomb.chunks(1000).find_map(|piece| stream.write(piece).err()).unwrap()
    });
    assert!(matches!(error, GzipError::TooLarge { limit: LIMIT }), "{error}");
}

/// A field whose length claims `length` bytes, of which only the given ones are there.
fn claiming(field: u8, length: u64, bytes: &[u8]) -> Vec<u8> {
    let mut message = vec![field << 3 | 2];
    let mut rest = length;
    while rest >= 0x80 {
        message.push(u8::try_from(rest & 0x7f).unwrap() | 0x80);
        rest >>= 7;
    }
    message.push(u8::try_from(rest).unwrap());
    message.extend(bytes);
    message
}

#[test]
fn absurd_counts_cost_no_more_than_the_bytes_that_are_there() {
    for field in [1, 2, 3, 4, 5, 6, 13] {
        for length in [1 << 31, 1 << 40, u64::MAX >> 1] {
            let bytes = claiming(field, length, &[0; 64]);
            let decoded = assert_peak_growth(ALLOWED_BYTES, || pprof::decode(&bytes, LIMIT));
            let error = decoded.unwrap_err();
            let why = error.source().expect("where it is damaged").to_string();
            assert!(why.contains("at offset 0") || why.contains("at byte 0"), "{error}: {why}");
        }
    }
    // Empty samples, two bytes each: as many as the limit says, and then an error that says so.
    let samples = [0x12, 0].repeat(4 << 20);
    let limits = DecodeLimits { max_samples: 1_000, ..DecodeLimits::bytes_only(16 << 20) };
    let error = assert_peak_growth(ALLOWED_BYTES, || {
        pprof::decode_within(&samples, &mut DecodeBudget::new(limits)).unwrap_err()
    });
    assert_eq!(error.to_string(), "more than 1000 samples in one push, the most that is taken");
}
