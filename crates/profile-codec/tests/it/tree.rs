//! Pyroscope's TREE bytes.

use std::collections::BTreeMap;

use fixtures::{assert_tree, format_tree, strategies, tree_from_outline};
use profile::{NodeIdx, Tree};
use profile_codec::tree::{self, DecodeError, Part, Warning};
use proptest::prelude::*;

use crate::testdata;

const ANSWERS: [&str; 5] = [
    "tree-every-service",
    "tree-max-nodes-64",
    "tree-max-nodes-8192",
    "tree-node-wall",
    "tree-rust",
];

fn node(name: &[u8], self_value: u8, child_count: u8) -> Vec<u8> {
    let name_length = u8::try_from(name.len()).unwrap();
    [&[name_length], name, &[self_value, child_count]].concat()
}

/// Self values by path.
type Nodes = BTreeMap<Vec<String>, i64>;

fn nodes_of(tree: &Tree) -> Nodes {
    let nodes = tree.nodes().skip(1).map(|node| {
        let path = tree.path(node).into_iter().skip(1);
        (path.map(|node| tree.name(node).to_owned()).collect(), tree.self_value(node))
    });
    nodes.collect()
}

/// The nodes of a tree written out as `  name self=1 children=2`.
fn nodes_of_text(text: &str) -> Nodes {
    let mut path: Vec<String> = Vec::new();
    let mut nodes = Nodes::new();
    for line in text.lines().skip(1) {
        let content = line.trim_start();
        let depth = (line.len() - content.len()) / 2;
        let (name, values) = content.rsplit_once(" self=").unwrap();
        path.truncate(depth - 1);
        path.push(name.to_owned());
        let self_value = values.split(' ').next().unwrap().parse().unwrap();
        assert_eq!(nodes.insert(path.clone(), self_value), None, "{path:?}");
    }
    nodes
}

#[test]
fn every_answer_decodes_to_what_another_implementation_saw() {
    for name in ANSWERS {
        let bytes = testdata::read(&format!("pyroscope-answers/{name}.tree"));
        let text = testdata::read(&format!("pyroscope-answers/{name}.txt"));
        let decoded = tree::decode(&bytes).unwrap();
        assert_eq!(decoded.warnings, []);
        assert_eq!(nodes_of(&decoded.value), nodes_of_text(std::str::from_utf8(&text).unwrap()));
        let again = tree::decode(&tree::encode(&decoded.value)).unwrap().value;
        assert_eq!(format_tree(&again), format_tree(&decoded.value), "{name}");
    }
}

#[test]
fn an_answer_that_the_server_cut_says_where() {
    let whole = tree::decode(&testdata::read("pyroscope-answers/tree-max-nodes-8192.tree"));
    assert!(whole.unwrap().value.truncated().is_empty());
    let cut = tree::decode(&testdata::read("pyroscope-answers/tree-max-nodes-64.tree"));
    let cut = cut.unwrap().value;
    assert!(cut.truncated().len() > 10);
    assert!(cut.truncated().iter().all(|node| cut.name(*node) == "other"));
}

#[test]
fn children_in_any_order_are_sorted_and_siblings_of_one_name_merged() {
    let bytes = [
        node(b"", 0, 3),
        node(b"b", 1, 1),
        node(b"z", 2, 0),
        node(b"a", 4, 0),
        node(b"b", 8, 2),
        node(b"z", 16, 0),
        node(b"y", 32, 0),
    ]
    .concat();
    let decoded = tree::decode(&bytes).unwrap();
    assert_eq!(decoded.warnings, []);
    assert_tree(
        &decoded.value,
        "
        total (total: 63, self: 0)
          a (total: 4, self: 4)
          b (total: 59, self: 9)
            y (total: 32, self: 32)
            z (total: 18, self: 18)
        ",
    );
}

#[test]
fn only_a_leaf_called_other_was_cut_by_the_server() {
    let bytes = [
        node(b"", 0, 3),
        node(b"zlib", 1, 0),
        node(b"other", 2, 0),
        node(b"other", 4, 1),
        node(b"sort", 8, 0),
    ]
    .concat();
    assert_tree(
        &tree::decode(&bytes).unwrap().value,
        "
        total (total: 15, self: 0)
          other (total: 12, self: 4)
            sort (total: 8, self: 8)
          zlib (total: 1, self: 1)
          other (total: 2, self: 2) [truncated]
        ",
    );
}

#[test]
fn fewer_than_two_bytes_are_an_empty_tree() {
    assert!(tree::decode(&[]).unwrap().value.is_empty());
    assert!(tree::decode(&[0]).unwrap().value.is_empty());
    assert!(tree::decode(&[0, 0, 0]).unwrap().value.is_empty());
}

#[test]
fn a_tree_cut_short_says_where_and_how_much_is_missing() {
    let bytes = [node(b"", 0, 2), node(b"main", 1, 0)].concat();
    let error = tree::decode(&bytes).unwrap_err();
    let expected = DecodeError::Truncated { length: 10, part: Part::NameLength, missing: 1 };
    assert_eq!(error, expected);
    assert_eq!(
        error.to_string(),
        "the tree bytes end at 10 within name length, with 1 nodes still to come"
    );
    for length in 2..bytes.len() {
        assert!(tree::decode(&bytes[..length]).is_err(), "{length}");
    }
}

#[test]
fn counts_and_lengths_that_lie_cost_nothing() {
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let claims_children = [&[0, 0][..], &huge].concat();
    let error = tree::decode(&claims_children).unwrap_err();
    let expected = DecodeError::Truncated { length: 12, part: Part::NameLength, missing: u64::MAX };
    assert_eq!(error, expected);
    let claims_name = [&[0, 0, 1][..], &huge, b"main"].concat();
    let error = tree::decode(&claims_name).unwrap_err();
    assert!(matches!(error, DecodeError::Truncated { part: Part::Name, .. }));
}

