//! The call tree as it is drawn: rows of nodes from left to right.

use crate::node_set::NodeSet;
use profile::{FunctionIdx, FunctionNames, Tree, TreeError};
use std::ops::Range;

/// A node of a [`RowTree`]: its place in the columns; 0 is the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(pub u32);

/// A call tree in columns by row: what one row needs lies side by side in memory, because that is
/// how it is laid out and drawn.
///
/// Shape: the columns have one entry per node, by depth and in each row from left to right, so that
/// the children of a node lie side by side in the next row and in the order of their parents.
/// Nodes of a row do not overlap.
/// Unit: values are those of the frame times its scale; never negative.
/// Cost: 24 bytes per node; depth and parent are binary searches, everything else is a look.
#[derive(Debug, Clone)]
pub struct RowTree {
    pub(crate) names: FunctionNames,
    /// Where each row begins, and the end of the last.
    pub(crate) first: Vec<u32>,
    pub(crate) function: Vec<FunctionIdx>,
    /// The sum of the values left of each node.
    pub(crate) start: Vec<i64>,
    pub(crate) total: Vec<i64>,
    /// Where the children of each node begin, which is where those of the node before it end; one
    /// entry more than there are nodes.
    pub(crate) first_child: Vec<u32>,
    /// Nodes that stand for siblings which were folded away.
    pub(crate) truncated: NodeSet,
    /// Nodes that lie below another node of their function.
    pub(crate) recursive: NodeSet,
}

impl RowTree {
    /// The distinct function names, the root's included.
    pub fn names(&self) -> &FunctionNames {
        &self.names
    }

    /// How many nodes there are, the root included; never 0.
    pub fn node_count(&self) -> usize {
        self.function.len()
    }

    /// How many rows there are.
    pub fn row_count(&self) -> usize {
        self.first.len() - 1
    }

    /// The nodes of a row, from left to right. Empty: there is no such row.
    pub fn row(&self, depth: usize) -> Range<u32> {
        match (self.first.get(depth), self.first.get(depth + 1)) {
            (Some(from), Some(to)) => *from..*to,
            _ => 0..0,
        }
    }

    /// The function of every node.
    pub fn functions(&self) -> &[FunctionIdx] {
        &self.function
    }

    /// The left edges of some nodes, as sums of the values left of them.
    pub fn starts(&self, nodes: Range<u32>) -> &[i64] {
        &self.start[nodes.start as usize..nodes.end as usize]
    }

    /// The total values of some nodes.
    pub fn totals(&self, nodes: Range<u32>) -> &[i64] {
        &self.total[nodes.start as usize..nodes.end as usize]
    }

    /// The function of a node.
    pub fn function(&self, node: NodeId) -> FunctionIdx {
        self.function[node.0 as usize]
    }

    /// The function name of a node.
    pub fn name(&self, node: NodeId) -> &str {
        self.names.get(self.function(node))
    }

    /// The sum of the values left of a node.
    pub fn start(&self, node: NodeId) -> i64 {
        self.start[node.0 as usize]
    }

    /// The value of a node with all that lies below it.
    pub fn total_value(&self, node: NodeId) -> i64 {
        self.total[node.0 as usize]
    }

    /// The value of a node without its children, which lie one beside the other from its left edge.
    #[inline]
    pub fn self_value(&self, node: NodeId) -> i64 {
        let total = self.total_value(node);
        let children = self.children(node);
        if children.is_empty() {
            return total;
        }
        let last = NodeId(children.end - 1);
        let below = self.start(last) - self.start(node) + self.total_value(last);
        total - below
    }

    /// Whether a node stands for siblings which were folded away.
    pub fn is_truncated(&self, node: NodeId) -> bool {
        self.truncated.contains(node)
    }

    /// Whether a node lies below another node of its function, the root apart.
    pub fn is_recursive(&self, node: NodeId) -> bool {
        self.recursive.contains(node)
    }

    /// How far a node is from the root, which is at 0. Cost: a binary search in the rows.
    pub fn depth(&self, node: NodeId) -> u32 {
        self.first.partition_point(|first| *first <= node.0) as u32 - 1
    }

    /// The place of a node in its row, from 0.
    pub fn place_in_row(&self, node: NodeId) -> u32 {
        node.0 - self.first[self.depth(node) as usize]
    }

