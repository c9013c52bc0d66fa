//! Call trees in the columns of a flame graph frame: level, value, self, label.

use std::ops::ControlFlow;

use crate::function_names::{FunctionIdx, FunctionNames};
use crate::sibling_order::sort_siblings;
use crate::tree::{NodeIdx, Tree, subtree_ends};
use crate::tree_builder::TreeError;

/// A call tree as Grafana's frames have it: rows in pre-order.
///
/// Shape: one entry per row in each column; `labels` are positions in `names`.
#[derive(Debug, Clone, Copy)]
pub struct NestedSet<'a, S> {
    /// Distance from the root, which is at 0.
    pub depths: &'a [u32],
    /// Total values.
    pub totals: &'a [i64],
    /// Self values. None: the frame has none, and they follow from the totals.
    pub self_values: Option<&'a [i64]>,
    /// Function of each row.
    pub labels: &'a [u32],
    /// The function names.
    pub names: &'a [S],
    /// Whether leaves called [`Tree::TRUNCATED_NAME`] stand for siblings that were folded away, as
    /// they do in what Pyroscope answers.
    pub marks_truncated: bool,
}

/// What could not be taken from a nested set as it stood. Each kind occurs at most once.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum NestedSetWarning {
    /// The columns have different lengths; rows beyond the shortest were left out.
    #[error(
        "the columns have {shortest} to {longest} rows, those beyond the shortest are left out"
    )]
    RaggedColumns {
        /// Length of the shortest column.
        shortest: usize,
        /// Length of the longest column.
        longest: usize,
    },
    /// Not exactly one row at level 0; the rows were put below a root of our own.
    #[error("{count} rows at level 0, expected one root; a root was added")]
    RootCount {
        /// How many rows are at level 0.
        count: usize,
    },
    /// Rows more than one level below the row before them; they were moved up.
    #[error("{count} rows skip a level, the first is row {first}")]
    SkippedLevel {
        /// How many rows.
        count: usize,
        /// The first such row, from 0.
        first: usize,
    },
    /// Values below 0; they count as 0.
    #[error("{count} values are negative, the first is in row {first}")]
    NegativeValue {
        /// How many rows.
        count: usize,
        /// The first such row, from 0.
        first: usize,
    },
    /// Rows whose value is not their self value and their children's values together.
    /// The total was kept where the children fit into it.
    #[error("{count} values are not the sum of what lies below, the first is in row {first}")]
    UnequalSum {
        /// How many rows.
        count: usize,
        /// The first such row, from 0.
        first: usize,
    },
    /// Labels that are not in the list of names; they are shown empty.
    #[error("{count} labels have no name, the first is in row {first}")]
    UnknownLabel {
        /// How many rows.
        count: usize,
        /// The first such row, from 0.
        first: usize,
    },
    /// Siblings with one name; they were merged, and siblings sorted by name.
    #[error("siblings of one name below row {first}")]
    RepeatedSibling {
        /// The first such parent, from 0.
        first: usize,
    },
}

impl Tree {
    /// The tree of a nested set, whoever made it, and what was wrong about it.
    ///
    /// Siblings keep their order. A single root keeps its name.
    /// Empty: no rows give an empty tree without a warning.
    /// Errors: [`TreeError::Overflow`], [`TreeError::TooManyNodes`].
    pub fn from_nested_set<S: AsRef<str>>(
        set: &NestedSet<'_, S>,
    ) -> Result<(Self, Vec<NestedSetWarning>), TreeError> {
        let mut reader = NestedSetReader::new(set);
        if reader.row_count == 0 {
            return Ok((Self::empty(), reader.finish()));
        }
        let mut names = FunctionNames::default();
        let has_own_root = reader.needs_root();
        let mut function = Vec::with_capacity(reader.row_count + 1);
        if has_own_root {
            function.push(names.intern(Self::ROOT_NAME));
        }
        function.extend(reader.functions(&mut names));
        let depth = reader.depths(has_own_root);
        let self_value = reader.self_values(&depth, has_own_root)?;
        let subtree_end = subtree_ends(&depth)?;
        let truncated = match names.find(Self::TRUNCATED_NAME) {
            Some(other) if set.marks_truncated => (1..)
                .zip(function.iter().zip(&subtree_end).skip(1))
                .filter(|(node, (name, end))| **name == other && **end == node + 1)
                .map(|(node, _)| NodeIdx(node))
                .collect(),
            _ => vec![],
        };
        let tree = Self::from_columns(names, function, depth, self_value, truncated)?;
        match first_repeated_sibling(&tree) {
            None => Ok((tree, reader.finish())),
            Some(parent) => {
                let first = (parent.0 as usize).saturating_sub(usize::from(has_own_root));
                reader.warnings.push(NestedSetWarning::RepeatedSibling { first });
                Ok((merge_keeping_root(tree)?, reader.finish()))
            }
        }
    }
}

/// Merges siblings of one name; the root keeps its name, which a merge would replace.
fn merge_keeping_root(tree: Tree) -> Result<Tree, TreeError> {
    let root = tree.name(NodeIdx(0)).to_owned();
    let mut merged = sort_siblings(tree)?;
    let root = merged.names.intern(&root);
    merged.function[0] = root;
    Ok(merged)
}

