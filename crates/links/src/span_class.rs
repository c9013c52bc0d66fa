//! From a class of spans to the ids of its slowest spans: what to ask a trace data source, and how to read its answer.

use std::collections::BTreeMap;

use query::{SpanClass, SpanClassFound, parse_duration_nanos};
use serde_json::{Value, json};

use crate::id::{IdKind, IdNotation, canonical_id};
use crate::target::{DataSourceKind, quoted};

/// At most so many spans of a class are asked for, where the settings do not say.
pub const DEFAULT_MAX_SPANS: usize = 500;

/// The attribute of a span that says which profile it has.
const PROFILE_ID: &str = "pyroscope.profile.id";

/// So many spans of one trace are looked at.
const SPANS_OF_TRACE: usize = 100;

/// Why a class of spans cannot be asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ClassSearchError {
    /// It would be every span.
    #[error(
        "the class of spans says nothing, expected TraceQL, a service, an operation or a duration"
    )]
    Everything,
    /// A duration is none.
    #[error("the class's {field} is {found:?}, expected a duration such as \"250ms\"")]
    Duration {
        /// The field's JSON name.
        field: &'static str,
        /// As written.
        found: String,
    },
    /// The data source cannot be asked for spans of a class.
    #[error("a data source of type {datasource_type:?} cannot be asked for a class of spans{hint}")]
    DataSource {
        /// Its plugin id.
        datasource_type: String,
        /// What would do. May be empty.
        hint: &'static str,
    },
}

/// A class of spans whose durations are numbers.
#[derive(Debug, Clone, PartialEq)]
struct Bounds {
    min_nanos: Option<i64>,
    max_nanos: Option<i64>,
}

impl Bounds {
    fn of(class: &SpanClass) -> Result<Self, ClassSearchError> {
        let nanos = |field: &'static str, text: &str| match text.trim() {
            "" => Ok(None),
            text => parse_duration_nanos(text)
                .map(Some)
                .ok_or_else(|| ClassSearchError::Duration { field, found: text.to_owned() }),
        };
        Ok(Self {
            min_nanos: nanos("minDuration", &class.min_duration)?,
            max_nanos: nanos("maxDuration", &class.max_duration)?,
        })
    }

    fn contain(&self, duration_nanos: f64) -> bool {
        self.min_nanos.is_none_or(|min| duration_nanos >= min as f64)
            && self.max_nanos.is_none_or(|max| duration_nanos < max as f64)
    }
}

/// TraceQL for the spans of a class; it also asks for the ids of their profiles.
///
/// TraceQL that the class brings is taken as it is, unless it selects attributes itself.
/// Errors: the class says nothing, or a duration is none.
pub fn class_traceql(class: &SpanClass) -> Result<String, ClassSearchError> {
    let own = class.traceql.trim();
    if !own.is_empty() {
        // A second `select` would be an error in some versions of Tempo.
        let selects = own.contains("select(") || own.contains("select (");
        return Ok(if selects { own.to_owned() } else { format!("{own} | {}", select()) });
    }
    let bounds = Bounds::of(class)?;
    let mut conditions = Vec::new();
    for (attribute, value) in
        [("resource.service.name", &class.service), ("name", &class.operation)]
    {
        if !value.trim().is_empty() {
            conditions.push(format!("{attribute}={}", quoted(value.trim())));
        }
    }
    conditions.extend(bounds.min_nanos.map(|nanos| format!("duration>={nanos}ns")));
    conditions.extend(bounds.max_nanos.map(|nanos| format!("duration<{nanos}ns")));
    if conditions.is_empty() {
        return Err(ClassSearchError::Everything);
    }
    Ok(format!("{{{}}} | {}", conditions.join(" && "), select()))
}

fn select() -> String {
    format!("select(span.{PROFILE_ID})")
}

