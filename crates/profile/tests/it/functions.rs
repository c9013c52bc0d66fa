//! What a tree says about functions: top table, search, focus, callers and callees.

use std::collections::{BTreeMap, BTreeSet};

use fixtures::{assert_tree, format_tree, strategies, tree_from_folded, tree_from_outline};
use profile::{
    FunctionIdx, FunctionNames, NamePattern, NodeIdx, Tree, build_from_stacks, callees, callers,
    collapse_recursion, diff, diff_top_table, focus_function, focus_node, invert, search,
    top_table,
};
use proptest::prelude::*;

const RECURSION: &str = "main;walk 1\nmain;walk;walk 2\nmain;walk;visit;walk 4\nvisit 8\nmain 16";

fn function(tree: &Tree, name: &str) -> FunctionIdx {
    tree.names().find(name).unwrap()
}

fn rows(tree: &Tree) -> Vec<(String, i64, i64)> {
    let table = top_table(tree);
    let values = table.self_values.iter().zip(&table.total_values);
    let rows = table.functions.iter().zip(values);
    rows.map(|(function, (own, total))| (tree.names().get(*function).to_owned(), *own, *total))
        .collect()
}

#[test]
fn recursion_counts_once_in_the_top_table() {
    let tree = tree_from_folded(RECURSION);
    let mut found = rows(&tree);
    found.sort();
    let expected = [("main", 16, 23), ("visit", 8, 12), ("walk", 7, 7)];
    assert_eq!(found, expected.map(|(name, own, total)| (name.to_owned(), own, total)));
}

#[test]
fn truncated_nodes_are_no_function_and_are_told() {
    let tree = tree_from_outline(
        "
        total (self: 1)
          main (self: 2)
            other (self: 4) [truncated]
          other (self: 8) [truncated]
        ",
    );
    assert_eq!(rows(&tree), [("main".to_owned(), 2, 6)]);
    assert_eq!(top_table(&tree).truncated_value, 12);
}

#[test]
fn a_function_called_like_the_root_is_in_the_table_and_the_root_is_not() {
    assert_eq!(rows(&tree_from_folded("total 3\n5")), [("total".to_owned(), 3, 3)]);
}

#[test]
fn both_sides_of_a_comparison_list_the_same_functions() {
    let compared = diff(&tree_from_folded("a;a 1"), &tree_from_folded("a 2\nb 3")).unwrap();
    let table = diff_top_table(&compared);
    assert_eq!(table.baseline.functions, table.comparison.functions);
    assert_eq!(table.baseline.total_values, [1, 0]);
    assert_eq!(table.comparison.total_values, [2, 3]);
}

#[test]
fn a_search_ignores_case_and_counts_nested_matches_once() {
    let tree = tree_from_folded(RECURSION);
    let result = search(&tree, &NamePattern::substring("WAL"));
    assert_eq!(result.functions.iter().collect::<Vec<_>>(), [function(&tree, "walk")]);
    assert_eq!((result.node_count, result.matched_value), (3, 7));
    let either = search(&tree, &NamePattern::regex("^visit$|^WALK").unwrap());
    assert_eq!((either.node_count, either.matched_value), (5, 15));
}

#[test]
fn nothing_to_look_for_finds_nothing() {
    let tree = tree_from_folded(RECURSION);
    for pattern in [NamePattern::substring(""), NamePattern::regex("").unwrap()] {
        assert_eq!(search(&tree, &pattern).node_count, 0);
    }
    let root = search(&tree, &NamePattern::substring("total"));
    assert_eq!((root.node_count, root.matched_value), (0, 0));
}

#[test]
fn letters_beyond_ascii_ignore_case_too() {
    assert!(NamePattern::substring("Öffne").matches("datei.öFFNE()"));
    assert!(!NamePattern::substring("longer than the name").matches("short"));
}

#[test]
fn a_regular_expression_that_cannot_be_read_says_so() {
    let error = NamePattern::regex("a(b").unwrap_err();
    assert!(error.to_string().starts_with("cannot read the regular expression \"a(b\": "));
}

#[test]
fn focus_on_a_node_keeps_its_path_and_what_lies_below() {
    let tree = tree_from_folded(RECURSION);
    let walk = tree.nodes().find(|node| tree.name(*node) == "walk").unwrap();
    assert_tree(
        &focus_node(&tree, walk).unwrap(),
        "
        total (total: 7, self: 0)
          main (total: 7, self: 0)
            walk (total: 7, self: 1)
              visit (total: 4, self: 0)
                walk (total: 4, self: 4)
              walk (total: 2, self: 2)
        ",
    );
}

#[test]
fn focus_on_a_function_keeps_all_paths_through_it() {
    let tree = tree_from_folded(RECURSION);
    assert_tree(
        &focus_function(&tree, function(&tree, "visit")).unwrap(),
        "
        total (total: 12, self: 0)
          main (total: 4, self: 0)
            walk (total: 4, self: 0)
              visit (total: 4, self: 0)
                walk (total: 4, self: 4)
          visit (total: 8, self: 8)
        ",
    );
}

