//! Pyroscope's flame graph levels.

use std::collections::BTreeMap;

use fixtures::{assert_tree, format_tree, strategies, tree_from_folded};
use profile::{DiffTree, NestedSetWarning, Tree, diff};
use profile_codec::levels::{
    DecodeError, DiffLevels, Levels, Warning, decode, decode_diff, encode, encode_diff,
};
use profile_codec::tree;
use proptest::prelude::*;
use serde_json::Value;

use crate::testdata;

fn numbers(value: &Value) -> Vec<i64> {
    let numbers = value.as_array().into_iter().flatten();
    numbers.map(|number| number.as_str().unwrap().parse().unwrap()).collect()
}

fn number(value: &Value) -> i64 {
    value.as_str().map_or(0, |text| text.parse().unwrap())
}

fn names_and_levels(message: &Value) -> (Vec<String>, Vec<Vec<i64>>) {
    let names = message["names"].as_array().unwrap().iter();
    let names = names.map(|name| name.as_str().unwrap().to_owned()).collect();
    let levels = message["levels"].as_array().unwrap().iter();
    (names, levels.map(|level| numbers(&level["values"])).collect())
}

fn read_levels(name: &str) -> Levels {
    let message = testdata::read_json(&format!("pyroscope-answers/{name}.json"));
    let (names, levels) = names_and_levels(&message);
    Levels {
        names,
        levels,
        total: number(&message["total"]),
        max_self: number(&message["maxSelf"]),
    }
}

fn read_diff_levels(name: &str) -> DiffLevels {
    let message = testdata::read_json(&format!("pyroscope-answers/{name}.json"));
    let (names, levels) = names_and_levels(&message);
    DiffLevels {
        names,
        levels,
        total: number(&message["total"]),
        max_self: number(&message["maxSelf"]),
        left_ticks: number(&message["leftTicks"]),
        right_ticks: number(&message["rightTicks"]),
    }
}

fn names(names: &[&str]) -> Vec<String> {
    names.iter().map(|name| (*name).to_owned()).collect()
}

/// Levels with names in the place of their positions, which writers choose freely.
fn with_names<const GROUP: usize>(
    names: &[String],
    levels: &[Vec<i64>],
) -> Vec<Vec<(Vec<i64>, String)>> {
    let group = |group: &[i64]| {
        let (name, numbers) = group.split_last().unwrap();
        (numbers.to_vec(), names[usize::try_from(*name).unwrap()].clone())
    };
    levels.iter().map(|level| level.chunks(GROUP).map(group).collect()).collect()
}

#[test]
fn levels_and_tree_of_one_query_are_the_same() {
    for (levels_name, tree_name) in [
        ("flamegraph-max-nodes-64", "tree-max-nodes-64"),
        ("flamegraph-max-nodes-8192", "tree-max-nodes-8192"),
    ] {
        let from_levels = decode(&read_levels(levels_name)).unwrap();
        assert_eq!(from_levels.warnings, []);
        let bytes = testdata::read(&format!("pyroscope-answers/{tree_name}.tree"));
        let from_tree = tree::decode(&bytes).unwrap().value;
        assert_eq!(from_levels.value.total_values()[0], from_tree.total_values()[0]);
        if levels_name.ends_with("8192") {
            assert_eq!(format_tree(&from_levels.value), format_tree(&from_tree));
        }
    }
}

#[test]
fn levels_written_are_those_that_the_server_wrote() {
    for name in ["flamegraph-max-nodes-64", "flamegraph-max-nodes-8192"] {
        let answer = read_levels(name);
        let written = encode(&decode(&answer).unwrap().value);
        assert_eq!(
            with_names::<4>(&written.names, &written.levels),
            with_names::<4>(&answer.names, &answer.levels),
            "{name}"
        );
        assert_eq!((written.total, written.max_self), (answer.total, answer.max_self));
    }
}

