//! The levels of one call tree.

use profile::{NestedSet, Tree};

use super::{
    DecodeError, NameWriter, PlacedNode, Warning, label_from_wire, rows_in_pre_order,
    warn_of_incomplete_groups,
};
use crate::decoded::Decoded;

/// The message `FlameGraph`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Levels {
    /// The function names; the first is the root's.
    pub names: Vec<String>,
    /// The levels, the root's first. Groups of four numbers: gap to the end of the node before,
    /// total value, self value, position of the name.
    pub levels: Vec<Vec<i64>>,
    /// The total of the root.
    pub total: i64,
    /// The largest self value of a node.
    pub max_self: i64,
}

const GROUP: usize = 4;

/// The call tree of levels.
///
/// Nodes without value are left out; leaves called [`Tree::TRUNCATED_NAME`] are marked as
/// truncated. Siblings keep their order.
/// Empty: no levels, or a root without value, are an empty tree.
/// Errors: see [`DecodeError`].
pub fn decode(flame_graph: &Levels) -> Result<Decoded<Tree, Warning>, DecodeError> {
    let mut warnings = Vec::new();
    warn_of_incomplete_groups(flame_graph.levels.iter(), GROUP, &mut warnings);
    let mut placed = Vec::with_capacity(flame_graph.levels.len());
    for (level, values) in flame_graph.levels.iter().enumerate() {
        let mut end = 0_i64;
        let mut nodes = Vec::with_capacity(values.len() / GROUP);
        for (group, node) in values.chunks_exact(GROUP).enumerate() {
            let begin = end.checked_add(node[0]);
            let node_end = begin.and_then(|begin| begin.checked_add(node[1]));
            let (Some(begin), Some(node_end)) = (begin, node_end) else {
                return Err(DecodeError::PositionTooLarge { level });
            };
            end = node_end;
            if begin < end {
                nodes.push(PlacedNode { begin, end, group });
            }
        }
        placed.push(nodes);
    }
    let rows = rows_in_pre_order(&placed, &mut warnings);
    let column = |field: usize| {
        rows.iter().map(move |row| flame_graph.levels[row.level][row.group * GROUP + field])
    };
    let depths: Vec<u32> =
        rows.iter().map(|row| u32::try_from(row.level).unwrap_or(u32::MAX)).collect();
    let (totals, self_values): (Vec<i64>, Vec<i64>) = (column(1).collect(), column(2).collect());
    let labels: Vec<u32> = column(3).map(label_from_wire).collect();
    let (tree, more) = Tree::from_nested_set(&NestedSet {
        depths: &depths,
        totals: &totals,
        self_values: Some(&self_values),
        labels: &labels,
        names: &flame_graph.names,
        marks_truncated: true,
    })?;
    warnings.extend(more.into_iter().map(Warning::Rows));
    Ok(Decoded { value: tree, warnings })
}

/// The levels of a call tree, nodes of a level in column order.
pub fn encode(tree: &Tree) -> Levels {
    let mut names = NameWriter::new(tree);
    let mut levels: Vec<Vec<i64>> = Vec::new();
    // For every level, where its last node ends, and where the next child of the node at hand on
    // that level begins.
    let mut ends: Vec<i64> = Vec::new();
    let mut next_child: Vec<i64> = Vec::new();
    for node in tree.nodes() {
        let level = tree.depth(node) as usize;
        if level == levels.len() {
            levels.push(Vec::new());
            ends.push(0);
            next_child.push(0);
        }
        let begin = if level == 0 { 0 } else { next_child[level - 1] };
        let (total, self_value) = (tree.total_value(node), tree.self_value(node));
        let name = names.position(tree, node);
        levels[level].extend([begin.saturating_sub(ends[level]), total, self_value, name]);
        ends[level] = begin.saturating_add(total);
        next_child[level] = begin.saturating_add(self_value);
        if level > 0 {
            next_child[level - 1] = begin.saturating_add(total);
        }
    }
    let max_self = tree.self_values().iter().copied().max().unwrap_or(0);
    Levels { names: names.names, levels, total: tree.total_values()[0], max_self }
}
