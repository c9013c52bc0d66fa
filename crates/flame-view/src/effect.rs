//! What the page has to do after an action.

use serde::{Deserialize, Serialize};

/// A shape of the pointer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Cursor {
    /// Nothing to click.
    Default,
    /// Something to click.
    Pointer,
    /// Being dragged.
    Grabbing,
}

/// A line of the tooltip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TooltipLine {
    /// What the value is.
    pub label: String,
    /// The value, formatted.
    pub value: String,
}

/// What is known about what the pointer is on.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Tooltip {
    /// Function name, whole.
    pub title: String,
    /// Values.
    pub lines: Vec<TooltipLine>,
}

/// Where the tooltip belongs.
///
/// Unit: CSS pixels from the edges of the graph; what is not set follows from the text, so that the
/// tooltip stays inside the view.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TooltipPlace {
    /// From the left edge of the graph to the left edge of the tooltip.
    pub left_css_px: Option<f64>,
    /// From the right edge of the graph to the right edge of the tooltip.
    pub right_css_px: Option<f64>,
    /// From the top edge of the graph to the top edge of the tooltip.
    pub top_css_px: Option<f64>,
    /// From the bottom edge of the graph to the bottom edge of the tooltip.
    pub bottom_css_px: Option<f64>,
}

/// A rectangle over the graph, in CSS pixels from its top left corner.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Highlight {
    /// Left edge.
    pub x_css_px: f64,
    /// Top edge.
    pub y_css_px: f64,
    /// Width.
    pub width_css_px: f64,
    /// Height.
    pub height_css_px: f64,
}

/// Something that only the page can do.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Effect {
    /// Draw before the next frame is shown.
    RequestFrame,
    /// Keep the browser from acting on the event, and the event from reaching the page.
    PreventDefault,
    /// The snapshot changed: sent only then, for the page takes longer to show it than the graph.
    ViewChanged,
    /// Show what the pointer is on.
    ShowTooltip {
        /// Its text.
        tooltip: Tooltip,
        /// Where it belongs.
        place: TooltipPlace,
        /// The rectangle that the pointer is on.
        highlight: Highlight,
    },
    /// The pointer moved on what the tooltip tells of already.
    MoveTooltip {
        /// Where the tooltip belongs.
        place: TooltipPlace,
    },
    /// The pointer is on nothing.
    HideTooltip,
    /// Change the shape of the pointer.
    SetCursor {
        /// The shape.
        cursor: Cursor,
    },
    /// Send the keyboard to the search field.
    FocusSearch,
    /// Put text on the clipboard.
    CopyText {
        /// The text.
        text: String,
    },
}
