//! Finds the columns of a flame graph in Grafana's data frames.

use super::column::Column;
use flame_view::{
    ComparisonColumns, FieldSettings, FlameFrame, FrameError, FrameLevels, FrameNotice, NameReader,
};
use js_sys::{Array, Object, Reflect};
use profile::FunctionNames;
use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const FRAME_TYPE: &str = "/** What is read of a data frame of Grafana's. */
export interface FrameLike {
  fields: ReadonlyArray<{ name: string; values: ArrayLike<unknown>; config: object }>;
  meta?: object;
}";

#[wasm_bindgen]
extern "C" {
    /// Grafana's data frames.
    #[derive(Debug)]
    #[wasm_bindgen(typescript_type = "ReadonlyArray<FrameLike>")]
    pub type Frames;
}

/// Bytes of a function name, so that the table of names rarely moves while it is filled.
const USUAL_NAME_LENGTH: usize = 48;

/// The fields of a flame graph frame, by the names that Grafana gives them.
#[derive(Debug, Default)]
pub(super) struct FlameColumns {
    /// Which of the frames it is.
    pub(super) frame: usize,
    /// Which of its fields has the function names.
    pub(super) label_field: usize,
    level: Option<Column>,
    value: Option<Column>,
    self_value: Option<Column>,
    /// The comparison of a frame with two profiles, whose baseline the others are.
    value_right: Option<Column>,
    self_right: Option<Column>,
    label: Option<Column>,
    /// The texts of an enum field, whose values are positions in them.
    label_texts: Option<Column>,
    /// Rows that stand for what the server folded away.
    truncated: Vec<u32>,
    /// What the datasource says of the frame.
    notices: Vec<FrameNotice>,
    pub(super) field: FieldSettings,
}

impl FlameColumns {
    /// The first frame that has a field `level`, else the first frame. Empty: there is no frame.
    pub(super) fn find(frames: &Frames) -> Option<Self> {
        let frames = Array::from(frames);
        let all: Vec<Self> = frames.iter().map(|frame| Self::read(&frame)).collect();
        let best = all.iter().position(|frame| frame.level.is_some()).unwrap_or(0);
        all.into_iter().nth(best).map(|found| Self { frame: best, ..found })
    }

    /// How many rows the frame has.
    pub(super) fn row_count(&self) -> u32 {
        self.level.as_ref().map_or(0, Column::row_count)
    }

    /// Whether the columns are the very arrays of `other`, so that there is nothing to read.
    pub(super) fn same_as(&self, other: &Self) -> bool {
        fn same(a: Option<&Column>, b: Option<&Column>) -> bool {
            match (a, b) {
                (Some(a), Some(b)) => Object::is(a, b),
                (None, None) => true,
                _ => false,
            }
        }
        same(self.level.as_ref(), other.level.as_ref())
            && same(self.value.as_ref(), other.value.as_ref())
            && same(self.self_value.as_ref(), other.self_value.as_ref())
            && same(self.value_right.as_ref(), other.value_right.as_ref())
            && same(self.self_right.as_ref(), other.self_right.as_ref())
            && same(self.label.as_ref(), other.label.as_ref())
            && same(self.label_texts.as_ref(), other.label_texts.as_ref())
            && (&self.truncated, &self.notices) == (&other.truncated, &other.notices)
    }

    /// The tree of the frame; `names_before` are those of the tree that it replaces.
    /// Empty: the frame has no rows.
    pub(super) fn to_frame(
        &self,
        names_before: FunctionNames,
    ) -> Result<Option<FlameFrame>, FrameError> {
        let missing = |name| FrameError::MissingField { name };
        let level = self.level.as_ref().ok_or_else(|| missing("level"))?;
        let value = self.value.as_ref().ok_or_else(|| missing("value"))?;
        let label = self.label.as_ref().ok_or_else(|| missing("label"))?;
        if level.row_count() == 0 {
            return Ok(None);
        }
        // Names first: what their buffer leaves behind while growing is used by the columns.
        let mut names = FunctionNames::default();
        let mut functions = Vec::new();
        if let Some(texts) = &self.label_texts {
            let count = texts.row_count() as usize;
            let mut reader = NameReader::new(names_before, count, count * USUAL_NAME_LENGTH);
            functions.reserve_exact(count);
            // Texts may repeat; functions do not.
            texts.for_each_text(|text| functions.push(reader.read(text)));
            names = reader.finish();
        }
        let mut levels = FrameLevels::with_capacity(level.row_count() as usize);
        level.for_each_piece(|piece| levels.push(piece))?;
        let comparison = self.value_right.is_some().then(|| levels.clone());
        let mut frame = levels.into_columns()?;
        value.for_each_number_piece(|piece| frame.push_values(piece));
        if let Some(self_value) = &self.self_value {
            self_value.for_each_number_piece(|piece| frame.push_self_values(piece));
        }
        if self.label_texts.is_some() {
            label.for_each_idx_piece(|piece| frame.push_label_positions(piece, &functions));
        } else {
            label.for_each_text(|text| frame.push_labels([names.intern(text)]));
        }
        frame.push_truncated(self.truncated.iter().copied());
        if self.self_right.is_some() && self.value_right.is_none() {
            frame.push_notices([FrameNotice::HalfDiff]);
        }
        frame.push_notices(self.notices.iter().cloned());
        let frame = frame.finish(names)?;
        match comparison {
            Some(levels) => self.compared(frame, levels).map(Some),
            None => Ok(Some(frame)),
        }
    }

