//! Random profiles as pprof.

use fixtures::{format_tree, strategies};
use profile::build;
use profile_codec::pprof;
use proptest::prelude::*;

proptest! {
    #[test]
    fn a_profile_comes_back_from_its_bytes(profile in strategies::profile()) {
        let bytes = pprof::encode(&profile);
        let again = pprof::decode(&bytes, 0).unwrap();
        prop_assert_eq!(again.warnings, []);
        let again = again.value;
        prop_assert_eq!(pprof::encode(&again), bytes);
        prop_assert_eq!(again.samples().len(), profile.samples().len());
        for sample in profile.samples().indices() {
            prop_assert_eq!(again.samples().labels(sample), profile.samples().labels(sample));
        }
        for sample_type in 0..2 {
            let expected = format_tree(&build(&profile, sample_type).unwrap());
            prop_assert_eq!(format_tree(&build(&again, sample_type).unwrap()), expected);
        }
    }

    #[test]
    fn damaged_bytes_never_panic(
        profile in strategies::profile(),
        at in any::<prop::sample::Index>(),
        byte in any::<u8>(),
    ) {
        let mut bytes = pprof::encode(&profile);
        let at = at.index(bytes.len());
        bytes[at] = byte;
        if let Ok(decoded) = pprof::decode(&bytes, 0) {
            // Whatever came out must be whole: every walk over it stays within its tables.
            for sample_type in 0..decoded.value.sample_types().len() {
                let _ = build(&decoded.value, sample_type);
            }
        }
    }
}
