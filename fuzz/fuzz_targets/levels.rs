//! Flame graph levels of one tree and of two compared.
#![no_main]

use libfuzzer_sys::fuzz_target;
use profile_codec::levels::{DiffLevels, Levels, decode, decode_diff, encode, encode_diff};

fuzz_target!(|levels: Vec<Vec<i64>>| {
    let names: Vec<String> = ["total", "main", "other", "main", ""].map(str::to_owned).to_vec();
    let single = Levels { names: names.clone(), levels: levels.clone(), ..Levels::default() };
    if let Ok(decoded) = decode(&single) {
        let again = decode(&encode(&decoded.value)).expect("what was encoded can be decoded");
        assert_eq!(again.value.total_values()[0], decoded.value.total_values()[0]);
    }
    let double = DiffLevels { names, levels, ..DiffLevels::default() };
    if let Ok(decoded) = decode_diff(&double) {
        let again = decode_diff(&encode_diff(&decoded.value)).expect("it can be decoded");
        let total = |levels: &DiffLevels| (levels.left_ticks, levels.right_ticks);
        assert_eq!(total(&encode_diff(&again.value)), total(&encode_diff(&decoded.value)));
    }
});
