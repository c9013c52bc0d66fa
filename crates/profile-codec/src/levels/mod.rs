//! Call trees in Pyroscope's flame graph levels: the messages `FlameGraph` and `FlameGraphDiff`.
//!
//! A level holds the nodes of one depth from left to right in groups of numbers. A group begins
//! with the gap to the end of the node before it on the level; the children of a node lie to the
//! right of its self value. Names are positions in a list, of which the first is the root's.

mod diff;
mod single;

pub use diff::{DiffLevels, decode_diff, encode_diff};
pub use single::{Levels, decode, encode};

use profile::{NestedSetWarning, TreeError};

/// Why levels are no call tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// Positions on a level grow beyond a signed 64-bit integer.
    #[error("the positions on level {level} grow beyond 2^63 - 1")]
    PositionTooLarge {
        /// The level, from 0.
        level: usize,
    },
    /// The nodes do not add up to a tree.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// What could not be taken from levels as it stood. Each kind occurs at most once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// A level ends within a group; the rest of it was left out.
    #[error("{count} levels end within a node, the first is level {first}")]
    IncompleteGroup {
        /// How many levels.
        count: usize,
        /// The first such level, from 0.
        first: usize,
    },
    /// Nodes that lie below no node of the level above; they were left out.
    #[error("{count} nodes lie below no other, the first is on level {first}")]
    WithoutParent {
        /// How many nodes, not counting what lies below them.
        count: usize,
        /// The level of the first one.
        first: usize,
    },
    /// The nodes as rows have something wrong about them.
    #[error(transparent)]
    Rows(#[from] NestedSetWarning),
}

/// A node of a level, placed.
#[derive(Debug, Clone, Copy)]
struct PlacedNode {
    begin: i64,
    end: i64,
    /// Position of its group on the level.
    group: usize,
}

/// A node in pre-order: its level and the position of its group there.
#[derive(Debug, Clone, Copy)]
struct Row {
    level: usize,
    group: usize,
}

/// The nodes of all levels in pre-order.
///
/// A node belongs to the last node of the level above that begins at or before it and ends after
/// it. Nodes without width have been left out before: which parent they had cannot be told.
/// Cost: linear.
fn rows_in_pre_order(levels: &[Vec<PlacedNode>], warnings: &mut Vec<Warning>) -> Vec<Row> {
    // For every level and node, where its children end on the level below.
    let mut child_ends: Vec<Vec<usize>> = Vec::with_capacity(levels.len());
    let (mut count, mut first) = (0, None);
    let mut orphans: Vec<Vec<bool>> = vec![vec![]];
    for (level, parents) in levels.iter().enumerate() {
        let children = levels.get(level + 1).map_or(&[][..], Vec::as_slice);
        let mut is_orphan = vec![false; children.len()];
        let mut next = 0;
        let mut ends = Vec::with_capacity(parents.len());
        for parent in parents {
            while children.get(next).is_some_and(|child| child.begin < parent.end) {
                is_orphan[next] = children[next].begin < parent.begin;
                next += 1;
            }
            ends.push(next);
        }
        for orphan in &mut is_orphan[next..] {
            *orphan = true;
        }
        let orphan_count = is_orphan.iter().filter(|is_orphan| **is_orphan).count();
        if orphan_count > 0 {
            first = first.or(Some(level + 1));
            count += orphan_count;
        }
        orphans.push(is_orphan);
        child_ends.push(ends);
    }
    if let Some(first) = first {
        warnings.push(Warning::WithoutParent { count, first });
    }
    let mut rows = Vec::new();
    let roots = levels.first().map_or(0, Vec::len);
    let mut open: Vec<(usize, usize)> = (0..roots).rev().map(|node| (0, node)).collect();
    while let Some((level, node)) = open.pop() {
        rows.push(Row { level, group: levels[level][node].group });
        let begin = if node == 0 { 0 } else { child_ends[level][node - 1] };
        let children = (begin..child_ends[level][node]).rev();
        let children = children.filter(|child| !orphans[level + 1][*child]);
        open.extend(children.map(|child| (level + 1, child)));
    }
    rows
}

/// The name position of a group as a label; positions that cannot be are beyond all names.
fn label_from_wire(position: i64) -> u32 {
    u32::try_from(position).unwrap_or(u32::MAX)
}

/// Warns of levels whose length is no multiple of `group_length`.
fn warn_of_incomplete_groups<'a>(
    levels: impl Iterator<Item = &'a Vec<i64>>,
    group_length: usize,
    warnings: &mut Vec<Warning>,
) {
    let incomplete = levels.enumerate().filter(|(_, level)| level.len() % group_length != 0);
    let incomplete: Vec<usize> = incomplete.map(|(level, _)| level).collect();
    if let Some(first) = incomplete.first() {
        warnings.push(Warning::IncompleteGroup { count: incomplete.len(), first: *first });
    }
}

/// Gives names their positions in the list of a message, the root's first.
#[derive(Debug)]
struct NameWriter {
    names: Vec<String>,
    /// The position of each function of the tree. None: not met.
    positions: Vec<Option<i64>>,
}

impl NameWriter {
    fn new(tree: &profile::Tree) -> Self {
        let names = vec![tree.name(profile::NodeIdx(0)).to_owned()];
        Self { names, positions: vec![None; tree.names().len()] }
    }

    /// The position of a node's name. The root has the first position for itself: a function
    /// called like it gets another.
    fn position(&mut self, tree: &profile::Tree, node: profile::NodeIdx) -> i64 {
        if node == profile::NodeIdx(0) {
            return 0;
        }
        let Self { names, positions } = self;
        let position = &mut positions[tree.function(node).0 as usize];
        *position.get_or_insert_with(|| {
            names.push(tree.name(node).to_owned());
            i64::try_from(names.len() - 1).expect("fewer than 2^32 names")
        })
    }
}
