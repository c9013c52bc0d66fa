//! Loki, asked as Grafana's Loki datasource asks it for log lines.

use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use upstream_http::{ConfigError, Dialect};

use super::super::query_request::PluginQuery;
use super::SourceFailure;
use super::json_server::JsonServer;

/// Its uid, and its type.
pub(super) const UID: &str = "loki";

/// How many lines are asked for where the query does not say.
const DEFAULT_MAX_LINES: i64 = 1000;

static API: Dialect = Dialect {
    accept: "application/json",
    body_type: "application/x-www-form-urlencoded",
    answer_type: Some("application/json"),
    headers: &[],
    timeout_header: None,
    error: |_| None,
};

/// A Loki server.
#[derive(Debug)]
pub(super) struct Loki(JsonServer);

impl Loki {
    /// Opens no connection. Errors: no request could be made with this address.
    pub(super) fn new(url: String) -> Result<Self, ConfigError> {
        JsonServer::new("Loki", url, &API).map(Self)
    }

    pub(super) fn url(&self) -> &str {
        self.0.url()
    }

    /// The lines that an expression selects in the time range.
    pub(super) async fn answer(&self, query: &PluginQuery) -> Result<Vec<Value>, SourceFailure> {
        let expr = query.model["expr"].as_str().unwrap_or_default();
        let limit = query.model["maxLines"].as_i64().unwrap_or(DEFAULT_MAX_LINES);
        let direction = query.model["direction"].as_str().unwrap_or("backward");
        let nanos = |millis: i64| millis.saturating_mul(1_000_000);
        let path = format!(
            "/loki/api/v1/query_range?query={}&start={}&end={}&limit={limit}&direction={}",
            utf8_percent_encode(expr, NON_ALPHANUMERIC),
            nanos(query.from_millis),
            nanos(query.to_millis),
            utf8_percent_encode(direction, NON_ALPHANUMERIC),
        );
        let answer: Value = self.0.get("log lines", &path).await?;
        Ok(vec![lines_frame(&query.ref_id, &answer, direction == "forward")])
    }
}

/// One row a line: the labels of its stream, when it was written, the line.
fn lines_frame(ref_id: &str, answer: &Value, is_forward: bool) -> Value {
    let streams = answer["data"]["result"].as_array().map_or(&[][..], Vec::as_slice);
    let mut lines: Vec<(&str, &Value, &Value)> = Vec::new();
    for stream in streams {
        let values = stream["values"].as_array().map_or(&[][..], Vec::as_slice);
        lines.extend(
            values
                .iter()
                .map(|value| (value[0].as_str().unwrap_or_default(), &stream["stream"], &value[1])),
        );
    }
    // Nanoseconds since 1970 have as many digits for longer than there will be logs.
    lines.sort_by_key(|(nanos, ..)| *nanos);
    if !is_forward {
        lines.reverse();
    }
    let millis = |nanos: &str| nanos.parse::<i64>().unwrap_or(0) / 1_000_000;
    let field = |name: &str, kind: &str, frame_type: &str| json!({"name": name, "type": kind, "typeInfo": {"frame": frame_type}});
    json!({
        "schema": {
            "refId": ref_id,
            "meta": {"typeVersion": [0, 0], "custom": {"frameType": "LabeledTimeValues"}},
            "fields": [
                field("labels", "other", "json.RawMessage"),
                field("Time", "time", "time.Time"),
                field("Line", "string", "string"),
                field("tsNs", "string", "string"),
            ],
        },
        "data": {"values": [
            lines.iter().map(|(_, labels, _)| (*labels).clone()).collect::<Vec<_>>(),
            lines.iter().map(|(nanos, ..)| millis(nanos)).collect::<Vec<_>>(),
            lines.iter().map(|(.., line)| (*line).clone()).collect::<Vec<_>>(),
            lines.iter().map(|(nanos, ..)| *nanos).collect::<Vec<_>>(),
        ]},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_of_all_streams_stand_in_order() {
        let answer = json!({"data": {"resultType": "streams", "result": [
            {"stream": {"service_name": "checkout"}, "values": [["1795240176508985295", "late"]]},
            {"stream": {"service_name": "payment"}, "values": [["1795240176508985294", "early"]]},
        ]}});
        let values = lines_frame("A", &answer, true)["data"]["values"].clone();
        assert_eq!(values[2], json!(["early", "late"]));
        assert_eq!(values[0][0]["service_name"], "payment");
        assert_eq!(values[1][0], 1_795_240_176_508_i64);
        assert_eq!(lines_frame("A", &answer, false)["data"]["values"][2], json!(["late", "early"]));
    }
}
