//! The panel's saved options and how those of older versions are read.

use flame_view::Pane;
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

/// What a dashboard saves of the panel.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct PanelOptions {
    /// Version of these options.
    pub version: u32,
    /// What is shown at first.
    pub pane: Pane,
}

/// The version that is written.
const VERSION: u32 = 1;

#[wasm_bindgen]
extern "C" {
    /// Options of any version, or of Grafana's own flame graph panel.
    #[derive(Debug)]
    #[wasm_bindgen(typescript_type = "object")]
    pub type SavedOptions;
}

/// Saved options as they are meant today.
///
/// Knows what Grafana's own flame graph panel saves: `showFlameGraphOnly`.
#[wasm_bindgen(js_name = migratePanelOptions)]
pub fn migrate_panel_options(saved: &SavedOptions) -> Result<Ts<PanelOptions>, JsError> {
    #[derive(Deserialize, Default)]
    #[serde(rename_all = "camelCase", default)]
    struct Saved {
        pane: Option<Pane>,
        show_flame_graph_only: bool,
    }
    // Options that cannot be read at all are as good as none.
    let saved: Saved = serde_wasm_bindgen::from_value(saved.into()).unwrap_or_default();
    let pane = match saved.pane {
        Some(pane) => pane,
        None if saved.show_flame_graph_only => Pane::Graph,
        None => Pane::Both,
    };
    Ok(PanelOptions { version: VERSION, pane }.into_ts()?)
}
