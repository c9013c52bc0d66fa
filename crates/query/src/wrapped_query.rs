//! Queries of other datasources that are run through ours.

use serde_json::{Map, Value};

/// The query type of a query that wraps another datasource's. It runs in the browser only.
pub const WRAP: &str = "wrap";

/// Our own datasource's type.
pub const OWN_TYPE: &str = "fireline-profiles-datasource";

/// The query inside one that wraps it, with the refId of the outer one.
///
/// # Errors
/// A sentence: no datasource is chosen, or it is ours, which would be in itself.
pub fn unwrap_query(query: &Map<String, Value>) -> Result<Map<String, Value>, String> {
    let Some(Value::Object(inner)) = query.get("inner") else {
        return Err("No data source is chosen whose query is to be run.".to_owned());
    };
    let datasource = inner.get("datasource");
    let of_datasource = |key: &str| {
        datasource.and_then(|datasource| datasource.get(key)).and_then(Value::as_str).unwrap_or("")
    };
    if of_datasource("uid").is_empty() {
        return Err("No data source is chosen whose query is to be run.".to_owned());
    }
    let outer_uid = query
        .get("datasource")
        .and_then(|datasource| datasource.get("uid"))
        .and_then(Value::as_str);
    if of_datasource("type") == OWN_TYPE || outer_uid == Some(of_datasource("uid")) {
        return Err(
            "Fireline cannot wrap its own queries; write the query itself instead.".to_owned()
        );
    }
    let mut inner = inner.clone();
    if let Some(ref_id) = query.get("refId") {
        inner.insert("refId".to_owned(), ref_id.clone());
    }
    Ok(inner)
}
