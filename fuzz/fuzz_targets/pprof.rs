//! pprof bytes, raw or gzip, and all that is done with a push.
#![no_main]

use libfuzzer_sys::fuzz_target;
use profile::{NormaliseOptions, build, normalise, split_samples};
use profile_codec::pprof;

fuzz_target!(|bytes: &[u8]| {
    let Ok(decoded) = pprof::decode(bytes, 1 << 20) else { return };
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