#[test]
fn comparisons_written_are_those_that_the_server_wrote() {
    for name in ["diff-regions", "diff-one-side-empty"] {
        let answer = read_diff_levels(name);
        let decoded = decode_diff(&answer).unwrap();
        assert_eq!(decoded.warnings, [], "{name}");
        let written = encode_diff(&decoded.value);
        // The server sorts nodes that it folded away among the others, and may have two below one
        // parent: one from each tree, one from the comparison. Ours come last, merged. So order and
        // gaps differ where nodes were folded away, and the values of a level do not.
        let nodes = |names: &[String], levels: &[Vec<i64>]| -> Vec<BTreeMap<String, [i64; 4]>> {
            let levels = with_names::<7>(names, levels).into_iter();
            let sums = levels.map(|level| {
                let mut sums = BTreeMap::<String, [i64; 4]>::new();
                for (numbers, name) in level {
                    let sum = sums.entry(name).or_default();
                    for (sum, field) in sum.iter_mut().zip([1, 2, 4, 5]) {
                        *sum += numbers[field];
                    }
                }
                sums
            });
            sums.collect()
        };
        assert!(
            nodes(&written.names, &written.levels) == nodes(&answer.names, &answer.levels),
            "{name}"
        );
        if decoded.value.joint().truncated().is_empty() {
            assert!(
                with_names::<7>(&written.names, &written.levels)
                    == with_names::<7>(&answer.names, &answer.levels),
                "{name}"
            );
        }
        assert_eq!(written.total, answer.total);
        assert_eq!(written.left_ticks, answer.left_ticks);
        assert_eq!(written.right_ticks, answer.right_ticks);
    }
}

#[test]
fn a_gap_counts_from_the_end_of_the_node_before() {
    // As the stack traces a;b;e, a;c, a;c and a;c;d.
    let levels = Levels {
        names: names(&["total", "a", "c", "d", "b", "e"]),
        levels: vec![
            vec![0, 4, 0, 0],
            vec![0, 4, 0, 1],
            vec![0, 1, 0, 4, 0, 3, 2, 2],
            vec![0, 1, 1, 5, 2, 1, 1, 3],
        ],
        total: 4,
        max_self: 2,
    };
    let tree = decode(&levels).unwrap().value;
    assert_tree(
        &tree,
        "
        total (total: 4, self: 0)
          a (total: 4, self: 0)
            b (total: 1, self: 0)
              e (total: 1, self: 1)
            c (total: 3, self: 2)
              d (total: 1, self: 1)
        ",
    );
    let written = encode(&tree);
    assert_eq!(written.levels[3], [0, 1, 1, 3, 2, 1, 1, 5]);
    assert_eq!(written.names, names(&["total", "a", "b", "e", "c", "d"]));
    assert_eq!(written.max_self, 2);
}

#[test]
fn an_empty_answer_is_an_empty_tree() {
    let answer = read_levels("empty-unknown-label");
    assert_eq!(answer.levels, [[0, 0, 0, 0]]);
    let decoded = decode(&answer).unwrap();
    assert!(decoded.value.is_empty());
    assert_eq!(decoded.warnings, []);
    assert!(decode(&Levels::default()).unwrap().value.is_empty());
    assert_eq!(encode(&Tree::empty()), answer);
}

#[test]
fn nodes_without_width_go_since_their_parent_cannot_be_told() {
    let levels = Levels {
        names: names(&["total", "a", "b", "z"]),
        levels: vec![vec![0, 3, 0, 0], vec![0, 2, 1, 1, 0, 1, 1, 2], vec![2, 0, 0, 3]],
        total: 3,
        max_self: 1,
    };
    let decoded = decode(&levels).unwrap();
    assert_eq!(decoded.value.node_count(), 3);
}

#[test]
fn a_function_called_like_the_root_has_a_name_of_its_own() {
    let tree = tree_from_folded("total;total 3");
    let written = encode(&tree);
    assert_eq!(written.names, names(&["total", "total"]));
    assert_eq!(format_tree(&decode(&written).unwrap().value), format_tree(&tree));
}

#[test]
fn levels_that_make_no_sense_are_told() {
    let levels = Levels {
        names: names(&["total", "a"]),
        // A group cut short; a node beyond the root; a name that is not there.
        levels: vec![vec![0, 4, 2, 0, 7], vec![0, 2, 2, 9, 5, 1, 1, 1]],
        total: 4,
        max_self: 2,
    };
    let decoded = decode(&levels).unwrap();
    assert_eq!(
        decoded.warnings,
        [
            Warning::IncompleteGroup { count: 1, first: 0 },
            Warning::WithoutParent { count: 1, first: 1 },
            Warning::Rows(NestedSetWarning::UnknownLabel { count: 1, first: 1 }),
        ]
    );
    assert_tree(&decoded.value, "total (total: 4, self: 2)\n  \"\" (total: 2, self: 2)");
}

