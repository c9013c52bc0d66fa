//! What each function costs, wherever it was called.

use crate::diff::DiffTree;
use crate::function_names::FunctionIdx;
use crate::tree::{NodeIdx, Tree};

/// The functions of a call tree with their values.
///
/// Shape: columns with one entry per function that has a node below the root, in the order of
/// [`Tree::names`]. The root is no function; truncated nodes are none either.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct TopTable {
    /// The functions.
    pub functions: Vec<FunctionIdx>,
    /// For each, the self values of its nodes.
    pub self_values: Vec<i64>,
    /// For each, the totals of its nodes, those that lie below another node of the function left
    /// out: recursion counts once.
    pub total_values: Vec<i64>,
    /// The totals of the truncated nodes: what these columns may lack.
    pub truncated_value: i64,
}

/// The functions of a comparison with their values on both sides.
///
/// Shape: as of [`TopTable`], the same functions on both sides.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct DiffTopTable {
    /// The baseline.
    pub baseline: TopTable,
    /// The comparison.
    pub comparison: TopTable,
}

/// The top table of a tree. Cost: one pass.
pub fn top_table(tree: &Tree) -> TopTable {
    top_table_of(tree, tree.self_values(), tree.total_values())
}

/// The top table of a comparison. Cost: one pass per side.
pub fn diff_top_table(diff: &DiffTree) -> DiffTopTable {
    let (baseline, comparison) = (diff.baseline_self_values(), diff.comparison_self_values());
    DiffTopTable {
        baseline: top_table_of(diff.joint(), baseline, diff.baseline_total_values()),
        comparison: top_table_of(diff.joint(), comparison, diff.comparison_total_values()),
    }
}

fn top_table_of(tree: &Tree, self_values: &[i64], total_values: &[i64]) -> TopTable {
    let function_count = tree.names().len();
    let mut self_by_function = vec![0_i64; function_count];
    let mut total_by_function = vec![0_i64; function_count];
    // Where the last outermost node of a function ends: nodes before that lie below it.
    let mut covered_until = vec![NodeIdx(0); function_count];
    let mut truncated = tree.truncated().iter().copied().peekable();
    let mut truncated_value = 0_i64;
    for node in tree.nodes().skip(1) {
        let at = node.0 as usize;
        if truncated.next_if_eq(&node).is_some() {
            truncated_value = truncated_value.saturating_add(total_values[at]);
            continue;
        }
        let function = tree.function(node).0 as usize;
        // Sums of parts of the root's total, which fits.
        self_by_function[function] = self_by_function[function].saturating_add(self_values[at]);
        if covered_until[function] <= node {
            covered_until[function] = tree.subtree_end(node);
            total_by_function[function] =
                total_by_function[function].saturating_add(total_values[at]);
        }
    }
    let mut table = TopTable { truncated_value, ..TopTable::default() };
    for (function, covered_until) in (0..).zip(covered_until) {
        if covered_until > NodeIdx(0) {
            table.functions.push(FunctionIdx(function));
            table.self_values.push(self_by_function[function as usize]);
            table.total_values.push(total_by_function[function as usize]);
        }
    }
    table
}
