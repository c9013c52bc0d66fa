//! What every dashboard needs: the panel, and the datasource's queries with their links.

mod canvas;
mod column;
mod data_frame;
mod flame_graph_view;
mod link_bindings;
mod panel_options;
mod query_bindings;
mod view_settings;

pub use data_frame::Frames;
pub use flame_graph_view::{FlameGraphView, ZoomedPlace};
pub use link_bindings::{JsFrame, JsLinkContext, link_frame};
pub use panel_options::{PanelOptions, SavedOptions, migrate_panel_options};
pub use query_bindings::{
    QueryJson, TagQuestion, VariableQuestion, constants, export_queries, import_queries,
    interpolate_queries, prepare_queries, tag_resource, values_of_variable, variable_resource,
};
pub use view_settings::ViewSettings;
