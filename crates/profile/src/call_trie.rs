//! Where call trees are put together in any order: nodes found by parent and function.

use std::hash::BuildHasher;

use hashbrown::{DefaultHashBuilder, HashTable};

use crate::function_names::{FunctionIdx, FunctionNames};
use crate::tree::{NodeIdx, Tree};
use crate::tree_builder::TreeError;

/// Index of a node in a [`CallTrie`]; 0 is the root.
pub(crate) type TrieIdx = u32;

/// The shape of a call tree that still grows.
///
/// Shape: parents come before their children; siblings differ in function or in whether they are
/// truncated, and are in no order.
/// Cost: one hash look-up per call of [`child`](Self::child), however many siblings there are.
#[derive(Debug)]
pub(crate) struct CallTrie {
    pub(crate) names: FunctionNames,
    parent: Vec<TrieIdx>,
    function: Vec<FunctionIdx>,
    is_truncated: Vec<bool>,
    idx_by_content: HashTable<TrieIdx>,
    hash_builder: DefaultHashBuilder,
}

impl CallTrie {
    pub(crate) const ROOT: TrieIdx = 0;

    pub(crate) fn new() -> Self {
        let mut names = FunctionNames::default();
        let root = names.intern(Tree::ROOT_NAME);
        Self {
            names,
            parent: vec![0],
            function: vec![root],
            is_truncated: vec![false],
            idx_by_content: HashTable::new(),
            hash_builder: DefaultHashBuilder::default(),
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.parent.len()
    }

    /// The child of `parent` with `function`, which is added if it is new.
    pub(crate) fn child(
        &mut self,
        parent: TrieIdx,
        function: FunctionIdx,
        is_truncated: bool,
    ) -> Result<TrieIdx, TreeError> {
        let key = (parent, function, is_truncated);
        let hash = self.hash_builder.hash_one(key);
        let Self { parent: parents, function: functions, is_truncated: truncated, .. } = self;
        let content = |idx: TrieIdx| {
            let idx = idx as usize;
            (parents[idx], functions[idx], truncated[idx])
        };
        if let Some(idx) = self.idx_by_content.find(hash, |idx| content(*idx) == key) {
            return Ok(*idx);
        }
        let idx = u32::try_from(parents.len()).map_err(|_| TreeError::TooManyNodes)?;
        let hash_builder = &self.hash_builder;
        let rehash = |idx: &TrieIdx| hash_builder.hash_one(content(*idx));
        self.idx_by_content.insert_unique(hash, idx, rehash);
        parents.push(parent);
        functions.push(function);
        truncated.push(is_truncated);
        Ok(idx)
    }

    /// Adds the nodes of `tree` and calls `visit` with each node and its place here.
    pub(crate) fn add_tree(
        &mut self,
        tree: &Tree,
        mut visit: impl FnMut(NodeIdx, TrieIdx) -> Result<(), TreeError>,
    ) -> Result<(), TreeError> {
        let functions: Vec<_> = tree.names().iter().map(|name| self.names.intern(name)).collect();
        let mut truncated = tree.truncated().iter().copied().peekable();
        // The place of the node at hand and of its ancestors, by depth.
        let mut path = vec![Self::ROOT];
        visit(NodeIdx(0), Self::ROOT)?;
        for node in tree.nodes().skip(1) {
            let is_truncated = truncated.next_if_eq(&node).is_some();
            let depth = tree.depth(node) as usize;
            let function = functions[tree.function(node).0 as usize];
            let place = self.child(path[depth - 1], function, is_truncated)?;
            path.truncate(depth);
            path.push(place);
            visit(node, place)?;
        }
        Ok(())
    }

    /// The nodes in pre-order, siblings by name and truncated ones last, with their depths.
    fn pre_order(&self) -> PreOrder {
        let count = self.len();
        let ranks = self.names.ranks();
        let sort_key = |idx: &TrieIdx| {
            let function = self.function[*idx as usize].0 as usize;
            (self.is_truncated[*idx as usize], ranks[function])
        };
        // Children grouped by parent: those of node i end at child_end[i] and begin where those of
        // node i - 1 end.
        let mut child_end = vec![0_u32; count + 1];
        for parent in &self.parent[1..] {
            child_end[*parent as usize + 1] += 1;
        }
        for idx in 1..=count {
            child_end[idx] += child_end[idx - 1];
        }
        let mut children = vec![0; count - 1];
        for (idx, parent) in (1_u32..).zip(&self.parent[1..]) {
            let place = &mut child_end[*parent as usize];
            children[*place as usize] = idx;
            *place += 1;
        }
        let mut order = Vec::with_capacity(count);
        let mut depths = Vec::with_capacity(count);
        let mut open = vec![(Self::ROOT, 0)];
        while let Some((idx, depth)) = open.pop() {
            order.push(idx);
            depths.push(depth);
            let begin = if idx == 0 { 0 } else { child_end[idx as usize - 1] as usize };
            let siblings = &mut children[begin..child_end[idx as usize] as usize];
            siblings.sort_unstable_by_key(sort_key);
            open.extend(siblings.iter().rev().map(|child| (*child, depth + 1)));
        }
        PreOrder { order, depths }
    }

    /// The tree with these self values, one per node of the trie.
    pub(crate) fn into_tree(self, self_values: &[i64]) -> Result<Tree, TreeError> {
        let PreOrder { order, depths } = self.pre_order();
        let self_value = order.iter().map(|idx| self_values[*idx as usize]).collect();
        let function = order.iter().map(|idx| self.function[*idx as usize]).collect();
        let truncated = (0..)
            .zip(&order)
            .filter(|(_, idx)| self.is_truncated[**idx as usize])
            .map(|(node, _)| NodeIdx(node))
            .collect();
        Tree::from_columns(self.names, function, depths, self_value, truncated)
    }
}

/// Nodes of a [`CallTrie`] in the order of a [`Tree`].
#[derive(Debug)]
struct PreOrder {
    order: Vec<TrieIdx>,
    depths: Vec<u32>,
}

/// Adds `value` to the sum of a node.
pub(crate) fn add_checked(sums: &mut [i64], idx: TrieIdx, value: i64) -> Result<(), TreeError> {
    let node = idx as usize;
    sums[node] = sums[node].checked_add(value).ok_or(TreeError::Overflow { node })?;
    Ok(())
}