#[test]
fn callees_are_merged_below_the_function() {
    let tree = tree_from_folded("a;f;x 1\nb;f;x 2\nb;f;f;y 4\nb;f 8\nx 16");
    assert_tree(
        &callees(&tree, function(&tree, "f")).unwrap(),
        "
        total (total: 15, self: 0)
          f (total: 15, self: 8)
            f (total: 4, self: 0)
              y (total: 4, self: 4)
            x (total: 3, self: 3)
        ",
    );
}

#[test]
fn callers_lie_below_the_function_with_what_they_make_it_cost() {
    let tree = tree_from_folded("a;f;x 1\nb;f;x 2\nb;f;f;y 4\nc;b;f 8\nx 16\nf 32");
    assert_tree(
        &callers(&tree, function(&tree, "f"), usize::MAX).unwrap().tree,
        "
        total (total: 47, self: 0)
          f (total: 47, self: 32)
            a (total: 1, self: 1)
            b (total: 14, self: 6)
              c (total: 8, self: 8)
        ",
    );
}

#[test]
fn an_inverted_tree_begins_with_what_costs_by_itself() {
    let tree = tree_from_folded("main;sort;swap 1\nmain;sort 2\nmain;idle;swap 4\n8");
    assert_tree(
        &invert(&tree, usize::MAX).unwrap().tree,
        "
        total (total: 15, self: 8)
          sort (total: 2, self: 0)
            main (total: 2, self: 2)
          swap (total: 5, self: 0)
            idle (total: 4, self: 0)
              main (total: 4, self: 4)
            sort (total: 1, self: 0)
              main (total: 1, self: 1)
        ",
    );
}

#[test]
fn direct_recursion_collapses_and_other_callees_merge() {
    let tree =
        tree_from_folded("main;walk;walk;x 1\nmain;walk;x 2\nmain;walk;walk 4\nwalk;y;walk 8");
    assert_tree(
        &collapse_recursion(&tree).unwrap(),
        "
        total (total: 15, self: 0)
          main (total: 7, self: 0)
            walk (total: 7, self: 4)
              x (total: 3, self: 3)
          walk (total: 8, self: 0)
            y (total: 8, self: 0)
              walk (total: 8, self: 8)
        ",
    );
}

fn tree_of(stacks: &[(Vec<String>, i64)]) -> Tree {
    let stacks = stacks.iter().map(|(stack, value)| (stack.iter().map(String::as_str), *value));
    build_from_stacks(stacks).unwrap()
}

/// The stack traces that have `name` in them, from its first frame on.
fn stacks_from<'a>(
    stacks: &'a [(Vec<String>, i64)],
    name: &'a str,
) -> impl Iterator<Item = (&'a [String], &'a [String], i64)> {
    stacks.iter().filter_map(move |(stack, value)| {
        let first = stack.iter().position(|frame| frame == name)?;
        Some((&stack[..=first], &stack[first..], *value))
    })
}

/// Nodes without value come and go with the way a tree was made.
fn with_value(tree: &Tree) -> BTreeMap<Vec<String>, i64> {
    let nodes = tree.nodes().filter(|node| tree.self_value(*node) != 0).map(|node| {
        let path = tree.path(node).into_iter().map(|node| tree.name(node).to_owned());
        (path.collect(), tree.self_value(node))
    });
    nodes.collect()
}

#[test]
fn a_deep_tree_is_turned_around_within_its_bound() {
    // Every node of a chain costs by itself, so that the whole tree would have half its square.
    let depth = 20_000_u32;
    let mut builder = profile::TreeBuilder::new();
    for level in 1..=depth {
        let function = builder.intern(&format!("f{level}"));
        builder.push(level, function, 1).unwrap();
    }
    let tree = builder.finish().unwrap();
    let max_steps = 100_000;
    let turned = invert(&tree, max_steps).unwrap();
    assert!(turned.tree.node_count() <= max_steps + 1, "{}", turned.tree.node_count());
    assert_eq!(turned.tree.total_values()[0], i64::from(depth));
    // Five steps for each of 20 000 nodes; the four uppermost arrived.
    assert_eq!((turned.cut_nodes, turned.cut_value), (depth as usize - 4, i64::from(depth) - 4));
    let whole = invert(&tree_from_folded("a;b 1"), 4).unwrap();
    assert_eq!((whole.cut_nodes, whole.cut_value), (0, 0));
}

#[test]
fn what_a_regular_expression_needs_is_looked_for_in_any_case() {
    let found = |pattern: &str, name: &str| NamePattern::regex(pattern).unwrap().matches(name);
    assert!(found(r"Package1\d\d\.run", "x.package142.RUN"));
    assert!(!found(r"package1\d\d\.run", "package142run"));
    assert!(found("colou?r", "COLOR") && found("colou*r", "colouur") && found("ab+c", "ABBC"));
    assert!(found("alpha|beta", "Beta") && found("alpha|.", "x") && !found("alpha|beta", "gamma"));
    assert!(found(r"\x41b", "ab") && found("(no|yes)", "YES") && found("[ab]c", "Bc"));
    assert!(found("gr.+sse", "GRÜSSE") && !found("gr.+sse", "GRÜ"));
}

