//! Keeps what runs through a node or a function.

use crate::function_names::FunctionIdx;
use crate::tree::{NodeIdx, Tree};
use crate::tree_builder::TreeError;

/// The part of the tree that runs through `node`: the nodes that lead to it, with its value
/// instead of their own, and all that lies below it.
/// Cost: linear.
pub fn focus_node(tree: &Tree, node: NodeIdx) -> Result<Tree, TreeError> {
    let path = tree.path(node);
    let mut is_kept = vec![false; tree.node_count()];
    for ancestor in path {
        is_kept[ancestor.0 as usize] = true;
    }
    focus(tree, is_kept, &[node])
}

/// The part of the tree that runs through `function`: the nodes that lead to one of its nodes, and
/// all that lies below one. The total is the function's total in the
/// [top table](crate::top_table).
/// Empty: a function without nodes leaves an empty tree.
/// Cost: linear.
pub fn focus_function(tree: &Tree, function: FunctionIdx) -> Result<Tree, TreeError> {
    let outermost = outermost_nodes(tree, function);
    let mut is_kept = vec![false; tree.node_count()];
    is_kept[0] = true;
    let mut path: Vec<NodeIdx> = Vec::new();
    let mut wanted = outermost.iter().copied().peekable();
    for node in tree.nodes() {
        path.truncate(tree.depth(node) as usize);
        path.push(node);
        if wanted.next_if_eq(&node).is_some() {
            // What leads to an ancestor that is kept is kept already.
            for ancestor in path.iter().rev() {
                let known = &mut is_kept[ancestor.0 as usize];
                if *known && *ancestor != NodeIdx(0) {
                    break;
                }
                *known = true;
            }
        }
    }
    focus(tree, is_kept, &outermost)
}

/// The nodes of a function that lie below no other node of it, ascending; truncated nodes and the
/// root are none.
pub(crate) fn outermost_nodes(tree: &Tree, function: FunctionIdx) -> Vec<NodeIdx> {
    let mut outermost = Vec::new();
    let mut covered_until = NodeIdx(1);
    for node in tree.nodes().skip(1) {
        if covered_until <= node && tree.function(node) == function && !tree.is_truncated(node) {
            covered_until = tree.subtree_end(node);
            outermost.push(node);
        }
    }
    outermost
}

/// The nodes in `is_kept`, without self values, and the subtrees of `roots`, which are ascending
/// and do not overlap.
fn focus(tree: &Tree, mut is_kept: Vec<bool>, roots: &[NodeIdx]) -> Result<Tree, TreeError> {
    let mut has_self = vec![false; tree.node_count()];
    for root in roots {
        let subtree = root.0 as usize..tree.subtree_end(*root).0 as usize;
        is_kept[subtree.clone()].fill(true);
        has_self[subtree].fill(true);
    }
    let kept: Vec<NodeIdx> = tree.nodes().filter(|node| is_kept[node.0 as usize]).collect();
    let self_value = |node: &NodeIdx| match has_self[node.0 as usize] {
        true => tree.self_value(*node),
        false => 0,
    };
    let self_values = kept.iter().map(self_value).collect();
    let positions = (0..).zip(&kept);
    let truncated = positions.filter(|(_, node)| tree.is_truncated(**node));
    let truncated = truncated.map(|(position, _)| NodeIdx(position)).collect();
    let functions = kept.iter().map(|node| tree.function(*node)).collect();
    let depths = kept.iter().map(|node| tree.depth(*node)).collect();
    Tree::from_columns(tree.names().clone(), functions, depths, self_values, truncated)
}
