//! The call tree: columns in pre-order.

use crate::function_names::{FunctionIdx, FunctionNames};
use crate::tree_builder::TreeError;

/// Index of a node in a [`Tree`]; 0 is the root.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeIdx(pub u32);

/// A call tree as columns in depth-first pre-order: no object per node.
///
/// Shape: all columns have one entry per node; node 0 is the root and stands for the whole profile
/// (its depth is 0 and every other node lies below it); a node comes before its children, and the
/// nodes of its subtree are `node..subtree_end(node)`.
/// Siblings have different functions, save that one of them may be truncated and yet be called
/// like a function.
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

    /// The name of a node that stands for siblings which were folded away.
    pub const TRUNCATED_NAME: &str = "other";

    /// A tree without samples.
    pub fn empty() -> Self {
        let mut names = FunctionNames::default();
        let root = names.intern(Self::ROOT_NAME);
        Self::from_columns(names, vec![root], vec![0], vec![0], vec![])
            .expect("a root alone is a tree")
    }

    /// The tree of columns in pre-order whose depths are already checked: 0 for the first node,
    /// then at least 1 and at most one more than the depth before.
    /// Totals and subtree ends are worked out.
    pub fn from_columns(
        names: FunctionNames,
        function: Vec<FunctionIdx>,
        depth: Vec<u32>,
        self_value: Vec<i64>,
        truncated: Vec<NodeIdx>,
    ) -> Result<Self, TreeError> {
        let mut previous = None;
        for (node, depth) in depth.iter().copied().enumerate() {
            let follows = match previous {
                None => depth == 0,
                Some(previous) => depth > 0 && depth - 1 <= previous,
            };
            if !follows {
                return Err(TreeError::Depth { node, depth, previous: previous.unwrap_or(0) });
            }
            previous = Some(depth);
        }
        let subtree_end = subtree_ends(&depth)?;
        let total_value = total_values(&depth, &self_value)?;
        Ok(Self { names, function, depth, self_value, total_value, subtree_end, truncated })
    }

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

    /// All nodes in pre-order, the root first.
    pub fn nodes(&self) -> impl DoubleEndedIterator<Item = NodeIdx> + ExactSizeIterator + use<> {
        let count = u32::try_from(self.node_count()).expect("checked when the tree was built");
        (0..count).map(NodeIdx)
    }

    /// The nodes from the root to `node`, both included.
    /// Cost: one step per sibling of each of them.
    pub fn path(&self, node: NodeIdx) -> Vec<NodeIdx> {
        let mut path = vec![NodeIdx(0)];
        let mut last = NodeIdx(0);
        while last != node {
            let next = self.children(last).find(|child| node < self.subtree_end(*child));
            last = next.expect("every node but the root lies below a child of each ancestor");
            path.push(last);
        }
        path
    }

    /// The parent of every node, in column order; the root is its own. Cost: one pass.
    pub fn parents(&self) -> Vec<NodeIdx> {
        let mut path: Vec<NodeIdx> = Vec::new();
        self.nodes()
            .map(|node| {
                path.truncate(self.depth(node) as usize);
                let parent = path.last().copied().unwrap_or(node);
                path.push(node);
                parent
            })
            .collect()
    }

    /// Whether a node stands for siblings which were folded away. Cost: a binary search.
    pub fn is_truncated(&self, node: NodeIdx) -> bool {
        self.truncated.binary_search(&node).is_ok()
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

/// For every node, the first node after its subtree.
pub(crate) fn subtree_ends(depth: &[u32]) -> Result<Vec<u32>, TreeError> {
    let count = u32::try_from(depth.len()).map_err(|_| TreeError::TooManyNodes)?;
    let mut ends = vec![count; depth.len()];
    // Path from the root to the node at hand; a node leaves it when its subtree is over.
    let mut open: Vec<u32> = Vec::new();
    for node in 0..count {
        let level = depth[node as usize] as usize;
        while open.len() > level
            && let Some(closed) = open.pop()
        {
            ends[closed as usize] = node;
        }
        open.push(node);
    }
    Ok(ends)
}

/// For every node, its self value and those of all nodes below it.
pub(crate) fn total_values(depth: &[u32], self_value: &[i64]) -> Result<Vec<i64>, TreeError> {
    let mut total_value = self_value.to_vec();
    // For every depth, the total of the children met so far of the parent still to come.
    let max_depth = depth.iter().copied().max().unwrap_or(0) as usize;
    let mut children_total = vec![0_i64; max_depth + 2];
    for node in (0..depth.len()).rev() {
        let level = depth[node] as usize;
        let below = std::mem::take(&mut children_total[level + 1]);
        let total = self_value[node].checked_add(below).ok_or(TreeError::Overflow { node })?;
        total_value[node] = total;
        children_total[level] =
            children_total[level].checked_add(total).ok_or(TreeError::Overflow { node })?;
    }
    Ok(total_value)
}
