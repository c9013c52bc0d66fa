//! What is told about the frame under the pointer.

use crate::effect::{Effect, Highlight, Tooltip, TooltipLine, TooltipPlace};
use crate::flame_graph::{Data, FlameGraph, ROOT};
use crate::layout::Block;
use crate::row_tree::NodeId;

/// Distance of the tooltip from the pointer.
const OFFSET_CSS_PX: f64 = 14.0;
/// In narrower graphs the tooltip takes the whole width, above or below the pointer.
const NARROW_CSS_PX: f64 = 480.0;
/// Distance of a tooltip as wide as the graph from its edges.
const MARGIN_CSS_PX: f64 = 6.0;

/// Shows the values of a block beside the pointer.
pub(crate) fn tooltip(
    graph: &FlameGraph,
    block: Block,
    x_css_px: f64,
    y_css_px: f64,
) -> Option<Effect> {
    let (title, lines) = match graph.node_of(block) {
        Some(node) => node_lines(graph, node)?,
        None => merged_lines(graph, block)?,
    };
    let place = tooltip_place(graph, x_css_px, y_css_px);
    let tooltip = Tooltip { title, lines };
    Some(Effect::ShowTooltip { tooltip, place, highlight: highlight(graph, block) })
}

/// Where the tooltip belongs while the pointer is at a point.
pub(crate) fn tooltip_place(graph: &FlameGraph, x_css_px: f64, y_css_px: f64) -> TooltipPlace {
    let size = graph.props.size;
    let right_half = x_css_px > size.width_css_px / 2.0;
    let lower_half = y_css_px > size.height_css_px / 2.0;
    let before = |at: f64, length: f64| length - at + OFFSET_CSS_PX;
    let left = (!right_half).then_some(x_css_px + OFFSET_CSS_PX);
    let right = right_half.then(|| before(x_css_px, size.width_css_px));
    let narrow = size.width_css_px < NARROW_CSS_PX;
    TooltipPlace {
        left_css_px: if narrow { Some(MARGIN_CSS_PX) } else { left },
        right_css_px: if narrow { Some(MARGIN_CSS_PX) } else { right },
        top_css_px: (!lower_half).then_some(y_css_px + OFFSET_CSS_PX),
        bottom_css_px: lower_half.then(|| before(y_css_px, size.height_css_px)),
    }
}

/// The place of a block on the page.
fn highlight(graph: &FlameGraph, block: Block) -> Highlight {
    let size = graph.props.size;
    let ratio = size.device_pixel_ratio;
    let row_height = f64::from(size.row_height_device_px());
    let top = f64::from(block.depth) * row_height - graph.scroll_device_px();
    Highlight {
        x_css_px: f64::from(block.left) / ratio,
        y_css_px: top / ratio,
        width_css_px: f64::from(block.right - block.left) / ratio,
        height_css_px: row_height / ratio,
    }
}

fn node_lines(graph: &FlameGraph, node: NodeId) -> Option<(String, Vec<TooltipLine>)> {
    let data = graph.data.as_ref()?;
    let mut lines = match &data.sides {
        Some(sides) => graph.diff_lines(data, sides, node),
        None => value_lines(graph, data, node),
    };
    if data.tree.is_truncated(node) {
        lines.push(line("Stands for", "functions that the server folded away".to_owned()));
    }
    Some((data.tree.name(node).to_owned(), lines))
}

fn value_lines(graph: &FlameGraph, data: &Data, node: NodeId) -> Vec<TooltipLine> {
    let format = &graph.format;
    let all = data.total(ROOT);
    let focus = graph.place.focus;
    // Nodes above what is zoomed to hold more than the view does.
    let view = (focus != ROOT && data.tree.depth(node) >= data.tree.depth(focus))
        .then(|| data.total(focus));
    let text = |value: f64| {
        let mut text = format!("{} · {} of all", format.format(value), format.percent(value, all));
        if let Some(view) = view {
            text.push_str(&format!(" · {} of view", format.percent(value, view)));
        }
        text
    };
    vec![line("Total", text(data.total(node))), line("Self", text(data.self_value(node)))]
}

fn merged_lines(graph: &FlameGraph, block: Block) -> Option<(String, Vec<TooltipLine>)> {
    let data = graph.data.as_ref()?;
    let nodes = block.nodes(&data.tree);
    let first = data.window_of(NodeId(nodes.start));
    let last = data.window_of(NodeId(nodes.end - 1));
    let title = format!("{} frames too narrow to show", graph.format.count(block.count as usize));
    let at_most = (last.end - first.start) / data.scale;
    let mut lines = match &data.sides {
        Some(sides) => graph.side_lines(data, sides, sides.values(nodes)),
        None => vec![
            line("Together at most", graph.format.format(at_most)),
            line("Of all", graph.format.percent(at_most, data.total(ROOT))),
        ],
    };
    lines.push(line("Click", "to zoom in".to_owned()));
    Some((title, lines))
}

fn line(label: &str, value: String) -> TooltipLine {
    TooltipLine { label: label.to_owned(), value }
}
