//! From a function of a flame graph to the traces in which it was seen.

use query::QUERY_VERSION;
use serde_json::{Map, Value, json};

use crate::explore_path::explore_path;

/// The path within Grafana of Explore with the values of a function over time and, as exemplars, the spans that it was
/// seen in.
///
/// `asked` is what a flame graph frame of ours says of its question, `call_site` the functions from below the root.
/// Empty: it is no such question (a comparison asks two), or the call site is the whole profile.
#[must_use]
pub fn traces_through(asked: &Value, call_site: &[String]) -> Option<String> {
    let text = |key: &str| asked[key].as_str().filter(|text| !text.is_empty());
    let (uid, profile_type) = (text("datasourceUid")?, text("profileTypeId")?);
    let (from, to) = (asked["from"].as_i64()?, asked["to"].as_i64()?);
    if call_site.is_empty() {
        return None;
    }
    let mut query = spans_through(profile_type, text("labelSelector").unwrap_or("{}"), call_site);
    query.insert("refId".to_owned(), json!("A"));
    query.insert("version".to_owned(), json!(QUERY_VERSION));
    Some(explore_path(uid, query, &from.to_string(), &to.to_string()))
}

/// The query for the spans in which a function was seen: exemplars of the values below its call site.
pub(crate) fn spans_through(
    profile_type: &str,
    selector: &str,
    call_site: &[String],
) -> Map<String, Value> {
    let query = json!({
        "queryType": "metrics",
        "profileTypeId": profile_type,
        "labelSelector": selector,
        "callSite": call_site,
        "includeExemplars": true,
        "exemplarType": "span",
    });
    let Value::Object(query) = query else { unreachable!("fields are an object") };
    query
}
