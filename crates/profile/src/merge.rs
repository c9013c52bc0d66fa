//! Merges call trees into one.

use crate::joint_walk::join;
use crate::sibling_order::sort_siblings;
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
/// Cost: every node is read once for every doubling of the number of trees; at most that many
/// merged trees are held, never those that went in.
#[derive(Debug, Default)]
pub struct TreeMerger {
    /// At position `i`, the merger of 2^i trees, if there is one: adding a tree is adding 1 to a
    /// binary number.
    merged: Vec<Option<Tree>>,
}

impl TreeMerger {
    /// Adds a tree. After an error the merger has lost a part of what went in and is of no use.
    pub fn add(&mut self, tree: &Tree) -> Result<(), TreeError> {
        let mut carry: Option<Tree> = None;
        for place in &mut self.merged {
            let added = carry.as_ref().unwrap_or(tree);
            match place.take() {
                Some(earlier) => carry = Some(merge_two(&earlier, added)?),
                None => {
                    *place = Some(carry.unwrap_or_else(|| tree.clone()));
                    return Ok(());
                }
            }
        }
        self.merged.push(Some(carry.unwrap_or_else(|| tree.clone())));
        Ok(())
    }

    /// The merged tree.
    pub fn finish(self) -> Result<Tree, TreeError> {
        let mut trees = self.merged.into_iter().flatten();
        let Some(first) = trees.next() else { return Ok(Tree::empty()) };
        // A tree that came alone still has to become like one that was merged.
        let mut first = sort_siblings(first)?;
        first.function[0] = first.names.intern(Tree::ROOT_NAME);
        trees.try_fold(first, |merged, tree| merge_two(&merged, &tree))
    }
}

fn merge_two(first: &Tree, second: &Tree) -> Result<Tree, TreeError> {
    let joined = join(first, second)?;
    let both = joined.first_self.iter().zip(&joined.second_self).enumerate();
    let self_values = both
        .map(|(node, (a, b))| a.checked_add(*b).ok_or(TreeError::Overflow { node }))
        .collect::<Result<_, _>>()?;
    Tree::from_columns(joined.names, joined.function, joined.depth, self_values, joined.truncated)
}
