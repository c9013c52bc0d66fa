//! pprof bytes, raw or gzip, and all that is done with a push.
#![no_main]

use libfuzzer_sys::fuzz_target;
use profile::{NormaliseOptions, build, normalise, split_samples};
use profile_codec::pprof::{self, DecodeBudget, DecodeLimits};

/// As a push has them, but so small that a short run meets every one.
const LIMITS: DecodeLimits = DecodeLimits {
    max_profile_bytes: 1 << 20,
    max_total_bytes: 1 << 20,
    max_stack_depth: 64,
    max_samples: 256,
    max_locations: 256,
    max_stacks: 1 << 10,
    max_other_entries: 1 << 12,
};

fuzz_target!(|bytes: &[u8]| {
    let mut budget = DecodeBudget::new(LIMITS);
    let Ok(decoded) = pprof::decode_within(bytes, &mut budget) else { return };
    let samples = decoded.value.samples().len();
    assert!(samples <= LIMITS.max_samples, "{samples} samples");
    assert!(decoded.value.locations().len() <= LIMITS.max_locations);
    assert!(decoded.value.stacks().len() <= LIMITS.max_stacks);
    let normalised = normalise(&decoded.value, NormaliseOptions::default()).profile;
    for sample_type in 0..normalised.sample_types().len().min(4) {
        let _ = build(&decoded.value, sample_type);
        let _ = build(&normalised, sample_type);
    }
    split_samples(&normalised);
    let encoded = pprof::encode(&decoded.value);
    let again = pprof::decode(&encoded, 0).expect("what was encoded can be decoded");
    assert!(again.warnings.is_empty(), "{:?}", again.warnings);
    assert_eq!(pprof::encode(&again.value), encoded);
});
