//! The correlations from one data source to another.

use std::collections::BTreeMap;

use query::{LinkPlan, Query};
use serde_json::Value;

use super::model::{Correlation, DataSource, Transformation};
use crate::target::{
    DataSourceKind, lines_of_trace, logs_query, metrics_query, profile_query, quoted, trace_query,
    trace_search_query,
};

/// What the generated correlations ask for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct GenerateSettings {
    /// The profile type that links to profiles ask for.
    pub profile_type_id: String,
    /// By what a data source holds: the label that means "service" there, where it is not the usual one.
    pub service_labels: BTreeMap<DataSourceKind, String>,
}

impl Default for GenerateSettings {
    fn default() -> Self {
        Self {
            profile_type_id: "process_cpu:cpu:nanoseconds:cpu:nanoseconds".to_owned(),
            service_labels: BTreeMap::new(),
        }
    }
}

impl GenerateSettings {
    /// The labels that mean "service" in such a data source, the usual one first.
    ///
    /// In metrics they are two: what a program says of itself, and what Prometheus calls what it scrapes.
    #[must_use]
    pub fn service_labels(&self, kind: DataSourceKind) -> Vec<&str> {
        match (self.service_labels.get(&kind), kind) {
            (Some(label), _) => vec![label],
            (None, DataSourceKind::Prometheus) => vec!["service_name", "job"],
            (None, _) => vec!["service_name"],
        }
    }

    /// The usual one of them.
    pub(super) fn service_label(&self, kind: DataSourceKind) -> &str {
        self.service_labels(kind)[0]
    }
}

/// Ids in log lines: `traceID=…`, `"trace_id":"…"`, `trace_id: …`. Explore ignores case.
const TRACE_ID_IN_TEXT: &str = r#"trace[_-]?id"?\s*[=:]\s*"?(?<trace_id>[0-9a-f]{16,32})\b"#;
const SPAN_ID_IN_TEXT: &str = r#"span[_-]?id"?\s*[=:]\s*"?(?<span_id>[0-9a-f]{16})\b"#;

/// The profile id among a span's tags, which data sources write with the key first or last.
const PROFILE_ID_AFTER_KEY: &str =
    r#""key":"pyroscope\.profile\.id"[^{}]*"value":"(?<profile_id>[0-9a-f]{16})""#;
const PROFILE_ID_BEFORE_KEY: &str =
    r#""value":"(?<profile_id>[0-9a-f]{16})"[^{}]*"key":"pyroscope\.profile\.id""#;

/// The correlations from `source` to `target`. Empty: nothing leads from the one to the other.
#[must_use]
pub fn generate(
    source: &DataSource,
    target: &DataSource,
    settings: &GenerateSettings,
) -> Vec<Correlation> {
    if source.uid == target.uid {
        return Vec::new();
    }
    let Some(kind) = source.kind() else { return Vec::new() };
    let to = Target { datasource: target, settings };
    match kind {
        DataSourceKind::Tempo | DataSourceKind::Jaeger | DataSourceKind::Zipkin => from_traces(&to),
        DataSourceKind::Loki => from_logs(&to),
        DataSourceKind::Prometheus => {
            let labels = settings.service_labels(kind).into_iter();
            labels.flat_map(|label| from_service(&to, label, "${__value.raw}")).collect()
        }
        // Of a profile's frames only the values over time carry labels, and only those that they are grouped by.
        DataSourceKind::Pyroscope => {
            let service = format!("${{__field.labels.{}}}", settings.service_label(kind));
            from_service(&to, sample_type(&settings.profile_type_id), &service)
        }
        // Its frames carry links of their own, which also reach dashboards.
        DataSourceKind::Fireline => Vec::new(),
    }
}

/// The name of the field with the values over time of a profile type, its sample type.
fn sample_type(profile_type_id: &str) -> &str {
    profile_type_id.split(':').nth(1).unwrap_or(profile_type_id)
}

