//! Makes a call tree small by folding away what weighs little.

use crate::diff::DiffTree;
use crate::function_names::FunctionNames;
use crate::tree::{NodeIdx, Tree, total_values};
use crate::tree_builder::TreeError;

/// A call tree without its small nodes, and what went.
#[derive(Debug, Clone)]
pub struct Truncation {
    /// The tree. The nodes folded away below a parent are one truncated node, called
    /// [`Tree::TRUNCATED_NAME`], the last of its children; its value is theirs together.
    pub tree: Tree,
    /// How many nodes were folded away; those that were truncated before do not count.
    pub cut_nodes: usize,
    /// Their self values together. What was truncated before does not count.
    pub cut_value: i64,
}

/// A comparison without its small nodes, and what went.
#[derive(Debug, Clone)]
pub struct DiffTruncation {
    /// The comparison, truncated like a [`Truncation::tree`].
    pub tree: DiffTree,
    /// How many nodes were folded away; those that were truncated before do not count.
    pub cut_nodes: usize,
    /// Their self values on both sides together.
    pub cut_value: i64,
}

/// The tree with about the `max_nodes` nodes of the largest totals.
///
/// A node stays if its total is at least the `max_nodes`-th largest, so nodes of equal total stay
/// or go together: there may be more than were asked for, but never more than twice as many, and
/// a truncated node below each of them at most. The root always stays.
/// Truncated nodes that were there before are joined with what goes below the same parent.
/// A tree that is small enough is given back as it is.
/// Errors: none for trees without negative values.
/// Cost: linear.
pub fn truncate(tree: Tree, max_nodes: usize) -> Result<Truncation, TreeError> {
    if tree.node_count() <= max_nodes {
        return Ok(Truncation { tree, cut_nodes: 0, cut_value: 0 });
    }
    let least = least_weight(tree.total_values(), max_nodes);
    let cut = Cut::plan(&tree, tree.total_values(), least, [tree.total_values()])?;
    let self_values = cut.self_values(tree.self_values(), 0);
    let cut_value = cut.cut_totals[0];
    let cut_nodes = cut.cut_nodes;
    Ok(Truncation { tree: cut.into_tree(&tree, self_values)?, cut_nodes, cut_value })
}

/// The comparison with about the `max_nodes` nodes of the largest totals on either side.
/// See [`truncate`].
pub fn truncate_diff(diff: DiffTree, max_nodes: usize) -> Result<DiffTruncation, TreeError> {
    if diff.joint().node_count() <= max_nodes {
        return Ok(DiffTruncation { tree: diff, cut_nodes: 0, cut_value: 0 });
    }
    let (baseline, comparison) = (diff.baseline_total_values(), diff.comparison_total_values());
    let weights: Vec<i64> = baseline.iter().zip(comparison).map(|(a, b)| *a.max(b)).collect();
    let least = least_weight(&weights, max_nodes);
    let cut = Cut::plan(diff.joint(), &weights, least, [baseline, comparison])?;
    let baseline_self = cut.self_values(diff.baseline_self_values(), 0);
    let comparison_self = cut.self_values(diff.comparison_self_values(), 1);
    let cut_value = cut.cut_totals[0].saturating_add(cut.cut_totals[1]);
    let cut_nodes = cut.cut_nodes;
    // Both sides together fitted before, and nothing was added.
    let joint_self =
        baseline_self.iter().zip(&comparison_self).map(|(a, b)| a.saturating_add(*b)).collect();
    let joint = cut.into_tree(diff.joint(), joint_self)?;
    let tree = DiffTree {
        baseline_total: total_values(joint.depths(), &baseline_self)?,
        comparison_total: total_values(joint.depths(), &comparison_self)?,
        baseline_self,
        comparison_self,
        joint,
    };
    Ok(DiffTruncation { tree, cut_nodes, cut_value })
}

/// The least weight of a node that stays.
fn least_weight(weights: &[i64], max_nodes: usize) -> i64 {
    let Some(position) = max_nodes.checked_sub(1) else { return i64::MAX };
    let mut ordered = weights.to_vec();
    let (_, least, _) = ordered.select_nth_unstable_by(position, |a, b| b.cmp(a));
    let least = *least;
    let kept = weights.iter().filter(|weight| **weight >= least).count();
    // In sampled profiles most nodes have the value of one sample: then they all go.
    if kept > max_nodes.saturating_mul(2) { least.saturating_add(1) } else { least }
}

