//! Call trees in the messages of Pyroscope's API.

use profile::Tree;
use profile_codec::{levels, tree};
use pyroscope_api::querier::v1::{FlameGraph, FlameGraphDiff, Level};

/// The levels of a flame graph. Empty: a root of value 0.
pub(super) fn flame_graph(tree: &Tree) -> FlameGraph {
    let levels::Levels { names, levels, total, max_self } = levels::encode(tree);
    FlameGraph { names, levels: wire_levels(levels), total, max_self }
}

/// The levels of a comparison. Empty: a root of value 0 on both sides.
pub(super) fn flame_graph_diff(diff: &profile::DiffTree) -> FlameGraphDiff {
    let levels::DiffLevels { names, levels, total, max_self, left_ticks, right_ticks } =
        levels::encode_diff(diff);
    let levels = wire_levels(levels);
    FlameGraphDiff { names, levels, total, max_self, left_ticks, right_ticks }
}

fn wire_levels(levels: Vec<Vec<i64>>) -> Vec<Level> {
    levels.into_iter().map(|values| Level { values }).collect()
}

/// The TREE bytes of a call tree. Empty: no bytes at all, as Pyroscope has it.
pub(super) fn tree_bytes(tree: &Tree) -> Vec<u8> {
    if tree.is_empty() { Vec::new() } else { tree::encode(tree) }
}