/// From a span to its profile, its logs, the metrics of its service.
fn from_traces(to: &Target) -> Vec<Correlation> {
    let service = "${serviceName}";
    let in_tags = |expression: &str| Transformation {
        field: Some("tags".to_owned()),
        expression: expression.to_owned(),
    };
    [
        to.link(
            "Profile of this span",
            "The samples that were taken while this span ran",
            "spanID",
        )
        .with([in_tags(PROFILE_ID_AFTER_KEY), in_tags(PROFILE_ID_BEFORE_KEY)])
        .ask(to.profile_of_span(service, "${profile_id}")),
        to.link("Profile of this service", "What the service did at this time", "serviceName")
            .ask(to.profile(service, &[])),
        to.link("Logs of this trace", "Lines of the service with this trace id", "traceID")
            .ask(to.lines_of_trace(service)),
        to.link("Metrics of this service", "Which metrics the service has", "serviceName")
            .ask(to.metrics(service)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// From a log line to its trace, the profile of its span, and of its service.
fn from_logs(to: &Target) -> Vec<Correlation> {
    let label = to.settings.service_label(DataSourceKind::Loki);
    let of_labels = |expression: &str| Transformation {
        field: Some("labels".to_owned()),
        expression: expression.to_owned(),
    };
    let of_line =
        |expression: &str| Transformation { field: None, expression: expression.to_owned() };
    let service = of_labels(&format!(r#""{label}":"(?<service>[^"]+)""#));
    [
        to.link("Trace of this line", "By the trace id in its labels or its text", "Line")
            .with([of_labels(TRACE_ID_IN_TEXT), of_line(TRACE_ID_IN_TEXT)])
            .ask(to.trace("${trace_id}")),
        to.link("Profile of this line's span", "By the span id in its labels or its text", "Line")
            .with([of_labels(SPAN_ID_IN_TEXT), of_line(SPAN_ID_IN_TEXT), service.clone()])
            .ask(to.profile("${service}", &["${span_id}"])),
        to.link("Profile of this service", "What the service did at this time", "Line")
            .with([service.clone()])
            .ask(to.profile("${service}", &[])),
        to.link("Metrics of this service", "Which metrics the service has", "Line")
            .with([service])
            .ask(to.metrics("${service}")),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// From a service, that `service` names, to everything about it. `field`: the one that the links are on.
fn from_service(to: &Target, field: &str, service: &str) -> Vec<Correlation> {
    [
        to.link("Profile of this service", "What the service did at this time", field)
            .ask(to.profile(service, &[])),
        to.link("Traces of this service", "Those of this time", field).ask(to.traces(service)),
        to.link("Logs of this service", "Those of this time", field).ask(to.logs(service)),
        to.link("Metrics of this service", "Which metrics the service has", field)
            .ask(to.metrics(service)),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Where links lead.
struct Target<'a> {
    datasource: &'a DataSource,
    settings: &'a GenerateSettings,
}

impl Target<'_> {
    /// A correlation that does not ask for anything yet.
    fn link(&self, label: &str, description: &str, field: &str) -> Link {
        Link(Correlation {
            target_uid: self.datasource.uid.clone(),
            label: format!("{label} ({})", self.datasource.name),
            description: description.to_owned(),
            field: field.to_owned(),
            transformations: Vec::new(),
            target: Value::Null,
        })
    }

    /// A selector for a service, in the words of the target.
    fn selector(&self, service: &str) -> Option<String> {
        let label = self.settings.service_label(self.datasource.kind()?);
        Some(format!("{{{label}={}}}", quoted(service)))
    }

    fn profile(&self, service: &str, spans: &[&str]) -> Option<Value> {
        self.profile_of(service, spans, LinkPlan::default())
    }

    /// A span's own profile; a trace's frame says how long it took.
    fn profile_of_span(&self, service: &str, span: &str) -> Option<Value> {
        let span_duration = "${__data.fields['duration'].numeric}ms".to_owned();
        self.profile_of(service, &[span], LinkPlan { span_duration, ..LinkPlan::default() })
    }

    fn profile_of(&self, service: &str, spans: &[&str], plan: LinkPlan) -> Option<Value> {
        let query = Query {
            plan: Some(plan),
            profile_type_id: self.settings.profile_type_id.clone(),
            label_selector: self.selector(service)?,
            span_selector: spans.iter().map(|id| (*id).to_owned()).collect(),
            ..Query::default()
        };
        profile_query(&self.datasource.datasource_type, &query)
    }

    fn trace(&self, trace_id: &str) -> Option<Value> {
        trace_query(&self.datasource.datasource_type, trace_id)
    }

    fn traces(&self, service: &str) -> Option<Value> {
        trace_search_query(&self.datasource.datasource_type, service)
    }

    fn logs(&self, service: &str) -> Option<Value> {
        logs_query(&self.datasource.datasource_type, &self.selector(service)?)
    }

    fn lines_of_trace(&self, service: &str) -> Option<Value> {
        let expr = lines_of_trace(&self.selector(service)?, "${__value.raw}");
        logs_query(&self.datasource.datasource_type, &expr)
    }

    fn metrics(&self, service: &str) -> Option<Value> {
        let labels = self.settings.service_labels(self.datasource.kind()?).into_iter();
        let selectors: Vec<String> =
            labels.map(|label| format!("{{{label}={}}}", quoted(service))).collect();
        let expr = format!("count by (__name__) ({})", selectors.join(" or "));
        metrics_query(&self.datasource.datasource_type, &expr)
    }
}

/// A correlation that still wants its query.
struct Link(Correlation);

impl Link {
    fn with(mut self, transformations: impl IntoIterator<Item = Transformation>) -> Self {
        self.0.transformations = transformations.into_iter().collect();
        self
    }

    /// None: the target has nothing of the kind.
    fn ask(self, query: Option<Value>) -> Option<Correlation> {
        query.map(|target| Correlation { target, ..self.0 })
    }
}
