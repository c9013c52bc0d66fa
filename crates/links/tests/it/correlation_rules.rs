//! What is wrong with a correlation of a provisioning file, rule by rule.

use links::correlation::{
    Fault, as_grafana_reads, as_provisioned, check, check_exemplar_destinations,
    check_traces_to_profiles, rule_names,
};
use links::target::DataSourceKind;
use serde_json::{Value, json};

/// From a line of Loki to its trace, as a provisioning file has it.
fn good() -> Value {
    json!({
        "targetUID": "tempo",
        "label": "Trace",
        "description": "By the trace id in the text",
        "type": "query",
        "config": {
            "field": "Line",
            "target": { "query": "$${trace_id}", "queryType": "traceql" },
            "transformations": [
                { "type": "regex", "expression": "traceID=(?<trace_id>[0-9a-f]+)" }
            ]
        }
    })
}

/// A good correlation with something changed.
fn changed(change: impl Fn(&mut Value)) -> Value {
    let mut correlation = good();
    change(&mut correlation);
    correlation
}

fn without(path: &str, key: &str) -> Value {
    changed(|correlation| {
        let fields = correlation.pointer_mut(path).and_then(Value::as_object_mut);
        fields.expect("a mapping").remove(key).expect("it was there");
    })
}

fn with(pointer: &str, value: &Value) -> Value {
    changed(|correlation| {
        let (path, key) = pointer.rsplit_once('/').expect("a pointer");
        correlation.pointer_mut(path).expect("a place")[key] = value.clone();
    })
}

fn with_transformation(transformation: &Value) -> Value {
    changed(|correlation| {
        let listed =
            correlation.pointer_mut("/config/transformations").and_then(Value::as_array_mut);
        listed.expect("a list").push(transformation.clone());
    })
}

fn faults(correlation: &Value) -> Vec<Fault> {
    check(correlation, Some(DataSourceKind::Loki))
}

/// By rule: a correlation that breaks it, where, and a part of what is said.
fn failing_examples() -> Vec<(&'static str, Value, &'static str, &'static str)> {
    let logfmt = json!({ "type": "logfmt", "mapvalue": "x" });
    vec![
        ("correlation-is-a-mapping", json!("tempo"), "", "expected a mapping"),
        ("label-is-text", without("", "label"), "", "label is missing"),
        ("label-is-text", with("/label", &json!(7)), "/label", "label is 7, expected a text"),
        ("description-is-text", without("", "description"), "", "description is missing"),
        ("description-is-text", with("/description", &json!(null)), "/description", "is null"),
        (
            "type-is-known",
            with("/type", &json!("link")),
            "/type",
            "expected \"query\" or \"external\"",
        ),
        (
            "type-is-beside-config",
            with("/config/type", &json!("external")),
            "/config/type",
            "beside it",
        ),
        ("query-has-a-target-uid", without("", "targetUID"), "", "targetUID is missing"),
        (
            "query-has-a-target-uid",
            with("/targetUID", &json!("")),
            "/targetUID",
            "targetUID is \"\"",
        ),
        ("query-has-a-target-uid", with("/targetUID", &json!(12)), "/targetUID", "targetUID is 12"),
        ("config-is-a-mapping", without("", "config"), "", "config is missing"),
        ("config-is-a-mapping", with("/config", &json!([])), "/config", "config is []"),
        ("field-is-named", without("/config", "field"), "/config", "config.field is missing"),
        (
            "field-is-named",
            with("/config/field", &json!("")),
            "/config/field",
            "config.field is \"\"",
        ),
        ("target-is-a-query", without("/config", "target"), "/config", "config.target is missing"),
        (
            "target-is-a-query",
            with("/config/target", &json!({})),
            "/config/target",
            "config.target is {}",
        ),
        (
            "external-target-has-a-url",
            with("/type", &json!("external")),
            "/config/target",
            "no url",
        ),
        (
            "external-target-has-a-url",
            changed(|correlation| {
                correlation["type"] = json!("external");
                correlation["config"]["target"] = json!({ "url": "" });
            }),
            "/config/target",
            "no url",
        ),
        (
            "transformations-are-under-config",
            with("/transformations", &json!([])),
            "/transformations",
            "under it",
        ),
        (
            "transformation-is-known",
            with("/config/transformations", &json!("logfmt")),
            "/config/transformations",
            "expected a list",
        ),
        (
            "transformation-is-known",
            with_transformation(&json!({ "type": "json" })),
            "/config/transformations/1",
            "\"regex\" or \"logfmt\"",
        ),
        (
            "transformation-is-known",
            with_transformation(&json!("regex")),
            "/config/transformations/1",
            "\"regex\" or \"logfmt\"",
        ),
        (
            "regex-has-an-expression",
            with_transformation(&json!({ "type": "regex" })),
            "/config/transformations/1",
            "no expression",
        ),
        (
            "regex-has-an-expression",
            with_transformation(&json!({ "type": "regex", "expression": "" })),
            "/config/transformations/1",
            "no expression",
        ),
        (
            "expression-is-javascript",
            with_transformation(&json!({ "type": "regex", "expression": "(?P<x>.)" })),
            "/config/transformations/1/expression",
            "(?<name>…)",
        ),
        (
            "expression-is-javascript",
            with_transformation(&json!({ "type": "regex", "expression": "(?i)x" })),
            "/config/transformations/1/expression",
            "no flags",
        ),
        (
            "keys-are-known",
            with("/targetUid", &json!("tempo")),
            "/targetUid",
            "\"targetUid\" is not read",
        ),
        (
            "keys-are-known",
            with("/config/fields", &json!("Line")),
            "/config/fields",
            "\"fields\" is not read",
        ),
        (
            "keys-are-known",
            with_transformation(&logfmt),
            "/config/transformations/1/mapvalue",
            "mapValue",
        ),
        (
            "dollars-are-doubled",
            with("/config/target/query", &json!("${trace_id}")),
            "/config/target/query",
            "\"${trace_id}\" would be read from the environment, expected \"$${trace_id}\"",
        ),
        (
            "dollars-are-doubled",
            with("/config/target/query", &json!("$${trace_id} $trace_id x")),
            "/config/target/query",
            "\"$trace_id\" would",
        ),
        (
            "dollars-are-doubled",
            with("/config/target/query", &json!("${__value.raw}")),
            "/config/target/query",
            "${__value.raw}",
        ),
        (
            "dollars-are-doubled",
            with_transformation(&json!({ "type": "regex", "expression": "(?<x>.)$" })),
            "/config/transformations/1/expression",
            "\"$\" would",
        ),
        ("dollars-are-doubled", with("/label", &json!("Trace ${x}")), "/label", "${x}"),
        (
            "variables-exist",
            with("/config/target/query", &json!("$${traceID}")),
            "/config/target/query",
            "no transformation gives the variable \"traceID\"",
        ),
        (
            "variables-exist",
            with("/config/target/query", &json!("$$span_id")),
            "/config/target/query",
            "\"span_id\"",
        ),
    ]
}

