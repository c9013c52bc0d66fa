//! Fireline's WebAssembly: handles that the browser holds, and the canvas executor.
//!
//! Every call returns what the page has to do; nothing here calls back into the page.

// Values that cross from the browser arrive by value.
#![allow(clippy::needless_pass_by_value)]

mod canvas;
mod column;
mod data_frame;
mod flame_graph_view;
mod link_bindings;
mod panel_options;
mod panic_flag;
mod query_bindings;
mod view_settings;

pub use data_frame::Frames;
pub use flame_graph_view::FlameGraphView;
pub use link_bindings::{JsFrame, JsLinkContext, all_extension_links, extension_link, link_frame};
pub use panel_options::{PanelOptions, SavedOptions, migrate_panel_options};
pub use panic_flag::has_panicked;
pub use query_bindings::{
    FormEditor, QueryJson, TagQuestion, VariableQuestion, constants, export_queries,
    import_queries, interpolate_queries, prepare_queries, tag_resource, values_of_variable,
    variable_resource,
};
pub use view_settings::ViewSettings;
