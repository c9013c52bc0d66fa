//! What is told about the frame under the pointer.

use crate::effect::{Effect, Highlight, Tooltip, TooltipLine};
use crate::flame_graph::{FlameGraph, ROOT};
use crate::layout::Block;
use profile::NodeIdx;

/// Distance of the tooltip from the pointer.
const OFFSET_CSS_PX: f64 = 14.0;

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
    let size = graph.props.size;
    let right_half = x_css_px > size.width_css_px / 2.0;
    let lower_half = y_css_px > size.height_css_px / 2.0;
    let before = |at: f64, length: f64| length - at + OFFSET_CSS_PX;
    let tooltip = Tooltip {
        title,
        lines,
        left_css_px: (!right_half).then_some(x_css_px + OFFSET_CSS_PX),
        right_css_px: right_half.then(|| before(x_css_px, size.width_css_px)),
        top_css_px: (!lower_half).then_some(y_css_px + OFFSET_CSS_PX),
        bottom_css_px: lower_half.then(|| before(y_css_px, size.height_css_px)),
    };
    Some(Effect::ShowTooltip { tooltip, highlight: highlight(graph, block) })
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

fn node_lines(graph: &FlameGraph, node: NodeIdx) -> Option<(String, Vec<TooltipLine>)> {
    let data = graph.data.as_ref()?;
    let format = &graph.format;
    let (self_value, total) = (data.self_value(node), data.total(node));
    let all = data.total(ROOT);
    let mut lines = vec![
        line("Total", format.format(total)),
        line("Self", format.format(self_value)),
        line("Total of all", format.percent(total, all)),
        line("Self of all", format.percent(self_value, all)),
    ];
    if graph.place.focus != ROOT {
        let view = data.total(graph.place.focus);
        // Nodes above what is zoomed to hold more than the view does.
        if data.tree.depth(node) >= data.tree.depth(graph.place.focus) {
            lines.push(line("Total of view", format.percent(total, view)));
            lines.push(line("Self of view", format.percent(self_value, view)));
        }
    }
    Some((data.tree.name(node).to_owned(), lines))
}

fn merged_lines(graph: &FlameGraph, block: Block) -> Option<(String, Vec<TooltipLine>)> {
    let data = graph.data.as_ref()?;
    let row = data.index.row(block.depth as usize);
    let first = data.window_of(NodeIdx(*row.get(block.first as usize)?));
    let last = data.window_of(NodeIdx(*row.get((block.first + block.count - 1) as usize)?));
    let title = format!("{} frames too narrow to show", graph.format.count(block.count as usize));
    let at_most = (last.end - first.start) / data.scale;
    let lines = vec![
        line("Together at most", graph.format.format(at_most)),
        line("Of all", graph.format.percent(at_most, data.total(ROOT))),
        line("Click", "to zoom in".to_owned()),
    ];
    Some((title, lines))
}

fn line(label: &str, value: String) -> TooltipLine {
    TooltipLine { label: label.to_owned(), value }
}