/// What becomes of the nodes of a tree, with the totals of `N` value columns.
struct Cut<const N: usize> {
    rows: Vec<Row<N>>,
    cut_nodes: usize,
    /// The totals of what was folded away, without what was truncated before.
    cut_totals: [i64; N],
}

struct Row<const N: usize> {
    depth: u32,
    source: RowSource<N>,
}

enum RowSource<const N: usize> {
    /// A node that stays.
    Node(NodeIdx),
    /// A truncated node with these totals.
    Truncated([i64; N]),
}

/// A node whose children are being read.
struct OpenNode<const N: usize> {
    depth: u32,
    end: NodeIdx,
    cut: Option<[i64; N]>,
}

impl<const N: usize> Cut<N> {
    fn plan(
        tree: &Tree,
        weights: &[i64],
        least: i64,
        totals: [&[i64]; N],
    ) -> Result<Self, TreeError> {
        let mut is_truncated = vec![false; tree.node_count()];
        for node in tree.truncated() {
            is_truncated[node.0 as usize] = true;
        }
        let mut plan = Self { rows: Vec::new(), cut_nodes: 0, cut_totals: [0; N] };
        let mut open: Vec<OpenNode<N>> = Vec::new();
        let end = tree.subtree_end(NodeIdx(0));
        let mut node = NodeIdx(0);
        while node < end {
            while let Some(closed) = open.pop_if(|last| last.end <= node) {
                plan.close(&closed);
            }
            let at = node.0 as usize;
            let was_truncated = is_truncated[at];
            match open.last_mut() {
                Some(parent) if was_truncated || weights[at] < least => {
                    let sums = parent.cut.get_or_insert([0; N]);
                    for (column, sum) in sums.iter_mut().enumerate() {
                        *sum = checked(*sum, totals[column][at], at)?;
                    }
                    let next = tree.subtree_end(node);
                    if !was_truncated {
                        plan.cut_nodes += (next.0 - node.0) as usize;
                        for (column, sum) in plan.cut_totals.iter_mut().enumerate() {
                            *sum = checked(*sum, totals[column][at], at)?;
                        }
                    }
                    node = next;
                }
                _ => {
                    let depth = tree.depth(node);
                    plan.rows.push(Row { depth, source: RowSource::Node(node) });
                    open.push(OpenNode { depth, end: tree.subtree_end(node), cut: None });
                    node = NodeIdx(node.0 + 1);
                }
            }
        }
        while let Some(closed) = open.pop() {
            plan.close(&closed);
        }
        Ok(plan)
    }

    /// Ends the children of a node with what was cut of them.
    fn close(&mut self, closed: &OpenNode<N>) {
        if let Some(totals) = closed.cut {
            let source = RowSource::Truncated(totals);
            self.rows.push(Row { depth: closed.depth + 1, source });
        }
    }

    fn self_values(&self, self_values: &[i64], column: usize) -> Vec<i64> {
        let rows = self.rows.iter();
        rows.map(|row| match row.source {
            RowSource::Node(node) => self_values[node.0 as usize],
            RowSource::Truncated(totals) => totals[column],
        })
        .collect()
    }

    /// The tree of the rows, with no name that it does not use.
    fn into_tree(self, tree: &Tree, self_values: Vec<i64>) -> Result<Tree, TreeError> {
        let mut names = FunctionNames::default();
        let mut functions = vec![None; tree.names().len()];
        let mut truncated = Vec::new();
        let mut function = Vec::with_capacity(self.rows.len());
        for (position, row) in (0..).zip(&self.rows) {
            function.push(match row.source {
                RowSource::Node(node) => {
                    let old = tree.function(node);
                    let known = &mut functions[old.0 as usize];
                    *known.get_or_insert_with(|| names.intern(tree.names().get(old)))
                }
                RowSource::Truncated(_) => {
                    truncated.push(NodeIdx(position));
                    names.intern(Tree::TRUNCATED_NAME)
                }
            });
        }
        let depths = self.rows.iter().map(|row| row.depth).collect();
        Tree::from_columns(names, function, depths, self_values, truncated)
    }
}

fn checked(sum: i64, value: i64, node: usize) -> Result<i64, TreeError> {
    sum.checked_add(value).ok_or(TreeError::Overflow { node })
}
