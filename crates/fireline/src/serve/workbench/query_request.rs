//! The body of `/api/ds/query`, read as Grafana reads it.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

/// Points when a query does not say.
const DEFAULT_MAX_DATA_POINTS: i64 = 100;

/// Distance of points when a query does not say. Unit: milliseconds.
const DEFAULT_INTERVAL_MILLIS: i64 = 1_000;

/// The body of a query request.
#[derive(Debug, Deserialize)]
pub(crate) struct QueryRequest {
    #[serde(default)]
    queries: Vec<Value>,
    from: Option<Value>,
    to: Option<Value>,
}

/// One query, ready for a plugin.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct PluginQuery {
    /// Names the query within the request.
    pub(crate) ref_id: String,
    /// The datasource asked.
    pub(crate) datasource_uid: String,
    /// What kind of query it is, for the plugin to know.
    pub(crate) query_type: String,
    /// How many points the panel has room for.
    pub(crate) max_data_points: i64,
    /// How far points should be apart. Unit: milliseconds.
    pub(crate) interval_millis: i64,
    /// Unit: milliseconds since 1970.
    pub(crate) from_millis: i64,
    /// Unit: milliseconds since 1970.
    pub(crate) to_millis: i64,
    /// The whole query as sent.
    pub(crate) model: Value,
}

/// Why a query request cannot be read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub(crate) enum QueryRequestError {
    /// There is no query, or all are hidden.
    #[error("no queries found")]
    NoQueries,
    /// Two queries have one name.
    #[error("refId {0:?} is used by more than one query")]
    DuplicateRefId(String),
    /// A query is no JSON object, or lacks its datasource.
    #[error("query {0:?} has no datasource.uid")]
    NoDatasource(String),
    /// A time cannot be read.
    #[error(
        "{field} {value}: expected milliseconds since 1970, \"now\" or \"now-<number><s|m|h|d|w|M|y>\""
    )]
    Time {
        /// `from` or `to`.
        field: &'static str,
        /// As sent.
        value: String,
    },
}

impl QueryRequest {
    /// The queries to run: those that are not hidden, in the order sent.
    pub(crate) fn queries(&self, now_millis: i64) -> Result<Vec<PluginQuery>, QueryRequestError> {
        let mut ref_ids = BTreeSet::new();
        let mut queries = Vec::new();
        for model in self.queries.iter().filter(|model| model["hide"] != Value::Bool(true)) {
            let query = self.query(model, now_millis)?;
            if !ref_ids.insert(query.ref_id.clone()) {
                return Err(QueryRequestError::DuplicateRefId(query.ref_id));
            }
            queries.push(query);
        }
        if queries.is_empty() { Err(QueryRequestError::NoQueries) } else { Ok(queries) }
    }

    fn query(&self, model: &Value, now_millis: i64) -> Result<PluginQuery, QueryRequestError> {
        let ref_id = model["refId"].as_str().filter(|id| !id.is_empty()).unwrap_or("A").to_owned();
        let uid = model["datasource"]["uid"].as_str().or(model["datasource"].as_str());
        let Some(datasource_uid) = uid.map(str::to_owned) else {
            return Err(QueryRequestError::NoDatasource(ref_id));
        };
        let own_range = &model["timeRange"];
        let from = own_range.get("from").or(self.from.as_ref()).unwrap_or(&Value::Null);
        let to = own_range.get("to").or(self.to.as_ref()).unwrap_or(&Value::Null);
        Ok(PluginQuery {
            ref_id,
            datasource_uid,
            query_type: model["queryType"].as_str().unwrap_or_default().to_owned(),
            max_data_points: positive(&model["maxDataPoints"]).unwrap_or(DEFAULT_MAX_DATA_POINTS),
            interval_millis: positive(&model["intervalMs"]).unwrap_or(DEFAULT_INTERVAL_MILLIS),
            from_millis: time_millis("from", from, now_millis)?,
            to_millis: time_millis("to", to, now_millis)?,
            model: model.clone(),
        })
    }
}

fn positive(value: &Value) -> Option<i64> {
    #[expect(clippy::cast_possible_truncation, reason = "casts of floats saturate")]
    let number = value.as_i64().or_else(|| value.as_f64().map(|number| number as i64));
    number.filter(|number| *number > 0)
}

