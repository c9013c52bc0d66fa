//! The handle of a flame graph on a canvas.

use super::canvas::Canvas;
use super::data_frame::{FlameColumns, Frames};
use super::view_settings::ViewSettings;
use flame_view::{Action, Effect, FlameGraph, TableWindow, ViewSnapshot};
use serde::{Deserialize, Serialize};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

type Effects = Result<Vec<Ts<Effect>>, JsError>;

/// Where Grafana's frames have the function that is zoomed to.
#[derive(Debug, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct ZoomedPlace {
    /// Which of the frames.
    frame: usize,
    /// Which of its fields has the function names.
    field: usize,
    /// The row. Undefined: it has none.
    #[tsify(optional)]
    row: Option<u32>,
}

/// A flame graph on a canvas.
#[wasm_bindgen]
#[derive(Debug)]
pub struct FlameGraphView {
    graph: FlameGraph,
    canvas: Canvas,
    columns: Option<FlameColumns>,
}

#[wasm_bindgen]
impl FlameGraphView {
    /// A view that draws on a canvas.
    #[wasm_bindgen(constructor)]
    pub fn new(canvas: HtmlCanvasElement) -> Result<FlameGraphView, JsValue> {
        Ok(Self { graph: FlameGraph::default(), canvas: Canvas::new(canvas)?, columns: None })
    }

    /// Shows the flame graph that is among Grafana's frames; what cannot be drawn gives a message
    /// in the snapshot. Columns that are there already are not read again.
    #[wasm_bindgen(js_name = setFrames)]
    pub fn set_frames(&mut self, frames: &Frames) -> Effects {
        let Some(columns) = FlameColumns::find(frames) else {
            self.columns = None;
            return to_js(self.graph.clear());
        };
        let mut effects = self.graph.set_field(columns.field.clone());
        if !self.columns.as_ref().is_some_and(|current| columns.same_as(current)) {
            let names = self.graph.release_frame();
            effects.extend(match columns.to_frame(names) {
                Ok(Some(frame)) => self.graph.set_frame(frame),
                Ok(None) => self.graph.clear(),
                Err(error) => self.graph.set_error(error.to_string()),
            });
            self.columns = Some(columns);
        }
        to_js(effects)
    }

    /// Sets size, theme and language.
    #[wasm_bindgen(js_name = setProps)]
    pub fn set_props(&mut self, settings: Ts<ViewSettings>) -> Effects {
        let settings = settings.to_rust()?;
        self.canvas.set_font(&settings.font_family, settings.device_pixel_ratio);
        to_js(self.graph.set_props(settings.to_props()))
    }

    /// Does an action.
    pub fn dispatch(&mut self, action: Ts<Action>) -> Effects {
        to_js(self.graph.update(action.to_rust()?))
    }

    /// Draws the view.
    pub fn draw(&mut self) -> Result<(), JsValue> {
        let list = self.graph.display_list(self.canvas.advances());
        self.canvas.draw(list)
    }

    /// What is shown around the graph.
    pub fn snapshot(&self) -> Result<Ts<ViewSnapshot>, JsError> {
        Ok(self.graph.snapshot().into_ts()?)
    }

    /// The functions from below the root to what is zoomed to. Empty: the whole profile is shown.
    #[wasm_bindgen(js_name = zoomedPath)]
    pub fn zoomed_path(&self) -> Vec<String> {
        self.graph.zoomed_path().into_iter().map(str::to_owned).collect()
    }

    /// Where the frames have what is zoomed to. Undefined: there are none.
    #[wasm_bindgen(js_name = zoomedPlace)]
    pub fn zoomed_place(&self) -> Result<Option<Ts<ZoomedPlace>>, JsError> {
        let Some(columns) = &self.columns else { return Ok(None) };
        let row = self.graph.zoomed_row(columns.row_count());
        let place = ZoomedPlace { frame: columns.frame, field: columns.label_field, row };
        Ok(Some(place.into_ts()?))
    }

    /// The rows of the table between two heights.
    #[wasm_bindgen(js_name = tableWindow)]
    pub fn table_window(
        &mut self,
        scroll_css_px: f64,
        height_css_px: f64,
    ) -> Result<Ts<TableWindow>, JsError> {
        Ok(self.graph.table_window(scroll_css_px, height_css_px).into_ts()?)
    }
}

fn to_js(effects: Vec<Effect>) -> Effects {
    effects.into_iter().map(|effect| Ok(effect.into_ts()?)).collect()
}
