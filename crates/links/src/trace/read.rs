//! Grafana's frame of a trace: one row a span, the same columns from Tempo, Jaeger and Zipkin.

use serde_json::Value;

use super::Span;
use crate::id::{IdKind, IdNotation, canonical_id};
use crate::json_frame::{JsonField, JsonFrame};

/// A frame that holds no trace.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the answer is no trace: its frame has no field {field:?}")]
pub struct TraceFrameError {
    /// What every trace has.
    pub field: &'static str,
}

/// Reads the spans of a trace's frame, in the frame's order. Rows without a span id are left out.
///
/// Errors: the frame is of something else.
pub fn read_trace_frame(frame: &JsonFrame) -> Result<Vec<Span>, TraceFrameError> {
    let required = |field: &'static str| frame.field(field).ok_or(TraceFrameError { field });
    let span_ids = required("spanID")?;
    let start_times = required("startTime")?;
    let durations = required("duration")?;
    let trace_ids = required("traceID")?;
    let parents = frame.field("parentSpanID");
    let operations = frame.field("operationName");
    let services = frame.field("serviceName");
    let status_codes = frame.field("statusCode");
    let (tags, service_tags) = (frame.field("tags"), frame.field("serviceTags"));
    let text =
        |field: Option<&JsonField>, row| field.map_or("", |field| field.text(row)).to_owned();
    let rows = (0..frame.row_count()).filter(|row| !span_ids.text(*row).is_empty());
    Ok(rows
        .map(|row| {
            let tags = attributes(tags, row);
            let says = |name: &str| tags.iter().any(|(key, value)| key == name && value == "true");
            Span {
                trace_id: id(IdKind::Trace, trace_ids.text(row)),
                span_id: id(IdKind::Span, span_ids.text(row)),
                parent_span_id: parents
                    .map(|parents| parents.text(row))
                    .filter(|parent| !parent.is_empty())
                    .map(|parent| id(IdKind::Span, parent)),
                operation: text(operations, row),
                service: text(services, row),
                start_nanos: nanos(start_times.number(row)),
                duration_nanos: nanos(durations.number(row)).max(0),
                // OpenTelemetry counts "error" as 2.
                is_error: says("error")
                    || status_codes.and_then(|codes| codes.number(row)) == Some(2.0),
                is_shared: says("shared"),
                service_tags: attributes(service_tags, row),
                tags,
            }
        })
        .collect())
}

/// The id in its usual form; what is no id stays as it is.
fn id(kind: IdKind, text: &str) -> String {
    canonical_id(kind, IdNotation::Hexadecimal, text).unwrap_or_else(|| text.to_owned())
}

fn nanos(millis: Option<f64>) -> i64 {
    // Casts of floats saturate; beyond microseconds a double of this size says nothing.
    #[expect(clippy::cast_possible_truncation, reason = "saturates")]
    let micros = (millis.unwrap_or(0.0) * 1000.0).round() as i64;
    micros.saturating_mul(1000)
}

/// Keys and values as texts; what is no text is written as JSON.
fn attributes(field: Option<&JsonField>, row: usize) -> Vec<(String, String)> {
    let Some(Value::Array(pairs)) = field.and_then(|field| field.values.get(row)) else {
        return Vec::new();
    };
    let pairs = pairs.iter().filter_map(|pair| {
        let value = match &pair["value"] {
            Value::String(text) => text.clone(),
            other => other.to_string(),
        };
        Some((pair["key"].as_str()?.to_owned(), value))
    });
    pairs.collect()
}
