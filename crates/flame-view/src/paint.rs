//! Turns the layout into a display list.

use crate::colour::Colour;
use crate::display_list::{DisplayList, FillRect, TextRun};
use crate::flame_graph::{Data, FlameGraph, ROOT};
use crate::label::{TextMeasure, fit_label};
use crate::layout::Block;
use crate::row_tree::NodeId;

const FONT_CSS_PX: f64 = 12.0;
const TEXT_PADDING_CSS_PX: f64 = 5.0;
/// A label needs at least this much room between its paddings.
const MIN_LABEL_CSS_PX: f64 = 16.0;
/// Frames from this width on have a gap to their neighbours.
const MIN_GAP_CSS_PX: f64 = 3.0;
const SCROLL_THUMB_CSS_PX: f64 = 5.0;

/// Writes what to draw for the graph's layout.
pub(crate) fn paint(graph: &FlameGraph, measure: &dyn TextMeasure, list: &mut DisplayList) {
    list.clear();
    let size = graph.props.size;
    let px = |css_px: f64| ((css_px * size.device_pixel_ratio).round() as i32).max(1);
    list.width = size.width_device_px();
    list.height = size.height_device_px();
    list.font_device_px = px(FONT_CSS_PX) as u32;
    list.outline_device_px = px(2.0);
    let Some(data) = &graph.data else { return };
    let row_height = size.row_height_device_px();
    let scroll = graph.scroll_device_px() as i32;
    let gap = px(1.0);
    let padding = px(TEXT_PADDING_CSS_PX);
    let min_label = px(MIN_LABEL_CSS_PX);
    let mut label = String::new();
    for block in &graph.layout.blocks {
        let fill = fill_of(graph, data, *block);
        let width = block.right - block.left;
        let width = if width >= px(MIN_GAP_CSS_PX) { width - gap } else { width };
        let y = block.depth as i32 * row_height - scroll;
        let height = (row_height - gap).max(1);
        list.rects.push(FillRect { x: block.left, y, width, height, colour: fill });
        let room = width - 2 * padding;
        if let Some(node) = graph.node_of(*block)
            && room >= min_label
        {
            label.clear();
            fit_label(data.tree.name(node), f64::from(room), measure, &mut label);
            if !label.is_empty() {
                let from = list.characters.len() as u32;
                list.characters.push_str(&label);
                list.texts.push(TextRun {
                    x: block.left + padding,
                    y: y + height / 2,
                    from,
                    to: list.characters.len() as u32,
                    colour: graph.palette.text_on(fill),
                });
            }
        }
    }
    list.rects.sort_by_key(|rect| rect.colour);
    list.texts.sort_by_key(|text| text.colour);
    outline_selected(graph, data, list);
    scroll_thumb(graph, px(SCROLL_THUMB_CSS_PX), list);
}

fn fill_of(graph: &FlameGraph, data: &Data, block: Block) -> Colour {
    let palette = &graph.palette;
    let mut nodes = block.nodes(&data.tree);
    let mut node = NodeId(nodes.start);
    if graph.search.is_active() {
        // Of merged nodes one that matches is shown, however thin it is.
        match graph.search.first_match(nodes.clone()) {
            Some(matched) => (node, nodes) = (matched, matched.0..matched.0 + 1),
            None => return palette.muted,
        }
    }
    let fill = match &data.sides {
        Some(sides) => palette.change(sides.shares(sides.values(nodes)).step()),
        None if node == ROOT || data.tree.is_truncated(node) => palette.neutral,
        None => data.fill(node, palette),
    };
    if graph.search.is_active() {
        fill
    } else if block.depth < data.tree.depth(graph.place.focus) {
        palette.faded(fill)
    } else if block.count > 1 {
        // Lighter, because part of it may be gaps.
        fill.mixed_with(graph.props.theme.background, 0.25)
    } else {
        fill
    }
}

fn outline_selected(graph: &FlameGraph, data: &Data, list: &mut DisplayList) {
    let Some(selected) = graph.selected else { return };
    let depth = data.tree.depth(selected);
    let place = data.tree.place_in_row(selected);
    let blocks = graph.layout.row_blocks(depth as usize);
    let after = blocks.partition_point(|block| block.first <= place);
    let Some(block) = blocks[..after].last() else { return };
    if place >= block.first + block.count {
        return;
    }
    let row_height = graph.props.size.row_height_device_px();
    list.outlines.push(FillRect {
        x: block.left,
        y: depth as i32 * row_height - graph.scroll_device_px() as i32,
        width: block.right - block.left,
        height: row_height,
        colour: if graph.focused { graph.props.theme.accent } else { graph.props.theme.text },
    });
}

/// A thumb at the right edge, when there are more rows than fit.
fn scroll_thumb(graph: &FlameGraph, width: i32, list: &mut DisplayList) {
    let size = graph.props.size;
    let limit = graph.scroll_limit_css_px() * size.device_pixel_ratio;
    if limit <= 0.0 || list.width == 0 || list.height == 0 {
        return;
    }
    let height = f64::from(size.height_device_px());
    let thumb = (height * height / (height + limit)).max(24.0 * size.device_pixel_ratio);
    let theme = &graph.props.theme;
    list.overlay.push(FillRect {
        x: size.width_device_px() as i32 - width,
        y: (graph.scroll_device_px() / limit * (height - thumb)).round() as i32,
        width,
        height: thumb.round() as i32,
        colour: theme.background.mixed_with(theme.text, 0.4),
    });
}
