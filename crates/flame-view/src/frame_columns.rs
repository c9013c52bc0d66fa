//! Takes the columns of a flame graph frame, piece by piece, straight into rows.

use crate::diff_sides::DiffSides;
use crate::frame_notice::{FrameError, FrameNotice};
use crate::frame_totals::settle;
use crate::node_set::NodeSet;
use crate::row_tree::{NodeId, RowTree};
use profile::{FunctionIdx, FunctionNames, Tree, TreeError};
use std::ops::Range;

/// A frame as the view keeps it.
#[derive(Debug, Clone)]
pub struct FlameFrame {
    /// The tree; its values are those of the frame times `scale`.
    pub rows: RowTree,
    /// What a value of the frame was multiplied by to keep its fraction; 1 for whole numbers.
    pub scale: f64,
    /// What was put right.
    pub notices: Vec<FrameNotice>,
    /// What each side has, where two profiles are compared. Empty: it is one profile.
    pub sides: Option<DiffSides>,
}

/// The field `level`, which tells where everything else belongs.
///
/// Rows are pushed in pieces of any size, so that a caller can hand over a million without a
/// second copy.
#[derive(Debug, Clone, Default)]
pub struct FrameLevels {
    levels: Vec<u32>,
    roots: usize,
}

impl FrameLevels {
    /// Room for `row_count` rows.
    pub fn with_capacity(row_count: usize) -> Self {
        Self { levels: Vec::with_capacity(row_count), roots: 0 }
    }

    /// Adds rows.
    #[inline(never)]
    pub fn push(&mut self, levels: &[f64]) -> Result<(), FrameError> {
        // One above the level before, which is the deepest that may follow.
        let mut deepest = self.levels.last().map_or(0, |last| last + 1);
        for level in levels {
            let whole = *level as u32;
            if f64::from(whole) != *level || whole > deepest {
                return Err(self.fault(*level));
            }
            self.roots += usize::from(whole == 0);
            self.levels.push(whole);
            deepest = whole + 1;
        }
        Ok(())
    }

    /// Takes the other fields; no level can follow.
    pub fn into_columns(self) -> Result<FrameColumns, FrameError> {
        let Self { mut levels, roots } = self;
        let has_own_root = roots != 1;
        if has_own_root {
            levels.iter_mut().for_each(|level| *level += 1);
            levels.insert(0, 0);
        }
        let count = u32::try_from(levels.len()).map_err(|_| TreeError::TooManyNodes)?;
        let deepest = levels.iter().copied().max().unwrap_or(0) as usize;
        let mut first = vec![0_u32; deepest + 2];
        for piece in levels.chunks(PIECE) {
            count_levels(piece, &mut first);
        }
        for depth in 0..=deepest {
            first[depth + 1] += first[depth];
        }
        let mut first_child = vec![count; levels.len() + 1];
        let mut next = first.clone();
        for piece in levels.chunks(PIECE) {
            place_children(piece, &mut next, &mut first_child);
        }
        let places = || Places::new(&first, has_own_root);
        Ok(FrameColumns {
            values: Filling { places: places(), column: vec![0; levels.len()], len: 0 },
            self_values: None,
            labels: Filling { places: places(), column: vec![ROOT_LABEL; levels.len()], len: 0 },
            recursion: Recursion::new(deepest, levels.len()),
            levels,
            roots,
            first,
            first_child,
            scale: 1.0,
            exact: true,
            bad: None,
            truncated: Vec::new(),
            told: Vec::new(),
        })
    }

    fn fault(&self, level: f64) -> FrameError {
        let level = level.to_string();
        match self.levels.last() {
            Some(previous) => {
                FrameError::Level { row: self.levels.len(), level, previous: *previous }
            }
            None => FrameError::NoRoot { level },
        }
    }
}

/// Rows worked on at once. What the browser has compiled in haste it replaces between calls only,
/// so that one call for all rows would end as it began.
pub(crate) const PIECE: usize = 1 << 13;

#[inline(never)]
fn count_levels(levels: &[u32], counts: &mut [u32]) {
    for level in levels {
        counts[*level as usize + 1] += 1;
    }
}

