//! A flame graph view without a screen: state, actions, effects, layout and display list.
//!
//! Data goes in as columns ([`FrameLevels`], [`FrameColumns`]), user input as [`Action`]s; out come [`Effect`]s for
//! the page, a [`DisplayList`] for a canvas and a [`ViewSnapshot`] for everything around it.
//! Knows nothing about browsers, canvases, JSON or the time of day.
#![deny(missing_docs)]

mod action;
mod colour;
mod comparison_columns;
mod diff_sides;
mod diff_text;
mod display_list;
mod effect;
mod flame_graph;
mod frame_columns;
mod frame_notice;
mod frame_totals;
mod function_table;
mod hit_test;
mod keyboard;
mod label;
mod layout;
mod name_reader;
mod node_set;
mod package;
mod paint;
mod palette;
mod row_tree;
mod search;
mod snapshot;
mod theme;
mod tooltip;
mod update;
mod value_format;
mod view_props;
mod viewport;

pub use action::{Action, Pane, TableColumn};
pub use colour::Colour;
pub use comparison_columns::ComparisonColumns;
pub use diff_sides::{CHANGE_STEPS, DiffSide, DiffSides, SideShares, SideValues};
pub use display_list::{DisplayList, FillRect, TextRun};
pub use effect::{Cursor, Effect, Highlight, Tooltip, TooltipLine, TooltipPlace};
pub use flame_graph::FlameGraph;
pub use frame_columns::{FlameFrame, FrameColumns, FrameLevels};
pub use frame_notice::{FrameError, FrameNotice};
pub use function_table::FunctionTable;
pub use hit_test::hit_test;
pub use label::{FixedWidth, TextMeasure, fit_label};
pub use layout::{Block, Layout, MIN_FRAME_DEVICE_PX};
pub use name_reader::NameReader;
pub use package::{package_of, without_directories};
pub use palette::Palette;
pub use row_tree::{NodeId, PreOrder, RowTree};
pub use search::Search;
pub use snapshot::{
    Crumb, FunctionRow, LegendStep, NodeMirror, RowCell, SearchSummary, TableHeading, TableWindow,
    ViewMessage, ViewSnapshot,
};
pub use theme::Theme;
pub use value_format::ValueFormat;
pub use view_props::{FieldSettings, NumberStyle, ViewProps};
pub use viewport::{ROW_HEIGHT_CSS_PX, ValueWindow, ViewportSize};
