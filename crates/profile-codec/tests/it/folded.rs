//! Folded text.

use fixtures::{assert_tree, format_tree, strategies, tree_from_folded};
use profile::{Tree, build};
use profile_codec::folded::{LineValue, Warning, decode, encode};
use proptest::prelude::*;

const SAMPLES: (&str, &str) = ("samples", "count");

#[test]
fn lines_are_samples() {
    let text = b"main;sort 3\n\nmain;sort a b 4\r\n;main;; 1\n7\n";
    let decoded = decode(text, SAMPLES, LineValue::Written);
    assert_eq!(decoded.warnings, []);
    assert_tree(
        &build(&decoded.value, 0).unwrap(),
        "
        total (total: 15, self: 7)
          main (total: 8, self: 1)
            sort (total: 3, self: 3)
            sort a b (total: 4, self: 4)
        ",
    );
}

#[test]
fn lines_without_values_count_1_each() {
    let decoded = decode(b"main;sort\nmain;sort\nmain 3\n", SAMPLES, LineValue::One);
    assert_tree(
        &build(&decoded.value, 0).unwrap(),
        "
        total (total: 3, self: 0)
          main (total: 2, self: 0)
            sort (total: 2, self: 2)
          main 3 (total: 1, self: 1)
        ",
    );
}

#[test]
fn lines_without_a_number_are_left_out_and_counted() {
    let decoded = decode(b"main 1\nmain;sort\nmain 1.5\nmain \xff 2", SAMPLES, LineValue::Written);
    assert_eq!(decoded.warnings, [Warning::InvalidUtf8, Warning::NoValue { count: 2, first: 2 }]);
    assert_eq!(decoded.value.samples().value_column(0), [1, 2]);
}

#[test]
fn a_function_whose_name_begins_with_a_hash_is_no_comment() {
    let tree = tree_from_folded("#each;map 3");
    let again = decode(encode(&tree).as_bytes(), SAMPLES, LineValue::Written);
    assert_eq!(format_tree(&build(&again.value, 0).unwrap()), format_tree(&tree));
}

#[test]
fn names_are_written_so_that_they_can_be_read() {
    let mut builder = profile::TreeBuilder::new();
    for (depth, name) in [(1, "a;b\nc"), (2, ""), (1, "z")] {
        let function = builder.intern(name);
        builder.push(depth, function, 5).unwrap();
    }
    builder.add_root_self(2).unwrap();
    assert_eq!(encode(&builder.finish().unwrap()), "2\na:b c 5\na:b c;[unknown] 5\nz 5\n");
    assert_eq!(encode(&Tree::empty()), "");
}

/// Only nodes with a value below or at them are written.
fn with_value(tree: &Tree) -> String {
    let text = format_tree(tree);
    let mut lines = text.lines();
    let root = lines.next().map(str::to_owned);
    let nodes = lines.filter(|line| !line.contains("(total: 0,")).map(str::to_owned);
    root.into_iter().chain(nodes).collect::<Vec<_>>().join("\n")
}

proptest! {
    #[test]
    fn a_tree_comes_back_from_its_text(tree in strategies::tree()) {
        let decoded = decode(encode(&tree).as_bytes(), SAMPLES, LineValue::Written);
        prop_assert_eq!(decoded.warnings, []);
        let again = build(&decoded.value, 0).unwrap();
        let expected: String = encode(&tree);
        prop_assert_eq!(encode(&again), encode(&tree_from_folded(&expected)));
        if !tree.names().iter().any(str::is_empty) {
            prop_assert_eq!(with_value(&again), with_value(&tree));
        }
    }

    #[test]
    fn any_text_is_a_profile(text in "[a-c; 0-9\n#]{0,60}") {
        let decoded = decode(text.as_bytes(), SAMPLES, LineValue::Written);
        let _ = build(&decoded.value, 0);
    }
}