#[test]
fn a_good_correlation_breaks_no_rule() {
    assert_eq!(faults(&good()), []);
}

#[test]
fn each_rule_finds_what_breaks_it_and_nothing_else_does() {
    for (rule, correlation, pointer, said) in failing_examples() {
        let faults = faults(&correlation);
        let found = faults.iter().find(|fault| fault.rule == rule);
        let fault = found.unwrap_or_else(|| panic!("{rule} says nothing to {correlation}"));
        assert_eq!(fault.pointer, pointer, "{rule}: {correlation}");
        assert!(fault.what.contains(said), "{rule}: {:?} does not say {said:?}", fault.what);
        let others: Vec<&Fault> = faults.iter().filter(|fault| fault.rule != rule).collect();
        assert!(others.is_empty(), "{rule}: {others:?}");
    }
}

#[test]
fn there_is_an_example_for_each_rule() {
    let examples = failing_examples();
    assert_eq!(rule_names().count(), 17);
    for rule in rule_names() {
        assert!(examples.iter().any(|(name, ..)| *name == rule), "{rule} has no failing example");
    }
}

#[test]
fn what_grafana_takes_is_no_fault() {
    let external = changed(|correlation| {
        correlation["type"] = json!("external");
        correlation["config"]["target"] = json!({ "url": "$JAEGER_URL/trace/$${trace_id}" });
        correlation.as_object_mut().expect("a mapping").remove("targetUID");
    });
    let taken = [
        ("no type means query", without("", "type")),
        ("a link out of Grafana needs no uid", external),
        ("the environment may be meant", with("/targetUID", &json!("$TEMPO_UID"))),
        ("whatever follows its name", with("/targetUID", &json!("$TEMPO-main"))),
        ("or a file", with("/targetUID", &json!("$__file{/etc/uid}"))),
        ("a price has a dollar", with("/description", &json!("costs 5$$"))),
        (
            "built-in variables are always there",
            with("/config/target/query", &json!("$${__value.raw}")),
        ),
        ("so are fields of the row", with("/config/target/query", &json!("$${id}"))),
        ("a path or a format may follow", with("/config/target/query", &json!("$${trace_id:raw}"))),
    ];
    for (why, correlation) in taken {
        assert_eq!(faults(&correlation), [], "{why}");
    }
}

#[test]
fn where_variables_come_from() {
    let asks = |transformation: Value| {
        changed(|correlation| {
            correlation["config"]["transformations"] = json!([transformation]);
            correlation["config"]["target"] = json!({ "query": "$${found}" });
        })
    };
    let given = [
        json!({ "type": "logfmt" }),
        json!({ "type": "regex", "expression": "(?<found>.)" }),
        json!({ "type": "regex", "expression": "(?<=x)(?<found>.)" }),
        json!({ "type": "regex", "expression": "(.)", "mapValue": "found" }),
        json!({ "type": "regex", "expression": "(?<=x>)(.)", "mapValue": "found" }),
        json!({ "type": "regex", "expression": "(?<!x>)(.)", "mapValue": "found" }),
    ];
    for transformation in given {
        assert_eq!(faults(&asks(transformation.clone())), [], "{transformation}");
    }
    let not_given = [
        json!({ "type": "regex", "expression": "(?<other>.)" }),
        json!({ "type": "regex", "expression": "(?<=found>)(.)" }),
        json!({ "type": "regex", "expression": "(.)" }),
        // A named group takes the value's place.
        json!({ "type": "regex", "expression": "(?<other>.)", "mapValue": "found" }),
    ];
    for transformation in not_given {
        let faults = faults(&asks(transformation.clone()));
        assert_eq!(faults.len(), 1, "{transformation}: {faults:?}");
        assert_eq!(faults[0].rule, "variables-exist");
    }
}

