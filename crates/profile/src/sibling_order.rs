//! Puts siblings in order: by name, each once.

use std::borrow::Cow;

use crate::call_trie::{CallTrie, add_checked};
use crate::function_names::FunctionNames;
use crate::tree::{NodeIdx, Tree, subtree_ends};
use crate::tree_builder::TreeError;

/// The tree with siblings of one name merged and sorted by name in byte order, truncated ones
/// last. The root is called [`Tree::ROOT_NAME`] if anything had to be merged.
pub(crate) fn sort_siblings(mut tree: Tree) -> Result<Tree, TreeError> {
    match sibling_order(&tree) {
        SiblingOrder::Sorted => Ok(tree),
        SiblingOrder::Repeated => merge_siblings(&tree),
        SiblingOrder::Unsorted(order) => {
            let names = std::mem::take(&mut tree.names);
            in_order(&tree, names, &order)
        }
    }
}

/// The same without a copy where nothing is to be done.
pub(crate) fn sorted(tree: &Tree) -> Result<Cow<'_, Tree>, TreeError> {
    match sibling_order(tree) {
        SiblingOrder::Sorted => Ok(Cow::Borrowed(tree)),
        SiblingOrder::Repeated => merge_siblings(tree).map(Cow::Owned),
        SiblingOrder::Unsorted(order) => in_order(tree, tree.names.clone(), &order).map(Cow::Owned),
    }
}

/// For every node, where it is in pre-order when all siblings come the other way round: after its
/// parent and the subtrees of the siblings that came after it. Cost: one pass.
pub(crate) fn reversed_places(depth: &[u32]) -> Result<Vec<u32>, TreeError> {
    let ends = subtree_ends(depth)?;
    let mut places = vec![0; depth.len()];
    // Place and subtree end of each node from the root down to the one at hand.
    let mut open: Vec<(u32, u32)> = Vec::new();
    for ((place, depth), end) in places.iter_mut().zip(depth).zip(ends) {
        open.truncate(*depth as usize);
        if let Some((parent, parent_end)) = open.last() {
            *place = parent + 1 + parent_end - end;
        }
        open.push((*place, end));
    }
    Ok(places)
}

/// A column with every entry moved to its place.
pub(crate) fn in_places<T: Copy>(column: Vec<T>, places: &[u32]) -> Vec<T> {
    let mut moved = column.clone();
    for (entry, place) in column.into_iter().zip(places) {
        moved[*place as usize] = entry;
    }
    moved
}

/// What there is to do before siblings are sorted and distinct.
#[derive(Debug)]
enum SiblingOrder {
    Sorted,
    /// The nodes in pre-order with sorted siblings.
    Unsorted(Vec<u32>),
    /// Siblings of one name.
    Repeated,
}

fn sibling_order(tree: &Tree) -> SiblingOrder {
    let ranks = tree.names.ranks();
    // Truncated nodes sort after all names.
    let mut sort_keys: Vec<u64> =
        tree.function.iter().map(|function| u64::from(ranks[function.0 as usize])).collect();
    for node in &tree.truncated {
        sort_keys[node.0 as usize] |= 1 << 32;
    }
    if is_sorted(&tree.depth, &sort_keys) {
        return SiblingOrder::Sorted;
    }
    let mut order = Vec::with_capacity(tree.node_count());
    let mut open = vec![0_u32];
    let mut siblings: Vec<u32> = Vec::new();
    while let Some(node) = open.pop() {
        order.push(node);
        let end = tree.subtree_end[node as usize];
        let mut child = node + 1;
        siblings.clear();
        while child < end {
            siblings.push(child);
            child = tree.subtree_end[child as usize];
        }
        let key = |node: &u32| sort_keys[*node as usize];
        // What comes the other way round, as Pyroscope writes it, is recognised by the sort.
        siblings.sort_by_key(key);
        if siblings.windows(2).any(|pair| key(&pair[0]) == key(&pair[1])) {
            return SiblingOrder::Repeated;
        }
        open.extend(siblings.iter().rev());
    }
    SiblingOrder::Unsorted(order)
}

/// Whether every node has a greater key than the sibling before it.
fn is_sorted(depth: &[u32], sort_keys: &[u64]) -> bool {
    // The keys of the last node at each depth down to the node at hand.
    let mut last: Vec<u64> = Vec::new();
    depth.iter().zip(sort_keys).all(|(depth, key)| {
        let depth = *depth as usize;
        let is_after = last.get(depth).is_none_or(|last| last < key);
        last.truncate(depth);
        last.push(*key);
        is_after
    })
}

fn merge_siblings(tree: &Tree) -> Result<Tree, TreeError> {
    let mut trie = CallTrie::new();
    let mut self_values = Vec::new();
    trie.add_tree(tree, |node, place| {
        if self_values.len() <= place as usize {
            self_values.resize(place as usize + 1, 0);
        }
        add_checked(&mut self_values, place, tree.self_value(node))
    })?;
    trie.into_tree(&self_values)
}

/// The same tree with its nodes in another pre-order; `names` are its own.
fn in_order(tree: &Tree, names: FunctionNames, order: &[u32]) -> Result<Tree, TreeError> {
    let mut is_truncated = vec![false; tree.node_count()];
    for node in &tree.truncated {
        is_truncated[node.0 as usize] = true;
    }
    let truncated = (0..)
        .zip(order)
        .filter(|(_, node)| is_truncated[**node as usize])
        .map(|(node, _)| NodeIdx(node))
        .collect();
    let function = order.iter().map(|node| tree.function[*node as usize]).collect();
    let depth: Vec<u32> = order.iter().map(|node| tree.depth[*node as usize]).collect();
    let self_value = order.iter().map(|node| tree.self_value[*node as usize]).collect();
    let total_value = order.iter().map(|node| tree.total_value[*node as usize]).collect();
    let subtree_end = subtree_ends(&depth)?;
    Ok(Tree { names, function, depth, self_value, total_value, subtree_end, truncated })
}
