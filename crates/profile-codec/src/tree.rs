//! Call trees in the bytes of Pyroscope's `PROFILE_FORMAT_TREE`.
//!
//! A node is its name (length, then bytes), its self value and how many children follow; nodes come
//! in depth-first pre-order, children in any order. The first node is nameless and stands for the
//! whole. All numbers are varints. Totals are not on the wire.

use profile::{FunctionIdx, NodeIdx, Tree, TreeBuilder, TreeError};

use crate::decoded::Decoded;
use crate::varint::{VarintError, read_varint, write_varint};

/// Why bytes are no call tree.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum DecodeError {
    /// The bytes end before the tree does.
    #[error("the tree bytes end at {length} within {part}, with {missing} nodes still to come")]
    Truncated {
        /// How many bytes there are.
        length: usize,
        /// What was being read.
        part: Part,
        /// How many nodes the counts promise that were not read, the one at hand included.
        missing: u64,
    },
    /// A number with more than 64 bits.
    #[error("the {part} at byte {offset} has more than 64 bits")]
    NumberTooLong {
        /// Where the number begins.
        offset: usize,
        /// What was being read.
        part: Part,
    },
    /// A self value of 2^63 or more.
    #[error("the self value at byte {offset} is {value}, expected at most 2^63 - 1")]
    ValueTooLarge {
        /// Where the value begins.
        offset: usize,
        /// The value.
        value: u64,
    },
    /// The nodes do not add up to a tree.
    #[error(transparent)]
    Tree(#[from] TreeError),
}

/// A part of a node.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// The length of the name.
    NameLength,
    /// The bytes of the name.
    Name,
    /// The self value.
    SelfValue,
    /// The number of children.
    ChildCount,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::NameLength => "name length",
            Self::Name => "name",
            Self::SelfValue => "self value",
            Self::ChildCount => "child count",
        })
    }
}

/// What could not be taken from tree bytes as it stood. Each kind occurs at most once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// Names are not UTF-8; what is not was replaced by U+FFFD.
    #[error("{count} function names are not UTF-8, the first at byte {first}")]
    InvalidUtf8 {
        /// How many nodes have such a name.
        count: u64,
        /// Where the first such name begins.
        first: usize,
    },
    /// There are bytes after the last node; they were left out.
    #[error("{count} bytes follow the tree")]
    TrailingBytes {
        /// How many bytes.
        count: usize,
    },
}

/// The call tree in `bytes`.
///
/// Siblings are sorted by name in byte order; those of one name are merged. A leaf called
/// [`Tree::TRUNCATED_NAME`] stands for nodes that the server folded away and is marked so.
/// Empty: fewer than two bytes are an empty tree.
/// Errors: see [`DecodeError`]; a tree that is cut short is an error, since every total in it would
/// be wrong.
/// Cost: one pass over the bytes, and the sorting of siblings; depth and counts cost nothing by
/// being large.
pub fn decode(bytes: &[u8]) -> Result<Decoded<Tree, Warning>, DecodeError> {
    if bytes.len() < 2 {
        return Ok(Decoded { value: Tree::empty(), warnings: vec![] });
    }
    let mut reader = Reader { rest: bytes, length: bytes.len(), missing: 1, warnings: vec![] };
    let mut nodes = Nodes::new();
    let root = reader.read_node()?;
    nodes.builder.add_root_self(root.self_value)?;
    let mut order = SiblingOrder { is_ascending: true, is_descending: true };
    let mut open = vec![Open { to_come: root.child_count, last_child: None }];
    reader.missing = root.child_count;
    while let Some(parent) = open.last_mut() {
        if parent.to_come == 0 {
            open.pop();
            continue;
        }
        parent.to_come -= 1;
        let node = reader.read_node()?;
        if let Some(last) = parent.last_child.replace(node.name) {
            order.add(last, node.name);
        }
        reader.missing = (reader.missing - 1).saturating_add(node.child_count);
        let depth = u32::try_from(open.len()).map_err(|_| TreeError::TooManyNodes)?;
        if node.child_count > 0 {
            open.push(Open { to_come: node.child_count, last_child: None });
        }
        nodes.add(depth, node, &mut reader)?;
    }
    nodes.push_waiting(&mut reader)?;
    // Truncated nodes come last whatever their name, and what was not UTF-8 has another name now.
    let is_plain = !nodes.has_truncated && reader.warnings.is_empty();
    let tree = if is_plain && order.is_ascending {
        nodes.builder.finish()?
    } else if is_plain && order.is_descending {
        nodes.builder.finish_reversed()?
    } else {
        nodes.builder.finish_sorted()?
    };
    if !reader.rest.is_empty() {
        reader.warnings.push(Warning::TrailingBytes { count: reader.rest.len() });
    }
    Ok(Decoded { value: tree, warnings: reader.warnings })
}

