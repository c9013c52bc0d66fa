//! The state of a flame graph view and the doors to it.

use crate::colour::Colour;
use crate::diff_sides::{DiffSides, SideValues};
use crate::display_list::DisplayList;
use crate::effect::Effect;
use crate::frame_columns::FlameFrame;
use crate::frame_notice::FrameNotice;
use crate::function_table::{FunctionTable, TableOrder};
use crate::label::TextMeasure;
use crate::layout::{Block, Layout};
use crate::paint::paint;
use crate::palette::Palette;
use crate::row_tree::{NodeId, RowTree};
use crate::search::Search;
use crate::snapshot::ViewSnapshot;
use crate::value_format::ValueFormat;
use crate::view_props::{FieldSettings, ViewProps};
use crate::viewport::{ValueWindow, ViewportSize};
use crate::{action::Pane, viewport::ROW_HEIGHT_CSS_PX};
use profile::FunctionNames;
use std::cell::Cell;

/// A data set with what is derived from it once.
#[derive(Debug)]
pub(crate) struct Data {
    pub(crate) tree: RowTree,
    pub(crate) scale: f64,
    pub(crate) notices: Vec<FrameNotice>,
    /// What each side has. Empty: it is one profile.
    pub(crate) sides: Option<DiffSides>,
    /// What the search found on each side, nothing counted twice.
    pub(crate) found: SideValues,
    pub(crate) table: FunctionTable,
    /// For each function [`Palette::fill_idx`], once it was looked up: names take long to read.
    fill_idx: Vec<Cell<Option<u8>>>,
}

impl Data {
    /// The fill of a node's function.
    pub(crate) fn fill(&self, node: NodeId, palette: &Palette) -> Colour {
        let known = &self.fill_idx[self.tree.function(node).0 as usize];
        let fill_idx = known.get().unwrap_or_else(|| Palette::fill_idx(self.tree.name(node)));
        known.set(Some(fill_idx));
        palette.fills()[usize::from(fill_idx)]
    }

    /// A node's total value in the unit of the frame.
    pub(crate) fn total(&self, node: NodeId) -> f64 {
        self.tree.total_value(node) as f64 / self.scale
    }

    /// A node's self value in the unit of the frame.
    pub(crate) fn self_value(&self, node: NodeId) -> f64 {
        self.tree.self_value(node) as f64 / self.scale
    }

    /// The window that a node fills.
    pub(crate) fn window_of(&self, node: NodeId) -> ValueWindow {
        let start = self.tree.start(node);
        ValueWindow { start: start as f64, end: (start + self.tree.total_value(node)) as f64 }
    }
}

/// Where one looks: what Back returns to.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Place {
    pub(crate) focus: NodeId,
    pub(crate) window: ValueWindow,
    pub(crate) scroll_css_px: f64,
}

/// What the pointer is doing.
#[derive(Debug, Clone, Copy, PartialEq, Default)]
pub(crate) enum Pointer {
    #[default]
    Up,
    /// Pressed and not moved far enough to be a drag.
    Pressed { x_css_px: f64, y_css_px: f64 },
    /// Pulling the graph along, from where and from which place.
    Dragging { x_css_px: f64, y_css_px: f64, from: Place },
}

/// A flame graph as a value: give it actions, do its effects, draw its display list.
///
/// Knows nothing about browsers: positions come in, a display list goes out.
/// Cost: nothing that a user does while looking around costs more than what is visible; a new data
/// set, a new search and the first table are linear in the nodes.
#[derive(Debug)]
pub struct FlameGraph {
    pub(crate) data: Option<Data>,
    pub(crate) error: Option<String>,
    pub(crate) props: ViewProps,
    pub(crate) palette: Palette,
    pub(crate) field: FieldSettings,
    pub(crate) format: ValueFormat,
    pub(crate) place: Place,
    pub(crate) history: Vec<Place>,
    kept: KeptPlace,
    /// How the table of the data set before was sorted.
    table_order: TableOrder,
    pub(crate) wheel_zooming: bool,
    pub(crate) selected: Option<NodeId>,
    pub(crate) hovered: Option<Block>,
    pub(crate) focused: bool,
    pub(crate) pointer: Pointer,
    pub(crate) pane: Pane,
    pub(crate) search: Search,
    /// Counts changes of what the table shows.
    pub(crate) table_version: u32,
    /// What the page was last told to show around the graph.
    told: Option<ViewSnapshot>,
    pub(crate) layout: Layout,
    /// What the layout was made for. Empty: for another data set.
    laid_out: Option<(ValueWindow, f64, ViewportSize)>,
    display_list: DisplayList,
}

