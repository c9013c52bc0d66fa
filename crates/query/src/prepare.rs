//! What becomes of a query between Grafana and the backend: variables, ad hoc filters, validation, and waiting.

use selector::{MatchOp, Matcher, PastedQuery, Selector};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::baseline::ValidBaseline;
use crate::editor::{ResourceRequest, Wait, fields, sentence, should_wait};
use crate::interpolate::{VariableFormat, escape_regex, interpolate};
use crate::promql::{PROMQL, PromqlQuery, ValidPromql};
use crate::span_class::ClassLookUp;
use crate::wrapped_query::{WRAP, unwrap_query};
use crate::{Query, Settings, ValidQuery, Window};

/// One filter that the user added to the whole dashboard or to Explore.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct AdHocFilter {
    /// The label.
    pub key: String,
    /// As Grafana writes it: `=`, `!=`, `=~`, `!~`, `=|` (one of), `!=|` (none of).
    pub operator: String,
    /// The value, where there is one.
    pub value: String,
    /// The values of `=|` and `!=|`.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub values: Option<Vec<String>>,
}

/// What queries are prepared for.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(rename_all = "camelCase", default)]
pub struct PrepareRequest {
    /// As Grafana holds them.
    #[cfg_attr(feature = "ts", tsify(type = "Record<string, unknown>[]"))]
    pub queries: Vec<Map<String, Value>>,
    /// Where they run, as Grafana names its apps: `explore`, `dashboard`; may be empty.
    pub app: String,
    /// Start of the time range. Unit: milliseconds since 1970.
    pub from_millis: f64,
    /// End of the time range. Unit: milliseconds since 1970.
    pub to_millis: f64,
    /// The datasource's settings (`jsonData`).
    #[cfg_attr(feature = "ts", tsify(type = "Record<string, unknown>"))]
    pub settings: Map<String, Value>,
    /// Filters over all queries.
    pub filters: Vec<AdHocFilter>,
}

/// What to do with the queries of one request.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[cfg_attr(feature = "ts", tsify(hashmap_as_object))]
#[serde(rename_all = "camelCase")]
pub struct PreparedQueries {
    /// To be sent, with everything filled in.
    #[cfg_attr(feature = "ts", tsify(type = "Record<string, unknown>[]"))]
    pub queries: Vec<Map<String, Value>>,
    /// The refIds of those whose classes of spans are to be looked up before they are sent.
    pub look_up: Vec<String>,
    /// Queries of other datasources, to be run by these as they are: variables are theirs to fill in.
    #[cfg_attr(feature = "ts", tsify(type = "Record<string, unknown>[]"))]
    pub wrapped: Vec<Map<String, Value>>,
    /// Not to be sent, and why.
    pub refused: Vec<RefusedQuery>,
}

/// A query that is not sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct RefusedQuery {
    /// Which.
    pub ref_id: String,
    /// The sentence.
    pub message: String,
    /// Whether it only waits for somebody to say that it is meant; else it is wrong.
    pub waits: bool,
}