#[test]
fn numbers_that_do_not_fit_are_refused() {
    let too_long = [0, 0, 1, 0, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x80, 0x01];
    let error = tree::decode(&too_long).unwrap_err();
    assert_eq!(error, DecodeError::NumberTooLong { offset: 4, part: Part::SelfValue });
    let huge = [0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0x01];
    let negative = [&[0, 0, 1, 0][..], &huge, &[0]].concat();
    let error = tree::decode(&negative).unwrap_err();
    assert_eq!(error, DecodeError::ValueTooLarge { offset: 4, value: u64::MAX });
}

#[test]
fn names_that_are_not_utf8_and_bytes_after_the_tree_are_told() {
    let mut bytes = [node(b"", 0, 1), node(b"caf\xe9", 1, 0)].concat();
    bytes.extend([1, 2, 3]);
    let decoded = tree::decode(&bytes).unwrap();
    assert_eq!(
        decoded.warnings,
        [Warning::InvalidUtf8 { count: 1, first: 4 }, Warning::TrailingBytes { count: 3 }]
    );
    assert_tree(&decoded.value, "total (total: 1, self: 0)\n  caf\u{fffd} (total: 1, self: 1)");
}

#[test]
fn a_tree_half_a_million_deep_is_read_without_recursion() {
    let mut bytes = vec![0, 0, 1];
    for _ in 0..500_000 {
        bytes.extend(node(b"f", 1, 1));
    }
    bytes.extend(node(b"f", 1, 0));
    let tree = tree::decode(&bytes).unwrap().value;
    assert_eq!(tree.node_count(), 500_002);
    assert_eq!(tree.total_values()[0], 500_001);
    assert_eq!(tree::encode(&tree), bytes);
}

#[test]
fn two_hundred_thousand_siblings_are_read_in_no_time() {
    let mut bytes = vec![0, 0, 0xc0, 0x9a, 0x0c];
    for sibling in (0..200_000).rev() {
        bytes.extend(node(format!("function {sibling}").as_bytes(), 1, 0));
    }
    let tree = tree::decode(&bytes).unwrap().value;
    assert_eq!(tree.node_count(), 200_001);
}

#[derive(Debug, Clone, Copy, PartialEq)]
enum Order {
    Ascending,
    Descending,
    /// One family the one way, the next the other way, by the parent's place.
    Mixed,
}

/// The bytes of a tree, written node by node with siblings in some order of their names.
fn bytes_in(tree: &Tree, order: Order) -> Vec<u8> {
    let mut bytes = Vec::new();
    let mut open = vec![NodeIdx(0)];
    while let Some(at) = open.pop() {
        let name = if at == NodeIdx(0) { "" } else { tree.name(at) };
        let mut children: Vec<NodeIdx> = tree.children(at).collect();
        children.sort_by_key(|child| tree.name(*child));
        let is_descending = order == Order::Descending || (order == Order::Mixed && at.0 % 2 == 1);
        // What is pushed last is written first.
        if !is_descending {
            children.reverse();
        }
        let child_count = u8::try_from(children.len()).unwrap();
        write_varint(&mut bytes, name.len() as u64);
        bytes.extend_from_slice(name.as_bytes());
        write_varint(&mut bytes, tree.self_value(at).cast_unsigned());
        bytes.push(child_count);
        open.extend(children);
    }
    bytes
}

fn write_varint(bytes: &mut Vec<u8>, mut value: u64) {
    while value >= 0x80 {
        bytes.push(value as u8 | 0x80);
        value >>= 7;
    }
    bytes.push(value as u8);
}

/// Whether siblings stand in the order of their names, truncated ones last.
fn has_sorted_siblings(tree: &Tree) -> bool {
    let key = |node: &NodeIdx| (tree.is_truncated(*node), tree.name(*node).to_owned());
    tree.nodes().all(|node| tree.children(node).map(|child| key(&child)).is_sorted())
}

proptest! {
    #[test]
    fn a_tree_comes_back_from_its_bytes(tree in strategies::tree()) {
        let again = tree::decode(&tree::encode(&tree)).unwrap();
        prop_assert_eq!(again.warnings, []);
        // A leaf that is really called `other` is taken for a truncated node.
        let plain = |tree: &Tree| nodes_of(tree);
        prop_assert_eq!(plain(&again.value), plain(&tree));
        prop_assert_eq!(again.value.total_values()[0], tree.total_values()[0]);
    }

    #[test]
    fn the_order_of_siblings_in_the_bytes_is_no_matter(
        tree in strategies::tree(),
        order in prop::sample::select(vec![Order::Ascending, Order::Descending, Order::Mixed]),
    ) {
        let sorted = tree::decode(&bytes_in(&tree, Order::Mixed)).unwrap().value;
        let decoded = tree::decode(&bytes_in(&tree, order)).unwrap().value;
        prop_assert_eq!(format_tree(&decoded), format_tree(&sorted));
        prop_assert_eq!(decoded.truncated(), sorted.truncated());
        prop_assert_eq!(nodes_of(&decoded), nodes_of(&tree));
        prop_assert!(has_sorted_siblings(&decoded));
    }

    #[test]
    fn any_bytes_are_a_tree_or_an_error(bytes in prop::collection::vec(0_u8..6, 0..60)) {
        if let Ok(decoded) = tree::decode(&bytes) {
            let outline = format_tree(&decoded.value);
            prop_assert_eq!(format_tree(&tree_from_outline(&outline)), outline);
        }
    }
}
