//! The levels of two call trees compared.

use profile::{DiffTree, NestedSet};

use super::{
    DecodeError, NameWriter, PlacedNode, Warning, label_from_wire, rows_in_pre_order,
    warn_of_incomplete_groups,
};
use crate::decoded::Decoded;

/// The message `FlameGraphDiff`. On the wire the baseline is the left side.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiffLevels {
    /// The function names; the first is the root's.
    pub names: Vec<String>,
    /// The levels, the root's first. Groups of seven numbers: gap to the end of the node before,
    /// total value and self value on the left; the same on the right; position of the name.
    pub levels: Vec<Vec<i64>>,
    /// The totals of both sides together.
    pub total: i64,
    /// The largest self value of a node on both sides together.
    pub max_self: i64,
    /// The total of the baseline.
    pub left_ticks: i64,
    /// The total of the comparison.
    pub right_ticks: i64,
}

const GROUP: usize = 7;

/// The comparison that levels hold.
///
/// Nodes that have no value on either side are left out; a node that has none on one side is found
/// by its place on both together. Siblings are sorted by name.
/// Errors: see [`DecodeError`].
pub fn decode_diff(flame_graph: &DiffLevels) -> Result<Decoded<DiffTree, Warning>, DecodeError> {
    let mut warnings = Vec::new();
    warn_of_incomplete_groups(flame_graph.levels.iter(), GROUP, &mut warnings);
    let mut placed = Vec::with_capacity(flame_graph.levels.len());
    for (level, values) in flame_graph.levels.iter().enumerate() {
        let too_large = DecodeError::PositionTooLarge { level };
        let mut end = 0_i64;
        let mut nodes = Vec::with_capacity(values.len() / GROUP);
        for (group, node) in values.chunks_exact(GROUP).enumerate() {
            // The gaps and widths of both sides add up to those of both together.
            let add = |a: Option<i64>, b: i64| a.and_then(|a| a.checked_add(b));
            let begin = add(add(Some(end), node[0]), node[3]);
            let node_end = add(add(begin, node[1]), node[4]);
            let (Some(begin), Some(node_end)) = (begin, node_end) else { return Err(too_large) };
            end = node_end;
            if begin < end {
                nodes.push(PlacedNode { begin, end, group });
            }
        }
        placed.push(nodes);
    }
    let rows = rows_in_pre_order(&placed, &mut warnings);
    let column = |field: usize| -> Vec<i64> {
        rows.iter().map(|row| flame_graph.levels[row.level][row.group * GROUP + field]).collect()
    };
    let depths: Vec<u32> =
        rows.iter().map(|row| u32::try_from(row.level).unwrap_or(u32::MAX)).collect();
    let labels: Vec<u32> = column(6).into_iter().map(label_from_wire).collect();
    let sides = [[column(1), column(2)], [column(4), column(5)]];
    let [baseline, comparison] = sides.each_ref().map(|[totals, self_values]| NestedSet {
        depths: &depths,
        totals,
        self_values: Some(self_values),
        labels: &labels,
        names: &flame_graph.names,
        marks_truncated: true,
    });
    let (tree, more) = DiffTree::from_nested_sets(&baseline, &comparison)?;
    warnings.extend(more.into_iter().map(Warning::Rows));
    Ok(Decoded { value: tree, warnings })
}

/// The levels of a comparison, nodes of a level in column order.
pub fn encode_diff(diff: &DiffTree) -> DiffLevels {
    let tree = diff.joint();
    let sides = [
        (diff.baseline_total_values(), diff.baseline_self_values()),
        (diff.comparison_total_values(), diff.comparison_self_values()),
    ];
    let mut names = NameWriter::new(tree);
    let mut levels: Vec<Vec<i64>> = Vec::new();
    // For every level and side, where its last node ends, and where the next child of the node at
    // hand on that level begins.
    let mut ends: Vec<[i64; 2]> = Vec::new();
    let mut next_child: Vec<[i64; 2]> = Vec::new();
    for node in tree.nodes() {
        let level = tree.depth(node) as usize;
        if level == levels.len() {
            levels.push(Vec::new());
            ends.push([0; 2]);
            next_child.push([0; 2]);
        }
        for (side, (totals, self_values)) in sides.iter().enumerate() {
            let (total, self_value) = (totals[node.0 as usize], self_values[node.0 as usize]);
            let begin = if level == 0 { 0 } else { next_child[level - 1][side] };
            levels[level].extend([begin.saturating_sub(ends[level][side]), total, self_value]);
            ends[level][side] = begin.saturating_add(total);
            next_child[level][side] = begin.saturating_add(self_value);
            if level > 0 {
                next_child[level - 1][side] = begin.saturating_add(total);
            }
        }
        levels[level].push(names.position(tree, node));
    }
    DiffLevels {
        names: names.names,
        levels,
        total: tree.total_values()[0],
        max_self: tree.self_values().iter().copied().max().unwrap_or(0),
        left_ticks: diff.baseline_total_values()[0],
        right_ticks: diff.comparison_total_values()[0],
    }
}