/// A point in time: a number or text of milliseconds, `now`, `now-6h`, `now+1d`.
fn time_millis(
    field: &'static str,
    value: &Value,
    now_millis: i64,
) -> Result<i64, QueryRequestError> {
    let error = || QueryRequestError::Time { field, value: value.to_string() };
    if let Some(millis) = value.as_i64() {
        return Ok(millis);
    }
    let text = value.as_str().ok_or_else(error)?.trim();
    if let Ok(millis) = text.parse() {
        return Ok(millis);
    }
    let offset = text.strip_prefix("now").ok_or_else(error)?;
    let Some(direction) = offset.chars().next() else { return Ok(now_millis) };
    let sign = match direction {
        '-' => -1,
        '+' => 1,
        _ => return Err(error()),
    };
    let offset = &offset[1..];
    let digits = offset.trim_end_matches(|unit: char| !unit.is_ascii_digit());
    let secs_per_unit: i64 = match &offset[digits.len()..] {
        "s" => 1,
        "m" => 60,
        "h" => 3_600,
        "d" => 86_400,
        "w" => 604_800,
        "M" => 2_592_000,
        "y" => 31_536_000,
        _ => return Err(error()),
    };
    let count: i64 = digits.parse().map_err(|_| error())?;
    let millis = count.checked_mul(secs_per_unit).and_then(|secs| secs.checked_mul(1_000 * sign));
    millis.and_then(|millis| now_millis.checked_add(millis)).ok_or_else(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    const NOW: i64 = 1_795_240_290_000;

    fn queries(body: &str) -> Result<Vec<PluginQuery>, QueryRequestError> {
        serde_json::from_str::<QueryRequest>(body).unwrap().queries(NOW)
    }

    #[test]
    fn a_query_gets_what_grafana_gives_it() {
        let body = r#"{"from":"now-1h","to":1795240290000,"queries":[
            {"refId":"A","datasource":{"uid":"fireline"},"queryType":"profile","maxDataPoints":1200,
             "intervalMs":500,"labelSelector":"{}"},
            {"datasource":{"uid":"fireline"},"refId":"B","hide":true},
            {"datasource":{"uid":"fireline"},"refId":"C","timeRange":{"from":"5","to":"6"}}]}"#;
        let queries = queries(body).unwrap();
        assert_eq!(queries.len(), 2);
        let first = &queries[0];
        assert_eq!((first.ref_id.as_str(), first.query_type.as_str()), ("A", "profile"));
        assert_eq!((first.max_data_points, first.interval_millis), (1_200, 500));
        assert_eq!((first.from_millis, first.to_millis), (NOW - 3_600_000, NOW));
        assert_eq!(first.model["labelSelector"], "{}");
        let second = &queries[1];
        assert_eq!((second.max_data_points, second.interval_millis), (100, 1_000));
        assert_eq!((second.from_millis, second.to_millis), (5, 6));
    }

    #[test]
    fn what_cannot_be_run_is_told() {
        let error = |body: &str| queries(body).unwrap_err().to_string();
        assert_eq!(error("{}"), "no queries found");
        let hidden = r#"{"queries":[{"hide":true}],"from":"1","to":"2"}"#;
        assert_eq!(error(hidden), "no queries found");
        let nameless = r#"{"queries":[{"refId":"A"}],"from":"1","to":"2"}"#;
        assert!(error(nameless).contains("no datasource.uid"));
        let twice = r#"{"from":"1","to":"2","queries":[
            {"refId":"A","datasource":{"uid":"x"}},{"refId":"A","datasource":{"uid":"x"}}]}"#;
        assert!(error(twice).contains("\"A\" is used by more than one"));
        for time in ["null", "\"yesterday\"", "\"now-1\"", "\"now*1h\"", "\"now-é\"", "{}"] {
            let body = format!(
                "{{\"from\":{time},\"to\":\"now\",\"queries\":[{{\"datasource\":{{\"uid\":\"x\"}}}}]}}"
            );
            assert!(error(&body).starts_with("from "), "{time}");
        }
    }
}
