//! Compares two call trees.

use crate::call_trie::{CallTrie, PreOrder, TrieIdx, add_checked};
use crate::nested_set::{NestedSet, NestedSetWarning};
use crate::tree::{NodeIdx, Tree, total_values};
use crate::tree_builder::TreeError;

/// Two call trees in one shape: every node has its values on both sides.
///
/// Shape: the nodes are those of [`joint`](Self::joint), whose values are the sums of both sides;
/// all value columns here have one entry per node of it.
/// A node that one side does not have has value 0 there.
#[derive(Debug, Clone)]
pub struct DiffTree {
    pub(crate) joint: Tree,
    pub(crate) baseline_self: Vec<i64>,
    pub(crate) baseline_total: Vec<i64>,
    pub(crate) comparison_self: Vec<i64>,
    pub(crate) comparison_total: Vec<i64>,
}

impl DiffTree {
    /// The shape, and the sums of both sides, by which a comparison is drawn.
    pub fn joint(&self) -> &Tree {
        &self.joint
    }

    /// The baseline's self values.
    pub fn baseline_self_values(&self) -> &[i64] {
        &self.baseline_self
    }

    /// The baseline's total values.
    pub fn baseline_total_values(&self) -> &[i64] {
        &self.baseline_total
    }

    /// The comparison's self values.
    pub fn comparison_self_values(&self) -> &[i64] {
        &self.comparison_self
    }

    /// The comparison's total values.
    pub fn comparison_total_values(&self) -> &[i64] {
        &self.comparison_total
    }

    /// How much more of the comparison's total a node has than of the baseline's, from -1 to 1.
    /// A side without samples counts as having nothing of anything.
    pub fn share_change(&self, node: NodeIdx) -> f64 {
        let share = |values: &[i64]| match values[0] {
            0 => 0.0,
            whole => values[node.0 as usize] as f64 / whole as f64,
        };
        share(&self.comparison_total) - share(&self.baseline_total)
    }

    /// The tree of two nested sets over the same rows, as a frame with both sides has them, and
    /// what was wrong about them.
    ///
    /// Siblings are sorted by name and the root is called [`Tree::ROOT_NAME`], as in [`diff`].
    /// Errors: as of [`Tree::from_nested_set`].
    pub fn from_nested_sets<S: AsRef<str>>(
        baseline: &NestedSet<'_, S>,
        comparison: &NestedSet<'_, S>,
    ) -> Result<(Self, Vec<NestedSetWarning>), TreeError> {
        let (baseline, mut warnings) = Tree::from_nested_set(baseline)?;
        let (comparison, more) = Tree::from_nested_set(comparison)?;
        for warning in more {
            if !warnings.contains(&warning) {
                warnings.push(warning);
            }
        }
        Ok((diff(&baseline, &comparison)?, warnings))
    }
}

/// The nodes of both trees by call path, each with its values on both sides.
///
/// Siblings are sorted by name in byte order, truncated ones last. Truncated nodes of one side are
/// joined with truncated nodes of the other only.
/// Errors: [`TreeError::Overflow`] where both sides together do not fit.
/// Cost: one hash look-up per node of either tree.
pub fn diff(baseline: &Tree, comparison: &Tree) -> Result<DiffTree, TreeError> {
    let mut trie = CallTrie::new();
    let mut baseline_self = self_values_in(&mut trie, baseline)?;
    let mut comparison_self = self_values_in(&mut trie, comparison)?;
    baseline_self.resize(trie.len(), 0);
    comparison_self.resize(trie.len(), 0);
    let PreOrder { order, depths } = trie.pre_order();
    let in_order =
        |values: &[i64]| order.iter().map(|idx| values[*idx as usize]).collect::<Vec<_>>();
    let (baseline_self, comparison_self) = (in_order(&baseline_self), in_order(&comparison_self));
    let joint_self = baseline_self.iter().zip(&comparison_self).enumerate();
    let joint_self = joint_self
        .map(|(node, (a, b))| a.checked_add(*b).ok_or(TreeError::Overflow { node }))
        .collect::<Result<Vec<_>, _>>()?;
    let baseline_total = total_values(&depths, &baseline_self)?;
    let comparison_total = total_values(&depths, &comparison_self)?;
    let joint = trie.into_tree_in_order(&order, depths, joint_self)?;
    Ok(DiffTree { joint, baseline_self, baseline_total, comparison_self, comparison_total })
}

/// The self values of `tree` by the places of its nodes in `trie`.
fn self_values_in(trie: &mut CallTrie, tree: &Tree) -> Result<Vec<i64>, TreeError> {
    let mut self_values = vec![0; trie.len()];
    trie.add_tree(tree, |node, place: TrieIdx| {
        if self_values.len() <= place as usize {
            self_values.resize(place as usize + 1, 0);
        }
        add_checked(&mut self_values, place, tree.self_value(node))
    })?;
    Ok(self_values)
}