/// The bytes of a call tree, children in column order.
///
/// The root goes without its name, as the format has it; that truncated nodes are more than
/// functions called [`Tree::TRUNCATED_NAME`] is lost where they have children or such a sibling.
pub fn encode(tree: &Tree) -> Vec<u8> {
    let mut child_counts = vec![0_u64; tree.node_count()];
    let mut path: Vec<NodeIdx> = Vec::new();
    for node in tree.nodes() {
        path.truncate(tree.depth(node) as usize);
        if let Some(parent) = path.last() {
            child_counts[parent.0 as usize] += 1;
        }
        path.push(node);
    }
    let mut bytes = Vec::new();
    for node in tree.nodes() {
        let name = if node == NodeIdx(0) { "" } else { tree.name(node) };
        write_varint(&mut bytes, name.len() as u64);
        bytes.extend_from_slice(name.as_bytes());
        write_varint(&mut bytes, tree.self_value(node).cast_unsigned());
        write_varint(&mut bytes, child_counts[node.0 as usize]);
    }
    bytes
}

/// A node whose children are being read.
struct Open<'a> {
    to_come: u64,
    last_child: Option<&'a [u8]>,
}

/// How the names of siblings follow each other, everywhere in the tree.
struct SiblingOrder {
    is_ascending: bool,
    is_descending: bool,
}

impl SiblingOrder {
    fn add(&mut self, name: &[u8], next: &[u8]) {
        self.is_ascending &= name < next;
        self.is_descending &= name > next;
    }
}

/// The tree so far, and nodes whose names are looked up together: one after the other, most of the
/// time would go by waiting for memory.
struct Nodes<'a> {
    builder: TreeBuilder,
    waiting: Vec<(u32, Node<'a>)>,
    names: Vec<&'a [u8]>,
    found: Vec<Option<FunctionIdx>>,
    has_truncated: bool,
}

/// How many nodes wait.
const WAITING: usize = 128;

impl<'a> Nodes<'a> {
    fn new() -> Self {
        Self {
            builder: TreeBuilder::new(),
            waiting: Vec::with_capacity(WAITING),
            names: Vec::with_capacity(WAITING),
            found: Vec::with_capacity(WAITING),
            has_truncated: false,
        }
    }

    #[inline]
    fn add(
        &mut self,
        depth: u32,
        node: Node<'a>,
        reader: &mut Reader<'a>,
    ) -> Result<(), TreeError> {
        self.waiting.push((depth, node));
        if self.waiting.len() == WAITING { self.push_waiting(reader) } else { Ok(()) }
    }

    fn push_waiting(&mut self, reader: &mut Reader<'a>) -> Result<(), TreeError> {
        let Self { builder, waiting, names, found, has_truncated } = self;
        names.clear();
        names.extend(waiting.iter().map(|(_, node)| node.name));
        found.clear();
        builder.names().find_most(names, |function| found.push(function));
        for ((depth, node), found) in waiting.drain(..).zip(found) {
            let function = found.unwrap_or_else(|| match std::str::from_utf8(node.name) {
                Ok(name) => builder.intern(name),
                Err(_) => {
                    reader.warn_of_invalid_utf8(node.name_offset);
                    builder.intern(&String::from_utf8_lossy(node.name))
                }
            });
            let pushed = builder.push(depth, function, node.self_value)?;
            if node.child_count == 0 && node.name == Tree::TRUNCATED_NAME.as_bytes() {
                builder.mark_truncated(pushed);
                *has_truncated = true;
            }
        }
        Ok(())
    }
}

struct Node<'a> {
    name: &'a [u8],
    name_offset: usize,
    self_value: i64,
    child_count: u64,
}

struct Reader<'a> {
    rest: &'a [u8],
    length: usize,
    missing: u64,
    warnings: Vec<Warning>,
}

impl<'a> Reader<'a> {
    #[inline]
    fn read_node(&mut self) -> Result<Node<'a>, DecodeError> {
        let name_length = self.read_number(Part::NameLength)?;
        let name_offset = self.offset();
        let name_length = usize::try_from(name_length).ok();
        let name_length = name_length.filter(|length| *length <= self.rest.len());
        let name_length = name_length.ok_or_else(|| self.truncated(Part::Name))?;
        let (name, rest) = self.rest.split_at(name_length);
        self.rest = rest;
        let value_offset = self.offset();
        let value = self.read_number(Part::SelfValue)?;
        let self_value = i64::try_from(value)
            .map_err(|_| DecodeError::ValueTooLarge { offset: value_offset, value })?;
        let child_count = self.read_number(Part::ChildCount)?;
        Ok(Node { name, name_offset, self_value, child_count })
    }

    #[inline]
    fn read_number(&mut self, part: Part) -> Result<u64, DecodeError> {
        read_varint(&mut self.rest).map_err(|error| match error {
            VarintError::Truncated => self.truncated(part),
            VarintError::TooLong => DecodeError::NumberTooLong { offset: self.offset(), part },
        })
    }

    fn offset(&self) -> usize {
        self.length - self.rest.len()
    }

    fn truncated(&self, part: Part) -> DecodeError {
        DecodeError::Truncated { length: self.length, part, missing: self.missing }
    }

    fn warn_of_invalid_utf8(&mut self, first: usize) {
        match self.warnings.first_mut() {
            Some(Warning::InvalidUtf8 { count, .. }) => *count += 1,
            _ => self.warnings.push(Warning::InvalidUtf8 { count: 1, first }),
        }
    }
}