/// Tells where the children of nodes begin: where the next node of the row below goes.
#[inline(never)]
fn place_children(levels: &[u32], next: &mut [u32], first_child: &mut [u32]) {
    for level in levels {
        let depth = *level as usize;
        first_child[next[depth] as usize] = next[depth + 1];
        next[depth] += 1;
    }
}

/// What the root has for a label until it is named.
const ROOT_LABEL: FunctionIdx = FunctionIdx(0);

/// The fields of a frame on their way into a tree: every row goes to its place at once.
#[derive(Debug)]
pub struct FrameColumns {
    levels: Vec<u32>,
    roots: usize,
    first: Vec<u32>,
    first_child: Vec<u32>,
    values: Filling<i64>,
    self_values: Option<Filling<i64>>,
    labels: Filling<FunctionIdx>,
    recursion: Recursion,
    scale: f64,
    /// Whether every value is what the frame has.
    exact: bool,
    bad: Option<(usize, usize)>,
    truncated: Vec<u32>,
    told: Vec<FrameNotice>,
}

/// A column that is being filled.
#[derive(Debug)]
struct Filling<T> {
    places: Places,
    column: Vec<T>,
    /// How many rows came, those beyond the last level included.
    len: usize,
}

/// Goes through the rows of a frame and tells the place of each.
#[derive(Debug, Clone)]
struct Places {
    /// For every depth the next place.
    next: Vec<u32>,
    node: usize,
}

impl Places {
    /// From the first row of the frame on, which may lie below a root of our own.
    fn new(first: &[u32], has_own_root: bool) -> Self {
        let own = usize::from(has_own_root);
        let mut next = first.to_vec();
        next[0] += own as u32;
        Self { next, node: own }
    }

    #[inline]
    fn next(&mut self, levels: &[u32]) -> Option<usize> {
        let next = &mut self.next[*levels.get(self.node)? as usize];
        let place = *next as usize;
        *next += 1;
        self.node += 1;
        Some(place)
    }
}

impl<T> Filling<T> {
    #[inline]
    fn push(&mut self, levels: &[u32], value: T) -> Option<usize> {
        self.len += 1;
        let place = self.places.next(levels)?;
        self.column[place] = value;
        Some(place)
    }
}

/// Finds nodes below another of their function, in pre-order.
#[derive(Debug)]
struct Recursion {
    /// The function at each depth of the way to the node at hand.
    path: Vec<FunctionIdx>,
    /// For every function the depth at which it was last met on a way that did not have it.
    depths: Vec<u32>,
    found: NodeSet,
}

impl Recursion {
    fn new(deepest: usize, node_count: usize) -> Self {
        let path = vec![NO_FUNCTION; deepest + 1];
        Self { path, depths: Vec::new(), found: NodeSet::with_room_for(node_count) }
    }

    #[inline]
    fn add(&mut self, node: NodeId, depth: u32, function: FunctionIdx) {
        if depth == 0 || function == NO_FUNCTION {
            // The root is no function.
            return;
        }
        let at = function.0 as usize;
        if at >= self.depths.len() {
            self.depths.resize(at + 1, 0);
        }
        let above = self.depths[at];
        // What is less deep on the way was met since it was last left.
        if above < depth && self.path[above as usize] == function {
            self.found.insert(node);
        } else {
            self.depths[at] = depth;
        }
        self.path[depth as usize] = function;
    }
}

/// Stands for a label without a text, and for the root.
const NO_FUNCTION: FunctionIdx = FunctionIdx(u32::MAX);

impl FrameColumns {
    /// How many rows the frame has.
    pub fn row_count(&self) -> usize {
        self.levels.len() - usize::from(self.has_own_root())
    }

    /// Adds rows of the field `value`.
    #[inline(never)]
    pub fn push_values(&mut self, values: &[f64]) {
        for value in values {
            let value = self.whole(*value, self.values.len);
            self.values.push(&self.levels, value);
        }
    }

    /// Adds rows of the field `self`; not called at all when the frame has none.
    #[inline(never)]
    pub fn push_self_values(&mut self, self_values: &[f64]) {
        let mut column = self.self_values.take().unwrap_or_else(|| self.new_column());
        for value in self_values {
            let scale = self.scale;
            let value = self.whole(*value, column.len);
            if self.scale != scale {
                column.column.iter_mut().for_each(|value| *value = scaled(*value, self.scale));
            }
            column.push(&self.levels, value);
        }
        self.self_values = Some(column);
    }