impl Default for FlameGraph {
    fn default() -> Self {
        let props = ViewProps::default();
        Self {
            data: None,
            error: None,
            palette: Palette::new(&props.theme),
            format: ValueFormat::new("", None, props.number_style),
            field: FieldSettings::default(),
            props,
            place: Place {
                focus: ROOT,
                window: ValueWindow { start: 0.0, end: 0.0 },
                scroll_css_px: 0.0,
            },
            history: Vec::new(),
            kept: KeptPlace::default(),
            table_order: TableOrder::default(),
            wheel_zooming: false,
            selected: None,
            hovered: None,
            focused: false,
            pointer: Pointer::Up,
            pane: Pane::Both,
            search: Search::default(),
            table_version: 0,
            told: None,
            layout: Layout::default(),
            laid_out: None,
            display_list: DisplayList::default(),
        }
    }
}

/// The node that stands for the whole profile.
pub(crate) const ROOT: NodeId = NodeId(0);

impl FlameGraph {
    /// Sets size, theme and language; nothing happens when they are as before.
    pub fn set_props(&mut self, props: ViewProps) -> Vec<Effect> {
        if props == self.props {
            return vec![];
        }
        self.palette = Palette::new(&props.theme);
        self.props = props;
        self.format = self.value_format();
        self.hovered = None;
        self.clamp_scroll();
        self.table_changed(vec![Effect::HideTooltip])
    }

    /// Sets what the values are; nothing happens when it is as before.
    pub fn set_field(&mut self, field: FieldSettings) -> Vec<Effect> {
        if field == self.field {
            return vec![];
        }
        self.field = field;
        self.format = self.value_format();
        self.hovered = None;
        self.table_changed(vec![Effect::HideTooltip])
    }

    fn value_format(&self) -> ValueFormat {
        ValueFormat::new(&self.field.unit, self.field.decimals, self.props.number_style)
    }

    /// Lets go of the data set and remembers where one looked, by function names.
    ///
    /// Called before the columns of the next data set are read, so that both are never in memory
    /// at once. Gives its function names, which rarely change.
    pub fn release_frame(&mut self) -> FunctionNames {
        let Some(data) = self.data.take() else { return FunctionNames::default() };
        let names = |node: NodeId| {
            let path = data.tree.path(node);
            path.into_iter().skip(1).map(|node| data.tree.name(node).to_owned()).collect()
        };
        self.table_order = data.table.order();
        self.kept = KeptPlace {
            focus: names(self.place.focus),
            selected: self.selected.take().map(names),
            scroll_css_px: self.place.scroll_css_px,
        };
        self.history.clear();
        self.hovered = None;
        self.pointer = Pointer::Up;
        data.tree.names
    }

    /// Shows a data set; what was zoomed to and selected in the one before stays so as far as its
    /// path exists.
    pub fn set_frame(&mut self, frame: FlameFrame) -> Vec<Effect> {
        self.release_frame();
        let kept = std::mem::take(&mut self.kept);
        let data = Data {
            fill_idx: vec![Cell::new(None); frame.rows.names().len()],
            tree: frame.rows,
            scale: frame.scale,
            notices: frame.notices,
            table: FunctionTable::sorted_by(self.table_order, frame.sides.is_some()),
            sides: frame.sides,
            found: SideValues::default(),
        };
        let (focus, _) = find_path(&data, &kept.focus);
        self.selected = kept.selected.and_then(|path| {
            let (node, whole) = find_path(&data, &path);
            whole.then_some(node)
        });
        self.place =
            Place { focus, window: data.window_of(focus), scroll_css_px: kept.scroll_css_px };
        if focus != ROOT {
            let window = data.window_of(ROOT);
            self.history.push(Place { focus: ROOT, window, scroll_css_px: 0.0 });
        }
        self.error = None;
        self.laid_out = None;
        self.data = Some(data);
        self.run_search();
        self.clamp_scroll();
        self.table_changed(vec![Effect::HideTooltip])
    }

    /// Looks for the text of the search in the tree at hand.
    pub(crate) fn run_search(&mut self) {
        let Some(data) = &mut self.data else { return };
        self.search.run(&data.tree);
        data.table.forget_filter();
        if let Some(sides) = &data.sides {
            let totals = self.search.outermost().map(|node| sides.total(node));
            data.found = totals.fold(SideValues::default(), SideValues::with);
        }
    }