#[test]
fn fields_that_depend_on_the_query_may_be_any() {
    let correlation = with("/config/target/query", &json!("$${job}"));
    for source in [None, Some(DataSourceKind::Prometheus)] {
        assert_eq!(check(&correlation, source), []);
    }
    let on_a_column = changed(|correlation| {
        correlation["config"]["field"] = json!("http.status_code");
        correlation["config"]["target"]["query"] = json!("$${http.route}");
    });
    assert_eq!(check(&on_a_column, Some(DataSourceKind::Tempo)), []);
}

#[test]
fn fields_of_a_trace_are_known_for_every_tracer() {
    let fields = [
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
    ];
    for source in [DataSourceKind::Tempo, DataSourceKind::Jaeger, DataSourceKind::Zipkin] {
        for (on, named) in fields.iter().zip(fields.iter().rev()) {
            let correlation = changed(|correlation| {
                correlation["config"]["field"] = json!(on);
                correlation["config"]["target"]["query"] = json!(format!("$${{{named}}}"));
            });
            assert_eq!(check(&correlation, Some(source)), [], "{on}, {named}");
            let unknown = changed(|correlation| {
                correlation["config"]["field"] = json!(on);
                correlation["config"]["target"]["query"] = json!("$${span}");
            });
            assert_eq!(check(&unknown, Some(source)).len(), 1, "{on}");
        }
    }
    let faults = check(&with("/config/field", &json!("label")), Some(DataSourceKind::Fireline));
    assert_eq!(faults, [], "the expression gives it");
}

#[test]
fn a_dollar_is_written_twice_and_read_once() {
    for text in ["", "$", "${a}", "x$y$$z", "no"] {
        assert_eq!(as_grafana_reads(&as_provisioned(text)), text);
    }
    assert_eq!(as_provisioned("${trace_id}"), "$${trace_id}");
}

#[test]
fn traces_to_profiles_wants_a_data_source_and_a_type() {
    let good = json!({ "tracesToProfiles": { "datasourceUid": "fireline", "profileTypeId": "a:b:c:d:e",
        "customQuery": true, "query": "{service_name=\"$${__span.tags[\"service.name\"]}\"}" } });
    assert_eq!(check_traces_to_profiles(&good), []);
    assert_eq!(check_traces_to_profiles(&json!({})), []);
    for (key, said) in
        [("datasourceUid", "no datasourceUid"), ("profileTypeId", "no profileTypeId")]
    {
        let mut bad = good.clone();
        bad["tracesToProfiles"][key] = json!("");
        let faults = check_traces_to_profiles(&bad);
        assert_eq!(faults.len(), 1);
        assert_eq!(faults[0].pointer, "/tracesToProfiles");
        assert!(faults[0].what.contains(said), "{faults:?}");
    }
    let mut bad = good;
    bad["tracesToProfiles"]["query"] = json!("{${__tags}}");
    let faults = check_traces_to_profiles(&bad);
    assert_eq!(faults[0].pointer, "/tracesToProfiles/query");
    assert!(faults[0].what.contains("\"${__tags}\" would"), "{faults:?}");
}

#[test]
fn an_exemplar_must_lead_somewhere_that_answers() {
    let kind_of = |uid: &str| DataSourceKind::of_type(uid);
    let check = |destination: Value| {
        let json_data = json!({ "exemplarTraceIdDestinations": [destination] });
        check_exemplar_destinations(&json_data, kind_of)
    };
    assert_eq!(check(json!({ "name": "trace_id", "datasourceUid": "tempo" })), []);
    assert_eq!(check(json!({ "name": "trace_id", "datasourceUid": "elsewhere" })), []);
    assert_eq!(check(json!({ "name": "trace_id", "url": "http://jaeger/$${__value.raw}" })), []);
    assert_eq!(check_exemplar_destinations(&json!({}), kind_of), []);
    let bad = [
        (json!({ "name": "trace_id", "datasourceUid": "jaeger" }), "answers nothing"),
        (json!({ "datasourceUid": "tempo" }), "has no name"),
        (json!({ "name": "trace_id" }), "leads nowhere"),
    ];
    for (destination, said) in bad {
        let faults = check(destination);
        assert_eq!(faults.len(), 1, "{said}");
        assert_eq!(faults[0].pointer, "/exemplarTraceIdDestinations/0");
        assert!(faults[0].what.contains(said), "{faults:?}");
    }
}
