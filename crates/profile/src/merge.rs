//! Merges call trees into one.

use crate::call_trie::{CallTrie, add_checked};
use crate::tree::Tree;
use crate::tree_builder::TreeError;

/// The sum of `trees` by call path: nodes with the same names from the root are one.
///
/// Siblings are sorted by name in byte order, truncated ones last; so the result does not depend
/// on the order of the trees, nor on which were merged first.
/// Truncated nodes merge with truncated nodes only.
/// Empty: no trees give an empty tree.
/// Errors: [`TreeError::Overflow`].
pub fn merge<'a>(trees: impl IntoIterator<Item = &'a Tree>) -> Result<Tree, TreeError> {
    let mut merger = TreeMerger::default();
    for tree in trees {
        merger.add(tree)?;
    }
    merger.finish()
}

/// Merges call trees that come one after the other.
///
/// Cost: one hash look-up per node; holds the merged tree, never the trees that went in.
#[derive(Debug)]
pub struct TreeMerger {
    trie: CallTrie,
    self_value: Vec<i64>,
}

impl Default for TreeMerger {
    fn default() -> Self {
        Self { trie: CallTrie::new(), self_value: vec![0] }
    }
}

impl TreeMerger {
    /// Adds a tree. After an error the merger holds a part of it and is of no use.
    pub fn add(&mut self, tree: &Tree) -> Result<(), TreeError> {
        let Self { trie, self_value } = self;
        trie.add_tree(tree, |node, place| {
            if self_value.len() <= place as usize {
                self_value.resize(place as usize + 1, 0);
            }
            add_checked(self_value, place, tree.self_value(node))
        })
    }

    /// The merged tree.
    pub fn finish(self) -> Result<Tree, TreeError> {
        self.trie.into_tree(&self.self_value)
    }
}
