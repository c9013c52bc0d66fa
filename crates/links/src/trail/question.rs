//! The queries of the walk, each as its data source reads it.

use query::{LinkPlan, OWN_TYPE, Query, Window, escape_regex};
use selector::{MatchOp, Matcher, Selector};
use serde_json::{Map, Value, json};

use super::effect::{TrailEffect, Wanted};
use super::source::Source;
use super::span_profiles::{AskedSpan, MAX_NODES, ref_id};
use crate::target::{lines_of_trace, logs_query, profile_query, records_of_trace, trace_query};
use crate::traces_through::spans_through;

/// The most log lines that are asked for.
pub(super) const MAX_LINES: u32 = 200;

/// One question to one data source: a query, or several that are answered together.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Question {
    uid: String,
    queries: Vec<Map<String, Value>>,
    window: Window,
    wants: Wanted,
    /// Which time everything was asked.
    refreshes: u32,
}

impl Question {
    fn new(source: &Source, query: Value, window: Window, refreshes: u32) -> Self {
        Self::all(source, vec![(query, "A".to_owned())], window, refreshes)
    }

    /// Several queries, each with its name.
    fn all(source: &Source, queries: Vec<(Value, String)>, window: Window, refreshes: u32) -> Self {
        let datasource = json!({"type": source.type_id, "uid": source.uid});
        let complete = |(query, ref_id): (Value, String)| {
            let mut query = match query {
                Value::Object(query) => query,
                _ => Map::new(),
            };
            query.insert("refId".to_owned(), json!(ref_id));
            query.insert("datasource".to_owned(), datasource.clone());
            query
        };
        let queries = queries.into_iter().map(complete).collect();
        Self { uid: source.uid.clone(), queries, window, wants: Wanted::Frames, refreshes }
    }

    /// Whether both ask the same of the same data source, which the query names, but for the time.
    pub(super) fn is_about_the_same(&self, other: &Self) -> bool {
        self.queries == other.queries
    }

    pub(super) fn effect(&self, id: u32) -> TrailEffect {
        TrailEffect::Query {
            id,
            uid: self.uid.clone(),
            queries: self.queries.clone(),
            // Milliseconds since 1970 are whole numbers of a double for longer than there are people.
            from_millis: self.window.start_millis as f64,
            to_millis: self.window.end_millis as f64,
            wants: self.wants,
        }
    }

    /// An expression, over the window with exemplars or at its end.
    pub(super) fn promql(
        source: &Source,
        expr: &str,
        is_range: bool,
        window: Window,
        refreshes: u32,
    ) -> Self {
        let mut query = json!({
            "expr": expr,
            "range": is_range,
            "instant": !is_range,
            "exemplar": is_range,
            "format": "time_series",
        });
        if source.type_id == OWN_TYPE {
            query["queryType"] = json!("promql");
        }
        Self::new(source, query, window, refreshes)
    }

    /// A trace by its id; every tracer's data source has a query of its own for that.
    pub(super) fn trace(source: &Source, trace_id: &str, window: Window, refreshes: u32) -> Self {
        let query = trace_query(&source.type_id, trace_id).unwrap_or_default();
        Self::new(source, query, window, refreshes)
    }

    /// The profile of a span or of a whole trace. The ids are what is meant; a span's service only narrows
    /// the search, and may be left out where profiles call it otherwise. Of a trace one service may be
    /// called so and the next not: it is looked for in all.
    pub(super) fn profile(source: &Source, asked: &ProfileAsked<'_>, refreshes: u32) -> Self {
        let plan = LinkPlan {
            optional: vec![SERVICE_LABEL.to_owned()],
            span_duration_nanos: asked.span_duration_nanos,
            ..LinkPlan::default()
        };
        let ids = |id: &str| vec![id.to_owned()];
        let (span_selector, trace_selector) = match asked.span_id {
            Some(span_id) => (ids(span_id), Vec::new()),
            None => (Vec::new(), ids(asked.trace_id)),
        };
        let query = Query {
            profile_type_id: asked.profile_type.to_owned(),
            label_selector: match asked.span_id {
                Some(_) => service_selector(asked.services),
                None => service_selector(&[]),
            },
            span_selector,
            trace_selector,
            plan: Some(plan),
            ..Query::default()
        };
        let query = profile_query(&source.type_id, &query).unwrap_or_default();
        Self { wants: Wanted::Meta, ..Self::new(source, query, asked.window, refreshes) }
    }

