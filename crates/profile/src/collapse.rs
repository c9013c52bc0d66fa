//! Makes recursive calls one.

use crate::call_trie::{CallTrie, add_checked};
use crate::tree::Tree;
use crate::tree_builder::TreeError;

/// The tree with direct recursion folded: a function that calls itself is one node, which has the
/// self values of all of them and their other callees, merged.
///
/// The grand total stays. Cost: linear.
pub fn collapse_recursion(tree: &Tree) -> Result<Tree, TreeError> {
    let mut trie = CallTrie::new();
    let functions: Vec<_> = tree.names().iter().map(|name| trie.names.intern(name)).collect();
    let mut self_values = vec![tree.self_values()[0]];
    // The place of the node at hand and of its ancestors, with their functions, by depth. The root
    // is no function, whatever it is called.
    let mut path = vec![(CallTrie::ROOT, None)];
    for node in tree.nodes().skip(1) {
        path.truncate(tree.depth(node) as usize);
        let (parent, parent_function) = path[path.len() - 1];
        let function = tree.function(node);
        let is_truncated = tree.is_truncated(node);
        let place = if !is_truncated && parent_function == Some(function) {
            parent
        } else {
            trie.child(parent, functions[function.0 as usize], is_truncated)?
        };
        path.push((place, (!is_truncated).then_some(function)));
        self_values.resize(trie.len(), 0);
        add_checked(&mut self_values, place, tree.self_value(node))?;
    }
    trie.into_tree(&self_values)
}
