//! What the page shows around the graph, as ready-made text.

use crate::action::{Pane, TableColumn};
use crate::diff_sides::SideValues;
use crate::flame_graph::{Data, FlameGraph, ROOT};
use crate::function_table::FunctionValues;
use crate::row_tree::NodeId;
use serde::{Deserialize, Serialize};

/// From this width on graph and table fit side by side.
const BOTH_PANES_CSS_PX: f64 = 800.0;
/// Room that a crumb wants; the ones in the middle give way.
const CRUMB_CSS_PX: f64 = 150.0;

/// A step of the way from the root to what is zoomed to.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Crumb {
    /// The node, for the action `zoom`. Empty: it stands for several that were left out.
    pub node: Option<u32>,
    /// Function name without directories.
    pub label: String,
    /// Function name and value.
    pub title: String,
}

/// What a search found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct SearchSummary {
    /// The text looked for.
    pub text: String,
    /// What was found, in words.
    pub summary: String,
    /// Why the text is no regular expression, if it looks like one.
    pub error: Option<String>,
}

/// The selected node, for screen readers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NodeMirror {
    /// Function name and values in words.
    pub text: String,
    /// Level in the tree, from 1.
    pub level: u32,
    /// Place among its siblings, from 1.
    pub place: u32,
    /// How many siblings there are, itself included.
    pub sibling_count: u32,
}

/// Why there is no graph.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ViewMessage {
    /// In a few words.
    pub title: String,
    /// What was wrong or what to do.
    pub text: String,
    /// Whether something went wrong.
    pub is_error: bool,
}

/// The state of the view as the page shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct ViewSnapshot {
    /// Another number whenever the rows of the table may have changed.
    pub table_version: u32,
    /// What stands in place of the graph. Empty: the graph is there.
    pub message: Option<ViewMessage>,
    /// What was put right in the data.
    pub notices: Vec<String>,
    /// Total and size of the profile.
    pub status: String,
    /// The way to what is zoomed to. Empty: the whole profile is shown.
    pub breadcrumb: Vec<Crumb>,
    /// Whether there is something to go back to.
    pub can_go_back: bool,
    /// What is looked for. Empty: nothing.
    pub search: Option<SearchSummary>,
    /// The selected node. Empty: none.
    pub selected: Option<NodeMirror>,
    /// What is shown.
    pub pane: Pane,
    /// Whether graph and table fit side by side.
    pub has_room_for_both: bool,
    /// Whether the graph is shown.
    pub shows_graph: bool,
    /// Whether the table is shown.
    pub shows_table: bool,
    /// What the colours mean, where they tell of a change. Empty: they tell functions apart.
    pub legend: Vec<LegendStep>,
}

/// A row of the table of functions.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct FunctionRow {
    /// The function, for the action `pickFunction`.
    pub function: u32,
    /// Function name, whole.
    pub name: String,
    /// The directories and modules that the name begins with: the first to go where there is no room.
    pub directories: String,
    /// The name without them.
    pub short_name: String,
    /// Fill of its frames, as CSS.
    pub colour: String,
    /// What stands in the columns after the function's, in their order.
    pub cells: Vec<RowCell>,
}

/// A value of a function.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RowCell {
    /// The value, formatted.
    pub text: String,
    /// More about it. Empty: the text says all.
    pub title: String,
    /// How long its bar is, 0 to 1: the value as part of the profile.
    pub fraction: f64,
}

/// A column of the table of functions.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TableHeading {
    /// The column, for the action `sortTable`.
    pub column: TableColumn,
    /// What it shows.
    pub title: String,
    /// Whether the rows are sorted by it, and which come first. Empty: they are not.
    pub ascending: Option<bool>,
}

/// What a colour of a comparison means.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct LegendStep {
    /// In a word.
    pub label: String,
    /// In more words.
    pub title: String,
    /// The fill, as CSS.
    pub colour: String,
    /// A colour of text that can be read on it, as CSS.
    pub text_colour: String,
}

/// The rows of the table that are in view.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TableWindow {
    /// The columns.
    pub columns: Vec<TableHeading>,
    /// How many rows there are.
    pub row_count: u32,
    /// Height of a row in CSS pixels.
    pub row_height_css_px: f64,
    /// Height of all rows in CSS pixels.
    pub height_css_px: f64,
    /// From the top of the first row to the top of the first one given.
    pub offset_css_px: f64,
    /// What the rows lack: functions that the server folded away. Empty: nothing.
    pub left_out: Option<String>,
    /// The rows.
    pub rows: Vec<FunctionRow>,
}

/// Height of a row of the table.
const TABLE_ROW_CSS_PX: f64 = 28.0;
/// Browsers draw nothing beyond some 16 million pixels.
const TABLE_HEIGHT_LIMIT_CSS_PX: f64 = 15_000_000.0;