/// The query that asks a trace data source for the spans of a class.
///
/// Tempo answers a table of spans. Jaeger answers a table of traces, each of which is to be asked for with
/// [`crate::target::trace_query`]; [`spans_of_class`] reads both the spans of a table and those of traces.
/// Errors: a data source of this type cannot be asked, or the class makes no sense.
pub fn class_search_query(
    datasource_type: &str,
    class: &SpanClass,
    max_spans: usize,
) -> Result<Value, ClassSearchError> {
    let refused =
        |hint| ClassSearchError::DataSource { datasource_type: datasource_type.to_owned(), hint };
    match DataSourceKind::of_type(datasource_type) {
        Some(DataSourceKind::Tempo) => Ok(json!({
            "queryType": "traceql",
            "query": class_traceql(class)?,
            "tableType": "spans",
            "limit": limit_of(class, max_spans),
            "spss": SPANS_OF_TRACE,
        })),
        Some(DataSourceKind::Jaeger) if !class.traceql.trim().is_empty() => {
            Err(refused(" in TraceQL; name service, operation and durations instead"))
        }
        Some(DataSourceKind::Jaeger) if class.service.trim().is_empty() => {
            Err(refused(" of any service; name one"))
        }
        Some(DataSourceKind::Jaeger) => {
            let bounds = Bounds::of(class)?;
            let mut query = json!({
                "queryType": "search",
                "service": class.service.trim(),
                "limit": limit_of(class, max_spans),
            });
            let nanos = |nanos: i64| json!(format!("{nanos}ns"));
            if !class.operation.trim().is_empty() {
                query["operation"] = json!(class.operation.trim());
            }
            if let Some(min) = bounds.min_nanos {
                query["minDuration"] = nanos(min);
            }
            if let Some(max) = bounds.max_nanos {
                query["maxDuration"] = nanos(max);
            }
            Ok(query)
        }
        _ => Err(refused("")),
    }
}

/// At most so many spans: what the class says, never more than the settings allow, at least one.
pub(crate) fn limit_of(class: &SpanClass, max_spans: usize) -> usize {
    let own = class.limit.and_then(|limit| usize::try_from(limit).ok());
    own.unwrap_or(max_spans).clamp(1, max_spans.max(1))
}

/// The spans of a class that profiles are asked for.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickedSpans {
    /// Span ids, the slowest first, each once.
    pub span_ids: Vec<String>,
    /// How long the slowest took. Unit: nanoseconds. None: there is none, or it is not known.
    pub slowest_nanos: Option<i64>,
    /// How many there were.
    pub found: SpanClassFound,
}

/// One span of an answer.
#[derive(Debug, Clone, PartialEq)]
struct Span {
    /// Unit: nanoseconds.
    duration_nanos: f64,
    has_profile_id: bool,
}

/// The slowest spans of a class, from the frames that a trace data source answered.
///
/// Frames are in the JSON of Grafana's API. Of a table of spans every row counts, because the search has already
/// chosen; of a trace those spans that have the service, operation and duration of the class.
/// Spans that say that they have a profile go before those that do not.
/// Empty: no span matched.
/// Errors: a duration of the class is none.
pub fn spans_of_class(
    frames: &[Value],
    class: &SpanClass,
    max_spans: usize,
) -> Result<PickedSpans, ClassSearchError> {
    let bounds = Bounds::of(class)?;
    let mut spans: BTreeMap<String, Span> = BTreeMap::new();
    let mut tells_profiles = false;
    let mut is_limited = false;
    for frame in frames {
        let columns = Columns::of(frame);
        tells_profiles |= columns.tells_profiles();
        is_limited |= columns.reach_a_limit(limit_of(class, max_spans));
        for row in 0..columns.row_count() {
            let Some((id, span)) = columns.span(row) else { continue };
            if columns.is_trace()
                && !(columns.is_of(class, row) && bounds.contain(span.duration_nanos))
            {
                continue;
            }
            spans.entry(id).or_insert(span);
        }
    }
    let mut ranked: Vec<(String, Span)> = spans.into_iter().collect();
    let count = |spans: usize| u32::try_from(spans).unwrap_or(u32::MAX);
    let matched = count(ranked.len());
    let with_profile_ids = ranked.iter().filter(|(_, span)| span.has_profile_id).count();
    // Stable: spans that took the same stay in the order of their ids.
    ranked.sort_by(|(_, a), (_, b)| {
        let by_profile = b.has_profile_id.cmp(&a.has_profile_id);
        by_profile.then(b.duration_nanos.total_cmp(&a.duration_nanos))
    });
    ranked.truncate(limit_of(class, max_spans));
    let slowest = ranked.iter().map(|(_, span)| span.duration_nanos).max_by(f64::total_cmp);
    Ok(PickedSpans {
        slowest_nanos: slowest.filter(|nanos| *nanos > 0.0).map(|nanos| nanos as i64),
        found: SpanClassFound {
            matched,
            with_profile_ids: tells_profiles.then(|| count(with_profile_ids)),
            used: count(ranked.len()),
            is_limited,
        },
        span_ids: ranked.into_iter().map(|(id, _)| id).collect(),
    })
}