    /// Adds rows of the field `label`, as positions in the distinct names.
    pub fn push_labels(&mut self, labels: impl IntoIterator<Item = FunctionIdx>) {
        for label in labels {
            let level = self.levels.get(self.labels.places.node).copied();
            if let Some(place) = self.labels.push(&self.levels, label) {
                self.recursion.add(NodeId(place as u32), level.unwrap_or(0), label);
            }
        }
    }

    /// Adds rows of the field `label`, as positions in `functions`; others have no text.
    #[inline(never)]
    pub fn push_label_positions(&mut self, positions: &[u32], functions: &[FunctionIdx]) {
        let function = |position: &u32| functions.get(*position as usize).copied();
        self.push_labels(
            positions.iter().map(|position| function(position).unwrap_or(NO_FUNCTION)),
        );
    }

    /// Names rows that stand for functions which the server folded away; those below the first row
    /// and within the frame count.
    pub fn push_truncated(&mut self, rows: impl IntoIterator<Item = u32>) {
        self.truncated.extend(rows);
    }

    /// Adds what is to be said of the frame, after what was put right.
    pub fn push_notices(&mut self, notices: impl IntoIterator<Item = FrameNotice>) {
        self.told.extend(notices);
    }

    /// The tree, given the distinct names that labels are positions in.
    ///
    /// A total that its self value and its children do not add up to is kept if the children fit
    /// into it, and the self value gives way.
    /// Cost: linear; the columns become the tree's, so that there is never a second copy.
    pub fn finish(mut self, mut names: FunctionNames) -> Result<FlameFrame, FrameError> {
        self.check(names.len())?;
        let truncated = self.truncated_nodes();
        let self_values = self.self_values.take().map(|filled| filled.column);
        let given_self = self_values.as_deref();
        let totals = &mut self.values.column;
        let is_scaled = self.scale != 1.0;
        let unequal =
            settle(&self.first, &self.first_child, totals, given_self, self.exact, is_scaled);
        let unequal = unequal.map_err(|node| TreeError::Overflow { node: self.row_of(&[node]) })?;
        let mut notices = Vec::new();
        if self_values.is_none() {
            notices.push(FrameNotice::SelfComputed);
        }
        if self.roots > 1 {
            notices.push(FrameNotice::Roots { count: self.roots });
        }
        if let Some((count, first_row)) = self.bad {
            notices.push(FrameNotice::BadValues { count, first_row });
        }
        if !unequal.is_empty() {
            let first_row = self.row_of(&unequal);
            notices.push(FrameNotice::Totals { count: unequal.len(), first_row });
        }
        notices.append(&mut self.told);
        // Its memory is what the next thing takes.
        self.levels = Vec::new();
        let mut starts = self_values.unwrap_or_else(|| vec![0; self.values.column.len()]);
        place_side_by_side(&mut starts, &self.values.column, &self.first_child);
        if self.has_own_root() {
            self.labels.column[0] = names.intern(Tree::ROOT_NAME);
        }
        let rows = RowTree {
            names,
            first: self.first,
            function: self.labels.column,
            start: starts,
            total: self.values.column,
            first_child: self.first_child,
            truncated,
            recursive: self.recursion.found,
        };
        Ok(FlameFrame { rows, scale: self.scale, notices, sides: None })
    }

    fn has_own_root(&self) -> bool {
        self.roots != 1
    }

    fn new_column(&self) -> Filling<i64> {
        let places = Places::new(&self.first, self.has_own_root());
        Filling { places, column: vec![0; self.levels.len()], len: 0 }
    }