proptest! {
    #[test]
    fn the_top_table_counts_every_stack_trace_once_per_function(stacks in strategies::stacks()) {
        let tree = tree_of(&stacks);
        let mut expected: BTreeMap<String, (i64, i64)> = BTreeMap::new();
        for (stack, value) in &stacks {
            for name in stack.iter().collect::<BTreeSet<_>>() {
                expected.entry(name.clone()).or_default().1 += value;
            }
            if let Some(leaf) = stack.last() {
                expected.entry(leaf.clone()).or_default().0 += value;
            }
        }
        let found: BTreeMap<String, (i64, i64)> =
            rows(&tree).into_iter().map(|(name, own, total)| (name, (own, total))).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn a_search_counts_every_stack_trace_with_a_match_once(stacks in strategies::stacks()) {
        let tree = tree_of(&stacks);
        let found = |name: &str| ["a", "main"].iter().any(|part| name.contains(part));
        let expected: i64 = stacks
            .iter()
            .filter(|(stack, _)| stack.iter().any(|name| found(name)))
            .map(|(_, value)| value)
            .sum();
        // "total" has an a in it as well.
        let result = search(&tree, &NamePattern::regex("a|main").unwrap());
        prop_assert_eq!(result.matched_value, expected);
    }

    #[test]
    fn callees_callers_and_focus_agree_with_the_stack_traces(
        stacks in strategies::stacks(),
        name in strategies::function_name(),
    ) {
        let tree = tree_of(&stacks);
        let Some(function) = tree.names().find(&name) else { return Ok(()) };
        let below: Vec<_> = stacks_from(&stacks, &name)
            .map(|(_, below, value)| (below.to_vec(), value))
            .collect();
        prop_assert_eq!(with_value(&callees(&tree, function).unwrap()), with_value(&tree_of(&below)));
        let above: Vec<_> = stacks_from(&stacks, &name)
            .map(|(above, _, value)| (above.iter().rev().cloned().collect(), value))
            .collect();
        prop_assert_eq!(with_value(&callers(&tree, function, usize::MAX).unwrap().tree), with_value(&tree_of(&above)));
        let through: Vec<_> =
            stacks.iter().filter(|(stack, _)| stack.contains(&name)).cloned().collect();
        let focused = focus_function(&tree, function).unwrap();
        prop_assert_eq!(with_value(&focused), with_value(&tree_of(&through)));
    }

    #[test]
    fn inverting_is_building_from_stack_traces_turned_around(stacks in strategies::stacks()) {
        let tree = tree_of(&stacks);
        let turned: Vec<_> = stacks
            .iter()
            .filter(|(_, value)| *value > 0)
            .map(|(stack, value)| (stack.iter().rev().cloned().collect(), *value))
            .collect();
        prop_assert_eq!(format_tree(&invert(&tree, usize::MAX).unwrap().tree), format_tree(&tree_of(&turned)));
    }

    #[test]
    fn inverting_keeps_the_grand_total(tree in strategies::truncated_tree()) {
        prop_assert_eq!(invert(&tree, usize::MAX).unwrap().tree.total_values()[0], tree.total_values()[0]);
    }

    #[test]
    fn focus_on_the_root_is_the_whole_tree(tree in strategies::truncated_tree()) {
        let focused = focus_node(&tree, NodeIdx(0)).unwrap();
        prop_assert_eq!(format_tree(&focused), format_tree(&tree));
    }

    #[test]
    fn collapsing_is_building_from_stack_traces_without_repeats(stacks in strategies::stacks()) {
        let tree = tree_of(&stacks);
        let collapsed: Vec<_> = stacks
            .iter()
            .cloned()
            .map(|(mut stack, value)| {
                stack.dedup();
                (stack, value)
            })
            .collect();
        let found = collapse_recursion(&tree).unwrap();
        prop_assert_eq!(format_tree(&found), format_tree(&tree_of(&collapsed)));
    }
}

#[test]
fn many_names_looked_up_at_once_are_found_as_one_by_one_but_for_few() {
    let mut names = FunctionNames::default();
    (0..20_000).for_each(|at| assert_eq!(names.intern(&format!("known{at}")).0, at));
    let wanted: Vec<String> =
        (0..20_000).flat_map(|at| [format!("known{at}"), format!("unknown{at}")]).collect();
    let bytes: Vec<&[u8]> = wanted.iter().map(String::as_bytes).collect();
    let mut found = Vec::new();
    names.find_most(&bytes, |idx| found.push(idx));
    assert_eq!(found.len(), wanted.len());
    let mut missed = 0;
    for (name, found) in wanted.iter().zip(found) {
        match found {
            Some(_) => assert_eq!(found, names.find(name), "{name}"),
            None => missed += usize::from(names.find(name).is_some()),
        }
    }
    assert!(missed < 2_000, "{missed} of 20000 known names were not found");
}
