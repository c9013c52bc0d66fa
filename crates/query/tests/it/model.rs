//! The JSON of queries.

use query::Query;
use serde_json::json;

fn read(json: &serde_json::Value) -> Query {
    Query::from_json(json.to_string().as_bytes()).unwrap()
}

#[test]
fn what_the_core_datasource_saved_is_read_as_it_is() {
    let query = read(&json!({
        "refId": "A",
        "datasource": {"type": "grafana-pyroscope-datasource", "uid": "pyroscope"},
        "intervalMs": 15000,
        "queryType": "both",
        "labelSelector": "{service_name=\"checkout\"}",
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        "groupBy": ["region"],
        "spanSelector": ["03fa1cbd967b13da"],
        "limit": 5,
        "maxNodes": 64,
        "includeExemplars": true,
    }));
    assert_eq!(query.query_type, "both");
    assert_eq!(query.group_by, ["region"]);
    assert_eq!(query.span_selector, ["03fa1cbd967b13da"]);
    assert_eq!((query.limit, query.max_nodes), (Some(5), Some(64)));
    assert!(query.include_exemplars);
    assert_eq!(query.version, 0);
}

#[test]
fn what_fireline_saves_has_every_field_that_the_core_datasource_needs() {
    let saved = serde_json::to_value(Query::default()).unwrap();
    for field in ["queryType", "labelSelector", "profileTypeId", "groupBy", "spanSelector"] {
        assert!(saved.get(field).is_some(), "{field} is missing in {saved}");
    }
    assert!(saved.get("callSite").is_none(), "empty selectors of ours are not written: {saved}");
}

#[test]
fn fields_of_the_wrong_type_are_read_as_well_as_possible() {
    let query = read(&json!({
        "spanSelector": "03fa1cbd967b13da",
        "groupBy": null,
        "limit": "7",
        "maxNodes": 1024.0,
        "annotations": "yes",
        "labelSelector": null,
        "unknown": {"deep": [1]},
    }));
    assert_eq!(query.span_selector, ["03fa1cbd967b13da"]);
    assert!(query.group_by.is_empty());
    assert_eq!((query.limit, query.max_nodes), (Some(7), Some(1024)));
    assert!(!query.annotations);
    assert_eq!(query.label_selector, "");
}

#[test]
fn what_is_no_json_object_is_refused_with_its_place() {
    let error = Query::from_json(b"{\"refId\": ").unwrap_err();
    assert!(error.to_string().contains("line 1 column"), "{error}");
    assert!(Query::from_json(b"[]x").is_err());
    assert_eq!(Query::from_json(b"").unwrap(), Query::default());
}
