//! The handle of a flame graph on a canvas.

use crate::canvas::Canvas;
use crate::column::Column;
use crate::view_settings::ViewSettings;
use flame_view::{
    Action, Effect, FlameFrame, FlameGraph, FrameColumns, FrameError, TableWindow, ViewSnapshot,
};
use std::collections::HashMap;
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;
use web_sys::HtmlCanvasElement;

type Effects = Result<Vec<Ts<Effect>>, JsError>;

/// A flame graph on a canvas.
#[wasm_bindgen]
#[derive(Debug)]
pub struct FlameGraphView {
    graph: FlameGraph,
    canvas: Canvas,
}

/// The columns of a flame graph frame; those that are missing are `undefined`.
#[wasm_bindgen]
#[derive(Debug, Default)]
pub struct FlameColumns {
    level: Option<Column>,
    value: Option<Column>,
    self_value: Option<Column>,
    label: Option<Column>,
    label_texts: Option<Column>,
}

#[wasm_bindgen]
impl FlameColumns {
    /// The fields `level`, `value`, `self` and `label` of a frame; `label_texts` are the texts of
    /// an enum field, whose values then are positions in it.
    #[wasm_bindgen(constructor)]
    pub fn new(
        level: Option<Column>,
        value: Option<Column>,
        self_value: Option<Column>,
        label: Option<Column>,
        label_texts: Option<Column>,
    ) -> Self {
        Self { level, value, self_value, label, label_texts }
    }
}

#[wasm_bindgen]
impl FlameGraphView {
    /// A view that draws on a canvas.
    #[wasm_bindgen(constructor)]
    pub fn new(canvas: HtmlCanvasElement) -> Result<FlameGraphView, JsValue> {
        Ok(Self { graph: FlameGraph::default(), canvas: Canvas::new(canvas)? })
    }

    /// Shows a frame; a frame that cannot be drawn gives a message in the snapshot.
    #[wasm_bindgen(js_name = setFrame)]
    pub fn set_frame(&mut self, columns: FlameColumns) -> Effects {
        let kept = self.graph.take_place();
        let effects = match read(columns) {
            Ok(frame) => self.graph.set_frame(frame, kept),
            Err(error) => self.graph.set_error(error.to_string()),
        };
        to_js(effects)
    }

    /// Sets size, theme and field settings.
    #[wasm_bindgen(js_name = setProps)]
    pub fn set_props(&mut self, settings: Ts<ViewSettings>) -> Effects {
        let settings = settings.to_rust()?;
        let font_device_px = (12.0 * settings.device_pixel_ratio).round().max(1.0);
        self.canvas.set_font(&settings.font_family, font_device_px);
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

fn read(columns: FlameColumns) -> Result<FlameFrame, FrameError> {
    let missing = |name| FrameError::MissingField { name };
    let level = columns.level.ok_or_else(|| missing("level"))?;
    let value = columns.value.ok_or_else(|| missing("value"))?;
    let label = columns.label.ok_or_else(|| missing("label"))?;
    let mut frame = FrameColumns::with_capacity(level.row_count() as usize);
    level.for_each_piece(|piece| frame.push_levels(piece))?;
    value.for_each_piece(|piece| -> Result<(), FrameError> {
        frame.push_values(piece);
        Ok(())
    })?;
    if let Some(self_value) = columns.self_value {
        self_value.for_each_piece(|piece| -> Result<(), FrameError> {
            frame.push_self_values(piece);
            Ok(())
        })?;
    }
    match columns.label_texts {
        Some(texts) => {
            label.for_each_idx_piece(|piece| frame.push_labels(piece));
            let mut names = Vec::with_capacity(texts.row_count() as usize);
            texts.for_each_text(|text| names.push(text.to_owned()));
            frame.finish(names.iter().map(String::as_str))
        }
        None => {
            let mut idx_by_name: HashMap<String, u32> = HashMap::new();
            let mut names: Vec<String> = Vec::new();
            label.for_each_text(|text| {
                let idx = match idx_by_name.get(text) {
                    Some(idx) => *idx,
                    None => {
                        let idx = names.len() as u32;
                        idx_by_name.insert(text.to_owned(), idx);
                        names.push(text.to_owned());
                        idx
                    }
                };
                frame.push_labels(&[idx]);
            });
            frame.finish(names.iter().map(String::as_str))
        }
    }
}
