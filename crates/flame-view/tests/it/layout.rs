//! Layout and hit test, for any tree.

use crate::support::any_tree;
use flame_view::{Block, Layout, NodeId, RowTree, ValueWindow, ViewportSize, hit_test};
use profile::{NodeIdx, Tree};
use proptest::prelude::*;

fn size(width_css_px: f64) -> ViewportSize {
    ViewportSize { width_css_px, height_css_px: 2000.0, device_pixel_ratio: 1.0 }
}

fn laid_out(rows: &RowTree, window: ValueWindow, width: f64) -> Layout {
    let mut layout = Layout::default();
    layout.update(rows, window, 0.0, size(width));
    layout
}

/// A part of the tree's width, from two fractions of it.
fn part(rows: &RowTree, from: f64, to: f64) -> ValueWindow {
    let total = rows.total_value(NodeId(0)) as f64;
    let (from, to) = if from < to { (from, to) } else { (to, from) };
    ValueWindow { start: from * total, end: (to * total).max(from * total + 1.0) }
}

/// The pixels of a node, one sum after the other.
fn slow_edges(tree: &Tree, window: ValueWindow, width: f64, node: NodeIdx) -> (f64, f64) {
    let mut start = 0;
    let mut at = NodeIdx(0);
    while at != node {
        let below = tree.children(at).find(|child| node < tree.subtree_end(*child)).unwrap();
        start += tree
            .children(at)
            .take_while(|child| *child < below)
            .map(|child| tree.total_value(child))
            .sum::<i64>();
        at = below;
    }
    let px = |value: i64| (value as f64 - window.start) / window.span() * width;
    (px(start), px(start + tree.total_value(node)))
}

/// The nodes of a tree in pre-order, beside where they are in the rows: a slow way to count.
fn in_rows(tree: &Tree) -> Vec<(NodeIdx, NodeId)> {
    let mut by_row: Vec<NodeIdx> = tree.nodes().collect();
    by_row.sort_by_key(|node| tree.depth(*node));
    let mut pairs: Vec<_> = by_row.into_iter().zip((0..).map(NodeId)).collect();
    pairs.sort();
    pairs
}

fn places(block: &Block) -> std::ops::Range<u32> {
    block.first..block.first + block.count
}

proptest! {
    #[test]
    fn every_visible_node_is_in_one_block_where_its_value_puts_it(
        frame in any_tree(), from in 0.0..1.0_f64, to in 0.0..1.0_f64, width in 1.0..400.0_f64,
    ) {
        let rows = frame.rows;
        let tree = rows.to_tree().unwrap();
        let window = part(&rows, from, to);
        let width = width.round();
        let layout = laid_out(&rows, window, width);
        for (node, in_rows) in in_rows(&tree) {
            let (left, right) = slow_edges(&tree, window, width, node);
            if right.min(width) - left.max(0.0) <= 1e-9 {
                continue;
            }
            let depth = tree.depth(node) as usize;
            let place = rows.place_in_row(in_rows);
            let holding: Vec<_> =
                layout.row_blocks(depth).iter().filter(|b| places(b).contains(&place)).collect();
            prop_assert_eq!(holding.len(), 1, "node {} at {}", node.0, depth);
            let block = holding[0];
            // At most a pixel off, where a thin neighbour was given a pixel of its own.
            prop_assert!(f64::from(block.left) <= left.max(0.0).ceil() + 1.0);
            prop_assert!(f64::from(block.right) + 1.0 >= right.min(width).floor());
            if block.count == 1 {
                prop_assert!((f64::from(block.left) - left.max(0.0)).abs() <= 2.0);
                prop_assert!((f64::from(block.right) - right.min(width)).abs() <= 2.0);
            }
        }
    }

    #[test]
    fn blocks_of_a_row_lie_side_by_side_inside_the_view(
        frame in any_tree(), from in 0.0..1.0_f64, to in 0.0..1.0_f64, width in 1.0..400.0_f64,
    ) {
        let width = width.round();
        let layout = laid_out(&frame.rows, part(&frame.rows, from, to), width);
        for depth in layout.rows.clone() {
            let mut right = 0;
            for block in layout.row_blocks(depth) {
                prop_assert!(block.left >= right && block.right > block.left);
                prop_assert!(f64::from(block.right) <= width);
                right = block.right;
            }
        }
    }

    #[test]
    fn children_lie_inside_their_parent(frame in any_tree(), width in 50.0..400.0_f64) {
        let rows = frame.rows;
        let layout = laid_out(&rows, part(&rows, 0.0, 1.0), width.round());
        let block_of = |node: NodeId| {
            let place = rows.place_in_row(node);
            let row = layout.row_blocks(rows.depth(node) as usize);
            row.iter().find(|block| places(block).contains(&place))
        };
        for node in (1..rows.node_count() as u32).map(NodeId) {
            let parent = rows.parent(node).unwrap();
            // Merged nodes may have several callers.
            if let (Some(child), Some(parent)) = (block_of(node), block_of(parent))
                && child.count == 1
                && rows.total_value(node) > 0
            {
                prop_assert!(child.left >= parent.left - 1 && child.right <= parent.right + 1);
            }
        }
    }

    #[test]
    fn the_centre_of_a_block_hits_it(
        frame in any_tree(), from in 0.0..1.0_f64, to in 0.0..1.0_f64, width in 1.0..400.0_f64,
    ) {
        let size = size(width.round());
        let layout =
            laid_out(&frame.rows, part(&frame.rows, from, to), size.width_css_px);
        let row_height = f64::from(size.row_height_device_px());
        for block in &layout.blocks {
            let x = f64::from(block.left + block.right) / 2.0;
            let y = (f64::from(block.depth) + 0.5) * row_height;
            if y < size.height_css_px {
                prop_assert_eq!(hit_test(&layout, size, 0.0, x, y), Some(*block));
            }
        }
    }

    #[test]
    fn rows_know_what_the_tree_in_pre_order_knows(frame in any_tree()) {
        let rows = frame.rows;
        let tree = rows.to_tree().unwrap();
        let pairs = in_rows(&tree);
        let in_rows = |node: NodeIdx| pairs[node.0 as usize].1;
        let pre_order: Vec<_> = rows.pre_order().collect();
        for ((node, id), (depth, same)) in pairs.iter().copied().zip(pre_order) {
            prop_assert_eq!((id, rows.depth(id)), (same, depth as u32));
            prop_assert_eq!(rows.depth(id), tree.depth(node));
            prop_assert_eq!(rows.name(id), tree.name(node));
            prop_assert_eq!(rows.self_value(id), tree.self_value(node));
            prop_assert_eq!(rows.total_value(id), tree.total_value(node));
            let children: Vec<_> = tree.children(node).map(in_rows).collect();
            prop_assert_eq!(rows.children(id).map(NodeId).collect::<Vec<_>>(), &children[..]);
            for child in children {
                prop_assert_eq!(rows.parent(child), Some(id));
            }
            let path: Vec<_> = tree.path(node).into_iter().map(in_rows).collect();
            prop_assert_eq!(rows.path(id), path);
        }
        prop_assert_eq!(rows.parent(NodeId(0)), None);
    }
}
