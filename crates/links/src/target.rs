//! The shape of the query that each target of a link reads.
//!
//! Ids and expressions may hold Grafana's variables, such as `${__value.raw}`, which Grafana fills in on a click.

use query::{OWN_TYPE, QUERY_VERSION, Query, QueryType};
use selector::Selector;
use serde_json::{Value, json};

/// What a data source of Grafana holds, as far as links go there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum DataSourceKind {
    /// Metrics that are asked in PromQL.
    Prometheus,
    /// Traces in Tempo.
    Tempo,
    /// Traces in Jaeger.
    Jaeger,
    /// Traces in Zipkin.
    Zipkin,
    /// Logs that are asked in LogQL.
    Loki,
    /// Profiles, by Grafana's own datasource.
    Pyroscope,
    /// Profiles, by ours.
    Fireline,
}

/// Every type of data source that links know, with what it holds.
const TYPES: &[(&str, DataSourceKind)] = &[
    ("prometheus", DataSourceKind::Prometheus),
    ("grafana-amazonprometheus-datasource", DataSourceKind::Prometheus),
    ("grafana-azureprometheus-datasource", DataSourceKind::Prometheus),
    ("victoriametrics-metrics-datasource", DataSourceKind::Prometheus),
    ("tempo", DataSourceKind::Tempo),
    ("jaeger", DataSourceKind::Jaeger),
    ("zipkin", DataSourceKind::Zipkin),
    ("loki", DataSourceKind::Loki),
    ("grafana-pyroscope-datasource", DataSourceKind::Pyroscope),
    (OWN_TYPE, DataSourceKind::Fireline),
];

impl DataSourceKind {
    /// What a data source of this plugin id holds. None: links do not know it.
    #[must_use]
    pub fn of_type(datasource_type: &str) -> Option<Self> {
        TYPES.iter().find(|(name, _)| *name == datasource_type).map(|(_, kind)| *kind)
    }

    /// Whether it holds traces.
    #[must_use]
    pub fn has_traces(self) -> bool {
        matches!(self, Self::Tempo | Self::Jaeger | Self::Zipkin)
    }

    /// Whether it holds profiles.
    #[must_use]
    pub fn has_profiles(self) -> bool {
        matches!(self, Self::Pyroscope | Self::Fireline)
    }
}

/// The query of a link to one trace, as the datasource's own frontend reads it: in Explore, in panels, on our pages.
/// None: a data source of this type has no traces, or is not known.
#[must_use]
pub fn trace_query(datasource_type: &str, trace_id: &str) -> Option<Value> {
    match DataSourceKind::of_type(datasource_type)? {
        // Tempo's frontend sees that this TraceQL is an id, and only then asks for the trace.
        DataSourceKind::Tempo => Some(json!({ "query": trace_id, "queryType": "traceql" })),
        // To any query type that it does not know, Jaeger's backend answers nothing at all.
        DataSourceKind::Jaeger => Some(json!({ "query": trace_id })),
        DataSourceKind::Zipkin => Some(json!({ "query": trace_id, "queryType": "traceID" })),
        DataSourceKind::Prometheus
        | DataSourceKind::Loki
        | DataSourceKind::Pyroscope
        | DataSourceKind::Fireline => None,
    }
}

/// The query for one trace as the datasource's backend reads it, where no frontend stands before it.
/// None: as for [`trace_query`].
#[must_use]
pub fn trace_backend_query(datasource_type: &str, trace_id: &str) -> Option<Value> {
    match DataSourceKind::of_type(datasource_type)? {
        DataSourceKind::Tempo => Some(json!({ "query": trace_id, "queryType": "traceId" })),
        _ => trace_query(datasource_type, trace_id),
    }
}

