//! Everything that can happen to the view.

use serde::{Deserialize, Serialize};

/// What is shown beside or instead of the graph.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Pane {
    /// The graph alone.
    Graph,
    /// The table of functions alone.
    Table,
    /// Both side by side; the graph alone where there is no room.
    #[default]
    Both,
}

/// A column of the table of functions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum TableColumn {
    /// Function name.
    Function,
    /// Value without callees.
    #[default]
    SelfValue,
    /// Value with callees.
    TotalValue,
    /// In a comparison: share of the baseline, with callees.
    Baseline,
    /// In a comparison: share of what is compared, with callees.
    Comparison,
    /// In a comparison: by how much the share differs.
    Difference,
}

/// Something that a user or the page did.
///
/// Unit: positions in CSS pixels from the top left corner of the graph.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Action {
    /// The pointer moved.
    PointerMove {
        /// From the left.
        x_css_px: f64,
        /// From the top.
        y_css_px: f64,
    },
    /// The main button was pressed.
    PointerDown {
        /// From the left.
        x_css_px: f64,
        /// From the top.
        y_css_px: f64,
    },
    /// The main button was released.
    PointerUp {
        /// From the left.
        x_css_px: f64,
        /// From the top.
        y_css_px: f64,
    },
    /// The pointer left the graph, or the system took it away.
    PointerLeave,
    /// The wheel turned over the graph.
    Wheel {
        /// From the left.
        x_css_px: f64,
        /// To the right.
        delta_x: f64,
        /// Downwards.
        delta_y: f64,
        /// Unit of the deltas, as browsers number it: 0 CSS pixels, 1 lines, 2 pages.
        delta_mode: u32,
        /// Whether Ctrl or ⌘ was held, or two fingers pinched.
        zooms: bool,
        /// Whether Shift was held.
        sideways: bool,
    },
    /// A key was pressed while the graph had the focus.
    Key {
        /// The key as browsers name it.
        key: String,
        /// Whether Ctrl or ⌘ was held.
        command: bool,
    },
    /// The graph got or lost the keyboard focus.
    FocusChanged {
        /// Whether the graph has it.
        focused: bool,
    },
    /// The text of the search field changed.
    Search {
        /// The text; empty ends the search.
        text: String,
    },
    /// Undo the last zoom or pan.
    Back,
    /// Show the whole profile.
    Reset,
    /// Zoom to where these functions lead from below the root, or as far as they do.
    ZoomPath {
        /// Whole names. Empty: the whole profile.
        path: Vec<String>,
    },
    /// Zoom to a node of the breadcrumb.
    Zoom {
        /// The node, as the snapshot names it.
        node: u32,
    },
    /// Choose what is shown.
    SetPane {
        /// The choice.
        pane: Pane,
    },
    /// Sort the table by a column; the same column again turns the order.
    SortTable {
        /// The column.
        column: TableColumn,
    },
    /// Highlight the function of a row of the table; again ends the search.
    PickFunction {
        /// The function, as the row names it.
        function: u32,
    },
}