/// Prepares queries. A query without a profile type or expression is not finished: it is left out without a word, as the editor is about to fill it.
///
/// `replace` is Grafana's own replacement of template variables.
pub fn prepare(
    request: &PrepareRequest,
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> PreparedQueries {
    let mut prepared = PreparedQueries::default();
    for query in &request.queries {
        if fields::text(query, "queryType") == WRAP {
            if !fields::flag(query, "hide") {
                match unwrap_query(query) {
                    Ok(inner) => prepared.wrapped.push(inner),
                    Err(message) => {
                        let ref_id = fields::text(query, "refId").to_owned();
                        prepared.refused.push(RefusedQuery { ref_id, message, waits: false });
                    }
                }
            }
            continue;
        }
        let is_promql = fields::text(query, "queryType") == PROMQL;
        let subject = if is_promql { "expr" } else { "profileTypeId" };
        if fields::flag(query, "hide") || fields::text(query, subject).is_empty() {
            continue;
        }
        let outcome = if is_promql {
            prepare_promql(query, request, replace)
        } else {
            prepare_one(query, request, replace)
        };
        match outcome {
            Ok(query) => {
                if names_unknown_spans(&query) {
                    prepared.look_up.push(fields::text(&query, "refId").to_owned());
                }
                prepared.queries.push(query);
            }
            Err((message, waits)) => {
                let ref_id = fields::text(query, "refId").to_owned();
                prepared.refused.push(RefusedQuery { ref_id, message, waits });
            }
        }
    }
    prepared
}

/// Whether a class of spans, of the query or of its baseline, was not looked up yet.
fn names_unknown_spans(query: &Map<String, Value>) -> bool {
    let unknown = |side: &Map<String, Value>| {
        side.get("spanClass").is_some_and(|class| class.is_object() && class.get("found").is_none())
    };
    unknown(query) || query.get("baseline").and_then(Value::as_object).is_some_and(unknown)
}

fn prepare_one(
    query: &Map<String, Value>,
    request: &PrepareRequest,
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> Result<Map<String, Value>, (String, bool)> {
    let mut query = interpolate(query, replace);
    for key in ["maxNodes", "limit", "maxExemplars"] {
        if let Some(Value::String(text)) = query.get(key) {
            return Err((
                format!("{key} is {text:?}, expected a whole number of 0 or more."),
                false,
            ));
        }
    }
    let (settings, _) = Settings::from_json_data(&Value::Object(request.settings.clone()));
    let read: Query = serde_json::from_value(Value::Object(query.clone()))
        .map_err(|error| (error.to_string(), false))?;
    let valid = ValidQuery::check(&read, &settings, ClassLookUp::StillToCome)
        .map_err(|error| (sentence(&error.to_string()), false))?;
    let selector =
        with_filters(&valid.selector, &request.filters).map_err(|message| (message, false))?;
    let is_interactive = matches!(request.app.as_str(), "explore" | "panel-editor");
    if is_interactive && !valid.names_ids() && !fields::flag(&query, "allServices") {
        let own = fields::text(&query, "serviceLabel");
        let service_label = if own.is_empty() { settings.service_label.as_str() } else { own };
        let window = Window {
            start_millis: request.from_millis as i64,
            end_millis: request.to_millis as i64,
        };
        if let Some(wait) = should_wait(&selector, service_label, window) {
            return Err((format!("Not run yet: {wait}."), true));
        }
        if let Some(wait) = valid
            .baseline
            .as_ref()
            .and_then(|baseline| baseline_wait(baseline, service_label, window))
        {
            return Err((format!("Not run yet: in the baseline, {wait}."), true));
        }
    }
    filter_baseline(&mut query, &request.filters).map_err(|message| (message, false))?;
    query.insert("profileTypeId".to_owned(), Value::String(valid.profile_type.to_string()));
    let query_type = match fields::text(&query, "queryType") {
        "" | "both" if request.app == "explore" => "both",
        "" | "both" => "profile",
        other => other,
    };
    query.insert("queryType".to_owned(), Value::from(query_type.to_owned()));
    query.insert("labelSelector".to_owned(), Value::String(selector.to_string()));
    Ok(query)
}

/// What a baseline without a service waits for. None: nothing.
fn baseline_wait(baseline: &ValidBaseline, service_label: &str, window: Window) -> Option<Wait> {
    let ValidBaseline { query, time } = baseline;
    if query.names_ids() {
        return None;
    }
    should_wait(&query.selector, service_label, time.window(window))
}

/// Narrows the selector that a baseline has of its own; without one it has the query's.
///
/// # Errors
/// As of [`with_filters`].
fn filter_baseline(query: &mut Map<String, Value>, filters: &[AdHocFilter]) -> Result<(), String> {
    let Some(baseline) = query.get_mut("baseline").and_then(Value::as_object_mut) else {
        return Ok(());
    };
    let written = fields::text(baseline, "labelSelector").trim().to_owned();
    if written.is_empty() || filters.is_empty() {
        return Ok(());
    }
    let narrowed = match PastedQuery::parse(&written) {
        Some(Ok(PastedQuery { profile_type, selector })) => {
            format!("{profile_type}{}", with_filters(&selector, filters)?)
        }
        _ => match Selector::parse(&written) {
            Ok(selector) => with_filters(&selector, filters)?.to_string(),
            // Not a selector: left for the check, which says so.
            Err(_) => return Ok(()),
        },
    };
    baseline.insert("labelSelector".to_owned(), Value::String(narrowed));
    Ok(())
}

/// Filters are about profiles' labels and PromQL is not taken apart here: the answer tells that they were left out.
fn prepare_promql(
    query: &Map<String, Value>,
    request: &PrepareRequest,
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> Result<Map<String, Value>, (String, bool)> {
    let mut query = interpolate(query, replace);
    if let Some(Value::String(text)) = query.get("maxExemplars") {
        let message = format!("maxExemplars is {text:?}, expected a whole number of 0 or more.");
        return Err((message, false));
    }
    let read: PromqlQuery = serde_json::from_value(Value::Object(query.clone()))
        .map_err(|error| (error.to_string(), false))?;
    ValidPromql::new(&read).map_err(|error| (sentence(&error.to_string()), false))?;
    if !request.filters.is_empty() {
        let labels = request.filters.iter().map(|filter| Value::from(filter.key.clone()));
        query.insert("leftOutFilters".to_owned(), labels.collect());
    }
    Ok(query)
}

/// Fills in variables and filters and leaves everything else as it is, for "Explore" on a panel.
/// Filters of which one is no filter on a label are left out.
pub fn fill_in(
    query: &Map<String, Value>,
    filters: &[AdHocFilter],
    replace: &mut dyn FnMut(&str, VariableFormat) -> String,
) -> Map<String, Value> {
    let mut query = interpolate(query, replace);
    let selector = Selector::parse(fields::text(&query, "labelSelector"));
    let narrowed = selector.ok().and_then(|selector| with_filters(&selector, filters).ok());
    if let Some(narrowed) = narrowed.filter(|_| !filters.is_empty()) {
        query.insert("labelSelector".to_owned(), Value::String(narrowed.to_string()));
    }
    // A filter that is none was left out above already.
    let _ = filter_baseline(&mut query, filters);
    query
}

/// The selector with filters in the place of its own matchers of the same labels.
///
/// # Errors
/// A sentence about a filter without a label or with an operator that labels do not have.
pub fn with_filters(selector: &Selector, filters: &[AdHocFilter]) -> Result<Selector, String> {
    let mut narrowed = selector.clone();
    for filter in filters {
        narrowed = narrowed.without(&filter.key);
    }
    for filter in filters {
        narrowed = narrowed.and(filter_matcher(filter)?);
    }
    Ok(narrowed)
}

/// What to ask for the labels that a filter may be about, or for the values of one, given the filters that there are.
#[must_use]
pub fn tag_request(key: Option<&str>, filters: &[AdHocFilter], window: Window) -> ResourceRequest {
    let others = filters.iter().filter(|filter| Some(filter.key.as_str()) != key);
    let matchers = others.filter_map(|filter| filter_matcher(filter).ok()).collect();
    let query = Selector { matchers }.to_string();
    match key {
        None => ResourceRequest::new("labelNames", window, &[("query", &query)]),
        Some(key) => {
            ResourceRequest::new("labelValues", window, &[("label", key), ("query", &query)])
        }
    }
}

fn filter_matcher(filter: &AdHocFilter) -> Result<Matcher, String> {
    if filter.key.is_empty() {
        return Err("A filter has no label.".to_owned());
    }
    let alternatives = || {
        let one = [filter.value.clone()];
        let values: &[String] =
            filter.values.as_deref().filter(|values| !values.is_empty()).unwrap_or(&one);
        values.iter().map(|value| escape_regex(value)).collect::<Vec<_>>().join("|")
    };
    let (op, value) = match filter.operator.as_str() {
        "=" => (MatchOp::Equal, filter.value.clone()),
        "!=" => (MatchOp::NotEqual, filter.value.clone()),
        "=~" => (MatchOp::Regex, filter.value.clone()),
        "!~" => (MatchOp::NotRegex, filter.value.clone()),
        "=|" => (MatchOp::Regex, alternatives()),
        "!=|" => (MatchOp::NotRegex, alternatives()),
        other => {
            let key = &filter.key;
            return Err(format!(
                "The filter on {key:?} has the operator {other:?}, expected one of = != =~ !~ =| !=|."
            ));
        }
    };
    Ok(Matcher { name: filter.key.clone(), op, value })
}
