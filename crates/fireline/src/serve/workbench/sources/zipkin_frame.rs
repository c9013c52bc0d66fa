//! Zipkin's spans as the frame that Grafana's trace view reads.

use serde_json::{Value, json};

/// The columns, with their types as Grafana's server names them.
const COLUMNS: [(&str, &str, &str, bool); 10] = [
    ("traceID", "string", "string", false),
    ("spanID", "string", "string", false),
    ("parentSpanID", "string", "string", true),
    ("operationName", "string", "string", false),
    ("serviceName", "string", "string", false),
    ("serviceTags", "other", "json.RawMessage", false),
    ("startTime", "number", "float64", false),
    ("duration", "number", "float64", false),
    ("logs", "other", "json.RawMessage", false),
    ("tags", "other", "json.RawMessage", false),
];

/// The frame of a trace, in the JSON of Grafana's API: one row a span, in Zipkin's order.
pub(super) fn trace_frame(ref_id: &str, spans: &[Value]) -> Value {
    let mut columns: Vec<Vec<Value>> = vec![Vec::with_capacity(spans.len()); COLUMNS.len()];
    for span in spans {
        for (column, value) in columns.iter_mut().zip(row(span)) {
            column.push(value);
        }
    }
    let fields: Vec<Value> = COLUMNS
        .iter()
        .map(|(name, kind, frame_type, is_nullable)| {
            let mut type_info = json!({"frame": frame_type});
            if *is_nullable {
                type_info["nullable"] = json!(true);
            }
            json!({"name": name, "type": kind, "typeInfo": type_info})
        })
        .collect();
    json!({
        "schema": {
            "name": ref_id,
            "refId": ref_id,
            "meta": {
                "typeVersion": [0, 0],
                "custom": {"traceFormat": "zipkin"},
                "preferredVisualisationType": "trace",
            },
            "fields": fields,
        },
        "data": {"values": columns},
    })
}

fn row(span: &Value) -> [Value; COLUMNS.len()] {
    let text = |value: &Value| json!(value.as_str().unwrap_or_default());
    let endpoint = |name: &str| span[name]["serviceName"].as_str().filter(|name| !name.is_empty());
    let service = endpoint("localEndpoint").or_else(|| endpoint("remoteEndpoint"));
    [
        text(&span["traceId"]),
        text(&span["id"]),
        span["parentId"].as_str().map_or(Value::Null, |id| json!(id)),
        text(&span["name"]),
        json!(service.unwrap_or("unknown")),
        json!(service_tags(span)),
        millis(&span["timestamp"]),
        millis(&span["duration"]),
        json!(logs(span)),
        json!(tags(span)),
    ]
}

/// Zipkin counts microseconds, Grafana milliseconds.
fn millis(micros: &Value) -> Value {
    json!(micros.as_f64().unwrap_or(0.0) / 1000.0)
}

fn pair(key: &str, value: impl Into<Value>) -> Value {
    json!({"key": key, "value": value.into()})
}

fn service_tags(span: &Value) -> Vec<Value> {
    let (endpoint, side) = match (&span["localEndpoint"], &span["remoteEndpoint"]) {
        (local, _) if local.is_object() => (local, "local"),
        (_, remote) if remote.is_object() => (remote, "remote"),
        _ => return Vec::new(),
    };
    let mut tags = Vec::new();
    for key in ["ipv4", "ipv6", "port"] {
        if !endpoint[key].is_null() {
            tags.push(pair(key, endpoint[key].clone()));
        }
    }
    tags.push(pair("endpointType", side));
    tags
}

/// What happened within the span, under the names and in the microseconds of Grafana's datasource, which differ
/// from those of its other tracers.
fn logs(span: &Value) -> Vec<Value> {
    let annotations = span["annotations"].as_array().map_or(&[][..], Vec::as_slice);
    let log = |annotation: &Value| {
        let fields = [pair("annotation", annotation["value"].clone())];
        json!({"Timestamp": annotation["timestamp"], "Fields": fields})
    };
    annotations.iter().map(log).collect()
}

fn tags(span: &Value) -> Vec<Value> {
    let mut tags = Vec::new();
    if let Some(kind) = span["kind"].as_str() {
        tags.push(pair("kind", kind));
    }
    if span["shared"] == json!(true) {
        tags.push(pair("shared", true));
    }
    for (key, value) in span["tags"].as_object().into_iter().flatten() {
        // The trace view marks spans by a tag that says "yes"; Zipkin's says why.
        if key == "error" {
            tags.push(pair("error", true));
            tags.push(pair("errorValue", value.clone()));
        } else {
            tags.push(pair(key, value.clone()));
        }
    }
    tags
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(name: &str) -> Value {
        let path =
            format!("{}/../../testdata/zipkin-datasource/{name}.json", env!("CARGO_MANIFEST_DIR"));
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
    }

    /// Grafana writes a span's tags in no fixed order.
    fn with_sorted_tags(mut frame: Value) -> Value {
        for tags in frame["data"]["values"][9].as_array_mut().unwrap() {
            tags.as_array_mut().unwrap().sort_by_key(ToString::to_string);
        }
        frame
    }

    #[test]
    fn frames_are_those_of_grafanas_own_datasource() {
        for (trace, answer) in
            [("trace", "answer"), ("trace-leading-zeros", "answer-leading-zeros")]
        {
            let recorded = read(answer)["results"]["A"]["frames"][0].clone();
            let made = trace_frame("A", read(trace).as_array().unwrap());
            assert_eq!(with_sorted_tags(made), with_sorted_tags(recorded), "{trace}");
        }
    }

    #[test]
    fn failures_shares_and_annotations_are_told() {
        let span = json!({
            "traceId": "a", "id": "b", "kind": "CLIENT", "shared": true, "timestamp": 1500, "duration": 2000,
            "remoteEndpoint": {"serviceName": "stock", "ipv4": "10.0.0.1", "port": 80},
            "tags": {"error": "timeout"}, "annotations": [{"timestamp": 2500, "value": "ws"}],
        });
        let frame = trace_frame("A", &[span]);
        let cell = |column: usize| &frame["data"]["values"][column][0];
        assert_eq!((cell(4), cell(6), cell(7)), (&json!("stock"), &json!(1.5), &json!(2.0)));
        let service_tags =
            json!([pair("ipv4", "10.0.0.1"), pair("port", 80), pair("endpointType", "remote")]);
        assert_eq!(cell(5), &service_tags);
        assert_eq!(cell(8), &json!([{"Timestamp": 2500, "Fields": [pair("annotation", "ws")]}]));
        let tags = [
            pair("kind", "CLIENT"),
            pair("shared", true),
            pair("error", true),
            pair("errorValue", "timeout"),
        ];
        assert_eq!(cell(9), &json!(tags));
    }
}