impl FlameGraph {
    /// The state as the page shows it.
    pub fn snapshot(&self) -> ViewSnapshot {
        let wide = self.props.panel_width_css_px >= BOTH_PANES_CSS_PX;
        let data = self.data.as_ref();
        let is_diff = data.is_some_and(|data| data.sides.is_some());
        let message = self.message();
        ViewSnapshot {
            table_version: self.table_version,
            message: message.clone(),
            notices: data
                .map(|data| data.notices.iter().map(ToString::to_string).collect())
                .unwrap_or_default(),
            status: self.status(),
            breadcrumb: self.breadcrumb(),
            can_go_back: !self.history.is_empty(),
            search: self.search_summary(),
            selected: self.selected.and_then(|node| self.mirror(node)),
            pane: if self.pane == Pane::Both && !wide { Pane::Graph } else { self.pane },
            has_room_for_both: wide,
            shows_graph: self.pane != Pane::Table,
            shows_table: self.pane == Pane::Table || (self.pane == Pane::Both && wide),
            legend: if is_diff && message.is_none() { self.palette.legend() } else { vec![] },
        }
    }

    /// The functions from below the root to what is zoomed to, whole names. Empty: the whole profile is shown.
    pub fn zoomed_path(&self) -> Vec<&str> {
        let Some(data) = &self.data else { return Vec::new() };
        let path = data.tree.path(self.place.focus);
        path.iter().filter(|node| **node != ROOT).map(|node| data.tree.name(*node)).collect()
    }

    /// The row that what is zoomed to has in a frame of so many rows. Empty: it has none.
    ///
    /// A tree has a root of its own, without a row, where the frame has not one.
    pub fn zoomed_row(&self, row_count: u32) -> Option<u32> {
        let tree = &self.data.as_ref()?.tree;
        let own_roots = (tree.node_count() as u32).checked_sub(row_count)?;
        tree.place_in_pre_order(self.place.focus).checked_sub(own_roots)
    }

    /// The rows of the table between two heights. Cost: linear in the nodes the first time, in the
    /// functions after sorting, searching and first scrolling, else only the rows.
    pub fn table_window(&mut self, scroll_css_px: f64, height_css_px: f64) -> TableWindow {
        let mut window = TableWindow {
            columns: Vec::new(),
            row_count: 0,
            row_height_css_px: TABLE_ROW_CSS_PX,
            height_css_px: 0.0,
            offset_css_px: 0.0,
            left_out: None,
            rows: Vec::new(),
        };
        let Some(data) = &mut self.data else { return window };
        let count = data.table.filter(&data.tree, data.sides.as_ref(), &self.search);
        let from = (scroll_css_px / TABLE_ROW_CSS_PX).floor().max(0.0) as usize;
        let visible = (height_css_px / TABLE_ROW_CSS_PX).ceil().clamp(0.0, 500.0) as usize + 1;
        let from = from.min(count.saturating_sub(visible));
        let to = (from + visible).min(count);
        data.table.order_to(to, data.tree.names(), data.sides.as_ref());
        window.columns = data.table.headings(data.sides.is_some());
        window.row_count = count as u32;
        window.height_css_px = (count as f64 * TABLE_ROW_CSS_PX).min(TABLE_HEIGHT_LIMIT_CSS_PX);
        window.offset_css_px = from as f64 * TABLE_ROW_CSS_PX;
        window.left_out = self.left_out();
        window.rows = match &self.data {
            Some(data) => {
                data.table.rows(from..to).map(|row| self.function_row(data, row)).collect()
            }
            None => vec![],
        };
        window
    }

    fn left_out(&self) -> Option<String> {
        let data = self.data.as_ref()?;
        let value = data.table.truncated_value() as f64 / data.scale;
        (value > 0.0).then(|| {
            let share = self.format.percent(value, data.total(ROOT));
            let value = self.format.format(value);
            format!("Not listed: {value} ({share}) in functions that the server folded away")
        })
    }

    fn function_row(&self, data: &Data, row: FunctionValues) -> FunctionRow {
        let function = row.function;
        let name = data.tree.names().get(function);
        let (colour, cells) = match &data.sides {
            Some(sides) => {
                let shares = sides.shares(row.sides);
                (self.palette.change(shares.step()), self.diff_cells(data, sides, row.sides))
            }
            None => (self.palette.fill(name), self.value_cells(data, row)),
        };
        let short_name = crate::label::shortest_label(name);
        FunctionRow {
            function: function.0,
            name: name.to_owned(),
            directories: name.strip_suffix(short_name).unwrap_or_default().to_owned(),
            short_name: short_name.to_owned(),
            colour: colour.css(),
            cells,
        }
    }

    fn value_cells(&self, data: &Data, row: FunctionValues) -> Vec<RowCell> {
        let all = data.total(ROOT);
        let cell = |value: i64| {
            let value = value as f64 / data.scale;
            RowCell {
                text: self.format.format(value),
                title: format!("{} of all", self.format.percent(value, all)),
                fraction: if all > 0.0 { (value / all).min(1.0) } else { 0.0 },
            }
        };
        vec![cell(row.self_value), cell(row.total_value)]
    }