#[test]
fn positions_that_do_not_fit_are_refused() {
    let levels = Levels {
        names: names(&["total"]),
        levels: vec![vec![i64::MAX, 1, 0, 0]],
        total: 1,
        max_self: 0,
    };
    assert_eq!(decode(&levels).unwrap_err(), DecodeError::PositionTooLarge { level: 0 });
}

#[test]
fn a_comparison_has_both_sides_in_a_group() {
    let levels = DiffLevels {
        names: names(&["total", "a", "c", "b"]),
        levels: vec![
            vec![0, 3, 0, 0, 12, 0, 0],
            vec![0, 3, 0, 0, 12, 0, 1],
            vec![0, 1, 1, 0, 4, 4, 3, 0, 2, 2, 0, 8, 8, 2],
        ],
        total: 15,
        max_self: 10,
        left_ticks: 3,
        right_ticks: 12,
    };
    let decoded = decode_diff(&levels).unwrap();
    assert_eq!(decoded.warnings, []);
    let expected = diff(&tree_from_folded("a;b 1\na;c 2"), &tree_from_folded("a;b 4\na;c 8"));
    assert_eq!(formatted(&decoded.value), formatted(&expected.unwrap()));
    let written = encode_diff(&decoded.value);
    assert_eq!(
        with_names::<7>(&written.names, &written.levels),
        with_names::<7>(&levels.names, &levels.levels)
    );
}

fn formatted(diff: &DiffTree) -> String {
    format!(
        "{}{:?}{:?}{:?}{:?}",
        format_tree(diff.joint()),
        diff.baseline_self_values(),
        diff.baseline_total_values(),
        diff.comparison_self_values(),
        diff.comparison_total_values()
    )
}

/// The tree without the nodes that have no value.
fn without_empty_nodes(tree: &Tree) -> String {
    let text = format_tree(tree);
    let lines: Vec<&str> = text.lines().collect();
    let kept =
        lines.iter().enumerate().filter(|(at, line)| *at == 0 || !line.contains("(total: 0,"));
    kept.map(|(_, line)| format!("{}\n", line.replace(" [truncated]", ""))).collect()
}

proptest! {
    #[test]
    fn a_tree_comes_back_from_its_levels(tree in strategies::tree()) {
        let decoded = decode(&encode(&tree)).unwrap();
        prop_assert_eq!(decoded.warnings, []);
        prop_assert_eq!(without_empty_nodes(&decoded.value), without_empty_nodes(&tree));
    }

    #[test]
    fn a_comparison_comes_back_from_its_levels(a in strategies::tree(), b in strategies::tree()) {
        let expected = diff(&a, &b).unwrap();
        let decoded = decode_diff(&encode_diff(&expected)).unwrap();
        prop_assert_eq!(decoded.warnings, []);
        let again = decoded.value;
        prop_assert_eq!(encode_diff(&again).total, encode_diff(&expected).total);
        let columns = |diff: &DiffTree| {
            let tree = diff.joint();
            let mut rows: Vec<_> = tree
                .nodes()
                .filter(|node| tree.total_value(*node) > 0)
                .map(|node| {
                    let at = node.0 as usize;
                    let path: Vec<_> =
                        tree.path(node).iter().map(|node| tree.name(*node).to_owned()).collect();
                    (path, diff.baseline_self_values()[at], diff.comparison_self_values()[at])
                })
                .collect();
            rows.sort();
            rows
        };
        prop_assert_eq!(columns(&again), columns(&expected));
    }

    #[test]
    fn any_numbers_are_a_tree_or_an_error(
        levels in prop::collection::vec(prop::collection::vec(-2_i64..6, 0..24), 0..6),
        total in any::<i64>(),
    ) {
        let names = names(&["total", "a", "other", "a"]);
        let single =
            Levels { names: names.clone(), levels: levels.clone(), total, max_self: total };
        let _ = decode(&single);
        let double = DiffLevels { names, levels, ..DiffLevels::default() };
        let _ = decode_diff(&double);
    }
}
