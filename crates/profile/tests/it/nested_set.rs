//! Trees from the columns of a flame graph frame.

use fixtures::{assert_tree, format_tree, strategies};
use profile::{NestedSet, NestedSetWarning, NodeIdx, Tree};
use proptest::prelude::*;

const NAMES: [&str; 5] = ["total", "main", "sort", "idle", "other"];

fn read(depths: &[u32], totals: &[i64], labels: &[u32]) -> (Tree, Vec<NestedSetWarning>) {
    Tree::from_nested_set(&NestedSet {
        depths,
        totals,
        self_values: None,
        labels,
        names: &NAMES,
        marks_truncated: true,
    })
    .unwrap()
}

#[test]
fn self_values_that_are_missing_follow_from_the_totals() {
    let (tree, warnings) = read(&[0, 1, 2, 1, 1], &[9, 5, 3, 2, 1], &[0, 1, 2, 3, 4]);
    assert_eq!(warnings, []);
    assert_tree(
        &tree,
        "
        total (total: 9, self: 1)
          main (total: 5, self: 2)
            sort (total: 3, self: 3)
          idle (total: 2, self: 2)
          other (total: 1, self: 1) [truncated]
        ",
    );
}

#[test]
fn a_single_root_keeps_its_name() {
    let (tree, warnings) = read(&[0], &[9], &[1]);
    assert_eq!(warnings, []);
    assert_eq!(tree.name(NodeIdx(0)), "main");
}

#[test]
fn no_rows_are_an_empty_tree() {
    let (tree, warnings) = read(&[], &[], &[]);
    assert!(tree.is_empty());
    assert_eq!(warnings, []);
}

#[test]
fn several_roots_get_a_root_of_our_own() {
    let (tree, warnings) = read(&[0, 1, 0], &[3, 1, 4], &[1, 2, 3]);
    assert_eq!(warnings, [NestedSetWarning::RootCount { count: 2 }]);
    assert_tree(
        &tree,
        "
        total (total: 7, self: 0)
          main (total: 3, self: 2)
            sort (total: 1, self: 1)
          idle (total: 4, self: 4)
        ",
    );
}

#[test]
fn levels_that_begin_at_1_get_a_root_of_our_own() {
    let (tree, warnings) = read(&[1, 2, 1], &[3, 1, 4], &[1, 2, 3]);
    assert_eq!(warnings, [NestedSetWarning::RootCount { count: 0 }]);
    assert_eq!(tree.depths(), [0, 1, 2, 1]);
}

#[test]
fn rows_that_skip_a_level_move_up() {
    let (tree, warnings) = read(&[0, 3, 1], &[3, 1, 1], &[0, 2, 3]);
    assert_eq!(warnings, [NestedSetWarning::SkippedLevel { count: 1, first: 1 }]);
    assert_eq!(tree.depths(), [0, 1, 1]);
}

#[test]
fn columns_of_different_length_are_read_as_far_as_all_go() {
    let (tree, warnings) = read(&[0, 1, 1], &[3, 1], &[0, 1, 2, 3]);
    assert_eq!(warnings, [NestedSetWarning::RaggedColumns { shortest: 2, longest: 4 }]);
    assert_eq!(tree.node_count(), 2);
}

#[test]
fn values_that_cannot_be_are_counted_and_drawn_as_well_as_possible() {
    // A negative value; a parent smaller than its child.
    let (tree, warnings) = read(&[0, 1, 2, 1], &[9, 2, 5, -3], &[0, 1, 2, 3]);
    assert_eq!(
        warnings,
        [
            NestedSetWarning::NegativeValue { count: 1, first: 3 },
            NestedSetWarning::UnequalSum { count: 2, first: 1 },
        ]
    );
    assert_tree(
        &tree,
        "
        total (total: 9, self: 4)
          main (total: 5, self: 0)
            sort (total: 5, self: 5)
          idle (total: 0, self: 0)
        ",
    );
}

#[test]
fn totals_count_before_self_values_that_contradict_them() {
    let (tree, warnings) = Tree::from_nested_set(&NestedSet {
        depths: &[0, 1],
        totals: &[9, 4],
        self_values: Some(&[5, 1]),
        labels: &[0, 1],
        names: &NAMES,
        marks_truncated: false,
    })
    .unwrap();
    assert_eq!(warnings, [NestedSetWarning::UnequalSum { count: 1, first: 1 }]);
    assert_eq!(tree.total_values(), [9, 4]);
    assert_eq!(tree.self_values(), [5, 4]);
}

#[test]
fn labels_without_a_name_are_shown_empty() {
    let (tree, warnings) = read(&[0, 1], &[9, 4], &[0, 77]);
    assert_eq!(warnings, [NestedSetWarning::UnknownLabel { count: 1, first: 1 }]);
    assert_eq!(tree.name(NodeIdx(1)), "");
}

#[test]
fn siblings_of_one_name_are_merged() {
    let (tree, warnings) = read(&[0, 1, 2, 1], &[9, 4, 1, 5], &[1, 2, 3, 2]);
    assert_eq!(warnings, [NestedSetWarning::RepeatedSibling { first: 0 }]);
    assert_tree(
        &tree,
        "
        main (total: 9, self: 0)
          sort (total: 9, self: 8)
            idle (total: 1, self: 1)
        ",
    );
}

proptest! {
    #[test]
    fn the_columns_of_a_tree_give_the_tree_again(tree in strategies::truncated_tree()) {
        let labels: Vec<u32> = tree.functions().iter().map(|function| function.0).collect();
        let names: Vec<&str> = tree.names().iter().collect();
        let set = NestedSet {
            depths: tree.depths(),
            totals: tree.total_values(),
            self_values: Some(tree.self_values()),
            labels: &labels,
            names: &names,
            marks_truncated: false,
        };
        let (again, warnings) = Tree::from_nested_set(&set).unwrap();
        let has_both = tree.nodes().any(|node| {
            let mut children: Vec<_> = tree.children(node).map(|child| tree.name(child)).collect();
            children.sort_unstable();
            children.windows(2).any(|pair| pair[0] == pair[1])
        });
        // A frame cannot tell a truncated node from a function of that name.
        if !has_both {
            prop_assert_eq!(warnings, []);
            let expected = format_tree(&tree).replace(" [truncated]", "");
            prop_assert_eq!(format_tree(&again), expected);
        }
    }

    #[test]
    fn any_columns_give_a_tree(
        depths in proptest::collection::vec(0_u32..6, 0..30),
        totals in proptest::collection::vec(-5_i64..50, 0..30),
        self_values in proptest::option::of(proptest::collection::vec(-5_i64..50, 0..30)),
        labels in proptest::collection::vec(0_u32..7, 0..30),
    ) {
        let set = NestedSet {
            depths: &depths,
            totals: &totals,
            self_values: self_values.as_deref(),
            labels: &labels,
            names: &NAMES,
            marks_truncated: true,
        };
        let (tree, _) = Tree::from_nested_set(&set).unwrap();
        prop_assert!(tree.self_values().iter().all(|value| *value >= 0));
        prop_assert_eq!(tree.self_values().iter().sum::<i64>(), tree.total_values()[0]);
        for node in tree.nodes().skip(1) {
            prop_assert!(tree.depth(node) >= 1);
        }
    }
}
