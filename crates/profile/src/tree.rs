//! The call tree: columns in pre-order.

use crate::function_names::{FunctionIdx, FunctionNames};

/// Index of a node in a [`Tree`]; 0 is the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIdx(pub u32);

/// A call tree as columns in depth-first pre-order: no object per node.
///
/// Shape: all columns have one entry per node; node 0 is the root and stands for the whole profile
/// (its depth is 0 and every other node lies below it); a node comes before its children, and the
/// nodes of its subtree are `node..subtree_end(node)`.
/// Siblings have different functions.
/// Unit: values are in the unit of the profile type, never divided.
/// Empty: a tree without samples is the root alone, with total 0.
#[derive(Debug, Clone)]
pub struct Tree {
    pub(crate) names: FunctionNames,
    pub(crate) function: Vec<FunctionIdx>,
    pub(crate) depth: Vec<u32>,
    pub(crate) self_value: Vec<i64>,
    pub(crate) total_value: Vec<i64>,
    pub(crate) subtree_end: Vec<u32>,
    /// Nodes that stand for siblings which were folded away, ascending.
    pub(crate) truncated: Vec<NodeIdx>,
}

impl Tree {
    /// The name of the root in every tree that Fireline builds.
    pub const ROOT_NAME: &str = "total";

    /// How many nodes there are, the root included; never 0.
    pub fn node_count(&self) -> usize {
        self.function.len()
    }

    /// Whether there is no sample in the tree.
    pub fn is_empty(&self) -> bool {
        self.node_count() == 1 && self.total_value[0] == 0
    }

    /// The distinct function names, the root's included.
    pub fn names(&self) -> &FunctionNames {
        &self.names
    }

    /// The function of a node.
    pub fn function(&self, node: NodeIdx) -> FunctionIdx {
        self.function[node.0 as usize]
    }

    /// The function name of a node.
    pub fn name(&self, node: NodeIdx) -> &str {
        self.names.get(self.function(node))
    }

    /// How far a node is from the root, which is at 0.
    pub fn depth(&self, node: NodeIdx) -> u32 {
        self.depth[node.0 as usize]
    }

    /// The value of a node without its children.
    pub fn self_value(&self, node: NodeIdx) -> i64 {
        self.self_value[node.0 as usize]
    }

    /// The value of a node with all that lies below it.
    pub fn total_value(&self, node: NodeIdx) -> i64 {
        self.total_value[node.0 as usize]
    }

    /// The first node after the subtree of `node`.
    pub fn subtree_end(&self, node: NodeIdx) -> NodeIdx {
        NodeIdx(self.subtree_end[node.0 as usize])
    }

    /// The children of a node, in column order. Cost: one step per child.
    pub fn children(&self, node: NodeIdx) -> impl Iterator<Item = NodeIdx> {
        let end = self.subtree_end(node);
        let mut next = NodeIdx(node.0 + 1);
        std::iter::from_fn(move || {
            if next >= end {
                return None;
            }
            let child = next;
            next = self.subtree_end(child);
            Some(child)
        })
    }

    /// Nodes that stand for siblings which were folded away to keep the tree small, ascending.
    /// Empty: the tree is whole.
    pub fn truncated(&self) -> &[NodeIdx] {
        &self.truncated
    }

    /// The depth column, one entry per node.
    pub fn depths(&self) -> &[u32] {
        &self.depth
    }

    /// The function column, one entry per node.
    pub fn functions(&self) -> &[FunctionIdx] {
        &self.function
    }

    /// The self value column, one entry per node.
    pub fn self_values(&self) -> &[i64] {
        &self.self_value
    }

    /// The total value column, one entry per node.
    pub fn total_values(&self) -> &[i64] {
        &self.total_value
    }
}
