//! Pyroscope's TREE bytes, and what is done with the tree.
#![no_main]

use libfuzzer_sys::fuzz_target;
use profile::{collapse_recursion, diff, merge, top_table, truncate};
use profile_codec::{levels, tree};

fuzz_target!(|bytes: &[u8]| {
    let Ok(decoded) = tree::decode(bytes) else { return };
    let whole = decoded.value;
    let encoded = tree::encode(&whole);
    let again = tree::decode(&encoded).expect("what was encoded can be decoded");
    assert_eq!(again.value.total_values()[0], whole.total_values()[0]);
    top_table(&whole);
    let _ = merge([&whole, &whole]);
    let _ = diff(&whole, &whole);
    let collapsed = collapse_recursion(&whole).expect("no value is added");
    assert_eq!(collapsed.total_values()[0], whole.total_values()[0]);
    let _ = levels::decode(&levels::encode(&whole));
    let total = whole.total_values()[0];
    let small = truncate(whole, 8).expect("no value is added");
    assert_eq!(small.tree.total_values()[0], total);
});
