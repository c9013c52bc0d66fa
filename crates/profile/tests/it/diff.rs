//! Two trees compared.

use std::collections::BTreeMap;

use fixtures::{assert_text, format_tree, strategies, tree_from_folded, tree_from_outline};
use profile::{DiffTree, NestedSet, NodeIdx, Tree, diff, merge, truncate_diff};
use proptest::prelude::*;

/// The comparison with one node a line: `name (1 -> 2, self 0 -> 1)`.
fn format_diff(diff: &DiffTree) -> String {
    let tree = diff.joint();
    let line = |node: NodeIdx| {
        let at = node.0 as usize;
        format!(
            "{:indent$}{}{} ({} -> {}, self {} -> {})\n",
            "",
            tree.name(node),
            if tree.is_truncated(node) { "~" } else { "" },
            diff.baseline_total_values()[at],
            diff.comparison_total_values()[at],
            diff.baseline_self_values()[at],
            diff.comparison_self_values()[at],
            indent = 2 * tree.depth(node) as usize
        )
    };
    tree.nodes().map(line).collect()
}

#[test]
fn nodes_are_joined_by_path_and_missing_ones_are_0() {
    let baseline = tree_from_folded("main;sort 3\nmain;idle 1");
    let comparison = tree_from_folded("main;sort 5\nmain;swap 2\nmain 4");
    assert_text(
        &format_diff(&diff(&baseline, &comparison).unwrap()),
        "
        total (4 -> 11, self 0 -> 0)
          main (4 -> 11, self 0 -> 4)
            idle (1 -> 0, self 1 -> 0)
            sort (3 -> 5, self 3 -> 5)
            swap (0 -> 2, self 0 -> 2)
        ",
    );
}

#[test]
fn a_share_is_of_each_sides_own_whole() {
    let comparison = diff(&tree_from_folded("a 1\nb 1"), &tree_from_folded("a 30\nb 10")).unwrap();
    assert_eq!(comparison.share_change(NodeIdx(0)), 0.0);
    assert_eq!(comparison.share_change(NodeIdx(1)), 0.25);
    assert_eq!(comparison.share_change(NodeIdx(2)), -0.25);
    let from_nothing = diff(&Tree::empty(), &tree_from_folded("a 3")).unwrap();
    assert_eq!(from_nothing.share_change(NodeIdx(1)), 1.0);
}

#[test]
fn two_columns_of_a_frame_give_both_sides() {
    let depths = [0, 1, 1];
    let labels = [0, 1, 2];
    let side = |totals| NestedSet {
        depths: &depths,
        totals,
        self_values: None,
        labels: &labels,
        names: &["total", "sort", "idle"],
        marks_truncated: false,
    };
    let (read, warnings) =
        DiffTree::from_nested_sets(&side(&[5, 3, 2]), &side(&[4, 4, 0])).unwrap();
    assert_eq!(warnings, []);
    assert_text(
        &format_diff(&read),
        "
        total (5 -> 4, self 0 -> 0)
          idle (2 -> 0, self 2 -> 0)
          sort (3 -> 4, self 3 -> 4)
        ",
    );
}

#[test]
fn a_node_large_on_one_side_stays_when_small_ones_go() {
    let baseline = tree_from_folded("a 100\nb 1\nc 2\nd 1");
    let comparison = tree_from_folded("a 1\nb 90\nc 3\nd 1");
    let truncation = truncate_diff(diff(&baseline, &comparison).unwrap(), 3).unwrap();
    assert_text(
        &format_diff(&truncation.tree),
        "
        total (104 -> 95, self 0 -> 0)
          a (100 -> 1, self 100 -> 1)
          b (1 -> 90, self 1 -> 90)
          other~ (3 -> 4, self 3 -> 4)
        ",
    );
    assert_eq!((truncation.cut_nodes, truncation.cut_value), (2, 7));
}

#[test]
fn truncated_nodes_are_joined_with_truncated_nodes() {
    let baseline = tree_from_outline("total (self: 0)\n  other (self: 3) [truncated]");
    let comparison = tree_from_folded("other 4");
    assert_text(
        &format_diff(&diff(&baseline, &comparison).unwrap()),
        "
        total (3 -> 4, self 0 -> 0)
          other (0 -> 4, self 0 -> 4)
          other~ (3 -> 0, self 3 -> 0)
        ",
    );
}

type SelfValues = BTreeMap<(Vec<String>, bool), i64>;

fn self_values_by_path(tree: &Tree, values: &[i64]) -> SelfValues {
    let nodes = tree.nodes().zip(values).map(|(node, value)| {
        let path = tree.path(node).into_iter().map(|node| tree.name(node).to_owned());
        ((path.collect(), tree.is_truncated(node)), *value)
    });
    nodes.filter(|(_, value)| *value != 0).collect()
}

proptest! {
    #[test]
    fn each_side_is_the_tree_that_went_in_and_the_joint_tree_their_sum(
        baseline in strategies::truncated_tree(),
        comparison in strategies::truncated_tree(),
    ) {
        let joined = diff(&baseline, &comparison).unwrap();
        let joint = joined.joint();
        for (tree, values) in [
            (&baseline, joined.baseline_self_values()),
            (&comparison, joined.comparison_self_values()),
        ] {
            let expected = self_values_by_path(tree, tree.self_values());
            prop_assert_eq!(self_values_by_path(joint, values), expected);
        }
        let merged = merge([&baseline, &comparison]).unwrap();
        prop_assert_eq!(format_tree(joint), format_tree(&merged));
        for at in 0..joint.node_count() {
            let sides = joined.baseline_total_values()[at] + joined.comparison_total_values()[at];
            prop_assert_eq!(sides, joint.total_values()[at]);
        }
    }

    #[test]
    fn a_tree_compared_with_itself_changes_nowhere(tree in strategies::truncated_tree()) {
        let same = diff(&tree, &tree).unwrap();
        prop_assert_eq!(same.baseline_total_values(), same.comparison_total_values());
        prop_assert!(same.joint().nodes().all(|node| same.share_change(node) == 0.0));
    }

    #[test]
    fn truncating_a_comparison_keeps_both_totals(
        baseline in strategies::truncated_tree(),
        comparison in strategies::truncated_tree(),
        max_nodes in 0_usize..20,
    ) {
        let whole = diff(&baseline, &comparison).unwrap();
        let small = truncate_diff(whole, max_nodes).unwrap().tree;
        prop_assert_eq!(small.baseline_total_values()[0], baseline.total_values()[0]);
        prop_assert_eq!(small.comparison_total_values()[0], comparison.total_values()[0]);
    }
}
