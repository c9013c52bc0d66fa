//! Who calls a function, and what it calls, wherever it was called.

use crate::call_trie::{CallTrie, add_checked};
use crate::focus::outermost_nodes;
use crate::function_names::FunctionIdx;
use crate::tree::{NodeIdx, Tree};
use crate::tree_builder::TreeError;

/// What `function` calls: the root, the function, and below it all of its subtrees merged.
///
/// Recursion counts once: the total is the function's total in the [top table](crate::top_table),
/// and calls of the function below itself are nodes below it.
/// Empty: a function without nodes gives an empty tree.
/// Cost: linear.
pub fn callees(tree: &Tree, function: FunctionIdx) -> Result<Tree, TreeError> {
    let mut trie = CallTrie::new();
    let functions: Vec<_> = tree.names().iter().map(|name| trie.names.intern(name)).collect();
    let mut self_values = vec![0];
    let mut path = Vec::new();
    for root in outermost_nodes(tree, function) {
        let root_depth = tree.depth(root) as usize;
        for node in (root.0..tree.subtree_end(root).0).map(NodeIdx) {
            path.truncate(tree.depth(node) as usize - root_depth);
            let parent = path.last().copied().unwrap_or(CallTrie::ROOT);
            let name = functions[tree.function(node).0 as usize];
            let place = trie.child(parent, name, tree.is_truncated(node))?;
            path.push(place);
            self_values.resize(trie.len(), 0);
            add_checked(&mut self_values, place, tree.self_value(node))?;
        }
    }
    trie.into_tree(&self_values)
}

/// Who calls `function`: the root, the function, and below it its callers, their callers and so
/// on; a node's total is what the function costs when it is called through these callers.
///
/// Recursion counts once, as in [`callees`]: only calls that lie below no other call of the
/// function start here.
/// Empty: a function without nodes gives an empty tree.
/// Cost: the depths of the function's outermost nodes.
pub fn callers(tree: &Tree, function: FunctionIdx) -> Result<Tree, TreeError> {
    let outermost = outermost_nodes(tree, function);
    towards_root(tree, outermost.into_iter().map(|node| (node, tree.total_value(node))))
}

/// The tree turned around: functions with a self value below the root, below them their callers.
///
/// A node's total is what the functions from the root to it cost by themselves when called in
/// this way. The grand total stays. The root's self value stays with the root.
/// Cost: the depths of all nodes that have a self value; more than linear for deep trees.
pub fn invert(tree: &Tree) -> Result<Tree, TreeError> {
    let leaves = tree.nodes().map(|node| (node, tree.self_value(node)));
    towards_root(tree, leaves.filter(|(_, self_value)| *self_value != 0))
}

/// The tree of the paths from each node to the root, with a value each.
fn towards_root(
    tree: &Tree,
    nodes: impl Iterator<Item = (NodeIdx, i64)>,
) -> Result<Tree, TreeError> {
    let parents = tree.parents();
    let mut trie = CallTrie::new();
    let functions: Vec<_> = tree.names().iter().map(|name| trie.names.intern(name)).collect();
    let mut self_values = vec![0];
    for (start, value) in nodes {
        let mut place = CallTrie::ROOT;
        let mut node = start;
        while node != NodeIdx(0) {
            let name = functions[tree.function(node).0 as usize];
            // What a truncated node stands for has no callees to be a caller of.
            place = trie.child(place, name, node == start && tree.is_truncated(node))?;
            node = parents[node.0 as usize];
        }
        self_values.resize(trie.len(), 0);
        add_checked(&mut self_values, place, value)?;
    }
    trie.into_tree(&self_values)
}
