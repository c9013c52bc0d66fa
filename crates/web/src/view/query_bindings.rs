//! What the datasource calls: crate `query`, for the browser.

use js_sys::Function;
use query::editor::{ResourceRequest, VariableValue, variable_request, variable_values};
use query::{
    AbstractQuery, AdHocFilter, PrepareRequest, PreparedQueries, ShellConstants, Window,
    export_query, fill_in, import_query, interpolate, prepare, shell_constants, tag_request,
};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use tsify::{Ts, Tsify};
use wasm_bindgen::prelude::*;

use crate::replacement::replacement;

/// What Grafana asks for before the wasm can run; read while the bundle is built.
#[wasm_bindgen(js_name = shellConstants)]
pub fn constants() -> Result<Ts<ShellConstants>, JsError> {
    Ok(shell_constants().into_ts()?)
}

/// Fills in variables and filters, and says which queries are to be sent.
///
/// `replace` is Grafana's: text and format in, text out.
#[wasm_bindgen(js_name = prepareQueries)]
pub fn prepare_queries(
    request: Ts<PrepareRequest>,
    replace: &Function,
) -> Result<Ts<PreparedQueries>, JsError> {
    Ok(prepare(&request.to_rust()?, &mut replacement(replace)).into_ts()?)
}

/// A query's JSON, as Grafana holds it.
#[derive(Debug, Serialize, Deserialize, Tsify)]
#[tsify(hashmap_as_object)]
#[serde(transparent)]
pub struct QueryJson(#[tsify(type = "Record<string, unknown>")] pub Map<String, Value>);

/// Fills in variables and filters and leaves everything else as it is.
#[wasm_bindgen(js_name = interpolateQueries)]
pub fn interpolate_queries(
    queries: Vec<Ts<QueryJson>>,
    filters: Vec<Ts<AdHocFilter>>,
    replace: &Function,
) -> Result<Vec<Ts<QueryJson>>, JsError> {
    let filters = all(filters)?;
    let filled = all(queries)?.into_iter().map(|QueryJson(query)| {
        Ok(QueryJson(fill_in(&query, &filters, &mut replacement(replace))).into_ts()?)
    });
    filled.collect()
}

/// Our queries with the label matchers of another datasource's.
#[wasm_bindgen(js_name = importQueries)]
pub fn import_queries(queries: Vec<Ts<AbstractQuery>>) -> Result<Vec<Ts<QueryJson>>, JsError> {
    all(queries)?.iter().map(|query| Ok(QueryJson(import_query(query)).into_ts()?)).collect()
}

/// The label matchers of our queries, for another datasource.
#[wasm_bindgen(js_name = exportQueries)]
pub fn export_queries(queries: Vec<Ts<QueryJson>>) -> Result<Vec<Ts<AbstractQuery>>, JsError> {
    all(queries)?.iter().map(|QueryJson(query)| Ok(export_query(query).into_ts()?)).collect()
}

/// The query of a template variable, and when it is asked.
#[derive(Debug, Serialize, Deserialize, Tsify)]
#[tsify(hashmap_as_object)]
#[serde(rename_all = "camelCase")]
pub struct VariableQuestion {
    /// The query's JSON.
    #[tsify(type = "Record<string, unknown>")]
    pub query: Map<String, Value>,
    /// Unit: milliseconds since 1970.
    pub from_millis: f64,
    /// Unit: milliseconds since 1970.
    pub to_millis: f64,
}

/// What to ask for a template variable's values; undefined while its query is not finished.
#[wasm_bindgen(js_name = variableRequest)]
pub fn variable_resource(
    question: Ts<VariableQuestion>,
    replace: &Function,
) -> Result<Option<Ts<ResourceRequest>>, JsError> {
    let question = question.to_rust()?;
    let window = window(question.from_millis, question.to_millis);
    let query = interpolate(&question.query, &mut replacement(replace));
    Ok(variable_request(&query, window).map(|request| request.into_ts()).transpose()?)
}

/// The values in the answer.
#[wasm_bindgen(js_name = variableValues)]
pub fn values_of_variable(body: JsValue) -> Result<Vec<Ts<VariableValue>>, JsError> {
    let body: Value = serde_wasm_bindgen::from_value(body)?;
    variable_values(&body).into_iter().map(|value| Ok(value.into_ts()?)).collect()
}

/// What an ad hoc filter may be: its labels, or the values of one.
#[derive(Debug, Serialize, Deserialize, Tsify)]
#[serde(rename_all = "camelCase")]
pub struct TagQuestion {
    /// The label whose values are wanted. None: the labels.
    #[tsify(optional)]
    pub key: Option<String>,
    /// The filters that there are already.
    pub filters: Vec<AdHocFilter>,
    /// Unit: milliseconds since 1970.
    pub from_millis: f64,
    /// Unit: milliseconds since 1970.
    pub to_millis: f64,
}

/// What to ask for labels or values of a filter.
#[wasm_bindgen(js_name = tagRequest)]
pub fn tag_resource(question: Ts<TagQuestion>) -> Result<Ts<ResourceRequest>, JsError> {
    let question = question.to_rust()?;
    let window = window(question.from_millis, question.to_millis);
    Ok(tag_request(question.key.as_deref(), &question.filters, window).into_ts()?)
}

fn all<T>(values: Vec<Ts<T>>) -> Result<Vec<T>, JsError>
where
    T: Tsify + serde::de::DeserializeOwned,
    T::JsType: Clone,
{
    values.into_iter().map(|value| Ok(value.to_rust()?)).collect()
}

fn window(from_millis: f64, to_millis: f64) -> Window {
    Window { start_millis: from_millis as i64, end_millis: to_millis as i64 }
}
