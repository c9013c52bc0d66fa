//! Places the visible nodes on the pixel grid; what is too thin to see alone is merged.

use crate::row_tree::RowTree;
use crate::viewport::{ValueWindow, ViewportSize};
use std::ops::Range;

/// A node narrower than this many device pixels is merged with its thin neighbours.
pub const MIN_FRAME_DEVICE_PX: f64 = 2.0;
/// Merged nodes end at this width, so that many thin nodes do not look like a wide one.
const MAX_MERGED_DEVICE_PX: f64 = 3.0;

/// One or more neighbouring nodes of a row, as wide as they are together.
///
/// Shape: the nodes are `count` entries of the row `depth` from `first` on.
/// Unit: `left` and `right` in device pixels from the left edge of the graph, clipped to it;
/// `right` is beyond `left` by at least one pixel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Block {
    /// The row.
    pub depth: u32,
    /// Place in the row of the first node.
    pub first: u32,
    /// How many nodes; above 1 each of them is too thin to draw.
    pub count: u32,
    /// Left edge.
    pub left: i32,
    /// Right edge.
    pub right: i32,
}

impl Block {
    /// The nodes of the block, which lie side by side in the tree that was laid out.
    pub fn nodes(&self, tree: &RowTree) -> Range<u32> {
        let first = tree.row(self.depth as usize).start + self.first;
        first..first + self.count
    }
}

/// The blocks that are visible, by row and from left to right.
#[derive(Debug, Clone, Default)]
pub struct Layout {
    /// The blocks.
    pub blocks: Vec<Block>,
    /// The rows that are at least partly visible.
    pub rows: Range<usize>,
    /// Where each visible row's blocks begin, and the end of the last.
    pub row_starts: Vec<u32>,
    /// How many nodes were looked at: bounded by the pixels of the view and not by the profile.
    pub nodes_touched: usize,
}

impl Layout {
    /// Lays out what `window` and the scroll offset show of a tree.
    pub fn update(
        &mut self,
        tree: &RowTree,
        window: ValueWindow,
        scroll_device_px: f64,
        size: ViewportSize,
    ) {
        self.blocks.clear();
        self.row_starts.clear();
        self.nodes_touched = 0;
        let row_height = f64::from(size.row_height_device_px());
        let bottom = scroll_device_px + f64::from(size.height_device_px());
        let from = (scroll_device_px / row_height).floor().max(0.0) as usize;
        let to = ((bottom / row_height).ceil().max(0.0) as usize).min(tree.row_count());
        self.rows = from.min(to)..to;
        let width = f64::from(size.width_device_px());
        for depth in self.rows.clone() {
            self.row_starts.push(self.blocks.len() as u32);
            if window.span() > 0.0 && width > 0.0 {
                let nodes = tree.row(depth);
                let (starts, totals) = (tree.starts(nodes.clone()), tree.totals(nodes));
                let mut row = Row::new(starts, totals, window, width);
                row.place(depth, &mut self.blocks);
                self.nodes_touched += row.touched;
            }
        }
        self.row_starts.push(self.blocks.len() as u32);
    }

    /// The blocks of a visible row. Empty: the row is not visible or has nothing in the window.
    pub fn row_blocks(&self, depth: usize) -> &[Block] {
        let Some(row) = depth.checked_sub(self.rows.start) else { return &[] };
        match (self.row_starts.get(row), self.row_starts.get(row + 1)) {
            (Some(from), Some(to)) => &self.blocks[*from as usize..*to as usize],
            _ => &[],
        }
    }
}

/// So many nodes are read one after the other sooner than searched among.
const NEAR: usize = 8;

struct Row<'a> {
    starts: &'a [i64],
    totals: &'a [i64],
    window: ValueWindow,
    width: f64,
    px_per_value: f64,
    value_per_px: f64,
    touched: usize,
}

impl<'a> Row<'a> {
    fn new(starts: &'a [i64], totals: &'a [i64], window: ValueWindow, width: f64) -> Self {
        let (px_per_value, value_per_px) = (width / window.span(), window.span() / width);
        Self { starts, totals, window, width, px_per_value, value_per_px, touched: 0 }
    }

