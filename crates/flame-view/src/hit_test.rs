//! What lies under a point of the graph.

use crate::layout::{Block, Layout};
use crate::viewport::ViewportSize;

/// The block under a point, if any.
///
/// Unit: device pixels from the top left corner of the graph.
/// Cost: a binary search in one row of the layout.
pub fn hit_test(
    layout: &Layout,
    size: ViewportSize,
    scroll_device_px: f64,
    x_device_px: f64,
    y_device_px: f64,
) -> Option<Block> {
    let y = y_device_px + scroll_device_px.round();
    if y < 0.0 || x_device_px < 0.0 || y_device_px >= f64::from(size.height_device_px()) {
        return None;
    }
    let depth = (y / f64::from(size.row_height_device_px())).floor() as usize;
    let blocks = layout.row_blocks(depth);
    let x = x_device_px.floor() as i32;
    // Neighbours may share a pixel when both were widened to one; the last one is drawn on top.
    let after = blocks.partition_point(|block| block.left <= x);
    let block = blocks[..after].last()?;
    (x < block.right).then_some(*block)
}
