//! Finds functions by name.

use regex_lite::{Regex, RegexBuilder};

use crate::function_names::{FunctionIdx, FunctionNames};
use crate::tree::{NodeIdx, Tree};

/// What to look for in function names. Case does not matter.
#[derive(Debug, Clone)]
pub struct NamePattern {
    kind: PatternKind,
}

#[derive(Debug, Clone)]
enum PatternKind {
    /// In lower case.
    Substring(String),
    Regex {
        regex: Regex,
        /// In lower case: each match of the regular expression has one of these, which is found
        /// many times faster. Empty: nothing is known.
        literals: Vec<String>,
    },
}

/// Why text is no regular expression.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("cannot read the regular expression {pattern:?}: {reason}")]
pub struct NamePatternError {
    /// The text.
    pub pattern: String,
    /// What is wrong about it, for people.
    pub reason: String,
}

impl NamePattern {
    /// Names that hold `text`. Empty: no name, since there is nothing to look for.
    pub fn substring(text: &str) -> Self {
        Self { kind: PatternKind::Substring(text.to_lowercase()) }
    }

    /// Names in which the regular expression `pattern` is found; `a|b` finds either.
    /// Empty: no name.
    pub fn regex(pattern: &str) -> Result<Self, NamePatternError> {
        if pattern.is_empty() {
            return Ok(Self::substring(""));
        }
        let regex = RegexBuilder::new(pattern).case_insensitive(true).build();
        let regex = regex.map_err(|error| NamePatternError {
            pattern: pattern.to_owned(),
            reason: error.to_string(),
        })?;
        Ok(Self { kind: PatternKind::Regex { regex, literals: required_literals(pattern) } })
    }

    /// Whether `name` is found.
    pub fn matches(&self, name: &str) -> bool {
        match &self.kind {
            PatternKind::Substring(text) => !text.is_empty() && contains_ignoring_case(name, text),
            PatternKind::Regex { regex, literals } => {
                let may_match = literals.is_empty()
                    || literals.iter().any(|text| contains_ignoring_case(name, text));
                may_match && regex.is_match(name)
            }
        }
    }

    /// The names of a table that are found. Cost: one look at each name, not at each node.
    pub fn matching(&self, names: &FunctionNames) -> FunctionSet {
        let is_member: Vec<bool> = names.iter().map(|name| self.matches(name)).collect();
        FunctionSet { is_member }
    }
}

/// Some of the functions of a tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct FunctionSet {
    is_member: Vec<bool>,
}

impl FunctionSet {
    /// Whether a function is one of them.
    pub fn contains(&self, function: FunctionIdx) -> bool {
        self.is_member.get(function.0 as usize).copied().unwrap_or(false)
    }

    /// The functions, ascending.
    pub fn iter(&self) -> impl Iterator<Item = FunctionIdx> {
        let members = (0..).zip(&self.is_member).filter(|(_, is_member)| **is_member);
        members.map(|(function, _)| FunctionIdx(function))
    }
}

/// What a search found in a call tree.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchResult {
    /// The functions found.
    pub functions: FunctionSet,
    /// How many nodes they have, the root left out.
    pub node_count: usize,
    /// The totals of these nodes, those below another one left out: what is found within what was
    /// found counts once.
    pub matched_value: i64,
}

/// Looks for functions in a tree. Cost: one look at each name and one pass over the nodes.
///
/// Truncated nodes are never found: nobody knows what they hold.
pub fn search(tree: &Tree, pattern: &NamePattern) -> SearchResult {
    let functions = pattern.matching(tree.names());
    let (mut node_count, mut matched_value) = (0, 0_i64);
    let mut covered_until = NodeIdx(0);
    let mut truncated = tree.truncated().iter().copied().peekable();
    for node in tree.nodes().skip(1) {
        if truncated.next_if_eq(&node).is_some() || !functions.contains(tree.function(node)) {
            continue;
        }
        node_count += 1;
        if covered_until <= node {
            covered_until = tree.subtree_end(node);
            // Parts of the root's total, which fits.
            matched_value = matched_value.saturating_add(tree.total_value(node));
        }
    }
    SearchResult { functions, node_count, matched_value }
}

/// Texts in lower case of which every match of a regular expression holds at least one: the longest
/// of each alternative. Empty: the expression has parts that are not looked into, or none needed.
fn required_literals(pattern: &str) -> Vec<String> {
    if pattern.contains(['(', '[', '{']) {
        return Vec::new();
    }
    let literals: Option<Vec<String>> = pattern.split('|').map(required_literal).collect();
    literals.unwrap_or_default()
}

/// The longest text that every match of an expression without groups, classes and alternatives
/// holds. None: there is none of at least two characters.
fn required_literal(pattern: &str) -> Option<String> {
    let mut runs = vec![String::new()];
    let mut characters = pattern.chars();
    while let Some(character) = characters.next() {
        let run = runs.last_mut()?;
        match character {
            // May be there or not.
            '*' | '?' => {
                run.pop();
                runs.push(String::new());
            }
            // More of the same may follow.
            '+' => runs.push(String::new()),
            '.' | '^' | '$' => runs.push(String::new()),
            '\\' => match characters.next() {
                Some(escaped) if escaped.is_ascii_punctuation() => run.push(escaped),
                // Of an escape with letters and digits nobody knows here where it ends.
                Some('d' | 'D' | 'w' | 'W' | 's' | 'S' | 'b' | 'B') => runs.push(String::new()),
                _ => return None,
            },
            _ if character.is_ascii() => run.push(character.to_ascii_lowercase()),
            // What it is in other cases is the expression's business.
            _ => runs.push(String::new()),
        }
    }
    runs.into_iter().max_by_key(String::len).filter(|run| run.len() >= 2)
}

/// Whether `name` in lower case holds `text`, which is in lower case and not empty.
fn contains_ignoring_case(name: &str, text: &str) -> bool {
    if !name.is_ascii() {
        return name.to_lowercase().contains(text);
    }
    let [first, rest @ ..] = text.as_bytes() else { return true };
    let name = name.as_bytes();
    let mut from = 0;
    // Most places differ in their first character already.
    while let Some(at) = position_ignoring_case(&name[from..], *first) {
        from += at + 1;
        if name.get(from..from + rest.len()).is_some_and(|found| found.eq_ignore_ascii_case(rest)) {
            return true;
        }
    }
    false
}

/// Where a character, given in lower case, first is in either case. Looks at eight bytes at once.
fn position_ignoring_case(name: &[u8], character: u8) -> Option<usize> {
    const EACH: u64 = u64::from_ne_bytes([1; 8]);
    // The bit by which a letter differs in upper case.
    let either_case = if character.is_ascii_lowercase() { 0x20 } else { 0 };
    let (eights, rest) = name.as_chunks::<8>();
    for (at, eight) in eights.iter().enumerate() {
        let other =
            (u64::from_le_bytes(*eight) | (EACH * either_case)) ^ (EACH * u64::from(character));
        // The lowest bit of what is left tells the first byte of `other` that is 0.
        let found = other.wrapping_sub(EACH) & !other & (EACH << 7);
        if found != 0 {
            return Some(at * 8 + found.trailing_zeros() as usize / 8);
        }
    }
    let at = rest.iter().position(|byte| byte | either_case as u8 == character)?;
    Some(name.len() - rest.len() + at)
}
