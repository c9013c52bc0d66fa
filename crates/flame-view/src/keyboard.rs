//! Keys: the selection moves along the tree, and what it is on is zoomed to.

use crate::effect::Effect;
use crate::flame_graph::{FlameGraph, ROOT};
use crate::row_tree::NodeId;
use crate::viewport::ROW_HEIGHT_CSS_PX;

impl FlameGraph {
    /// Does what a key means; keys that mean nothing here are left to the page.
    pub(crate) fn key(&mut self, key: &str, command: bool) -> Vec<Effect> {
        let effects = match (key, command) {
            ("f", true) | ("/", false) => vec![Effect::FocusSearch],
            ("c", true) => self.copy_selected(),
            (_, true) => return vec![],
            ("Escape", _) => self.escape(),
            ("Enter" | " ", _) => match self.selected {
                Some(node) => self.zoom_to(node),
                None => vec![],
            },
            ("Backspace", _) => self.back(),
            ("ArrowUp", _) => self.select_relative(Self::parent_of),
            ("ArrowDown", _) => self.select_relative(Self::heaviest_child_of),
            ("ArrowLeft", _) => self.select_relative(|graph, node| graph.neighbour(node, -1)),
            ("ArrowRight", _) => self.select_relative(|graph, node| graph.neighbour(node, 1)),
            ("Home", _) => self.select(ROOT),
            ("PageUp", _) => self.scroll_pages(-1.0),
            ("PageDown", _) => self.scroll_pages(1.0),
            _ => vec![],
        };
        if effects.is_empty() {
            return effects;
        }
        let mut all = vec![Effect::PreventDefault];
        all.extend(effects);
        all
    }

    /// One step back: the last zoom, then the search, then the selection.
    fn escape(&mut self) -> Vec<Effect> {
        if !self.history.is_empty() {
            self.back()
        } else if self.search.is_active() {
            self.update(crate::action::Action::Search { text: String::new() })
        } else if self.selected.take().is_some() {
            self.changed(vec![])
        } else {
            vec![]
        }
    }

    fn copy_selected(&mut self) -> Vec<Effect> {
        match (&self.data, self.selected) {
            (Some(data), Some(node)) => {
                vec![Effect::CopyText { text: data.tree.name(node).to_owned() }]
            }
            _ => vec![],
        }
    }

    fn scroll_pages(&mut self, pages: f64) -> Vec<Effect> {
        let before = self.place.scroll_css_px;
        let page = (self.props.size.height_css_px - ROW_HEIGHT_CSS_PX).max(ROW_HEIGHT_CSS_PX);
        self.place.scroll_css_px += page * pages;
        self.clamp_scroll();
        if self.place.scroll_css_px == before { vec![] } else { self.moved() }
    }

    /// Moves the selection; without one the first key selects what is zoomed to.
    fn select_relative(&mut self, step: impl Fn(&Self, NodeId) -> Option<NodeId>) -> Vec<Effect> {
        match self.selected {
            None => self.select(self.place.focus),
            Some(node) => match step(self, node) {
                Some(next) => self.select(next),
                // Taken all the same: the page must not scroll at the border of the graph.
                None => vec![Effect::RequestFrame],
            },
        }
    }

    fn select(&mut self, node: NodeId) -> Vec<Effect> {
        let Some(data) = &self.data else { return vec![] };
        let window = data.window_of(node);
        let depth = data.tree.depth(node);
        let seen = window.start < self.place.window.end && window.end > self.place.window.start;
        if !seen && let Some(parent) = data.tree.parent(node) {
            let parent_window = data.window_of(parent);
            if parent_window.span() > 0.0 {
                self.remember();
                self.place.focus = parent;
                self.place.window = parent_window;
            }
        }
        self.selected = Some(node);
        self.reveal_row(depth, 1);
        self.moved()
    }

    fn parent_of(&self, node: NodeId) -> Option<NodeId> {
        let data = self.data.as_ref()?;
        data.tree.parent(node)
    }

    /// The child to go to: the heaviest of those that the layout shows alone, else the first.
    fn heaviest_child_of(&self, node: NodeId) -> Option<NodeId> {
        let data = self.data.as_ref()?;
        let children = data.tree.children(node);
        let first = children.clone().next()?;
        let drawn = self.layout.row_blocks(data.tree.depth(node) as usize + 1);
        let heaviest = drawn
            .iter()
            .filter_map(|block| self.node_of(*block))
            .filter(|child| children.contains(&child.0))
            // The first of equals: the one on the left.
            .rev()
            .max_by_key(|child| data.tree.total_value(*child));
        Some(heaviest.unwrap_or(NodeId(first)))
    }

    /// The next node of the same row: a sibling, or beyond the last sibling a cousin.
    fn neighbour(&self, node: NodeId, step: i32) -> Option<NodeId> {
        let data = self.data.as_ref()?;
        let neighbour = node.0.checked_add_signed(step)?;
        let row = data.tree.row(data.tree.depth(node) as usize);
        row.contains(&neighbour).then_some(NodeId(neighbour))
    }
}