    fn message(&self) -> Option<ViewMessage> {
        let message = |title: &str, text: String, is_error| {
            Some(ViewMessage { title: title.to_owned(), text, is_error })
        };
        if let Some(error) = &self.error {
            let mut text = error.clone();
            if let Some(first) = text.get_mut(..1) {
                first.make_ascii_uppercase();
            }
            text.push('.');
            return message("This flame graph cannot be drawn", text, true);
        }
        match &self.data {
            Some(data) if data.total(ROOT) <= 0.0 => message(
                "No samples",
                "The profile is empty for this query and time range.".to_owned(),
                false,
            ),
            Some(_) => None,
            None => {
                message("No data", "The query returned no flame graph frame.".to_owned(), false)
            }
        }
    }

    fn status(&self) -> String {
        let Some(data) = &self.data else { return String::new() };
        let name = match self.field.display_name.as_str() {
            "" => self.format.title(),
            name => name,
        };
        let total = match &data.sides {
            Some(sides) => {
                let SideValues { baseline, comparison } = sides.whole();
                let [baseline, comparison] =
                    [baseline, comparison].map(|value| self.value_text(data, value));
                format!("{baseline} in the baseline, {comparison} in the comparison")
            }
            None => self.format.format(data.total(ROOT)),
        };
        format!(
            "{name} {total} · {} · {}",
            self.format.counted(data.tree.node_count(), "node"),
            self.format.counted(data.tree.names().len().saturating_sub(1), "function"),
        )
    }

    fn breadcrumb(&self) -> Vec<Crumb> {
        let Some(data) = &self.data else { return vec![] };
        if self.place.focus == ROOT {
            return vec![];
        }
        let path = data.tree.path(self.place.focus);
        let crumb = |node: &NodeId| {
            let name = data.tree.name(*node);
            let value = data.total(*node);
            let (text, all) = (self.format.format(value), data.total(ROOT));
            let told = match &data.sides {
                Some(sides) => self.diff_words(data, sides, *node),
                None => format!("{text} ({} of all)", self.format.percent(value, all)),
            };
            Crumb {
                node: Some(node.0),
                label: crate::package::without_directories(name).unwrap_or(name).to_owned(),
                title: format!("{name}: {told}"),
            }
        };
        let limit = (self.props.panel_width_css_px / CRUMB_CSS_PX).clamp(3.0, 8.0) as usize;
        if path.len() <= limit {
            return path.iter().map(crumb).collect();
        }
        let left_out = path.len() - limit + 1;
        let mut crumbs: Vec<Crumb> = path[..1].iter().map(crumb).collect();
        crumbs.push(Crumb {
            node: None,
            label: format!("… {} more …", self.format.count(left_out)),
            title: format!("{} frames between", self.format.count(left_out)),
        });
        crumbs.extend(path[1 + left_out..].iter().map(crumb));
        crumbs
    }

    fn search_summary(&self) -> Option<SearchSummary> {
        if !self.search.is_active() {
            return None;
        }
        let data = self.data.as_ref()?;
        let summary = if self.search.matched_functions() == 0 {
            "no function matches".to_owned()
        } else {
            let functions = self.format.counted(self.search.matched_functions(), "function");
            let nodes = self.format.counted(self.search.matched_nodes(), "node");
            if let Some(sides) = &data.sides {
                let values = self.both_values(data, sides, data.found);
                return self.search_words(format!("{values} in {functions}, {nodes}"));
            }
            let below = |node| self.search.total_below(&data.tree, node) as f64 / data.scale;
            let all = below(ROOT);
            let mut text = format!(
                "{} ({} of all)",
                self.format.format(all),
                self.format.percent(all, data.total(ROOT))
            );
            if self.place.focus != ROOT {
                let seen =
                    self.format.percent(below(self.place.focus), data.total(self.place.focus));
                text.push_str(&format!(", {seen} of view"));
            }
            format!("{text} in {functions}, {nodes}")
        };
        self.search_words(summary)
    }

    fn search_words(&self, summary: String) -> Option<SearchSummary> {
        Some(SearchSummary {
            text: self.search.text().to_owned(),
            summary,
            error: self.search.error().map(ToOwned::to_owned),
        })
    }

    fn mirror(&self, node: NodeId) -> Option<NodeMirror> {
        let data = self.data.as_ref()?;
        let (total, all) = (data.total(node), data.total(ROOT));
        let children = data.tree.children(node).len();
        let siblings = data.tree.parent(node).map_or(0..1, |parent| data.tree.children(parent));
        let values = match &data.sides {
            Some(sides) => self.diff_words(data, sides, node),
            None => format!(
                "total {}, {} of all, self {}",
                self.format.format(total),
                self.format.percent(total, all),
                self.format.format(data.self_value(node)),
            ),
        };
        let name = data.tree.name(node);
        Some(NodeMirror {
            text: format!("{name}, {values}, calls {} functions", self.format.count(children)),
            level: data.tree.depth(node) + 1,
            place: node.0 - siblings.start + 1,
            sibling_count: siblings.len() as u32,
        })
    }
}
