//! The two sides of a diff: what each node has in the baseline and in the comparison.

use crate::row_tree::NodeId;
use std::ops::Range;

/// Steps of change on either side of none.
pub const CHANGE_STEPS: i8 = 8;

/// What the nodes of a tree have on each side; the tree itself has the sums of both.
///
/// Shape: one entry per node of the tree and one more, in the order of the tree.
/// Unit: as in the tree.
/// Cost: 16 bytes per node, for frames that compare two profiles only; every question is a look.
#[derive(Debug, Clone)]
pub struct DiffSides {
    /// What all nodes before each have. Rows repeat the same values, so that the sums may leave
    /// the range; the difference of two is right nevertheless, for one row's values fit.
    baseline: Vec<i64>,
    comparison: Vec<i64>,
}

/// Which of two profiles.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DiffSide {
    /// What is compared with.
    Baseline,
    /// What is compared.
    Comparison,
}

impl DiffSide {
    /// What it is called inside a sentence.
    pub fn name(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Comparison => "comparison",
        }
    }
}

impl std::fmt::Display for DiffSide {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Baseline => "Baseline",
            Self::Comparison => "Comparison",
        })
    }
}

/// A value on both sides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct SideValues {
    /// In the baseline.
    pub baseline: i64,
    /// In the comparison.
    pub comparison: i64,
}

/// What part of each side's whole profile something is, from 0 to 1. Empty sides have 0.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct SideShares {
    /// Of the baseline.
    pub baseline: f64,
    /// Of the comparison.
    pub comparison: f64,
    /// Whether both sides have samples, so that shares can be compared.
    pub comparable: bool,
}

impl DiffSides {
    /// The sides with these total values. Cost: linear.
    pub(crate) fn new(baseline: &[i64], comparison: &[i64]) -> Self {
        Self { baseline: sums_before(baseline), comparison: sums_before(comparison) }
    }

    /// What some nodes of one row have together.
    pub fn values(&self, nodes: Range<u32>) -> SideValues {
        let (from, to) = (nodes.start as usize, nodes.end as usize);
        SideValues {
            baseline: self.baseline[to].wrapping_sub(self.baseline[from]),
            comparison: self.comparison[to].wrapping_sub(self.comparison[from]),
        }
    }

    /// What a node has with all that lies below it.
    pub fn total(&self, node: NodeId) -> SideValues {
        self.values(node.0..node.0 + 1)
    }

    /// What both profiles have.
    pub fn whole(&self) -> SideValues {
        self.total(NodeId(0))
    }

    /// What parts of the profiles some values are.
    pub fn shares(&self, of: SideValues) -> SideShares {
        let whole = self.whole();
        let share = |part: i64, whole: i64| match whole {
            0 => 0.0,
            _ => part as f64 / whole as f64,
        };
        SideShares {
            baseline: share(of.baseline, whole.baseline),
            comparison: share(of.comparison, whole.comparison),
            comparable: whole.baseline > 0 && whole.comparison > 0,
        }
    }
}

impl SideValues {
    /// Both taken together.
    pub fn sum(self) -> i64 {
        self.baseline.saturating_add(self.comparison)
    }

    /// Both values with others added.
    pub fn with(self, more: Self) -> Self {
        Self {
            baseline: self.baseline.saturating_add(more.baseline),
            comparison: self.comparison.saturating_add(more.comparison),
        }
    }

    /// The values without those of a part.
    pub fn without(self, part: Self) -> Self {
        Self {
            baseline: self.baseline.saturating_sub(part.baseline),
            comparison: self.comparison.saturating_sub(part.comparison),
        }
    }

    /// Orders by the change of the share of `whole`, without rounding.
    pub(crate) fn change_key(self, whole: Self) -> i128 {
        let of = |part: i64, other_whole: i64| i128::from(part) * i128::from(other_whole.max(1));
        of(self.comparison, whole.baseline) - of(self.baseline, whole.comparison)
    }
}

impl SideShares {
    /// How much larger the comparison's share is, from -1 to 1.
    pub fn difference(self) -> f64 {
        self.comparison - self.baseline
    }

    /// The difference as part of the larger share, from -1 (gone) by -0.5 (half), 0 (the same) and
    /// 0.5 (double) to 1 (new). 0 where there is nothing to compare.
    pub fn change(self) -> f64 {
        let larger = self.baseline.max(self.comparison);
        if self.comparable && larger > 0.0 { self.difference() / larger } else { 0.0 }
    }

    /// The change in whole steps, from -[`CHANGE_STEPS`] to [`CHANGE_STEPS`].
    pub fn step(self) -> i8 {
        (self.change() * f64::from(CHANGE_STEPS)).round() as i8
    }
}

fn sums_before(values: &[i64]) -> Vec<i64> {
    let mut sums = Vec::with_capacity(values.len() + 1);
    let mut sum = 0_i64;
    sums.push(sum);
    for value in values {
        sum = sum.wrapping_add(*value);
        sums.push(sum);
    }
    sums
}