    /// The profiles of some spans, each for itself: samples are found by the ids of spans on every server.
    pub(super) fn span_profiles(
        source: &Source,
        profile_type: &str,
        spans: &[AskedSpan],
        window: Window,
        refreshes: u32,
    ) -> Self {
        let nodes_of_one = (MAX_NODES / spans.len().max(1)) as i64;
        let query = |(number, span): (usize, &AskedSpan)| {
            let query = Query {
                profile_type_id: profile_type.to_owned(),
                label_selector: service_selector(&[&span.service]),
                span_selector: vec![span.id.clone()],
                max_nodes: Some(nodes_of_one),
                plan: Some(LinkPlan {
                    optional: vec![SERVICE_LABEL.to_owned()],
                    ..LinkPlan::default()
                }),
                ..Query::default()
            };
            (profile_query(&source.type_id, &query).unwrap_or_default(), ref_id(number))
        };
        Self::all(source, spans.iter().enumerate().map(query).collect(), window, refreshes)
    }

    /// The spans in which a function was seen.
    pub(super) fn spans_through(
        source: &Source,
        profile_type: &str,
        selector: &str,
        call_site: &[String],
        window: Window,
        refreshes: u32,
    ) -> Self {
        let query = spans_through(profile_type, selector, call_site);
        Self::new(source, Value::Object(query), window, refreshes)
    }

    /// The log lines of some services that name a trace in their text. Empty: of all services.
    pub(super) fn lines_of_trace(
        source: &Source,
        services: &[&str],
        trace_id: &str,
        window: Window,
        refreshes: u32,
    ) -> Self {
        Self::logs(source, &lines_of_trace(&streams_of(services), trace_id), window, refreshes)
    }

    /// The log lines of all services that name a trace in their structured metadata, where OpenTelemetry's
    /// collector puts it.
    pub(super) fn records_of_trace(
        source: &Source,
        trace_id: &str,
        window: Window,
        refreshes: u32,
    ) -> Self {
        Self::logs(source, &records_of_trace(&streams_of(&[]), trace_id), window, refreshes)
    }

    /// The log lines of some services.
    pub(super) fn lines_of(
        source: &Source,
        services: &[&str],
        window: Window,
        refreshes: u32,
    ) -> Self {
        Self::logs(source, &streams_of(services), window, refreshes)
    }

    fn logs(source: &Source, expr: &str, window: Window, refreshes: u32) -> Self {
        let mut query = logs_query(&source.type_id, expr).unwrap_or_else(|| json!({}));
        query["maxLines"] = json!(MAX_LINES);
        query["direction"] = json!("forward");
        Self::new(source, query, window, refreshes)
    }
}

/// Which profile is wanted.
#[derive(Debug)]
pub(super) struct ProfileAsked<'a> {
    pub(super) profile_type: &'a str,
    pub(super) services: &'a [&'a str],
    pub(super) trace_id: &'a str,
    /// None: of the whole trace.
    pub(super) span_id: Option<&'a str>,
    pub(super) span_duration_nanos: Option<i64>,
    pub(super) window: Window,
}

/// The label that means "service" where OpenTelemetry's attribute became a label.
const SERVICE_LABEL: &str = "service_name";

/// A selector of these services. Empty: of all.
pub(super) fn service_selector(services: &[&str]) -> String {
    let matcher = |op, value: String| {
        let name = SERVICE_LABEL.to_owned();
        Selector { matchers: vec![Matcher { name, op, value }] }.to_string()
    };
    match services {
        [] => "{}".to_owned(),
        [one] => matcher(MatchOp::Equal, (*one).to_owned()),
        several => {
            let escaped: Vec<String> =
                several.iter().map(|service| escape_regex(service)).collect();
            matcher(MatchOp::Regex, escaped.join("|"))
        }
    }
}

/// The streams of log lines of these services. Empty: of all.
fn streams_of(services: &[&str]) -> String {
    match services {
        // Loki wants at least one label with a value.
        [] => format!("{{{SERVICE_LABEL}=~\".+\"}}"),
        services => service_selector(services),
    }
}
