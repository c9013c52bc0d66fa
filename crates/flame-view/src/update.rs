//! Actions: what each of them does to the state.

use crate::action::Action;
use crate::effect::{Cursor, Effect};
use crate::flame_graph::{FlameGraph, Place, Pointer, ROOT, find_path};
use crate::hit_test::hit_test;
use crate::layout::Block;
use crate::row_tree::NodeId;
use crate::tooltip::{tooltip, tooltip_place};
use crate::viewport::{ROW_HEIGHT_CSS_PX, ValueWindow};

/// How far a pressed pointer moves before it drags.
const DRAG_THRESHOLD_CSS_PX: f64 = 4.0;
/// How much a wheel step of one CSS pixel zooms.
const ZOOM_PER_CSS_PX: f64 = 0.002;
/// How many places Back can return to.
const HISTORY_LIMIT: usize = 100;
/// Rows shown above the row that was zoomed to, when one has to scroll.
const CONTEXT_ROWS: u32 = 3;

impl FlameGraph {
    /// Does an action; the page does the effects.
    pub fn update(&mut self, action: Action) -> Vec<Effect> {
        if !matches!(action, Action::Wheel { zooms: true, .. } | Action::PointerMove { .. }) {
            self.wheel_zooming = false;
        }
        match action {
            Action::PointerMove { x_css_px, y_css_px } => self.pointer_move(x_css_px, y_css_px),
            Action::PointerDown { x_css_px, y_css_px } => {
                self.pointer = Pointer::Pressed { x_css_px, y_css_px };
                vec![]
            }
            Action::PointerUp { x_css_px, y_css_px } => self.pointer_up(x_css_px, y_css_px),
            Action::PointerLeave => {
                self.pointer = Pointer::Up;
                self.unhover()
            }
            Action::Wheel { x_css_px, delta_x, delta_y, delta_mode, zooms, sideways } => {
                let unit = match delta_mode {
                    1 => ROW_HEIGHT_CSS_PX,
                    2 => self.props.size.height_css_px,
                    _ => 1.0,
                };
                let (delta_x, delta_y) = (delta_x * unit, delta_y * unit);
                if zooms {
                    self.wheel_zoom(x_css_px, delta_y)
                } else if sideways {
                    self.wheel_scroll(delta_x + delta_y, 0.0)
                } else {
                    self.wheel_scroll(delta_x, delta_y)
                }
            }
            Action::Key { key, command } => self.key(&key, command),
            Action::FocusChanged { focused } => {
                self.focused = focused;
                if self.selected.is_some() { vec![Effect::RequestFrame] } else { vec![] }
            }
            Action::Search { text } => {
                self.search.set_text(&text);
                self.searched()
            }
            Action::Back => self.back(),
            Action::Reset => self.zoom_to(ROOT),
            Action::ZoomPath { path } => match &self.data {
                Some(data) => self.zoom_to(find_path(data, &path).0),
                None => vec![],
            },
            Action::Zoom { node } => match &self.data {
                Some(data) if (node as usize) < data.tree.node_count() => {
                    self.zoom_to(NodeId(node))
                }
                _ => vec![],
            },
            Action::SetPane { pane } => {
                self.pane = pane;
                self.changed(vec![])
            }
            Action::SortTable { column } => {
                if let Some(data) = &mut self.data {
                    data.table.sort_by(column);
                }
                self.table_changed(vec![])
            }
            Action::PickFunction { function } => {
                if let Some(data) = &self.data
                    && (function as usize) < data.tree.names().len()
                {
                    let function = profile::FunctionIdx(function);
                    self.search.pick(function, data.tree.names().get(function));
                }
                self.searched()
            }
        }
    }

    /// Zooms to a node, so that it fills the width.
    pub(crate) fn zoom_to(&mut self, node: NodeId) -> Vec<Effect> {
        let Some(data) = &self.data else { return vec![] };
        let window = data.window_of(node);
        let depth = data.tree.depth(node);
        if window.span() <= 0.0 || (self.place.window == window && self.place.focus == node) {
            return vec![];
        }
        self.remember();
        self.place.focus = node;
        self.place.window = window;
        self.reveal_row(depth, CONTEXT_ROWS);
        self.moved()
    }

