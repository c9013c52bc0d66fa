//! Two call trees side by side.

use profile::{DiffTree, Tree, TreeBuilder, TreeError};
use pyroscope_api::querier::v1::{DiffRequest, DiffResponse, SelectMergeStacktracesRequest};
use query::{NodeLimit, TreeRequest};

use super::flame_graph::flame_graph_diff;
use super::stacktraces::{blocking, tree_request};
use crate::serve::connect::{CallContext, CallError, Code};
use crate::serve::profile_store::ProfileStore;

pub(crate) async fn diff(
    store: &impl ProfileStore,
    ctx: &CallContext,
    request: DiffRequest,
) -> Result<DiffResponse, CallError> {
    let (left, left_nodes) = side(request.left)?;
    let (right, right_nodes) = side(request.right)?;
    let max_nodes = left_nodes.max(right_nodes);
    let (left, right) = futures::try_join!(store.tree(&left), store.tree(&right))?;
    ctx.tell(&left.notices);
    ctx.tell(&right.notices);
    let graph = blocking(move || {
        let diff = profile::diff(&left.tree, &right.tree)?;
        Ok::<_, TreeError>(flame_graph_diff(&truncate(diff, max_nodes)?))
    });
    let graph = graph.await?.map_err(|error| CallError::new(Code::Internal, error.to_string()))?;
    Ok(DiffResponse { flamegraph: Some(graph) })
}

/// What the store is asked for one side, and how many nodes the client wants.
///
/// Each side is fetched whole: nodes that are folded on one side only would look like a difference.
fn side(request: Option<SelectMergeStacktracesRequest>) -> Result<(TreeRequest, usize), CallError> {
    let mut request = tree_request(&request.unwrap_or_default())?;
    let limit = std::mem::replace(&mut request.max_nodes, NodeLimit::All);
    let max_nodes = limit.or(NodeLimit::OF_PYROSCOPE).to_query().unwrap_or_default();
    Ok((request, usize::try_from(max_nodes).unwrap_or(usize::MAX)))
}

/// The comparison with roughly `max_nodes` nodes: those that are large on either side stay, and what
/// is small on both is folded on both.
fn truncate(diff: DiffTree, max_nodes: usize) -> Result<DiffTree, TreeError> {
    let sides = [diff.baseline_total_values(), diff.comparison_total_values()];
    let larger = |node: usize| sides[0][node].max(sides[1][node]);
    let mut sizes: Vec<i64> = (0..diff.joint().node_count()).map(larger).collect();
    if max_nodes == 0 || sizes.len() <= max_nodes {
        return Ok(diff);
    }
    let (_, min_value, _) = sizes.select_nth_unstable_by(max_nodes - 1, |a, b| b.cmp(a));
    let is_kept = |node: usize| larger(node) >= *min_value;
    let baseline = truncate_side(diff.joint(), sides[0], diff.baseline_self_values(), is_kept)?;
    let comparison = truncate_side(diff.joint(), sides[1], diff.comparison_self_values(), is_kept)?;
    profile::diff(&baseline, &comparison)
}

fn truncate_side(
    joint: &Tree,
    totals: &[i64],
    self_values: &[i64],
    is_kept: impl Fn(usize) -> bool,
) -> Result<Tree, TreeError> {
    let mut builder = TreeBuilder::new();
    builder.add_root_self(self_values[0])?;
    let mut folded_end = 0;
    for node in joint.nodes().skip(1) {
        let idx = node.0 as usize;
        if node.0 < folded_end {
            continue;
        }
        if is_kept(idx) {
            let function = builder.intern(joint.name(node));
            let pushed = builder.push(joint.depth(node), function, self_values[idx])?;
            if joint.is_truncated(node) {
                builder.mark_truncated(pushed);
            }
        } else {
            // Folded siblings have one name, and become one node when the tree is finished.
            folded_end = joint.subtree_end(node).0;
            let function = builder.intern(Tree::TRUNCATED_NAME);
            let pushed = builder.push(joint.depth(node), function, totals[idx])?;
            builder.mark_truncated(pushed);
        }
    }
    builder.finish_sorted()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn tree(nodes: &[(u32, &str, i64)]) -> Tree {
        let mut builder = TreeBuilder::new();
        for (depth, name, self_value) in nodes {
            let function = builder.intern(name);
            builder.push(*depth, function, *self_value).unwrap();
        }
        builder.finish_sorted().unwrap()
    }

    /// Depth, name, total on both sides.
    fn nodes(diff: &DiffTree) -> Vec<(u32, &str, i64, i64)> {
        let joint = diff.joint();
        let node = |node: profile::NodeIdx| {
            let idx = node.0 as usize;
            let totals = (diff.baseline_total_values()[idx], diff.comparison_total_values()[idx]);
            (joint.depth(node), joint.name(node), totals.0, totals.1)
        };
        joint.nodes().map(node).collect()
    }

    #[test]
    fn what_is_small_on_both_sides_is_folded_on_both() {
        let left = tree(&[(1, "a", 10), (1, "b", 1), (2, "x", 1), (1, "c", 1), (1, "z", 2)]);
        let right = tree(&[(1, "a", 1), (1, "b", 1), (1, "z", 20)]);
        let whole = profile::diff(&left, &right).unwrap();
        // The root, z and a.
        let folded = truncate(whole.clone(), 3).unwrap();
        assert_eq!(
            nodes(&folded),
            [(0, "total", 15, 22), (1, "a", 10, 1), (1, "z", 2, 20), (1, "other", 3, 1)]
        );
        assert_eq!(nodes(&truncate(whole.clone(), 100).unwrap()), nodes(&whole));
        assert_eq!(nodes(&truncate(whole.clone(), 0).unwrap()), nodes(&whole));
    }

    #[test]
    fn the_parent_of_folded_nodes_keeps_its_value() {
        let left = tree(&[(1, "a", 1), (2, "b", 1), (2, "c", 1), (1, "d", 9)]);
        let right = tree(&[(1, "a", 5), (1, "d", 1)]);
        let folded = truncate(profile::diff(&left, &right).unwrap(), 3).unwrap();
        assert_eq!(
            nodes(&folded),
            [(0, "total", 12, 6), (1, "a", 3, 5), (2, "other", 2, 0), (1, "d", 9, 1)]
        );
    }
}