/// Puts the spans of a class into the query, or into the baseline of a diff, that asked for it.
///
/// `side`: the JSON object that has `spanClass`.
pub fn fill_in_spans(side: &mut serde_json::Map<String, Value>, picked: &PickedSpans) {
    side.insert("spanSelector".to_owned(), json!(picked.span_ids));
    if let Some(class) = side.get_mut("spanClass").and_then(Value::as_object_mut) {
        class.insert("found".to_owned(), json!(picked.found));
    }
}

/// The columns of a frame that say something of spans.
struct Columns<'a> {
    by_name: BTreeMap<&'a str, &'a [Value]>,
}

impl<'a> Columns<'a> {
    fn of(frame: &'a Value) -> Self {
        let list = |value: &'a Value| value.as_array().map_or(&[][..], Vec::as_slice);
        let names = list(&frame["schema"]["fields"])
            .iter()
            .map(|field| field["name"].as_str().unwrap_or_default());
        let values = list(&frame["data"]["values"]).iter().map(list);
        Self { by_name: names.zip(values).collect() }
    }

    fn row_count(&self) -> usize {
        self.by_name.get("spanID").map_or(0, |ids| ids.len())
    }

    fn cell(&self, name: &str, row: usize) -> &'a Value {
        self.by_name.get(name).and_then(|column| column.get(row)).unwrap_or(&Value::Null)
    }

    /// Whether the frame is a whole trace, and not a table of spans that a search chose.
    fn is_trace(&self) -> bool {
        self.by_name.contains_key("parentSpanID")
    }

    /// Whether a table of spans has as many traces, or as many spans of one, as were asked for at most.
    fn reach_a_limit(&self, most_traces: usize) -> bool {
        let mut spans_of: BTreeMap<&str, usize> = BTreeMap::new();
        let traces = self.by_name.get("traceIdHidden").copied().unwrap_or_default();
        for trace in traces.iter().filter_map(Value::as_str) {
            *spans_of.entry(trace).or_default() += 1;
        }
        spans_of.len() >= most_traces || spans_of.values().any(|spans| *spans >= SPANS_OF_TRACE)
    }

    fn tells_profiles(&self) -> bool {
        self.is_trace() || self.by_name.contains_key(PROFILE_ID)
    }

    fn span(&self, row: usize) -> Option<(String, Span)> {
        let written = self.cell("spanID", row).as_str()?;
        let id = canonical_id(IdKind::Span, IdNotation::Hexadecimal, written)?;
        let duration = self.cell("duration", row).as_f64().unwrap_or_default();
        // Traces have milliseconds, tables of spans nanoseconds.
        let scale = if self.is_trace() { 1e6 } else { 1.0 };
        let in_table = self.cell(PROFILE_ID, row).as_str().is_some_and(|id| !id.is_empty());
        let tags = self.cell("tags", row).as_array().map_or(&[][..], Vec::as_slice);
        let in_tags = tags.iter().any(|tag| {
            tag["key"] == PROFILE_ID && tag["value"].as_str().is_some_and(|id| !id.is_empty())
        });
        let has_profile_id = in_table || in_tags;
        Some((id, Span { duration_nanos: duration * scale, has_profile_id }))
    }

    fn is_of(&self, class: &SpanClass, row: usize) -> bool {
        let has = |wanted: &str, name: &str| {
            let wanted = wanted.trim();
            wanted.is_empty() || self.cell(name, row) == wanted
        };
        has(&class.service, "serviceName") && has(&class.operation, "operationName")
    }
}
