//! Links and normalised exemplars in Grafana's data frames: crate `links`, for the browser.

use js_sys::{Array, Object, Reflect};
use links::{
    DerivedLink, ExemplarSettings, FrameShape, FrameSubject, IdKind, LabelColumn, LinkContext,
    derive_links, ids_of_log_line, normalise_table,
};
use serde_json::{Map, Value, json};
use wasm_bindgen::prelude::*;

use crate::json_value::{from_js, to_js};

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = "/** A data source that links may lead to. */
export interface LinkSource { uid: string; type: string; name: string }
/** What derived links may lead to. */
export interface LinkContext {
  own: LinkSource;
  sources: LinkSource[];
  settings: Record<string, unknown>;
  query: Record<string, unknown>;
}";

#[wasm_bindgen]
extern "C" {
    /// What derived links may lead to, as JavaScript holds it.
    #[derive(Debug)]
    #[wasm_bindgen(typescript_type = "LinkContext")]
    pub type JsLinkContext;

    /// One of Grafana's data frames.
    #[derive(Debug)]
    #[wasm_bindgen(typescript_type = "any")]
    pub type JsFrame;
}

/// A frame with the links that are derived for it; the given one stays as it is.
///
/// A frame of another datasource has its exemplars normalised too, and the ids of its log lines get fields of their own.
#[wasm_bindgen(js_name = linkFrame)]
pub fn link_frame(
    frame: &JsFrame,
    context: &JsLinkContext,
    wrapped: bool,
) -> Result<JsFrame, JsError> {
    let context = LinkContext::from_json(&from_js(context)?);
    let linked = Object::assign(&Object::new(), frame.unchecked_ref());
    let fields: Array = get(frame, "fields").dyn_into().unwrap_or_default();
    let mut shape = shape(frame, &fields)?;
    let settings = Value::Object(context.settings.clone());
    let (exemplars, _) = ExemplarSettings::from_json_data(&settings);
    let mut fields: Vec<JsValue> = fields.iter().collect();
    match shape.subject() {
        FrameSubject::MetricExemplars if wrapped => {
            let conflicts = normalise_fields(&mut fields, &shape, &exemplars)?;
            add_notices(&linked, &mut shape, &conflicts)?;
        }
        FrameSubject::Logs if wrapped => add_log_ids(&mut fields, &shape, &exemplars)?,
        FrameSubject::Series => add_missing_labels(&mut fields, &shape),
        _ => {}
    }
    if shape.subject() != FrameSubject::Other {
        add_notices(&linked, &mut shape, &context.dead_targets())?;
    }
    let all: Array = fields.iter().collect();
    let shape = FrameShape { fields: shape_of_fields(&all)?, ..shape };
    for links in derive_links(&shape, &context) {
        let field = Object::assign(&Object::new(), fields[links.field].unchecked_ref());
        let config = Object::assign(&Object::new(), &get_object(&field, "config"));
        let own: Array = get(&config, "links").dyn_into().unwrap_or_default();
        // The backend has put plain addresses there already.
        let has = |url: &str| {
            !url.is_empty()
                && own.iter().any(|link| get(&link, "url").as_string().as_deref() == Some(url))
        };
        let new = links.links.iter().filter(|link| !has(&link.url));
        let derived = new.map(DerivedLink::to_json).collect();
        let derived: Array = to_js(&Value::Array(derived))?.unchecked_into();
        set(&config, "links", &own.concat(&derived));
        set(&field, "config", &config);
        fields[links.field] = field.into();
    }
    let fields: Array = fields.into_iter().collect();
    set(&linked, "fields", &fields);
    Ok(linked.unchecked_into())
}

/// Puts normalised labels in the place of the text fields. Returns what contradicts itself, as sentences.
fn normalise_fields(
    fields: &mut Vec<JsValue>,
    shape: &FrameShape,
    settings: &ExemplarSettings,
) -> Result<Vec<String>, JsError> {
    let is_label = |at: usize| shape.fields[at].r#type == "string";
    let places: Vec<usize> = (0..fields.len()).filter(|at| is_label(*at)).collect();
    let columns: Vec<LabelColumn> = places
        .iter()
        .map(|at| LabelColumn {
            name: shape.fields[*at].name.clone(),
            values: values(&fields[*at]).iter().map(|value| value.as_string()).collect(),
        })
        .collect();
    let table = normalise_table(&columns, settings);
    let old: Vec<JsValue> = std::mem::take(fields);
    let first = (0..old.len()).find(|at| is_label(*at)).unwrap_or(old.len());
    let mut labels = Vec::new();
    for (column, place) in table.columns.into_iter().zip(table.places) {
        let given = columns.get(place).zip(places.get(place).map(|at| &old[*at]));
        let field = match given {
            // Untouched: its own field, with its own links.
            Some((same, field)) if same.says_the_same(&column) => field.clone(),
            Some((_, field)) => text_field(&column, &get_object(field, "config"))?,
            None => text_field(&column, &Object::new())?,
        };
        labels.push(field);
    }
    let (before, after) = old.split_at(first);
    fields.extend(before.iter().cloned());
    fields.extend(labels);
    let rest = after.iter().enumerate().filter(|(at, _)| !is_label(first + at));
    fields.extend(rest.map(|(_, field)| field.clone()));
    Ok(table.conflicts.iter().map(ToString::to_string).collect())
}

