//! A set of nodes as bits.

use crate::row_tree::NodeId;
use std::ops::Range;

/// Some of the nodes of a tree, a bit for each.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct NodeSet {
    words: Vec<u64>,
}

impl NodeSet {
    /// An empty set that takes the nodes below `node_count`.
    pub(crate) fn with_room_for(node_count: usize) -> Self {
        Self { words: vec![0; node_count.div_ceil(64)] }
    }

    /// Whether a node is in the set.
    #[inline]
    pub(crate) fn contains(&self, node: NodeId) -> bool {
        let at = node.0 as usize;
        self.words.get(at / 64).is_some_and(|word| (word >> (at % 64)) & 1 == 1)
    }

    /// The first node of a range that is in the set. Cost: one step for 64 nodes.
    pub(crate) fn first_in(&self, nodes: Range<u32>) -> Option<NodeId> {
        let mut at = nodes.start;
        while at < nodes.end {
            let bits = self.words.get(at as usize / 64)? >> (at % 64);
            if bits != 0 {
                let node = at + bits.trailing_zeros();
                return (node < nodes.end).then_some(NodeId(node));
            }
            at = (at / 64 + 1) * 64;
        }
        None
    }

    pub(crate) fn insert(&mut self, node: NodeId) {
        self.words[node.0 as usize / 64] |= 1 << (node.0 % 64);
    }

    /// Adds a range. Cost: one step for 64 nodes.
    pub(crate) fn insert_all(&mut self, nodes: Range<u32>) {
        let mut at = nodes.start;
        while at < nodes.end {
            let to = nodes.end.min((at / 64 + 1) * 64);
            self.words[at as usize / 64] |= (u64::MAX >> (64 - (to - at))) << (at % 64);
            at = to;
        }
    }
}
