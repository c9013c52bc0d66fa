//! Search: which functions match, and how much of the profile they are.

use crate::row_index::RowIndex;
use profile::{FunctionIdx, NamePattern, NodeIdx, Tree};

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
    outermost: Vec<(NodeIdx, i64)>,
    /// For every place in the rows a bit, set if its node matches.
    matched_places: Vec<u64>,
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

    /// The first of the nodes at these places of the rows that matches.
    /// Cost: one step for 64 places.
    pub fn first_match(&self, from: usize, to: usize) -> Option<usize> {
        let mut at = from;
        while at < to {
            let bits = self.matched_places.get(at / 64)? >> (at % 64);
            if bits != 0 {
                let place = at + bits.trailing_zeros() as usize;
                return (place < to).then_some(place);
            }
            at = (at / 64 + 1) * 64;
        }
        None
    }

    /// The value of all matched nodes below a node, itself included, none counted twice.
    pub fn total_below(&self, tree: &Tree, node: NodeIdx) -> i64 {
        let end = tree.subtree_end(node);
        let from = self.outermost.partition_point(|(other, _)| *other < node);
        let to = self.outermost.partition_point(|(other, _)| *other < end);
        let sum = |count: usize| count.checked_sub(1).map_or(0, |last| self.outermost[last].1);
        // A match further up holds all of the node.
        if let Some((above, _)) = from.checked_sub(1).map(|last| self.outermost[last])
            && tree.subtree_end(above) > node
        {
            return tree.total_value(node);
        }
        sum(to) - sum(from)
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
    pub(crate) fn run(&mut self, tree: &Tree, index: &RowIndex) {
        self.matched = Vec::new();
        self.outermost = Vec::new();
        self.matched_places = Vec::new();
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
        self.count_nodes(tree, index);
    }

    fn count_nodes(&mut self, tree: &Tree, index: &RowIndex) {
        let mut covered_to = NodeIdx(0);
        let mut sum = 0_i64;
        self.matched_places = vec![0; tree.node_count().div_ceil(64)];
        // In pre-order the nodes of each row come from left to right.
        let mut next_place: Vec<usize> =
            (0..index.row_count()).map(|depth| index.row_offset(depth)).collect();
        for (node, (function, depth)) in
            (0_u32..).map(NodeIdx).zip(tree.functions().iter().zip(tree.depths()))
        {
            let place = next_place[*depth as usize];
            next_place[*depth as usize] += 1;
            if !self.matched[function.0 as usize] {
                continue;
            }
            self.matched_nodes += 1;
            self.matched_places[place / 64] |= 1 << (place % 64);
            if node >= covered_to {
                covered_to = tree.subtree_end(node);
                sum = sum.saturating_add(tree.total_value(node));
                self.outermost.push((node, sum));
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
