//! Folded text.
#![no_main]

use libfuzzer_sys::fuzz_target;
use profile::build;
use profile_codec::folded::{LineValue, decode, encode};

fuzz_target!(|bytes: &[u8]| {
    for line_value in [LineValue::Written, LineValue::One] {
        let decoded = decode(bytes, ("samples", "count"), line_value);
        let Ok(tree) = build(&decoded.value, 0) else { continue };
        let text = encode(&tree);
        let again = decode(text.as_bytes(), ("samples", "count"), LineValue::Written);
        let total = build(&again.value, 0).expect("the same sums").total_values()[0];
        assert_eq!(total, tree.total_values()[0]);
    }
});
