//! Which spans a query's classes mean: what to ask trace data sources, step by step, and the query with the spans' ids.

use std::collections::BTreeSet;

use query::SpanClass;
use serde_json::{Map, Value};

use crate::link_context::{LinkContext, SourceRef};
use crate::link_settings::LinkSettings;
use crate::span_class::{class_search_query, fill_in_spans, spans_of_class};
use crate::target::{DataSourceKind, trace_query};

/// The most traces that are asked for one by one, where a search answers only their ids.
const MAX_TRACES: usize = 50;

/// A query to a data source whose answer is needed.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanQuestion {
    /// Names the question in its answer.
    pub id: u32,
    /// The data source.
    pub uid: String,
    /// The query as that data source reads it.
    pub query: Map<String, Value>,
}

/// The look-up of the classes of spans that one query names: its own, and that of its baseline.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanLookUp {
    query: Map<String, Value>,
    max_spans: usize,
    sides: Vec<Side>,
    next_id: u32,
}

/// The query, or its baseline.
#[derive(Debug, Clone, PartialEq)]
struct Side {
    is_baseline: bool,
    class: SpanClass,
    source: SourceRef,
    /// Questions without an answer yet.
    waits_for: BTreeSet<u32>,
    /// Whether the search is answered; what comes after are traces that it found.
    is_searched: bool,
    frames: Vec<Value>,
}

impl SpanLookUp {
    /// What the query of this context needs, and the first questions. None: nothing.
    ///
    /// Errors: a sentence: a class means every span, or there is no data source that could be asked.
    pub fn new(context: &LinkContext) -> Result<Option<(Self, Vec<SpanQuestion>)>, String> {
        let settings = Value::Object(context.settings.clone());
        let (LinkSettings { max_spans, .. }, _) = LinkSettings::from_json_data(&settings);
        let query = context.query.clone();
        let mut look_up = Self { query, max_spans, sides: Vec::new(), next_id: 0 };
        let mut questions = Vec::new();
        for is_baseline in [false, true] {
            let class = look_up.json_of(is_baseline).and_then(|side| side.get("spanClass"));
            let Some(class) = class.filter(|class| !class.is_null()) else { continue };
            let class: SpanClass = serde_json::from_value(class.clone())
                .map_err(|error| format!("the query's spanClass cannot be read: {error}"))?;
            if class.found.is_some() {
                continue;
            }
            let source = source_for(&class, &context.sources)?.clone();
            let search = class_search_query(&source.r#type, &class, max_spans)
                .map_err(|error| error.to_string())?;
            let mut side = Side {
                is_baseline,
                class,
                source,
                waits_for: BTreeSet::new(),
                is_searched: false,
                frames: Vec::new(),
            };
            questions.push(side.ask(search, &mut look_up.next_id));
            look_up.sides.push(side);
        }
        Ok((!questions.is_empty()).then_some((look_up, questions)))
    }

    /// Takes an answer, as frames in the JSON of Grafana's API. Returns what is to be asked because of it.
    pub fn answered(&mut self, id: u32, frames: Vec<Value>) -> Vec<SpanQuestion> {
        let Some(side) = self.sides.iter_mut().find(|side| side.waits_for.contains(&id)) else {
            return Vec::new();
        };
        side.waits_for.remove(&id);
        let is_search = !std::mem::replace(&mut side.is_searched, true);
        let datasource_type = side.source.r#type.clone();
        if is_search && DataSourceKind::of_type(&datasource_type) == Some(DataSourceKind::Jaeger) {
            let traces = frames.iter().flat_map(trace_ids).take(MAX_TRACES);
            let queries = traces.filter_map(|id| trace_query(&datasource_type, id));
            return queries.map(|query| side.ask(query, &mut self.next_id)).collect();
        }
        side.frames.extend(frames);
        Vec::new()
    }

    /// The query with the ids of the spans. None: something is not answered yet.
    ///
    /// Errors: a sentence: a class cannot be read.
    pub fn query(&self) -> Result<Option<Map<String, Value>>, String> {
        if self.sides.iter().any(|side| !side.waits_for.is_empty()) {
            return Ok(None);
        }
        let mut query = self.query.clone();
        for side in &self.sides {
            let picked = spans_of_class(&side.frames, &side.class, self.max_spans)
                .map_err(|error| error.to_string())?;
            let json = if side.is_baseline {
                query.get_mut("baseline").and_then(Value::as_object_mut)
            } else {
                Some(&mut query)
            };
            if let Some(json) = json {
                fill_in_spans(json, &picked);
            }
        }
        Ok(Some(query))
    }

    fn json_of(&self, is_baseline: bool) -> Option<&Map<String, Value>> {
        if is_baseline { self.query.get("baseline")?.as_object() } else { Some(&self.query) }
    }
}

impl Side {
    fn ask(&mut self, query: Value, next_id: &mut u32) -> SpanQuestion {
        let id = *next_id;
        *next_id += 1;
        self.waits_for.insert(id);
        let Value::Object(mut query) = query else { unreachable!("queries are objects") };
        query.insert("refId".to_owned(), Value::from("A"));
        SpanQuestion { id, uid: self.source.uid.clone(), query }
    }
}

/// The data source of the class; where it names none, a Tempo, else a Jaeger.
fn source_for<'a>(class: &SpanClass, sources: &'a [SourceRef]) -> Result<&'a SourceRef, String> {
    if !class.datasource_uid.is_empty() {
        let named = sources.iter().find(|source| source.uid == class.datasource_uid);
        return named.ok_or_else(|| {
            format!(
                "there is no data source {:?}, which the class of spans names",
                class.datasource_uid
            )
        });
    }
    let of_kind = |kind| {
        sources.iter().find(move |source| DataSourceKind::of_type(&source.r#type) == Some(kind))
    };
    of_kind(DataSourceKind::Tempo).or_else(|| of_kind(DataSourceKind::Jaeger)).ok_or_else(|| {
        "no data source could be asked for a class of spans, expected Tempo or Jaeger".to_owned()
    })
}

/// The ids in a table of traces.
fn trace_ids(frame: &Value) -> impl Iterator<Item = &str> {
    let fields = frame["schema"]["fields"].as_array().map_or(&[][..], Vec::as_slice);
    let at = fields.iter().position(|field| field["name"] == "traceID");
    let column = at.map(|at| &frame["data"]["values"][at]);
    column.and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str)
}