    /// Shows that there is nothing to show.
    pub fn clear(&mut self) -> Vec<Effect> {
        self.release_frame();
        self.error = None;
        self.table_changed(vec![Effect::HideTooltip])
    }

    /// Shows why there is no flame graph.
    pub fn set_error(&mut self, message: String) -> Vec<Effect> {
        self.release_frame();
        self.error = Some(message);
        self.table_changed(vec![Effect::HideTooltip])
    }

    /// What to draw. Cost: bounded by the pixels of the view.
    pub fn display_list(&mut self, measure: &dyn TextMeasure) -> &DisplayList {
        self.relayout();
        let mut list = std::mem::take(&mut self.display_list);
        paint(self, measure, &mut list);
        self.display_list = list;
        &self.display_list
    }

    /// How many nodes the last layout looked at.
    pub fn nodes_touched(&self) -> usize {
        self.layout.nodes_touched
    }

    /// The blocks of the last layout.
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The tree that is shown. Empty: there is none.
    pub fn tree(&self) -> Option<&RowTree> {
        self.data.as_ref().map(|data| &data.tree)
    }

    /// Lays out what is visible, unless that is done.
    pub(crate) fn relayout(&mut self) {
        let Some(data) = &self.data else {
            self.layout = Layout::default();
            return;
        };
        let wanted = (self.place.window, self.scroll_device_px(), self.props.size);
        if self.laid_out != Some(wanted) {
            let (window, scroll, size) = wanted;
            self.layout.update(&data.tree, window, scroll, size);
            self.laid_out = Some(wanted);
        }
    }

    pub(crate) fn scroll_device_px(&self) -> f64 {
        (self.place.scroll_css_px * self.props.size.device_pixel_ratio).round()
    }

    pub(crate) fn scroll_limit_css_px(&self) -> f64 {
        let ValueWindow { start, end } = self.place.window;
        let data = self.data.as_ref();
        let rows = data.map_or(0, |data| data.tree.rows_between(start, end));
        self.props.size.scroll_limit_device_px(rows) / self.props.size.device_pixel_ratio
    }

    pub(crate) fn clamp_scroll(&mut self) {
        let limit = self.scroll_limit_css_px();
        self.place.scroll_css_px = self.place.scroll_css_px.clamp(0.0, limit.max(0.0));
    }

    /// Scrolls as little as needed for a row to be seen whole, with `context` rows above it.
    pub(crate) fn reveal_row(&mut self, depth: u32, context: u32) {
        let row_height =
            f64::from(self.props.size.row_height_device_px()) / self.props.size.device_pixel_ratio;
        let row_height = if row_height > 0.0 { row_height } else { ROW_HEIGHT_CSS_PX };
        let top = f64::from(depth.saturating_sub(context)) * row_height;
        let bottom = (f64::from(depth) + 1.0) * row_height;
        let height = self.props.size.height_css_px;
        if self.place.scroll_css_px > top || bottom > self.place.scroll_css_px + height {
            self.place.scroll_css_px = top;
        }
        self.clamp_scroll();
    }

    /// The effects of a change that is drawn; told only if the page shows something else for it.
    pub(crate) fn changed(&mut self, mut effects: Vec<Effect>) -> Vec<Effect> {
        effects.push(Effect::RequestFrame);
        let snapshot = self.snapshot();
        if self.told.as_ref() != Some(&snapshot) {
            self.told = Some(snapshot);
            effects.push(Effect::ViewChanged);
        }
        effects
    }

    /// The effects of a change that the table shows too.
    pub(crate) fn table_changed(&mut self, effects: Vec<Effect>) -> Vec<Effect> {
        self.table_version = self.table_version.wrapping_add(1);
        self.changed(effects)
    }
}

/// Where one looked, in terms that outlive a data set.
#[derive(Debug, Clone, Default, PartialEq)]
struct KeptPlace {
    focus: Vec<String>,
    selected: Option<Vec<String>>,
    scroll_css_px: f64,
}

/// Follows function names from the root down; gives the last node found and whether it is the one
/// at the end of the path.
pub(crate) fn find_path(data: &Data, path: &[String]) -> (NodeId, bool) {
    let mut at = ROOT;
    for name in path {
        let mut children = data.tree.children(at).map(NodeId);
        match children.find(|child| data.tree.name(*child) == name) {
            Some(child) => at = child,
            None => return (at, false),
        }
    }
    (at, true)
}
