//! Builds a [`Tree`] from nodes that arrive in pre-order.

use crate::function_names::{FunctionIdx, FunctionNames};
use crate::sibling_order::{in_places, reversed_places, sort_siblings};
use crate::tree::{NodeIdx, Tree};

/// Takes nodes in pre-order and fills in what can be derived: totals and subtree ends.
///
/// The root is there from the start.
#[derive(Debug)]
pub struct TreeBuilder {
    names: FunctionNames,
    function: Vec<FunctionIdx>,
    depth: Vec<u32>,
    self_value: Vec<i64>,
    truncated: Vec<NodeIdx>,
}

/// Why nodes do not form a [`Tree`].
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TreeError {
    /// A node is more than one level below the node before it, or a second root.
    #[error("node {node} has depth {depth} after depth {previous}, expected 1 to {}", previous + 1)]
    Depth {
        /// Position of the node.
        node: usize,
        /// Its depth.
        depth: u32,
        /// The depth of the node before it.
        previous: u32,
    },
    /// Values add up to more than a signed 64-bit integer holds.
    #[error("the values around node {node} add up to more than 2^63 - 1")]
    Overflow {
        /// Position of a node whose total, or whose and its siblings' total, does not fit.
        node: usize,
    },
    /// More nodes than a 32-bit index can name.
    #[error("the tree has more than 2^32 - 1 nodes")]
    TooManyNodes,
}

impl Default for TreeBuilder {
    fn default() -> Self {
        Self::new()
    }
}

impl TreeBuilder {
    /// A builder that holds the root alone.
    pub fn new() -> Self {
        let mut names = FunctionNames::default();
        let root = names.intern(Tree::ROOT_NAME);
        Self { names, function: vec![root], depth: vec![0], self_value: vec![0], truncated: vec![] }
    }

    /// The index of a function name, which is added if it is new.
    pub fn intern(&mut self, name: &str) -> FunctionIdx {
        self.names.intern(name)
    }

    /// The function names so far.
    pub fn names(&self) -> &FunctionNames {
        &self.names
    }

    /// Adds to the root's self value.
    pub fn add_root_self(&mut self, self_value: i64) -> Result<(), TreeError> {
        self.self_value[0] =
            self.self_value[0].checked_add(self_value).ok_or(TreeError::Overflow { node: 0 })?;
        Ok(())
    }

    /// Adds the next node in pre-order; `depth` is at least 1 and at most one more than the depth
    /// of the node before it.
    pub fn push(
        &mut self,
        depth: u32,
        function: FunctionIdx,
        self_value: i64,
    ) -> Result<NodeIdx, TreeError> {
        let node = self.function.len();
        let previous = self.depth[node - 1];
        if depth == 0 || depth > previous + 1 {
            return Err(TreeError::Depth { node, depth, previous });
        }
        let idx = u32::try_from(node).map_err(|_| TreeError::TooManyNodes)?;
        self.function.push(function);
        self.depth.push(depth);
        self.self_value.push(self_value);
        Ok(NodeIdx(idx))
    }

    /// Marks a node as standing for siblings that were folded away.
    /// Nodes are marked in ascending order.
    pub fn mark_truncated(&mut self, node: NodeIdx) {
        debug_assert!(self.truncated.last().is_none_or(|last| *last < node));
        self.truncated.push(node);
    }

    /// The tree, siblings in the order in which they were pushed.
    ///
    /// Siblings with one name stay apart; where they may come, use
    /// [`finish_sorted`](Self::finish_sorted).
    pub fn finish(self) -> Result<Tree, TreeError> {
        let Self { names, function, depth, self_value, truncated } = self;
        Tree::from_columns(names, function, depth, self_value, truncated)
    }

    /// The tree, siblings in the opposite of the order in which they were pushed; none is truncated.
    ///
    /// Sorts a tree whose siblings came in descending order, without looking at their names.
    pub fn finish_reversed(self) -> Result<Tree, TreeError> {
        debug_assert!(self.truncated.is_empty());
        let Self { names, function, depth, self_value, .. } = self;
        let places = reversed_places(&depth)?;
        let function = in_places(function, &places);
        let self_value = in_places(self_value, &places);
        Tree::from_columns(names, function, in_places(depth, &places), self_value, vec![])
    }

    /// The tree, siblings of one name merged, sorted by name in byte order, truncated ones last.
    ///
    /// Cost: linear but for the sorting of siblings; nothing is moved where they came sorted.
    pub fn finish_sorted(self) -> Result<Tree, TreeError> {
        sort_siblings(self.finish()?)
    }
}