    fn place(&mut self, depth: usize, blocks: &mut Vec<Block>) {
        let mut place = self.first_ending_after(0, self.window.start);
        while place < self.starts.len() {
            let (left, right) = self.edges(place);
            if left >= self.width {
                break;
            }
            let first = place;
            let mut block_right = right;
            if right - left >= MIN_FRAME_DEVICE_PX {
                place += 1;
            } else {
                (place, block_right) = self.merge_thin(place, left, right);
            }
            if block_right.min(self.width) - left.max(0.0) > 0.0 {
                let block = self.block(depth, first, place - first, left, block_right);
                self.push(block, blocks);
            }
        }
    }

    /// Adds a block to the right of the row's last one. A block that was widened to a whole pixel
    /// may reach into its neighbour, which then begins later; at the right border, where there is
    /// no later, the two are merged.
    fn push(&self, mut block: Block, blocks: &mut Vec<Block>) {
        if let Some(last) = blocks.last_mut()
            && last.depth == block.depth
            && last.right > block.left
        {
            if last.right >= self.width as i32 {
                last.count = block.first + block.count - last.first;
                return;
            }
            block.left = last.right;
            block.right = block.right.max(block.left + 1);
        }
        blocks.push(block);
    }

    /// Walks over thin nodes without a visible gap between them; gives the first place after them
    /// and their right edge. Every step moves on by a pixel, whatever the number of nodes.
    fn merge_thin(&mut self, mut place: usize, left: f64, mut right: f64) -> (usize, f64) {
        loop {
            let boundary = right.floor() + 1.0;
            let value = self.window.start + boundary * self.value_per_px;
            let next = self.first_ending_after(place + 1, value);
            right = self.edges(next - 1).1.max(right);
            place = next;
            if place == self.starts.len() {
                break;
            }
            let (next_left, next_right) = self.edges(place);
            let thin = next_right - next_left < MIN_FRAME_DEVICE_PX;
            let wide_enough = right - left.max(0.0) >= MAX_MERGED_DEVICE_PX;
            if !thin || wide_enough || next_left - right >= 1.0 || next_left >= self.width {
                break;
            }
            right = right.max(next_right);
        }
        (place, right)
    }

    fn block(&self, depth: usize, first: usize, count: usize, left: f64, right: f64) -> Block {
        let last_px = self.width as i32;
        // `round` is a call in wasm, `floor` an instruction.
        let nearest = |px: f64| (px + 0.5).floor();
        let left = (nearest(left.max(0.0)) as i32).min(last_px - 1);
        let right = (nearest(right.min(self.width)) as i32).max(left + 1);
        Block { depth: depth as u32, first: first as u32, count: count as u32, left, right }
    }

    fn edges(&mut self, place: usize) -> (f64, f64) {
        let (start, end) = (self.starts[place], self.end(place));
        let px = |value: i64| (value as f64 - self.window.start) * self.px_per_value;
        (px(start), px(end))
    }

    fn end(&mut self, place: usize) -> i64 {
        self.touched += 1;
        self.starts[place] + self.totals[place]
    }

    /// The first place at or after `from` whose node ends after `value`.
    ///
    /// Looks for the first that begins after `value`: among the next few one by one, else by doubling
    /// steps and then halving ones; only the node before it can reach beyond `value`.
    fn first_ending_after(&mut self, from: usize, value: f64) -> usize {
        let starts = self.starts;
        // Whole numbers begin by `value` if they begin by the whole number below it.
        let limit = value.floor() as i64;
        let near = &starts[from..starts.len().min(from + NEAR)];
        let passed = near.iter().take_while(|start| **start <= limit).count();
        self.touched += passed;
        let mut low = from + passed;
        if passed == NEAR {
            let mut step = NEAR;
            while low + step <= starts.len() && starts[low + step - 1] <= limit {
                low += step;
                step *= 2;
                self.touched += 1;
            }
            let high = starts.len().min(low + step);
            low += starts[low..high].partition_point(|start| *start <= limit);
            self.touched += 1 + step.ilog2() as usize;
        }
        if low > from && self.end(low - 1) as f64 > value { low - 1 } else { low }
    }
}
