//! Which spans a query's classes mean: what to ask trace data sources, step by step, and the query with the spans' ids.

use std::collections::{BTreeSet, VecDeque};

use query::{Baseline, SpanClass, Window};
use serde_json::{Map, Value};

use crate::link_context::{LinkContext, SourceRef};
use crate::link_settings::LinkSettings;
use crate::span_class::{class_search_query, fill_in_spans, limit_of, spans_of_class};
use crate::target::{DataSourceKind, trace_query};

/// The most traces that are asked for one by one, where a search answers only their ids.
const MAX_TRACES: usize = 50;

/// So many of them are asked for at once.
const TRACES_AT_ONCE: usize = 5;

/// A query to a data source whose answer is needed.
#[derive(Debug, Clone, PartialEq)]
pub struct SpanQuestion {
    /// Names the question in its answer.
    pub id: u32,
    /// The data source.
    pub uid: String,
    /// The query as that data source reads it.
    pub query: Map<String, Value>,
    /// The time range to ask it for.
    pub window: Window,
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
    window: Window,
    /// Questions without an answer yet.
    waits_for: BTreeSet<u32>,
    /// Whether the search is answered; what comes after are traces that it found.
    is_searched: bool,
    /// Traces that are still to be asked for, the slowest first.
    traces: VecDeque<Value>,
    /// Whether there were traces that are not read.
    is_limited: bool,
    frames: Vec<Value>,
}

impl SpanLookUp {
    /// What the query of this context needs, and the first questions. None: nothing. `asked`: the query's time range; a
    /// baseline of another time has its class looked up in that one.
    ///
    /// Errors: a sentence: a class means every span, there is no data source that could be asked, or nobody knows when
    /// the baseline is.
    pub fn new(
        context: &LinkContext,
        asked: Window,
    ) -> Result<Option<(Self, Vec<SpanQuestion>)>, String> {
        let settings = Value::Object(context.settings.clone());
        let (LinkSettings { max_spans, .. }, _) = LinkSettings::from_json_data(&settings);
        let query = context.query.clone();
        let mut look_up = Self { query, max_spans, sides: Vec::new(), next_id: 0 };
        let mut questions = Vec::new();
        let own_window = own_window_of_baseline(&look_up.query, asked)?;
        for is_baseline in [false, true] {
            if is_baseline && own_window.is_some() {
                take_over_class(&mut look_up.query);
            }
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
                window: own_window.filter(|_| is_baseline).unwrap_or(asked),
                waits_for: BTreeSet::new(),
                is_searched: false,
                traces: VecDeque::new(),
                is_limited: false,
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
        let kind = DataSourceKind::of_type(&side.source.r#type);
        if is_search && kind == Some(DataSourceKind::Jaeger) {
            side.keep_slowest(&frames, self.max_spans);
        } else {
            side.frames.extend(frames);
        }
        side.ask_next(&mut self.next_id)
    }

    /// Takes that a question has no answer, because of `reason`. Returns what is to be asked next: one trace that
    /// cannot be read leaves the others.
    ///
    /// Errors: the reason, where there is nothing without this answer.
    pub fn failed(&mut self, id: u32, reason: &str) -> Result<Vec<SpanQuestion>, String> {
        let Some(side) = self.sides.iter_mut().find(|side| side.waits_for.contains(&id)) else {
            return Ok(Vec::new());
        };
        side.waits_for.remove(&id);
        let is_last = side.waits_for.is_empty() && side.traces.is_empty();
        if !side.is_searched || (is_last && side.frames.is_empty()) {
            return Err(reason.to_owned());
        }
        side.is_limited = true;
        Ok(side.ask_next(&mut self.next_id))
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
            let mut picked = spans_of_class(&side.frames, &side.class, self.max_spans)
                .map_err(|error| error.to_string())?;
            picked.found.is_limited |= side.is_limited;
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
        SpanQuestion { id, uid: self.source.uid.clone(), query, window: self.window }
    }

    /// Remembers which traces of a search are to be read: the slowest, whatever order the server has.
    fn keep_slowest(&mut self, frames: &[Value], max_spans: usize) {
        let mut found: Vec<(&str, f64)> = frames.iter().flat_map(traces_in).collect();
        // Stable: traces that took the same stay in the server's order.
        found.sort_by(|(_, a), (_, b)| b.total_cmp(a));
        // A search has a limit of its own.
        let limit = limit_of(&self.class, max_spans);
        self.is_limited = found.len() > MAX_TRACES || found.len() >= limit;
        let queries = found.into_iter().take(MAX_TRACES);
        self.traces = queries.filter_map(|(id, _)| trace_query(&self.source.r#type, id)).collect();
    }

    /// The next few traces, once those before are answered.
    fn ask_next(&mut self, next_id: &mut u32) -> Vec<SpanQuestion> {
        if !self.waits_for.is_empty() {
            return Vec::new();
        }
        let few = self.traces.len().min(TRACES_AT_ONCE);
        let few: Vec<Value> = self.traces.drain(..few).collect();
        few.into_iter().map(|query| self.ask(query, next_id)).collect()
    }
}

/// The time range of the query's baseline. None: there is none, or it is the query's own.
fn own_window_of_baseline(
    query: &Map<String, Value>,
    asked: Window,
) -> Result<Option<Window>, String> {
    let Some(baseline) = query.get("baseline").filter(|baseline| baseline.is_object()) else {
        return Ok(None);
    };
    let baseline: Baseline = serde_json::from_value(baseline.clone())
        .map_err(|error| format!("the query's baseline cannot be read: {error}"))?;
    let time = baseline.time().map_err(|error| error.to_string())?;
    Ok(Some(time).filter(|time| time.is_its_own()).map(|time| time.window(asked)))
}

/// Gives a baseline that names no spans the class of the query: at its own time these are other spans.
fn take_over_class(query: &mut Map<String, Value>) {
    let Some(mut class) = query.get("spanClass").and_then(Value::as_object).cloned() else {
        return;
    };
    class.remove("found");
    let Some(baseline) = query.get_mut("baseline").and_then(Value::as_object_mut) else { return };
    let says = |key: &str| baseline.get(key).is_some_and(|value| !value.is_null());
    if !says("spanClass") && !says("spanSelector") {
        baseline.insert("spanClass".to_owned(), Value::Object(class));
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

/// The ids in a table of traces, and how long each took, in the table's unit.
fn traces_in(frame: &Value) -> impl Iterator<Item = (&str, f64)> {
    let fields = frame["schema"]["fields"].as_array().map_or(&[][..], Vec::as_slice);
    let column = |name: &str| {
        let at = fields.iter().position(|field| field["name"] == name);
        at.and_then(|at| frame["data"]["values"][at].as_array()).map_or(&[][..], Vec::as_slice)
    };
    let durations = column("duration");
    let ids = column("traceID").iter().enumerate();
    ids.filter_map(|(row, id)| {
        let duration = durations.get(row).and_then(Value::as_f64);
        Some((id.as_str()?, duration.unwrap_or_default()))
    })
}
