//! Compares two call trees.

use crate::joint_walk::join;
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
/// Cost: linear; subtrees that one side alone has are copied as they stand.
pub fn diff(baseline: &Tree, comparison: &Tree) -> Result<DiffTree, TreeError> {
    let joined = join(baseline, comparison)?;
    let (baseline_self, comparison_self) = (joined.first_self, joined.second_self);
    let joint_self = baseline_self.iter().zip(&comparison_self).enumerate();
    let joint_self = joint_self
        .map(|(node, (a, b))| a.checked_add(*b).ok_or(TreeError::Overflow { node }))
        .collect::<Result<Vec<_>, _>>()?;
    let baseline_total = total_values(&joined.depth, &baseline_self)?;
    let comparison_total = total_values(&joined.depth, &comparison_self)?;
    let joint = Tree::from_columns(
        joined.names,
        joined.function,
        joined.depth,
        joint_self,
        joined.truncated,
    )?;
    Ok(DiffTree { joint, baseline_self, baseline_total, comparison_self, comparison_total })
}
