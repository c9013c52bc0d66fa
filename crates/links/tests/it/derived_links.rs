//! Which links a frame gets, as one line each: field → title → data source and query.

use links::{
    DerivedLink, FieldShape, FrameShape, InternalLink, LinkContext, SourceRef, derive_links,
};
use serde_json::{Map, Value, json};

fn source(uid: &str, kind: &str) -> SourceRef {
    SourceRef { uid: uid.into(), r#type: kind.into(), name: uid.to_uppercase() }
}

fn object(value: Value) -> Map<String, Value> {
    match value {
        Value::Object(object) => object,
        other => panic!("no object: {other}"),
    }
}

fn context(settings: Value, query: Value) -> LinkContext {
    LinkContext {
        own: source("fire", "fireline-profiles-datasource"),
        sources: vec![
            source("fire", "fireline-profiles-datasource"),
            source("prom", "prometheus"),
            source("tempo", "tempo"),
            source("jaeger", "jaeger"),
            source("zipkin", "zipkin"),
            source("loki", "loki"),
            source("sql", "postgres"),
        ],
        settings: object(settings),
        query: object(query),
    }
}

fn frame(name: &str, meta: Value, fields: &[(&str, &str)]) -> FrameShape {
    let field = |(name, kind): &(&str, &str)| FieldShape {
        name: (*name).to_owned(),
        r#type: (*kind).to_owned(),
        ..FieldShape::default()
    };
    FrameShape { name: name.into(), meta: object(meta), fields: fields.iter().map(field).collect() }
}

/// One line a link. Of a query's fields only those that are told apart.
fn links(frame: &FrameShape, context: &LinkContext) -> Vec<String> {
    let mut lines = Vec::new();
    for field in derive_links(frame, context) {
        for link in field.links {
            let name = &frame.fields[field.field].name;
            let target = match link.internal {
                None => link.url,
                Some(mut internal) => {
                    for usual in ["groupBy", "origin", "version", "annotations", "includeExemplars"]
                    {
                        internal.query.remove(usual);
                    }
                    internal.query.retain(|_, value| *value != json!([]));
                    if let Some(plan) =
                        internal.query.get_mut("plan").and_then(Value::as_object_mut)
                    {
                        plan.remove("optional");
                    }
                    let state = internal
                        .panels_state
                        .map_or(String::new(), |state| format!(" {}", json!(state)));
                    format!("{} {}{state}", internal.datasource_uid, json!(internal.query))
                }
            };
            lines.push(format!("{name} → {} → {target}", link.title));
        }
    }
    lines
}

const EXEMPLAR: &[(&str, &str)] = &[
    ("Time", "time"),
    ("Value", "number"),
    ("job", "string"),
    ("trace_id", "string"),
    ("span_id", "string"),
];

#[test]
fn a_metrics_exemplar_leads_to_the_trace_and_to_its_profiles() {
    let frame = frame("exemplar", json!({}), EXEMPLAR);
    let context = context(json!({}), json!({}));
    let cpu = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
    let own = |selection: &str| {
        format!(
            r#"fire {{"labelSelector":"{{service_name=\"${{__data.fields['job']}}\"}}","plan":{{}},"profileTypeId":"{cpu}","queryType":"profile",{selection}}}"#
        )
    };
    let state = r#"{"trace":{"spanId":"${__data.fields['span_id']}"}}"#;
    let trace = "${__data.fields['trace_id']}";
    assert_eq!(
        links(&frame, &context),
        [
            format!(
                r#"trace_id → Trace in TEMPO → tempo {{"query":"{trace}","queryType":"traceql"}} {state}"#
            ),
            format!(r#"trace_id → Trace in JAEGER → jaeger {{"query":"{trace}"}} {state}"#),
            format!(
                r#"trace_id → Trace in ZIPKIN → zipkin {{"query":"{trace}","queryType":"traceID"}} {state}"#
            ),
            format!(
                "trace_id → Profile of this trace → {}",
                own(r#""traceSelector":["${__data.fields['trace_id']}"]"#)
            ),
            format!(
                "span_id → Profile of this span → {}",
                own(r#""spanSelector":["${__data.fields['span_id']}"]"#)
            ),
            format!(
                "Time → Profile of the service at this time → {}",
                own("")
                    .replace(",}", "}")
                    .replace(r#""plan":{}"#, r#""plan":{"atMillis":"${__value.raw}"}"#)
            ),
        ]
    );
}

#[test]
fn links_of_ours_say_that_they_are_links_and_what_they_can_do_without() {
    let frame = frame("exemplar", json!({}), EXEMPLAR);
    let all = derive_links(&frame, &context(json!({}), json!({})));
    let of_span = all.iter().find(|field| field.field == 4).expect("links of the span");
    let query = &of_span.links[0].internal.as_ref().expect("a query").query;
    assert_eq!(query["origin"], "link");
    assert_eq!(query["plan"]["optional"][0], "service_namespace");
}

#[test]
fn links_are_written_as_grafanas_frontend_reads_them() {
    let to_query = DerivedLink {
        title: "Trace in TEMPO".into(),
        url: String::new(),
        target_blank: false,
        internal: Some(InternalLink {
            datasource_uid: "tempo".into(),
            datasource_name: "TEMPO".into(),
            query: object(json!({ "query": "1" })),
            panels_state: None,
        }),
    };
    let mut expected = json!({
        "title": "Trace in TEMPO", "url": "", "targetBlank": false,
        "internal": {
            "datasourceUid": "tempo", "datasourceName": "TEMPO", "query": { "query": "1" },
        },
    });
    assert_eq!(to_query.to_json(), expected);
    let state = json!({ "trace": { "spanId": "2" } });
    let mut to_span = to_query;
    to_span.internal.as_mut().expect("a query").panels_state = Some(object(state.clone()));
    expected["internal"]["panelsState"] = state;
    assert_eq!(to_span.to_json(), expected);
    let outside = DerivedLink {
        title: "Source".into(),
        url: "https://git.example.com".into(),
        target_blank: true,
        internal: None,
    };
    let expected =
        json!({ "title": "Source", "url": "https://git.example.com", "targetBlank": true });
    assert_eq!(outside.to_json(), expected);
}

#[test]
fn the_settings_say_where_links_lead() {
    let settings = json!({
        "links": { "traces": ["jaeger", "gone"], "profileType": "memory:inuse_space:bytes:space:bytes" },
        "exemplars": { "traceLabel": "traceID" },
    });
    let frame = frame(
        "exemplar",
        json!({}),
        &[("Time", "time"), ("Value", "number"), ("traceID", "string")],
    );
    let links = links(&frame, &context(settings, json!({})));
    assert_eq!(links.len(), 2, "{links:#?}");
    assert!(links[0].starts_with("traceID → Trace in JAEGER → jaeger "), "{links:#?}");
    assert!(links[1].contains("memory:inuse_space"), "{links:#?}");
    assert!(links[1].contains(r#""labelSelector":"{}""#), "no field names the service: {links:#?}");
}

#[test]
fn a_profiles_exemplar_leads_to_that_profile_first() {
    let frame = frame(
        "exemplar",
        json!({ "custom": { "resultType": "exemplar" } }),
        &[
            ("Time", "time"),
            ("Value", "number"),
            ("Id", "string"),
            ("service_name", "string"),
            ("trace_id", "string"),
        ],
    );
    let query = json!({ "profileTypeId": "mutex:delay:nanoseconds::", "labelSelector": "{service_name=\"shop\"}" });
    let links = links(&frame, &context(json!({}), query));
    assert_eq!(
        links[0],
        r#"Id → This profile → fire {"labelSelector":"{service_name=\"shop\"}","plan":{},"profileIdSelector":["${__data.fields['Id']}"],"profileTypeId":"mutex:delay:nanoseconds::","queryType":"profile"}"#
    );
    assert!(links[1].starts_with("trace_id → Trace in TEMPO → "), "{links:#?}");
}

#[test]
fn every_tracers_span_leads_to_its_profile() {
    let frame = frame(
        "Trace",
        json!({ "preferredVisualisationType": "trace" }),
        &[
            ("traceID", "string"),
            ("spanID", "string"),
            ("serviceName", "string"),
            ("startTime", "number"),
        ],
    );
    let links = links(&frame, &context(json!({ "serviceLabel": "app" }), json!({})));
    assert_eq!(links.len(), 2);
    assert!(links[0].starts_with("spanID → Profile of this span → fire "), "{links:#?}");
    assert!(links[0].contains(r#"{app=\"${__data.fields['serviceName']}\"}"#), "{links:#?}");
    assert!(links[1].contains(r#""traceSelector":["${__data.fields['traceID']}"]"#), "{links:#?}");
    assert!(
        links[1].contains(r#""labelSelector":"{}""#),
        "a trace is of many services: {links:#?}"
    );
}

#[test]
fn a_log_line_leads_to_its_trace_and_its_profile() {
    let frame = frame(
        "",
        json!({ "preferredVisualisationType": "logs" }),
        &[("Time", "time"), ("Line", "string"), ("trace_id", "string"), ("span_id", "string")],
    );
    let links = links(&frame, &context(json!({}), json!({})));
    let titles: Vec<&str> =
        links.iter().map(|link| link.split(" → ").nth(1).expect("a title")).collect();
    assert_eq!(
        titles,
        [
            "Trace in TEMPO",
            "Trace in JAEGER",
            "Trace in ZIPKIN",
            "Profile of this trace",
            "Profile of this span"
        ]
    );
}

#[test]
fn a_call_tree_leads_to_source_logs_and_metrics() {
    let custom = json!({ "fireline": { "labelSelector": "{service_name=\"sh\\\"op\", zone=~\"a.*\", __profile_type__=\"x\"}" } });
    let fields = [("level", "number"), ("value", "number"), ("self", "number"), ("label", "enum")];
    let frame = frame("response", json!({ "custom": custom }), &fields);
    let settings = json!({ "links": {
        "source": "https://git.example.com/search?q=${function}", "metricsQuery": "requests{job=\"${service}\"}",
    } });
    assert_eq!(
        links(&frame, &context(settings, json!({}))),
        [
            "label → Source of this function → https://git.example.com/search?q=${__value.text:percentencode}",
            r#"label → Logs in LOKI → loki {"expr":"{service_name=\"sh\\\"op\"}","queryType":"range"}"#,
            r#"label → Metrics in PROM → prom {"expr":"requests{job=\"sh\\\"op\"}","range":true}"#,
        ]
    );
}

#[test]
fn a_series_of_profiles_leads_to_the_profile_of_that_moment() {
    let mut frame = frame("shop", json!({}), &[("time", "time"), ("cpu", "number")]);
    frame.fields[1].labels.insert("region".into(), "eu".into());
    let query = json!({ "profileTypeId": "mutex:delay:nanoseconds::", "labelSelector": "{service_name=\"shop\"}" });
    let found = links(&frame, &context(json!({}), query));
    assert!(
        found[0].starts_with(r#"cpu → Profile at this time → fire {"labelSelector":"{service_name=\"shop\", region=\"eu\"}","plan":{"atMillis":"${__data.fields['time']}"}"#),
        "{found:#?}"
    );
    assert_eq!(found.len(), 3, "and to logs and metrics");
    assert_eq!(
        links(&frame, &context(json!({}), json!({}))),
        [""; 0],
        "not a series of anything else"
    );
}

#[test]
fn other_frames_lead_nowhere() {
    let table = frame("table", json!({}), &[("name", "string")]);
    assert_eq!(links(&table, &context(json!({}), json!({}))), [""; 0]);
}