    /// Whether all fields are as long as the levels, and all labels have a name.
    fn check(&self, name_count: usize) -> Result<(), FrameError> {
        let expected = self.row_count();
        let self_len = self.self_values.as_ref().map_or(expected, |column| column.len);
        let lengths = [("value", self.values.len), ("self", self_len), ("label", self.labels.len)];
        if let Some((name, len)) = lengths.into_iter().find(|(_, len)| *len != expected) {
            return Err(FrameError::RaggedField { name, len, expected });
        }
        let own = usize::from(self.has_own_root());
        let labels = (0..).zip(&self.labels.column).skip(own);
        let unknown = labels.filter(|(_, label)| label.0 as usize >= name_count);
        let unknown: Vec<u32> = unknown.map(|(place, _)| place).collect();
        if unknown.is_empty() {
            return Ok(());
        }
        Err(FrameError::Label { row: self.row_of(&unknown), count: name_count })
    }

    /// The first row of the frame whose place is among some, which are ascending.
    fn row_of(&self, among: &[u32]) -> usize {
        let mut places = Places::new(&self.first, false);
        let places = std::iter::from_fn(|| places.next(&self.levels));
        let node =
            places.take_while(|place| among.binary_search(&(*place as u32)).is_err()).count();
        node.saturating_sub(usize::from(self.has_own_root()))
    }

    fn truncated_nodes(&mut self) -> NodeSet {
        self.truncated.retain(|row| *row > 0);
        self.truncated.sort_unstable();
        self.truncated.dedup();
        if self.truncated.is_empty() {
            return NodeSet::default();
        }
        let mut nodes = NodeSet::with_room_for(self.levels.len());
        let mut places = Places::new(&self.first, self.has_own_root());
        let mut truncated = self.truncated.iter().peekable();
        for row in 0_u32.. {
            let (Some(_), Some(place)) = (truncated.peek(), places.next(&self.levels)) else {
                break;
            };
            if truncated.next_if_eq(&&row).is_some() {
                nodes.insert(NodeId(place as u32));
            }
        }
        nodes
    }

    #[inline]
    fn whole(&mut self, value: f64, row: usize) -> i64 {
        if self.scale == 1.0 && (0.0..LARGEST_EXACT).contains(&value) && value.trunc() == value {
            return value as i64;
        }
        self.whole_of_any(value, row)
    }

    #[cold]
    fn whole_of_any(&mut self, value: f64, row: usize) -> i64 {
        if !(value >= 0.0 && value.is_finite()) {
            let (count, first_row) = self.bad.unwrap_or((0, row));
            self.bad = Some((count + 1, first_row));
            return 0;
        }
        self.exact = false;
        if self.scale == 1.0 {
            if value.trunc() == value {
                return value as i64;
            }
            self.keep_fractions(value);
        }
        (value * self.scale).round_ties_even() as i64
    }

    /// Makes room for fractions: a power of two by which the largest total still is a whole number
    /// that a float holds exactly.
    fn keep_fractions(&mut self, value: f64) {
        let totals = &mut self.values.column;
        let largest = totals.iter().copied().max().unwrap_or(0).max(1) as f64;
        let largest = largest.max(value);
        let room = (LARGEST_EXACT / largest).log2().floor().clamp(0.0, FRACTION_BITS);
        self.scale = room.exp2();
        totals.iter_mut().for_each(|value| *value = scaled(*value, self.scale));
    }
}

/// The largest float below which every whole number is one.
const LARGEST_EXACT: f64 = 9_007_199_254_740_992.0;
/// Fractions are kept to a millionth.
const FRACTION_BITS: f64 = 20.0;

fn scaled(value: i64, scale: f64) -> i64 {
    value.saturating_mul(scale as i64)
}

/// Works out where nodes begin: children one beside the other from their parent's left edge.
pub(crate) fn place_side_by_side(starts: &mut [i64], totals: &[i64], first_child: &[u32]) {
    starts[0] = 0;
    let count = starts.len();
    for from in (0..count).step_by(PIECE) {
        place_below(from..count.min(from + PIECE), starts, totals, first_child);
    }
}

#[inline(never)]
fn place_below(nodes: Range<usize>, starts: &mut [i64], totals: &[i64], first_child: &[u32]) {
    for node in nodes {
        let mut at = starts[node];
        let children = first_child[node] as usize..first_child[node + 1] as usize;
        for (start, total) in starts[children.clone()].iter_mut().zip(&totals[children]) {
            *start = at;
            at += total;
        }
    }
}
