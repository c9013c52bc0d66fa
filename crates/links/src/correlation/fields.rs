//! The fields of the frames that data sources answer with, as far as they are the same in every answer.

use crate::target::DataSourceKind;

/// Of a trace, whoever answers with it.
const OF_TRACES: &[&str] = &[
    "traceID",
    "spanID",
    "parentSpanID",
    "operationName",
    "serviceName",
    "serviceTags",
    "startTime",
    "duration",
    "logs",
    "tags",
    "references",
    "warnings",
    "stackTraces",
    "kind",
    "statusCode",
    "statusMessage",
    "instrumentationLibraryName",
    "instrumentationLibraryVersion",
    "traceState",
];

/// Of a list of traces that Tempo or Jaeger found.
const OF_SEARCHES: &[&str] = &["traceService", "traceName", "traceDuration"];

/// Of log lines, before and since Loki's frames changed.
const OF_LOGS: &[&str] =
    &["labels", "Time", "Line", "tsNs", "labelTypes", "id", "timestamp", "body", "severity"];

/// Of flame graphs.
const OF_PROFILES: &[&str] = &["level", "value", "self", "label"];

/// The fields that frames of such a data source have. Empty: they depend on the query.
pub(super) fn fields_of(kind: DataSourceKind) -> Vec<&'static str> {
    match kind {
        DataSourceKind::Tempo | DataSourceKind::Jaeger => [OF_TRACES, OF_SEARCHES].concat(),
        DataSourceKind::Zipkin => OF_TRACES.to_vec(),
        DataSourceKind::Loki => OF_LOGS.to_vec(),
        DataSourceKind::Pyroscope | DataSourceKind::Fireline => OF_PROFILES.to_vec(),
        DataSourceKind::Prometheus => Vec::new(),
    }
}