/// The query of a link to the traces of a service.
/// None: a data source of this type cannot be asked for them by a query, or is not known.
#[must_use]
pub fn trace_search_query(datasource_type: &str, service: &str) -> Option<Value> {
    match DataSourceKind::of_type(datasource_type)? {
        DataSourceKind::Tempo => {
            let query = format!("{{resource.service.name={}}}", quoted(service));
            Some(json!({ "query": query, "queryType": "traceql" }))
        }
        DataSourceKind::Jaeger => Some(json!({ "queryType": "search", "service": service })),
        _ => None,
    }
}

/// The query of a link to logs. `expr`: LogQL.
/// None: a data source of this type has no logs that are asked in LogQL, or is not known.
#[must_use]
pub fn logs_query(datasource_type: &str, expr: &str) -> Option<Value> {
    let kind = DataSourceKind::of_type(datasource_type)?;
    (kind == DataSourceKind::Loki).then(|| json!({ "expr": expr, "queryType": "range" }))
}

/// LogQL for the lines that hold a trace id in their text. `streams`: a selector; Loki wants a condition in it that
/// does not match the empty text.
#[must_use]
pub fn lines_of_trace(streams: &str, trace_id: &str) -> String {
    format!("{streams} |= {}", quoted(trace_id))
}

/// LogQL for the lines that carry a trace id in structured metadata, where OpenTelemetry's collector puts it.
#[must_use]
pub fn records_of_trace(streams: &str, trace_id: &str) -> String {
    format!("{streams} | trace_id={}", quoted(trace_id))
}

/// The query of a link to metrics. `expr`: PromQL.
/// None: a data source of this type has no metrics that are asked in PromQL, or is not known.
#[must_use]
pub fn metrics_query(datasource_type: &str, expr: &str) -> Option<Value> {
    let kind = DataSourceKind::of_type(datasource_type)?;
    (kind == DataSourceKind::Prometheus).then(|| json!({ "expr": expr, "range": true }))
}

/// The query of a link to profiles. Of `query` everything counts but the reference id, which Grafana gives;
/// without a query type it asks for one profile.
///
/// For our own datasource it carries the plan and says that it comes from a link; Grafana's gets what it knows.
/// None: a data source of this type has no profiles, or is not known.
#[must_use]
pub fn profile_query(datasource_type: &str, query: &Query) -> Option<Value> {
    let query_type = match query.query_type.as_str() {
        "" => json!(QueryType::Profile),
        text => json!(text),
    };
    match DataSourceKind::of_type(datasource_type)? {
        DataSourceKind::Pyroscope => Some(json!({
            "queryType": query_type,
            "profileTypeId": query.profile_type_id,
            "labelSelector": query.label_selector,
            "groupBy": query.group_by,
            "spanSelector": query.span_selector,
        })),
        DataSourceKind::Fireline => {
            let linked = Query {
                origin: "link".to_owned(),
                plan: Some(query.plan.clone().unwrap_or_default()),
                version: i64::from(QUERY_VERSION),
                ..query.clone()
            };
            let mut json = serde_json::to_value(linked).ok()?;
            let fields = json.as_object_mut()?;
            fields.remove("refId");
            fields.insert("queryType".to_owned(), query_type);
            Some(json)
        }
        _ => None,
    }
}

/// A text in the quotes of LogQL, TraceQL and PromQL. A variable has them put around its value by Grafana, which
/// escapes the quotes in it.
pub(crate) fn quoted(text: &str) -> String {
    match text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')) {
        Some(variable) if !variable.contains(['}', ':']) => format!("${{{variable}:doublequote}}"),
        _ => format!("\"{}\"", escaped(text)),
    }
}

/// A selector as text, in which variables are [`quoted`].
pub(crate) fn selector_text(selector: &Selector) -> String {
    let written = selector.to_string();
    selector.matchers.iter().fold(written, |text, matcher| {
        text.replace(&format!("\"{}\"", matcher.value), &quoted(&matcher.value))
    })
}

/// A text as it stands inside such quotes.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('"', "\\\"")
}
