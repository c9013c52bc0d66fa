//! Walks two call trees together.

use std::borrow::Cow;

use crate::function_names::{FunctionIdx, FunctionNames};
use crate::sibling_order::sorted;
use crate::tree::{NodeIdx, Tree};
use crate::tree_builder::TreeError;

/// The nodes of two trees by call path, in pre-order, siblings sorted.
///
/// Shape: columns with one entry per node that either tree has.
#[derive(Debug, Default)]
pub(crate) struct Joined {
    pub(crate) names: FunctionNames,
    pub(crate) function: Vec<FunctionIdx>,
    pub(crate) depth: Vec<u32>,
    pub(crate) first_self: Vec<i64>,
    pub(crate) second_self: Vec<i64>,
    pub(crate) truncated: Vec<NodeIdx>,
}

/// Joins two trees. Both are read from front to back; a subtree that only one of them has is
/// copied as it stands.
pub(crate) fn join(first: &Tree, second: &Tree) -> Result<Joined, TreeError> {
    let (first, second) = (sorted(first)?, sorted(second)?);
    let mut joined = Joined::default();
    let root = joined.names.intern(Tree::ROOT_NAME);
    let mut functions = |tree: &Tree| -> Vec<FunctionIdx> {
        tree.names().iter().map(|name| joined.names.intern(name)).collect()
    };
    let sides = [functions(&first), functions(&second)];
    let ranks = joined.names.ranks();
    let [first, second] =
        [Side::new(first, &sides[0], &ranks), Side::new(second, &sides[1], &ranks)];
    joined.push(0, root, false, first.self_value(0), second.self_value(0));
    // For every node of both trees that is open, where its children to come begin and end.
    let mut open = vec![[first.children(0), second.children(0)]];
    let mut depth = 1;
    while let Some([a, b]) = open.last_mut() {
        let key_a = first.key_at(a);
        let key_b = second.key_at(b);
        match (key_a, key_b) {
            (None, None) => {
                open.pop();
                depth -= 1;
            }
            (Some(key_a), Some(key_b)) if key_a == key_b => {
                let (node_a, node_b) = (a.next, b.next);
                a.next = first.end(node_a);
                b.next = second.end(node_b);
                let values = (first.self_value(node_a), second.self_value(node_b));
                let (function, is_truncated) = (first.function(node_a), key_a.is_truncated());
                joined.push(depth, function, is_truncated, values.0, values.1);
                open.push([first.children(node_a), second.children(node_b)]);
                depth += 1;
            }
            (Some(key_a), key_b) if key_b.is_none_or(|key_b| key_a < key_b) => {
                let end = first.end(a.next);
                for node in a.next..end {
                    let is_truncated = first.key(node).is_truncated();
                    let function = first.function(node);
                    let depth = first.tree.depth[node as usize];
                    joined.push(depth, function, is_truncated, first.self_value(node), 0);
                }
                a.next = end;
            }
            _ => {
                let end = second.end(b.next);
                for node in b.next..end {
                    let is_truncated = second.key(node).is_truncated();
                    let function = second.function(node);
                    let depth = second.tree.depth[node as usize];
                    joined.push(depth, function, is_truncated, 0, second.self_value(node));
                }
                b.next = end;
            }
        }
    }
    Ok(joined)
}

impl Joined {
    fn push(
        &mut self,
        depth: u32,
        function: FunctionIdx,
        is_truncated: bool,
        first_self: i64,
        second_self: i64,
    ) {
        if is_truncated {
            let node = u32::try_from(self.depth.len()).unwrap_or(u32::MAX);
            self.truncated.push(NodeIdx(node));
        }
        self.depth.push(depth);
        self.function.push(function);
        self.first_self.push(first_self);
        self.second_self.push(second_self);
    }
}

/// Children that are still to come.
#[derive(Debug, Clone, Copy)]
struct Pending {
    next: u32,
    end: u32,
}

/// What siblings are sorted by: truncated ones last, the others by name.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
struct SiblingKey(u64);

const TRUNCATED: u64 = 1 << 32;

impl SiblingKey {
    fn is_truncated(self) -> bool {
        self.0 >= TRUNCATED
    }
}

struct Side<'a> {
    tree: Cow<'a, Tree>,
    /// The joint function of each function of the tree.
    functions: &'a [FunctionIdx],
    keys: Vec<SiblingKey>,
}

impl<'a> Side<'a> {
    fn new(tree: Cow<'a, Tree>, functions: &'a [FunctionIdx], ranks: &[u32]) -> Self {
        let rank = |function: &FunctionIdx| {
            let joint = functions[function.0 as usize];
            SiblingKey(u64::from(ranks[joint.0 as usize]))
        };
        let mut keys: Vec<SiblingKey> = tree.function.iter().map(rank).collect();
        for node in &tree.truncated {
            keys[node.0 as usize].0 |= TRUNCATED;
        }
        Self { tree, functions, keys }
    }

    fn key(&self, node: u32) -> SiblingKey {
        self.keys[node as usize]
    }

    fn key_at(&self, pending: &Pending) -> Option<SiblingKey> {
        (pending.next < pending.end).then(|| self.key(pending.next))
    }

    fn function(&self, node: u32) -> FunctionIdx {
        self.functions[self.tree.function[node as usize].0 as usize]
    }

    fn self_value(&self, node: u32) -> i64 {
        self.tree.self_value[node as usize]
    }

    fn end(&self, node: u32) -> u32 {
        self.tree.subtree_end[node as usize]
    }

    fn children(&self, node: u32) -> Pending {
        Pending { next: node + 1, end: self.end(node) }
    }
}
