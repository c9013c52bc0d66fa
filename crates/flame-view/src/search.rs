//! Search: which functions match, and how much of the profile they are.

use crate::frame_columns::PIECE;
use crate::node_set::NodeSet;
use crate::row_tree::{NodeId, RowTree};
use profile::{FunctionIdx, NamePattern};
use std::ops::Range;

/// A search and what it found in the tree at hand.
///
/// The text is a list of terms between commas; a function matches if it matches any of them. A term
/// matches what contains it, in any case; a term with the characters of a regular expression also
/// matches as one.
/// Cost: linear in names and nodes once per search.
#[derive(Debug, Clone, Default)]
pub struct Search {
    text: String,
    picked: Option<String>,
    matched: Vec<bool>,
    matched_functions: usize,
    matched_nodes: usize,
    /// Matched nodes that lie below no other, ascending, with the sum of their values up to and
    /// with them.
    outermost: Vec<(NodeId, i64)>,
    found: NodeSet,
    error: Option<String>,
}

impl Search {
    /// The text, as it was typed.
    pub fn text(&self) -> &str {
        &self.text
    }

    /// Whether anything is looked for.
    pub fn is_active(&self) -> bool {
        self.picked.is_some() || !self.text.trim().is_empty()
    }

    /// Why a term that looks like a regular expression is none.
    pub fn error(&self) -> Option<&str> {
        self.error.as_deref()
    }

    /// How many functions match.
    pub fn matched_functions(&self) -> usize {
        self.matched_functions
    }

    /// How many nodes match.
    pub fn matched_nodes(&self) -> usize {
        self.matched_nodes
    }

    /// Whether a function matches.
    pub fn matches(&self, function: FunctionIdx) -> bool {
        self.matched.get(function.0 as usize).copied().unwrap_or(false)
    }

    /// The first node of a range that matches. Cost: one step for 64 nodes.
    pub fn first_match(&self, nodes: Range<u32>) -> Option<NodeId> {
        self.found.first_in(nodes)
    }

    /// The matched nodes that lie below no other.
    pub(crate) fn outermost(&self) -> impl Iterator<Item = NodeId> {
        self.outermost.iter().map(|(node, _)| *node)
    }

    /// The value of all matched nodes below a node, itself included, none counted twice.
    /// Cost: two binary searches for each row below the node, and one for each above it.
    pub fn total_below(&self, tree: &RowTree, node: NodeId) -> i64 {
        // A match further up holds all of the node.
        if tree.path(node).into_iter().any(|above| self.found.contains(above)) {
            return tree.total_value(node);
        }
        let sum_before = |node: u32| {
            let count = self.outermost.partition_point(|(other, _)| other.0 < node);
            count.checked_sub(1).map_or(0, |last| self.outermost[last].1)
        };
        let mut total = 0;
        let mut row = node.0..node.0 + 1;
        while !row.is_empty() {
            total += sum_before(row.end) - sum_before(row.start);
            row = tree.children_of_all(row);
        }
        total
    }

    pub(crate) fn set_text(&mut self, text: &str) {
        text.clone_into(&mut self.text);
        self.picked = None;
    }

    /// Looks for one function alone, or for nothing if it is looked for already.
    pub(crate) fn pick(&mut self, _function: FunctionIdx, name: &str) {
        if self.picked.as_deref() == Some(name) {
            self.picked = None;
            self.text.clear();
        } else {
            name.clone_into(&mut self.text);
            self.picked = Some(name.to_owned());
        }
    }

    /// Searches a tree.
    pub(crate) fn run(&mut self, tree: &RowTree) {
        self.matched = Vec::new();
        self.outermost = Vec::new();
        self.found = NodeSet::default();
        self.error = None;
        (self.matched_functions, self.matched_nodes) = (0, 0);
        if !self.is_active() {
            return;
        }
        let patterns = self.patterns();
        let picked = self.picked.as_deref();
        if picked.is_some() {
            // A name as it stands, whatever characters it has.
            self.error = None;
        }
        self.matched = tree
            .names()
            .iter()
            .map(|name| match picked {
                Some(picked) => name == picked,
                None => patterns.iter().any(|pattern| pattern.matches(name)),
            })
            .collect();
        self.matched_functions = self.matched.iter().filter(|matched| **matched).count();
        self.count_nodes(tree);
    }

    fn count_nodes(&mut self, tree: &RowTree) {
        self.found = NodeSet::with_room_for(tree.node_count());
        // Nodes below a match.
        let mut covered = NodeSet::with_room_for(tree.node_count());
        for (piece, functions) in (0..).zip(tree.functions().chunks(PIECE)) {
            self.count_some(tree, (piece * PIECE) as u32, functions, &mut covered);
        }
    }

    /// Counts the nodes from `first` on; a call of its own, see [`PIECE`].
    #[inline(never)]
    fn count_some(
        &mut self,
        tree: &RowTree,
        first: u32,
        functions: &[FunctionIdx],
        covered: &mut NodeSet,
    ) {
        for (node, function) in (first..).map(NodeId).zip(functions) {
            let is_match = self.matched[function.0 as usize];
            let is_covered = covered.contains(node);
            if is_match {
                self.matched_nodes += 1;
                self.found.insert(node);
                if !is_covered {
                    let sum = self.outermost.last().map_or(0, |(_, sum)| *sum);
                    self.outermost.push((node, sum + tree.total_value(node)));
                }
            }
            if is_match || is_covered {
                covered.insert_all(tree.children(node));
            }
        }
    }

    fn patterns(&mut self) -> Vec<NamePattern> {
        let mut patterns = Vec::new();
        for text in self.text.split(',').map(str::trim).filter(|text| !text.is_empty()) {
            patterns.push(NamePattern::substring(text));
            if text.contains(['*', '+', '?', '^', '$', '|', '[', '(', '\\', '{']) {
                match NamePattern::regex(text) {
                    Ok(pattern) => patterns.push(pattern),
                    Err(error) => self.error = Some(error.to_string()),
                }
            }
        }
        patterns
    }
}
