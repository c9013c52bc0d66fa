//! Who calls a function, and what it calls, wherever it was called.

use crate::call_trie::{CallTrie, TrieIdx, add_checked};
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

/// A tree of callers, and what of it was not followed to the root.
#[derive(Debug, Clone)]
pub struct CallerTree {
    /// The tree. What was not followed is the self value of the last caller that was.
    pub tree: Tree,
    /// How many nodes' callers were not followed to the root; 0: the tree is whole.
    pub cut_nodes: usize,
    /// The values of these nodes together.
    pub cut_value: i64,
}

/// Who calls `function`: the root, the function, and below it its callers, their callers and so
/// on; a node's total is what the function costs when it is called through these callers.
///
/// Recursion counts once, as in [`callees`]: only calls that lie below no other call of the
/// function start here.
/// Empty: a function without nodes gives an empty tree.
/// Cost: one pass, and at most `max_steps` steps from a node to its caller; whole trees take as
/// many as the function's outermost nodes are deep together.
pub fn callers(
    tree: &Tree,
    function: FunctionIdx,
    max_steps: usize,
) -> Result<CallerTree, TreeError> {
    let outermost = outermost_nodes(tree, function);
    towards_root(tree, outermost.into_iter().map(|node| (node, tree.total_value(node))), max_steps)
}

/// The tree turned around: functions with a self value below the root, below them their callers.
///
/// A node's total is what the functions from the root to it cost by themselves when called in
/// this way. The grand total stays. The root's self value stays with the root.
/// Cost: one pass, and at most `max_steps` steps from a node to its caller; whole trees take as
/// many as all nodes with a self value are deep together, which is far more than there are nodes
/// where trees are deep.
pub fn invert(tree: &Tree, max_steps: usize) -> Result<CallerTree, TreeError> {
    let leaves = tree.nodes().map(|node| (node, tree.self_value(node)));
    towards_root(tree, leaves.filter(|(_, self_value)| *self_value != 0), max_steps)
}

/// A node on its way to the root.
struct Climb {
    node: NodeIdx,
    place: TrieIdx,
    value: i64,
}

/// The tree of the paths from each node to the root, with a value each.
fn towards_root(
    tree: &Tree,
    nodes: impl Iterator<Item = (NodeIdx, i64)>,
    max_steps: usize,
) -> Result<CallerTree, TreeError> {
    let parents = tree.parents();
    let mut trie = CallTrie::new();
    let functions: Vec<_> = tree.names().iter().map(|name| trie.names.intern(name)).collect();
    let mut self_values = vec![0];
    let start = |(node, value)| Climb { node, place: CallTrie::ROOT, value };
    let mut climbs: Vec<Climb> = nodes.map(start).collect();
    let mut steps_left = max_steps;
    // What a truncated node stands for has no callees to be a caller of.
    let mut is_first = true;
    // All take a step or none does, so that what is cut does not depend on the order of nodes.
    while !climbs.is_empty() && climbs.len() <= steps_left {
        steps_left -= climbs.len();
        let mut below_root = Vec::with_capacity(climbs.len());
        for mut climb in climbs {
            if climb.node == NodeIdx(0) {
                add_checked(&mut self_values, climb.place, climb.value)?;
                continue;
            }
            let name = functions[tree.function(climb.node).0 as usize];
            let is_truncated = is_first && tree.is_truncated(climb.node);
            climb.place = trie.child(climb.place, name, is_truncated)?;
            climb.node = parents[climb.node.0 as usize];
            below_root.push(climb);
        }
        self_values.resize(trie.len(), 0);
        climbs = below_root;
        is_first = false;
    }
    let mut cut_value = 0_i64;
    for climb in &climbs {
        add_checked(&mut self_values, climb.place, climb.value)?;
        // Parts of the root's total, which fits.
        cut_value = cut_value.saturating_add(climb.value);
    }
    Ok(CallerTree { tree: trie.into_tree(&self_values)?, cut_nodes: climbs.len(), cut_value })
}