    /// Returns to where one looked before the last zoom, drag or wheel zoom.
    pub(crate) fn back(&mut self) -> Vec<Effect> {
        let Some(place) = self.history.pop() else { return vec![] };
        self.place = place;
        self.clamp_scroll();
        self.moved()
    }

    pub(crate) fn remember(&mut self) {
        if self.history.len() == HISTORY_LIMIT {
            self.history.remove(0);
        }
        self.history.push(self.place);
    }

    pub(crate) fn moved(&mut self) -> Vec<Effect> {
        self.hovered = None;
        self.changed(vec![Effect::HideTooltip])
    }

    pub(crate) fn hit(&mut self, x_css_px: f64, y_css_px: f64) -> Option<Block> {
        let ratio = self.props.size.device_pixel_ratio;
        let scroll = self.scroll_device_px();
        hit_test(&self.layout, self.props.size, scroll, x_css_px * ratio, y_css_px * ratio)
    }

    /// The node of a block that stands for one node only.
    pub(crate) fn node_of(&self, block: Block) -> Option<NodeId> {
        let nodes = block.nodes(&self.data.as_ref()?.tree);
        (block.count == 1).then_some(NodeId(nodes.start))
    }

    fn searched(&mut self) -> Vec<Effect> {
        self.run_search();
        self.table_changed(vec![])
    }

    fn pointer_move(&mut self, x_css_px: f64, y_css_px: f64) -> Vec<Effect> {
        match self.pointer {
            Pointer::Up => self.hover(x_css_px, y_css_px),
            Pointer::Pressed { x_css_px: from_x, y_css_px: from_y } => {
                let far = (x_css_px - from_x).hypot(y_css_px - from_y) >= DRAG_THRESHOLD_CSS_PX;
                if !far || self.data.is_none() {
                    return vec![];
                }
                let from = self.place;
                self.pointer = Pointer::Dragging { x_css_px: from_x, y_css_px: from_y, from };
                self.remember();
                let mut effects = vec![Effect::SetCursor { cursor: Cursor::Grabbing }];
                effects.extend(self.drag(x_css_px, y_css_px));
                effects
            }
            Pointer::Dragging { .. } => self.drag(x_css_px, y_css_px),
        }
    }

    fn drag(&mut self, x_css_px: f64, y_css_px: f64) -> Vec<Effect> {
        let Pointer::Dragging { x_css_px: from_x, y_css_px: from_y, from } = self.pointer else {
            return vec![];
        };
        let width = self.props.size.width_css_px.max(1.0);
        let shift = (from_x - x_css_px) / width * from.window.span();
        let window = ValueWindow { start: from.window.start + shift, end: from.window.end + shift };
        self.place.scroll_css_px = from.scroll_css_px + from_y - y_css_px;
        self.set_window(window);
        self.moved()
    }

    fn pointer_up(&mut self, x_css_px: f64, y_css_px: f64) -> Vec<Effect> {
        match std::mem::take(&mut self.pointer) {
            Pointer::Up => vec![],
            Pointer::Pressed { .. } => self.click(x_css_px, y_css_px),
            Pointer::Dragging { from, .. } => {
                // A drag that led nowhere leaves nothing to go back to.
                if from == self.place {
                    self.history.pop();
                }
                let mut effects = vec![Effect::SetCursor { cursor: Cursor::Default }];
                effects.extend(self.changed(vec![]));
                effects
            }
        }
    }

    fn click(&mut self, x_css_px: f64, y_css_px: f64) -> Vec<Effect> {
        self.relayout();
        let Some(block) = self.hit(x_css_px, y_css_px) else {
            self.selected = None;
            return self.changed(vec![]);
        };
        if let Some(node) = self.node_of(block) {
            self.selected = Some(node);
            let effects = self.zoom_to(node);
            return if effects.is_empty() { self.changed(vec![]) } else { effects };
        }
        self.zoom_to_block(block)
    }

