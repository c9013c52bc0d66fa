//! What a service writes into its log about a request, as Loki takes it.

use serde_json::{Value, json};

/// Where log lines name their trace and span: programs disagree, so the services do too.
#[derive(Clone, Copy, Debug)]
pub(crate) enum LogIds {
    /// In the text, as `traceID=… spanID=…`.
    InText,
    /// In the structured metadata `trace_id` and `span_id`, where OpenTelemetry's collector puts them.
    InMetadata,
}

/// A stream with one line for each span of a request.
pub(crate) fn stream(service: &str, log_ids: LogIds, spans: &[Value]) -> Value {
    // A line is written when its span is done: the root's is the last.
    let mut lines: Vec<(u64, Value)> = spans
        .iter()
        .map(|span| {
            let micros = |name: &str| span[name].as_u64().unwrap_or(0);
            let end_micros = micros("timestamp") + micros("duration");
            (end_micros, line(end_micros, span, log_ids))
        })
        .collect();
    lines.sort_by_key(|(end_micros, _)| *end_micros);
    let values: Vec<Value> = lines.into_iter().map(|(_, line)| line).collect();
    json!({"stream": {"service_name": service}, "values": values})
}

fn line(end_micros: u64, span: &Value, log_ids: LogIds) -> Value {
    let text = |name: &str| span[name].as_str().unwrap_or_default();
    let level = if span["parentId"].is_null() { "info" } else { "debug" };
    let millis = span["duration"].as_u64().unwrap_or(0) / 1000;
    let line = format!("level={level} msg=\"{} done\" duration={millis}ms", text("name"));
    let nanos = format!("{end_micros}000");
    let (trace_id, span_id) = (text("traceId"), text("id"));
    match log_ids {
        LogIds::InText => json!([nanos, format!("{line} traceID={trace_id} spanID={span_id}")]),
        LogIds::InMetadata => json!([nanos, line, {"trace_id": trace_id, "span_id": span_id}]),
    }
}