/// The first node with two children of one function, truncated ones apart.
fn first_repeated_sibling(tree: &Tree) -> Option<NodeIdx> {
    // The parent in whose children a function was last seen; parents are met in ascending order
    // of first child, but come back after subtrees, so children are listed per parent.
    let mut seen_below = vec![u32::MAX; tree.names().len()];
    let mut truncated = vec![false; tree.node_count()];
    for node in tree.truncated() {
        truncated[node.0 as usize] = true;
    }
    let repeated = tree.nodes().try_for_each(|parent| {
        for child in tree.children(parent).filter(|child| !truncated[child.0 as usize]) {
            let seen = &mut seen_below[tree.function(child).0 as usize];
            if *seen == parent.0 {
                return ControlFlow::Break(parent);
            }
            *seen = parent.0;
        }
        ControlFlow::Continue(())
    });
    repeated.break_value()
}

struct NestedSetReader<'a, S> {
    set: &'a NestedSet<'a, S>,
    row_count: usize,
    warnings: Vec<NestedSetWarning>,
}

impl<'a, S> NestedSetReader<'a, S> {
    fn new(set: &'a NestedSet<'a, S>) -> Self {
        let lengths = [set.depths.len(), set.totals.len(), set.labels.len()];
        let lengths = lengths.into_iter().chain(set.self_values.map(<[i64]>::len));
        let (shortest, longest) = lengths.fold((usize::MAX, 0), |(shortest, longest), length| {
            (shortest.min(length), longest.max(length))
        });
        let mut warnings = Vec::new();
        if shortest != longest {
            warnings.push(NestedSetWarning::RaggedColumns { shortest, longest });
        }
        Self { set, row_count: shortest, warnings }
    }

    fn finish(self) -> Vec<NestedSetWarning> {
        self.warnings
    }

    fn needs_root(&mut self) -> bool {
        let depths = &self.set.depths[..self.row_count];
        let count = depths.iter().filter(|depth| **depth == 0).count();
        let has_root = count == 1 && depths[0] == 0;
        if !has_root {
            self.warnings.push(NestedSetWarning::RootCount { count });
        }
        !has_root
    }

    fn functions(&mut self, names: &mut FunctionNames) -> Vec<FunctionIdx>
    where
        S: AsRef<str>,
    {
        let known: Vec<_> = self.set.names.iter().map(|name| names.intern(name.as_ref())).collect();
        let mut unknown = FirstAndCount::default();
        let rows = self.set.labels[..self.row_count].iter().enumerate();
        let functions = rows
            .map(|(row, label)| match known.get(*label as usize) {
                Some(function) => *function,
                None => {
                    unknown.add(row);
                    names.intern("")
                }
            })
            .collect();
        self.warn(&unknown, |count, first| NestedSetWarning::UnknownLabel { count, first });
        functions
    }

    fn depths(&mut self, has_own_root: bool) -> Vec<u32> {
        let rows = &self.set.depths[..self.row_count];
        // The rows nearest to the root are the children of a root of our own.
        let nearest = rows.iter().copied().min().unwrap_or(0);
        let mut depths = if has_own_root { vec![0] } else { vec![] };
        let mut skipped = FirstAndCount::default();
        for (row, depth) in rows.iter().enumerate() {
            let depth = if has_own_root { (depth - nearest).saturating_add(1) } else { *depth };
            let deepest = depths.last().map_or(0, |last| last + 1);
            if depth > deepest {
                skipped.add(row);
            }
            depths.push(depth.min(deepest));
        }
        self.warn(&skipped, |count, first| NestedSetWarning::SkippedLevel { count, first });
        depths
    }

    /// Self values that add up to the totals, one per node.
    fn self_values(&mut self, depths: &[u32], has_own_root: bool) -> Result<Vec<i64>, TreeError> {
        let shift = usize::from(has_own_root);
        let (mut negative, mut unequal) = (FirstAndCount::default(), FirstAndCount::default());
        let mut self_values = vec![0; depths.len()];
        let deepest = depths.iter().copied().max().unwrap_or(0) as usize;
        // For every depth, the total of the children met so far of the parent still to come.
        let mut children_total = vec![0_i64; deepest + 2];
        for row in (0..self.row_count).rev() {
            let node = row + shift;
            let level = depths[node] as usize;
            let below = std::mem::take(&mut children_total[level + 1]);
            let given_total = self.set.totals[row];
            let given_self = self.set.self_values.map(|values| values[row]);
            if given_total < 0 || given_self.is_some_and(|value| value < 0) {
                negative.add(row);
            }
            let total = given_total.max(below);
            let self_value = total - below;
            if given_total < below || given_self.is_some_and(|value| value.max(0) != self_value) {
                unequal.add(row);
            }
            self_values[node] = self_value;
            children_total[level] =
                children_total[level].checked_add(total).ok_or(TreeError::Overflow { node })?;
        }
        self.warn(&negative, |count, first| NestedSetWarning::NegativeValue { count, first });
        self.warn(&unequal, |count, first| NestedSetWarning::UnequalSum { count, first });
        Ok(self_values)
    }

    fn warn(&mut self, found: &FirstAndCount, warning: impl Fn(usize, usize) -> NestedSetWarning) {
        if let Some(first) = found.first {
            self.warnings.push(warning(found.count, first));
        }
    }
}

/// How often something was met and the first row of it.
#[derive(Debug, Default)]
struct FirstAndCount {
    first: Option<usize>,
    count: usize,
}

impl FirstAndCount {
    fn add(&mut self, row: usize) {
        // Some columns are read backwards.
        self.first = Some(self.first.map_or(row, |first| first.min(row)));
        self.count += 1;
    }
}
