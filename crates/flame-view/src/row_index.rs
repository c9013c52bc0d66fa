//! Where every node of a tree lies: its row, its place in the row and its offset in value space.

use profile::{NodeIdx, Tree};

/// The rows of a flame graph: the nodes of each depth from left to right.
///
/// Shape: `nodes` holds every node once, by depth and then in pre-order, which is the order from
/// left to right, and `starts` its left edge; a row's nodes do not overlap.
/// What one row needs lies side by side in memory, because that is how it is read.
/// Cost: built in two passes; parent, children and position are binary searches.
#[derive(Debug, Clone, Default)]
pub struct RowIndex {
    first: Vec<u32>,
    nodes: Vec<u32>,
    starts: Vec<i64>,
}

impl RowIndex {
    /// The rows of a tree.
    pub fn build(tree: &Tree) -> Self {
        let depths = tree.depths();
        let deepest = depths.iter().copied().max().unwrap_or(0) as usize;
        let mut first = vec![0_u32; deepest + 2];
        for depth in depths {
            first[*depth as usize + 1] += 1;
        }
        for depth in 0..=deepest {
            first[depth + 1] += first[depth];
        }
        let mut next_place = first.clone();
        // Where the next node of each depth begins.
        let mut next_start = vec![0_i64; deepest + 2];
        let mut nodes = vec![0_u32; depths.len()];
        let mut starts = vec![0_i64; depths.len()];
        let totals = tree.total_values();
        for (node, depth) in (0_u32..).zip(depths) {
            let depth = *depth as usize;
            let begin = next_start[depth];
            next_start[depth] = begin.saturating_add(totals[node as usize]);
            next_start[depth + 1] = begin;
            let place = next_place[depth] as usize;
            nodes[place] = node;
            starts[place] = begin;
            next_place[depth] += 1;
        }
        Self { first, nodes, starts }
    }

    /// How many rows there are.
    pub fn row_count(&self) -> usize {
        self.first.len().saturating_sub(1)
    }

    /// The nodes of a row from left to right. Empty: there is no such row.
    pub fn row(&self, depth: usize) -> &[u32] {
        match (self.first.get(depth), self.first.get(depth + 1)) {
            (Some(from), Some(to)) => &self.nodes[*from as usize..*to as usize],
            _ => &[],
        }
    }

    /// How many rows have a node between two values. Cost: a binary search in a few rows, because
    /// what a row holds, the row above it holds too.
    pub fn rows_between(&self, tree: &Tree, from: f64, to: f64) -> usize {
        let (mut low, mut high) = (0, self.row_count());
        while low < high {
            let depth = low + (high - low) / 2;
            let starts = self.row_starts(depth);
            let before = starts.partition_point(|start| (*start as f64) < to);
            let seen = before.checked_sub(1).is_some_and(|last| {
                let total = tree.total_value(NodeIdx(self.row(depth)[last]));
                starts[last].saturating_add(total) as f64 > from
            });
            if seen { low = depth + 1 } else { high = depth }
        }
        low
    }

    /// How many nodes lie in the rows above.
    pub fn row_offset(&self, depth: usize) -> usize {
        self.first.get(depth).map_or(self.nodes.len(), |first| *first as usize)
    }

    /// Every node, by row and from left to right.
    pub fn nodes(&self) -> &[u32] {
        &self.nodes
    }

    /// The left edges of the nodes of a row, as sums of the values left of them.
    pub fn row_starts(&self, depth: usize) -> &[i64] {
        let from = self.row_offset(depth);
        &self.starts[from..from + self.row(depth).len()]
    }

    /// The sum of the values left of a node.
    pub fn start(&self, tree: &Tree, node: NodeIdx) -> i64 {
        self.row_starts(tree.depth(node) as usize)[self.place_in_row(tree, node)]
    }

    /// The node that a node was called from. Empty: the root.
    pub fn parent(&self, tree: &Tree, node: NodeIdx) -> Option<NodeIdx> {
        let depth = tree.depth(node).checked_sub(1)?;
        let row = self.row(depth as usize);
        let after = row.partition_point(|other| *other < node.0);
        row.get(after.checked_sub(1)?).map(|parent| NodeIdx(*parent))
    }

    /// The nodes that a node called, from left to right.
    pub fn children(&self, tree: &Tree, node: NodeIdx) -> &[u32] {
        let row = self.row(tree.depth(node) as usize + 1);
        let from = row.partition_point(|other| *other <= node.0);
        let to = row.partition_point(|other| *other < tree.subtree_end(node).0);
        &row[from..to]
    }

    /// The place of a node in its row, from 0.
    pub fn place_in_row(&self, tree: &Tree, node: NodeIdx) -> usize {
        self.row(tree.depth(node) as usize).partition_point(|other| *other < node.0)
    }

    /// The nodes from the root down to a node, both included.
    pub fn path(&self, tree: &Tree, node: NodeIdx) -> Vec<NodeIdx> {
        let mut path = vec![node];
        let mut at = node;
        while let Some(parent) = self.parent(tree, at) {
            path.push(parent);
            at = parent;
        }
        path.reverse();
        path
    }
}
