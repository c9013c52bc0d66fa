//! Trees made small.

use fixtures::{assert_tree, format_tree, strategies, tree_from_folded, tree_from_outline};
use profile::{NodeIdx, Tree, truncate};
use proptest::prelude::*;

#[test]
fn small_nodes_become_one_per_parent_and_are_counted() {
    let tree = tree_from_folded("a;x 1\na;y 2\na;z 50\nb;c 3\nd 40\nd;e 4");
    let truncation = truncate(tree, 4).unwrap();
    assert_tree(
        &truncation.tree,
        "
        total (total: 100, self: 0)
          a (total: 53, self: 0)
            z (total: 50, self: 50)
            other (total: 3, self: 3) [truncated]
          d (total: 44, self: 40)
            other (total: 4, self: 4) [truncated]
          other (total: 3, self: 3) [truncated]
        ",
    );
    // x, y, b, c and e.
    assert_eq!((truncation.cut_nodes, truncation.cut_value), (5, 10));
    assert_eq!(truncation.tree.names().len(), 5);
}

#[test]
fn what_was_truncated_before_joins_and_does_not_count() {
    let tree = tree_from_outline(
        "
        total (self: 0)
          a (self: 50)
          b (self: 2)
          other (self: 30) [truncated]
        ",
    );
    let truncation = truncate(tree, 2).unwrap();
    assert_tree(
        &truncation.tree,
        "
        total (total: 82, self: 0)
          a (total: 50, self: 50)
          other (total: 32, self: 32) [truncated]
        ",
    );
    assert_eq!((truncation.cut_nodes, truncation.cut_value), (1, 2));
}

#[test]
fn a_function_called_other_keeps_its_subtree_beside_what_was_cut() {
    let truncation = truncate(tree_from_folded("other;a 50\nb 1\nc 2"), 3).unwrap();
    assert_tree(
        &truncation.tree,
        "
        total (total: 53, self: 0)
          other (total: 50, self: 0)
            a (total: 50, self: 50)
          other (total: 3, self: 3) [truncated]
        ",
    );
}

#[test]
fn a_tree_that_is_small_enough_stays_as_it_is() {
    let tree = tree_from_folded("a;b 1\nc 2");
    let expected = format_tree(&tree);
    let truncation = truncate(tree, 4).unwrap();
    assert_eq!(format_tree(&truncation.tree), expected);
    assert_eq!((truncation.cut_nodes, truncation.cut_value), (0, 0));
}

#[test]
fn a_thousand_nodes_of_one_value_do_not_all_stay() {
    let text: String = (0..1000).map(|at| format!("f{at} 1\n")).collect();
    let truncation = truncate(tree_from_folded(&format!("{text}big 5")), 10).unwrap();
    assert_tree(
        &truncation.tree,
        "
        total (total: 1005, self: 0)
          big (total: 5, self: 5)
          other (total: 1000, self: 1000) [truncated]
        ",
    );
}

#[test]
fn the_root_stays_whatever_is_asked() {
    let truncation = truncate(tree_from_folded("a 1\nb 2\n3"), 0).unwrap();
    assert_tree(
        &truncation.tree,
        "
        total (total: 6, self: 3)
          other (total: 3, self: 3) [truncated]
        ",
    );
}

/// The same tree by the rule itself, node for node: slow and obvious.
fn truncate_slowly(tree: &Tree, max_nodes: usize) -> String {
    let mut totals = tree.total_values().to_vec();
    totals.sort_unstable();
    totals.reverse();
    let mut least = if max_nodes == 0 { i64::MAX } else { totals[max_nodes - 1] };
    if totals.iter().filter(|total| **total >= least).count() > 2 * max_nodes && max_nodes > 0 {
        least += 1;
    }
    fn write(tree: &Tree, node: NodeIdx, least: i64, text: &mut String) {
        let indent = 2 * tree.depth(node) as usize;
        let line = fixtures::format_tree_node(tree, node);
        text.push_str(&format!("{:indent$}{line}\n", ""));
        let mut cut = None;
        for child in tree.children(node) {
            if tree.is_truncated(child) || tree.total_value(child) < least {
                *cut.get_or_insert(0) += tree.total_value(child);
            } else {
                write(tree, child, least, text);
            }
        }
        if let Some(cut) = cut {
            let indent = indent + 2;
            let line = format!("{:indent$}other (total: {cut}, self: {cut}) [truncated]\n", "");
            text.push_str(&line);
        }
    }
    let mut text = String::new();
    write(tree, NodeIdx(0), least, &mut text);
    text
}

proptest! {
    #[test]
    fn nodes_stay_or_go_by_the_rule(
        tree in strategies::truncated_tree(),
        max_nodes in 0_usize..40,
    ) {
        prop_assume!(tree.node_count() > max_nodes);
        let expected = truncate_slowly(&tree, max_nodes);
        let total = tree.total_values()[0];
        let truncation = truncate(tree, max_nodes).unwrap();
        prop_assert_eq!(format_tree(&truncation.tree), expected);
        prop_assert_eq!(truncation.tree.total_values()[0], total);
        let kept = truncation.tree.node_count() - truncation.tree.truncated().len();
        prop_assert!(kept <= (2 * max_nodes).max(1), "{} nodes stayed", kept);
    }

    #[test]
    fn truncating_again_changes_nothing(tree in strategies::tree(), max_nodes in 1_usize..20) {
        let once = truncate(tree, max_nodes).unwrap().tree;
        let again = truncate(once.clone(), 2 * once.node_count()).unwrap();
        prop_assert_eq!(again.cut_nodes, 0);
        prop_assert_eq!(format_tree(&again.tree), format_tree(&once));
    }
}