    /// Zooms to nodes that are too thin to be told apart.
    fn zoom_to_block(&mut self, block: Block) -> Vec<Effect> {
        let Some(data) = &self.data else { return vec![] };
        let nodes = block.nodes(&data.tree);
        let start = data.window_of(NodeId(nodes.start)).start;
        let end = data.window_of(NodeId(nodes.end - 1)).end;
        self.remember();
        self.set_window(ValueWindow { start, end });
        self.moved()
    }

    fn hover(&mut self, x_css_px: f64, y_css_px: f64) -> Vec<Effect> {
        let Some(block) = self.hit(x_css_px, y_css_px) else { return self.unhover() };
        if self.hovered == Some(block) {
            return vec![Effect::MoveTooltip { place: tooltip_place(self, x_css_px, y_css_px) }];
        }
        let mut effects = Vec::new();
        if self.hovered.is_none() {
            effects.push(Effect::SetCursor { cursor: Cursor::Pointer });
        }
        self.hovered = Some(block);
        effects.extend(tooltip(self, block, x_css_px, y_css_px));
        effects
    }

    fn unhover(&mut self) -> Vec<Effect> {
        match self.hovered.take() {
            Some(_) => {
                vec![Effect::HideTooltip, Effect::SetCursor { cursor: Cursor::Default }]
            }
            None => vec![],
        }
    }

    fn wheel_scroll(&mut self, delta_x_css_px: f64, delta_y_css_px: f64) -> Vec<Effect> {
        let before = self.place;
        self.place.scroll_css_px += delta_y_css_px;
        self.clamp_scroll();
        if delta_x_css_px != 0.0 {
            let width = self.props.size.width_css_px.max(1.0);
            let shift = delta_x_css_px / width * before.window.span();
            self.set_window(ValueWindow {
                start: before.window.start + shift,
                end: before.window.end + shift,
            });
        }
        if self.place == before {
            // Nothing left to scroll here: the page scrolls.
            return vec![];
        }
        let mut effects = vec![Effect::PreventDefault];
        effects.extend(self.moved());
        effects
    }

    fn wheel_zoom(&mut self, x_css_px: f64, delta_y_css_px: f64) -> Vec<Effect> {
        let Some(data) = &self.data else { return vec![] };
        let whole = data.window_of(ROOT);
        let before = self.place;
        let fraction = (x_css_px / self.props.size.width_css_px.max(1.0)).clamp(0.0, 1.0);
        let factor = (delta_y_css_px.clamp(-500.0, 500.0) * ZOOM_PER_CSS_PX).exp();
        // A frame of one unit may fill the width, no less.
        let smallest = whole.span().min(1.0);
        let factor = factor.max(smallest / before.window.span().max(f64::MIN_POSITIVE));
        if whole.span() > 0.0 {
            let zoomed = before.window.zoomed(fraction, factor);
            if !self.wheel_zooming {
                self.remember();
                self.wheel_zooming = true;
            }
            self.set_window(zoomed);
        }
        // Taken even at the limits: the browser would zoom the page.
        let mut effects = vec![Effect::PreventDefault];
        if self.place != before {
            effects.extend(self.moved());
        }
        effects
    }

    /// Shows a window inside the whole profile; the focus becomes the lowest of its ancestors that
    /// holds the window.
    pub(crate) fn set_window(&mut self, window: ValueWindow) {
        let Some(data) = &self.data else { return };
        let window = window.clamped_to(data.window_of(ROOT));
        let mut focus = self.place.focus;
        while !data.window_of(focus).contains(window)
            && let Some(parent) = data.tree.parent(focus)
        {
            focus = parent;
        }
        self.place = Place { focus, window, ..self.place };
        self.clamp_scroll();
    }
}