    /// The frame with its comparison beside it.
    fn compared(&self, frame: FlameFrame, levels: FrameLevels) -> Result<FlameFrame, FrameError> {
        let mut comparison = ComparisonColumns::new(levels)?;
        if let Some(column) = &self.value_right {
            column.for_each_number_piece(|piece| comparison.push_values(piece));
        }
        if let Some(column) = &self.self_right {
            column.for_each_number_piece(|piece| comparison.push_self_values(piece));
        }
        comparison.finish(frame)
    }

    fn read(frame: &JsValue) -> Self {
        let meta = get(frame, "meta");
        let mut columns = Self { truncated: truncated_rows(&meta), ..Self::default() };
        for (at, field) in Array::from(&get(frame, "fields")).iter().enumerate() {
            let values = get(&field, "values");
            let column = (!values.is_undefined()).then(|| values.unchecked_into::<Column>());
            match get(&field, "name").as_string().as_deref() {
                Some("level") => columns.level = column,
                Some("value") => {
                    columns.value = column;
                    columns.field = field_settings(&get(&field, "config"));
                }
                Some("self") => columns.self_value = column,
                Some("label") => {
                    let texts = get(&get(&get(&get(&field, "config"), "type"), "enum"), "text");
                    columns.label = column;
                    columns.label_field = at;
                    columns.label_texts = Array::is_array(&texts).then(|| texts.unchecked_into());
                }
                Some("valueRight") => columns.value_right = column,
                Some("selfRight") => columns.self_right = column,
                _ => {}
            }
        }
        columns.notices = told(&meta);
        columns
    }
}

/// The rows that Fireline's datasource names as folded away; none for other datasources.
fn truncated_rows(meta: &JsValue) -> Vec<u32> {
    let rows = get(&get(&get(meta, "custom"), "fireline"), "truncated");
    let Some(rows) = rows.dyn_ref::<Array>() else { return Vec::new() };
    let rows = rows.iter().filter_map(|row| row.as_f64());
    rows.filter(|row| *row >= 0.0 && *row <= f64::from(u32::MAX)).map(|row| row as u32).collect()
}

/// The texts of a frame's notices, whatever their severity; not what its explanation says too, which stands beside.
fn told(meta: &JsValue) -> Vec<FrameNotice> {
    let notices = get(meta, "notices");
    let Some(notices) = notices.dyn_ref::<Array>() else { return Vec::new() };
    let texts = notices.iter().filter_map(|notice| get(&notice, "text").as_string());
    let explained = get(&get(&get(meta, "custom"), "explain"), "line").as_string();
    let is_explained =
        |text: &String| explained.as_ref().is_some_and(|line| text.starts_with(line));
    texts
        .filter(|text| !text.is_empty() && !is_explained(text))
        .map(|text| FrameNotice::Told { text })
        .collect()
}

fn field_settings(config: &JsValue) -> FieldSettings {
    let text = |name| get(config, name).as_string().unwrap_or_default();
    FieldSettings {
        unit: text("unit"),
        decimals: get(config, "decimals").as_f64().map(|decimals| decimals.clamp(0.0, 20.0) as u8),
        display_name: text("displayName"),
    }
}

/// A property; undefined where there is none or no object.
fn get(object: &JsValue, name: &str) -> JsValue {
    Reflect::get(object, &name.into()).unwrap_or(JsValue::UNDEFINED)
}