    /// The nodes that a node called, from left to right.
    pub fn children(&self, node: NodeId) -> Range<u32> {
        let at = node.0 as usize;
        self.first_child[at]..self.first_child[at + 1]
    }

    /// The nodes that those of a range within one row called.
    pub fn children_of_all(&self, nodes: Range<u32>) -> Range<u32> {
        self.first_child[nodes.start as usize]..self.first_child[nodes.end as usize]
    }

    /// The node that a node was called from. Empty: the root. Cost: a binary search in a row.
    pub fn parent(&self, node: NodeId) -> Option<NodeId> {
        let above = self.row(self.depth(node).checked_sub(1)? as usize);
        let first_children = &self.first_child[above.start as usize..above.end as usize];
        // Of nodes whose children begin here all but the last have none.
        let after = first_children.partition_point(|first| *first <= node.0);
        Some(NodeId(above.start + after as u32 - 1))
    }

    /// The nodes from the root down to a node, both included. Cost: a binary search per row.
    pub fn path(&self, node: NodeId) -> Vec<NodeId> {
        let mut path: Vec<_> =
            std::iter::successors(Some(node), |node| self.parent(*node)).collect();
        path.reverse();
        path
    }

    /// Every node with its depth, callers before what they call, siblings from left to right.
    pub fn pre_order(&self) -> PreOrder<'_> {
        PreOrder { tree: self, open: Vec::from([self.row(0)]) }
    }

    /// The place of a node in pre-order, from 0. Cost: as many looks as the node is deep, for each
    /// row on the way to it.
    pub fn place_in_pre_order(&self, node: NodeId) -> u32 {
        let path = self.path(node);
        let before =
            |pair: &[NodeId]| 1 + self.count_below(self.children(pair[0]).start..pair[1].0);
        path.windows(2).map(before).sum()
    }

    /// How many nodes of a range within one row and below it there are.
    fn count_below(&self, mut nodes: Range<u32>) -> u32 {
        let mut count = 0;
        while !nodes.is_empty() {
            count += nodes.end - nodes.start;
            nodes = self.children_of_all(nodes);
        }
        count
    }

    /// How many rows have a node between two values. Cost: a binary search in a few rows, because
    /// what a row holds, the row above it holds too.
    pub fn rows_between(&self, from: f64, to: f64) -> usize {
        let (mut low, mut high) = (0, self.row_count());
        while low < high {
            let depth = low + (high - low) / 2;
            let row = self.row(depth);
            let before = self.starts(row.clone()).partition_point(|start| (*start as f64) < to);
            let seen = before.checked_sub(1).is_some_and(|last| {
                let end = self.starts(row.clone())[last] + self.totals(row)[last];
                end as f64 > from
            });
            if seen { low = depth + 1 } else { high = depth }
        }
        low
    }

    /// The same tree in pre-order, for the algorithms over call trees. Cost: linear.
    pub fn to_tree(&self) -> Result<Tree, TreeError> {
        let nodes: Vec<(usize, NodeId)> = self.pre_order().collect();
        let functions = nodes.iter().map(|(_, node)| self.function(*node)).collect();
        let depths = nodes.iter().map(|(depth, _)| *depth as u32).collect();
        let self_values = nodes.iter().map(|(_, node)| self.self_value(*node)).collect();
        let truncated = (0..).zip(&nodes).filter(|(_, (_, node))| self.is_truncated(*node));
        let truncated = truncated.map(|(row, _)| profile::NodeIdx(row)).collect();
        Tree::from_columns(self.names.clone(), functions, depths, self_values, truncated)
    }
}

/// See [`RowTree::pre_order`].
#[derive(Debug)]
pub struct PreOrder<'a> {
    tree: &'a RowTree,
    /// What is still to come of the root's row, and of the children of each node that is open.
    open: Vec<Range<u32>>,
}

impl Iterator for PreOrder<'_> {
    type Item = (usize, NodeId);

    #[inline]
    fn next(&mut self) -> Option<Self::Item> {
        loop {
            let depth = self.open.len().checked_sub(1)?;
            if let Some(node) = self.open[depth].next().map(NodeId) {
                self.open.push(self.tree.children(node));
                return Some((depth, node));
            }
            self.open.pop();
        }
    }
}