/// Gives values over time labels, be it none: Grafana hides the exemplars of a series that lacks even that,
/// and its server leaves out labels that are none.
fn add_missing_labels(fields: &mut [JsValue], shape: &FrameShape) {
    for (field, known) in fields.iter_mut().zip(&shape.fields) {
        if known.r#type == "number" && !get(field, "labels").is_object() {
            let labelled = Object::assign(&Object::new(), field.unchecked_ref());
            set(&labelled, "labels", &Object::new());
            *field = labelled.into();
        }
    }
}

/// Adds fields with the ids of log lines, where any line has one.
fn add_log_ids(
    fields: &mut Vec<JsValue>,
    shape: &FrameShape,
    settings: &ExemplarSettings,
) -> Result<(), JsError> {
    let line = shape.fields.iter().position(|field| field.r#type == "string");
    let labels = shape.position_of("labels");
    let lines = line.map(|at| values(&fields[at])).unwrap_or_default();
    let label_sets = labels.map(|at| values(&fields[at])).unwrap_or_default();
    let rows = lines.length().max(label_sets.length());
    let mut of_kind = [Vec::new(), Vec::new()];
    for row in 0..rows {
        let labels = object(from_js(&label_sets.get(row)).unwrap_or_default());
        let labels: Vec<(String, String)> = texts(labels).collect();
        let line = lines.get(row).as_string().unwrap_or_default();
        let ids = ids_of_log_line(&labels, &line, settings);
        of_kind[0].push(ids.trace_id);
        of_kind[1].push(ids.span_id);
    }
    for (kind, values) in [IdKind::Trace, IdKind::Span].into_iter().zip(of_kind) {
        let name = settings.answer_label(kind).to_owned();
        if values.iter().any(Option::is_some) && shape.position_of(&name).is_none() {
            fields.push(text_field(&LabelColumn { name, values }, &Object::new())?);
        }
    }
    Ok(())
}

fn add_notices(frame: &Object, shape: &mut FrameShape, texts: &[String]) -> Result<(), JsError> {
    if texts.is_empty() {
        return Ok(());
    }
    let notices = shape.meta.entry("notices").or_insert_with(|| json!([]));
    if let Value::Array(notices) = notices {
        notices.extend(texts.iter().map(|text| json!({ "severity": "warning", "text": text })));
    }
    set(frame, "meta", &to_js(&Value::Object(shape.meta.clone()))?);
    Ok(())
}

/// A field with the configuration of the one that it was found in: links that somebody set up are among it.
fn text_field(column: &LabelColumn, config: &Object) -> Result<JsValue, JsError> {
    let field = json!({ "name": column.name, "type": "string", "values": column.values });
    let field: Object = to_js(&field)?.unchecked_into();
    set(&field, "config", &Object::assign(&Object::new(), config));
    Ok(field.into())
}

fn shape(frame: &JsFrame, fields: &Array) -> Result<FrameShape, JsError> {
    Ok(FrameShape {
        name: get(frame, "name").as_string().unwrap_or_default(),
        meta: object(from_js(&get(frame, "meta")).unwrap_or_default()),
        fields: shape_of_fields(fields)?,
    })
}

fn shape_of_fields(fields: &Array) -> Result<Vec<links::FieldShape>, JsError> {
    let shape = |field: JsValue| {
        Ok(links::FieldShape {
            name: get(&field, "name").as_string().unwrap_or_default(),
            r#type: get(&field, "type").as_string().unwrap_or_default(),
            labels: texts(object(from_js(&get(&field, "labels")).unwrap_or_default())).collect(),
        })
    };
    fields.iter().map(shape).collect()
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        _ => Map::new(),
    }
}

/// The entries that are texts.
fn texts(object: Map<String, Value>) -> impl Iterator<Item = (String, String)> {
    object.into_iter().filter_map(|(name, value)| Some((name, value.as_str()?.to_owned())))
}

fn values(field: &JsValue) -> Array {
    let values = get(field, "values");
    values.dyn_into().unwrap_or_else(|values: JsValue| Array::from(&values))
}

fn get(object: &JsValue, key: &str) -> JsValue {
    Reflect::get(object, &key.into()).unwrap_or(JsValue::UNDEFINED)
}

fn get_object(object: &JsValue, key: &str) -> Object {
    get(object, key).dyn_into().unwrap_or_default()
}

fn set(object: &Object, key: &str, value: &JsValue) {
    // Fails for frozen objects only, and these are our own copies.
    let _ = Reflect::set(object, &key.into(), value);
}
