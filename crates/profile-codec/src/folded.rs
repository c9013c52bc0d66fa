//! Folded text: a stack trace and its value on each line, `main;checkout;sort 12`, root first.

use std::collections::HashMap;

use profile::{Function, Line, Location, LocationIdx, NodeIdx, Profile, Tree};

use crate::decoded::Decoded;

/// How a line gives its value.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LineValue {
    /// After the last space: `main;sort 12`. Pyroscope calls this form `folded` or `groups`.
    Written,
    /// Every line counts 1: `main;sort`. Pyroscope calls this form `lines`.
    One,
}

/// What could not be taken from folded text as it stood. Each kind occurs at most once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// Lines without a value after the last space; they were left out.
    #[error("{count} lines have no value after the last space, the first is line {first}")]
    NoValue {
        /// How many lines.
        count: u64,
        /// The first such line, from 1.
        first: u64,
    },
    /// Text that is not UTF-8; what is not was replaced by U+FFFD.
    #[error("the text is not UTF-8")]
    InvalidUtf8,
}

/// The profile of folded text, with one sample per line and one sample type, given as
/// (type, unit).
///
/// Empty lines are skipped; frames without a name are left out. There are no comments: function
/// names may begin with anything.
/// Cost: linear.
pub fn decode(
    bytes: &[u8],
    sample_type: (&str, &str),
    line_value: LineValue,
) -> Decoded<Profile, Warning> {
    let text = String::from_utf8_lossy(bytes);
    let mut warnings = Vec::new();
    if matches!(text, std::borrow::Cow::Owned(_)) {
        warnings.push(Warning::InvalidUtf8);
    }
    let mut profile = Profile::with_sample_types(&[sample_type]);
    let mut locations: HashMap<&str, LocationIdx> = HashMap::new();
    let mut without_value: Option<(u64, u64)> = None;
    for (number, line) in (1_u64..).zip(text.lines()) {
        let line = line.trim();
        if line.is_empty() {
            continue;
        }
        let Some((frames, value)) = stack_and_value(line, line_value) else {
            let (count, _) = without_value.get_or_insert((0, number));
            *count += 1;
            continue;
        };
        let mut stack = None;
        for name in frames.split(';').filter(|name| !name.is_empty()) {
            let location = *locations.entry(name).or_insert_with(|| {
                let name = profile.intern(name);
                let function = profile.add_function(Function { name, ..Function::default() });
                profile.add_location(Location::default(), &[Line { function, line: 0 }])
            });
            stack = Some(profile.intern_stack(stack, location));
        }
        profile.add_sample(stack, &[value], &[]);
    }
    if let Some((count, first)) = without_value {
        warnings.push(Warning::NoValue { count, first });
    }
    Decoded { value: profile, warnings }
}

fn stack_and_value(line: &str, line_value: LineValue) -> Option<(&str, i64)> {
    match line_value {
        LineValue::One => Some((line, 1)),
        LineValue::Written => {
            let (frames, value) = line.rsplit_once(char::is_whitespace).unwrap_or(("", line));
            Some((frames.trim_end(), value.parse().ok()?))
        }
    }
}

/// The folded text of a call tree: a line for every node with a self value, in column order.
///
/// The root has no frame: its self value stands on a line of its own. In names, `;` becomes `:`
/// and line breaks become spaces, since the format has no way to write them; a function without a
/// name is written `[unknown]`.
/// Cost: the text repeats the path of every node, as the format wants it.
pub fn encode(tree: &Tree) -> String {
    let mut text = String::new();
    // The path to the node at hand, and how long it was at each depth before.
    let mut path = String::new();
    let mut lengths: Vec<usize> = vec![0];
    for node in tree.nodes() {
        let depth = tree.depth(node) as usize;
        if node != NodeIdx(0) {
            lengths.truncate(depth);
            path.truncate(lengths[depth - 1]);
            if depth > 1 {
                path.push(';');
            }
            match tree.name(node) {
                "" => path.push_str("[unknown]"),
                name => path.extend(name.chars().map(writable)),
            }
            lengths.push(path.len());
        }
        let self_value = tree.self_value(node);
        if self_value != 0 {
            if !path.is_empty() {
                text.push_str(&path);
                text.push(' ');
            }
            text.push_str(&self_value.to_string());
            text.push('\n');
        }
    }
    text
}

fn writable(character: char) -> char {
    match character {
        ';' => ':',
        '\n' | '\r' => ' ',
        other => other,
    }
}
