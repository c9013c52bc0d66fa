//! Call trees in one form, whatever order they came in.

use std::collections::BTreeMap;

use profile::{NodeIdx, Tree};

/// Every path of a tree with its self value and total, ascending; nodes without value left out.
pub(crate) fn canonical(tree: &Tree) -> BTreeMap<Vec<String>, (i64, i64)> {
    let mut paths = BTreeMap::new();
    let mut path: Vec<String> = Vec::new();
    for node in 0..tree.node_count() {
        let node = NodeIdx(u32::try_from(node).expect("few nodes"));
        path.truncate(tree.depth(node) as usize);
        path.push(tree.name(node).to_owned());
        let (self_value, total) = (tree.self_value(node), tree.total_value(node));
        if total != 0 {
            paths.insert(path.clone(), (self_value, total));
        }
    }
    paths
}
