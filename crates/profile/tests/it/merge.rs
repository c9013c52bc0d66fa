//! Trees merged, and siblings put in order.

use fixtures::{assert_tree, format_tree, strategies, tree_from_folded, tree_from_outline};
use profile::{NodeIdx, Tree, TreeBuilder, TreeError, build_from_stacks, merge};
use proptest::prelude::*;

#[test]
fn equal_paths_are_one_node() {
    let merged = merge([
        &tree_from_folded("main;sort 1\nmain 2"),
        &tree_from_folded("main;sort;swap 4\nidle 8\n16"),
    ]);
    assert_tree(
        &merged.unwrap(),
        "
        total (total: 31, self: 16)
          idle (total: 8, self: 8)
          main (total: 7, self: 2)
            sort (total: 5, self: 1)
              swap (total: 4, self: 4)
        ",
    );
}

#[test]
fn truncated_nodes_stay_apart_from_functions_called_other_and_come_last() {
    let first = tree_from_outline(
        "
        total (self: 0)
          zlib (self: 1)
          other (self: 2) [truncated]
        ",
    );
    let second = tree_from_outline(
        "
        total (self: 0)
          other (self: 4)
            sort (self: 8)
          other (self: 16) [truncated]
        ",
    );
    assert_tree(
        &merge([&first, &second]).unwrap(),
        "
        total (total: 31, self: 0)
          other (total: 12, self: 4)
            sort (total: 8, self: 8)
          zlib (total: 1, self: 1)
          other (total: 18, self: 18) [truncated]
        ",
    );
}

#[test]
fn nothing_merged_is_an_empty_tree() {
    assert!(merge([]).unwrap().is_empty());
}

#[test]
fn a_sum_that_does_not_fit_is_an_error() {
    let tree = tree_from_folded(&format!("a {}", i64::MAX));
    assert_eq!(merge([&tree, &tree]).unwrap_err(), TreeError::Overflow { node: 1 });
}

#[test]
fn siblings_pushed_in_any_order_and_twice_are_sorted_and_merged() {
    let mut builder = TreeBuilder::new();
    for (depth, name, value) in [(1, "b", 1), (2, "z", 2), (1, "a", 4), (1, "b", 8), (2, "z", 16)] {
        let function = builder.intern(name);
        builder.push(depth, function, value).unwrap();
    }
    assert_tree(
        &builder.finish_sorted().unwrap(),
        "
        total (total: 31, self: 0)
          a (total: 4, self: 4)
          b (total: 27, self: 9)
            z (total: 18, self: 18)
        ",
    );
}

#[test]
fn nodes_out_of_order_are_refused() {
    let mut builder = TreeBuilder::new();
    let function = builder.intern("a");
    assert_eq!(
        builder.push(2, function, 1).unwrap_err().to_string(),
        "node 1 has depth 2 after depth 0, expected 1 to 1"
    );
    assert!(builder.push(0, function, 1).is_err());
}

/// The same tree with all siblings the other way round.
fn with_siblings_reversed(tree: &Tree) -> Tree {
    fn push(tree: &Tree, node: NodeIdx, builder: &mut TreeBuilder) {
        if node != NodeIdx(0) {
            let function = builder.intern(tree.name(node));
            let pushed = builder.push(tree.depth(node), function, tree.self_value(node)).unwrap();
            if tree.is_truncated(node) {
                builder.mark_truncated(pushed);
            }
        }
        let children: Vec<_> = tree.children(node).collect();
        for child in children.into_iter().rev() {
            push(tree, child, builder);
        }
    }
    let mut builder = TreeBuilder::new();
    builder.add_root_self(tree.self_values()[0]).unwrap();
    push(tree, NodeIdx(0), &mut builder);
    builder.finish_sorted().unwrap()
}

proptest! {
    #[test]
    fn merging_trees_is_building_from_all_their_stack_traces(
        first in strategies::stacks(),
        second in strategies::stacks(),
    ) {
        let build = |stacks: &[(Vec<String>, i64)]| {
            build_from_stacks(stacks.iter().map(|(stack, value)| {
                (stack.iter().map(String::as_str), *value)
            }))
            .unwrap()
        };
        let merged = merge([&build(&first), &build(&second)]).unwrap();
        let expected = build(&[first, second].concat());
        prop_assert_eq!(format_tree(&merged), format_tree(&expected));
    }

    #[test]
    fn the_order_of_merging_does_not_matter(
        a in strategies::truncated_tree(),
        b in strategies::truncated_tree(),
        c in strategies::truncated_tree(),
    ) {
        let all = format_tree(&merge([&a, &b, &c]).unwrap());
        prop_assert_eq!(&format_tree(&merge([&c, &a, &b]).unwrap()), &all);
        let ab = merge([&a, &b]).unwrap();
        prop_assert_eq!(&format_tree(&merge([&ab, &c]).unwrap()), &all);
        let bc = merge([&b, &c]).unwrap();
        prop_assert_eq!(&format_tree(&merge([&a, &bc]).unwrap()), &all);
    }

    #[test]
    fn the_empty_tree_changes_nothing(tree in strategies::truncated_tree()) {
        let merged = merge([&tree, &Tree::empty()]).unwrap();
        prop_assert_eq!(format_tree(&merged), format_tree(&tree));
    }

    #[test]
    fn siblings_end_up_in_one_order_whatever_order_they_came_in(
        tree in strategies::truncated_tree(),
    ) {
        prop_assert_eq!(format_tree(&with_siblings_reversed(&tree)), format_tree(&tree));
    }
}
