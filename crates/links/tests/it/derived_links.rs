//! Which links a frame gets, as one line each: field → title → data source and query.

use links::{
    DerivedLink, FieldShape, FrameShape, FrameSubject, InternalLink, LinkContext, Signal,
    SourceRef, derive_links,
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
            r#"fire {{"labelSelector":"{{service_name=${{__data.fields['job']:doublequote}}}}","plan":{{}},"profileTypeId":"{cpu}","queryType":"profile",{selection}}}"#
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
                    .replace(r#"{service_name=${__data.fields['job']:doublequote}}"#, "{}")
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
    let optional = query["plan"]["optional"].as_array().expect("labels");
    assert_eq!(optional[0], "service_namespace");
    assert_eq!(optional[optional.len() - 1], "service_name", "the id is what is meant");
    let of_moment = all.iter().find(|field| field.field == 0).expect("links of the time");
    let query = &of_moment.links[0].internal.as_ref().expect("a query").query;
    assert_eq!(query["plan"]["optional"], json!(null), "without an id, the service is");
    let own = context(json!({ "serviceLabel": "app" }), json!({}));
    let all = derive_links(&frame, &own);
    let query = &all[1].links[0].internal.as_ref().expect("a query").query;
    let optional = query["plan"]["optional"].as_array().expect("labels");
    assert_eq!(optional[optional.len() - 1], "app");
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
            ("duration", "number"),
        ],
    );
    let links = links(&frame, &context(json!({ "serviceLabel": "app" }), json!({})));
    assert_eq!(links.len(), 2);
    assert!(links[0].starts_with("spanID → Profile of this span → fire "), "{links:#?}");
    assert!(
        links[0].contains(r#"{app=${__data.fields['serviceName']:doublequote}}"#),
        "{links:#?}"
    );
    let duration = r#""plan":{"spanDuration":"${__data.fields['duration'].numeric}ms"}"#;
    assert!(links[0].contains(duration), "a short one has no sample: {links:#?}");
    assert!(!links[1].contains("spanDuration"), "{links:#?}");
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
    let custom = json!({ "fireline": { "labelSelector": "{service_name=\"s.h\\\"op\", zone=~\"a.*\", __profile_type__=\"x\"}" } });
    let fields = [("level", "number"), ("value", "number"), ("self", "number"), ("label", "enum")];
    let frame = frame("response", json!({ "custom": custom }), &fields);
    let settings = json!({ "links": {
        "source": "https://git.example.com/search?q=${function}", "metricsQuery": "requests{job=~\"${service}|${service:regex}\"}",
    } });
    assert_eq!(
        links(&frame, &context(settings, json!({}))),
        [
            "label → Source of this function → https://git.example.com/search?q=${__value.text:percentencode}",
            r#"label → Logs in LOKI → loki {"expr":"{service_name=\"s.h\\\"op\"}","queryType":"range"}"#,
            r#"label → Metrics in PROM → prom {"expr":"requests{job=~\"s.h\\\"op|s\\\\.h\\\"op\"}","range":true}"#,
        ]
    );
}

#[test]
fn logs_are_asked_for_by_the_service_and_by_what_the_settings_map() {
    let streams = |settings: Value, selector: &str| {
        let custom = json!({ "fireline": { "labelSelector": selector } });
        let fields =
            [("level", "number"), ("value", "number"), ("self", "number"), ("label", "enum")];
        let frame = frame("response", json!({ "custom": custom }), &fields);
        let links = links(&frame, &context(settings, json!({})));
        let logs = links.into_iter().find(|link| link.contains("Logs in LOKI"))?;
        let query: Value = serde_json::from_str(logs.split_once("loki ")?.1).ok()?;
        query["expr"].as_str().map(str::to_owned)
    };
    let labels = json!({ "service.namespace": "team", "service.name": "app", "zone": "zone" });
    let mapped = json!({ "serviceLabel": "app", "links": { "labels": labels } });
    for (settings, selector, expected) in [
        (json!({}), r#"{service_name="a", hostname="x"}"#, Some(r#"{service_name="a"}"#)),
        (json!({}), r#"{region="eu", job="a"}"#, Some(r#"{service_name="a"}"#)),
        (json!({}), r#"{region="eu"}"#, None),
        (
            mapped,
            r#"{app="a", team="t", hostname="x"}"#,
            Some(r#"{service_name="a", service_namespace="t"}"#),
        ),
    ] {
        assert_eq!(streams(settings, selector).as_deref(), expected, "{selector}");
    }
}

#[test]
fn a_series_of_profiles_leads_to_the_profile_of_that_moment() {
    let mut frame = frame("shop", json!({}), &[("time", "time"), ("cpu", "number")]);
    frame.fields[1].labels.insert("region".into(), "eu".into());
    let query = json!({ "profileTypeId": "mutex:delay:nanoseconds::", "labelSelector": "{service_name=\"shop\"}" });
    let found = links(&frame, &context(json!({}), query));
    assert!(
        found[0].starts_with(r#"cpu → Profile at this time → fire {"labelSelector":"{service_name=\"shop\", region=\"eu\"}","plan":{"atMillis":"${__data.fields['time'].numeric}"}"#),
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
fn a_series_of_a_metric_leads_to_the_profile_of_the_service_that_it_names() {
    let series = |labels: &[(&str, &str)]| {
        let mut frame = frame("p95", json!({}), &[("Time", "time"), ("Value", "number")]);
        let labels = labels.iter().map(|(name, value)| ((*name).into(), (*value).into()));
        frame.fields[1].labels = labels.collect();
        frame
    };
    // What was chosen for a flame graph before is no condition of it.
    let query = |query_type: &str| {
        let selector = "{service_name=\"checkout\"}";
        json!({ "queryType": query_type, "profileTypeId": "mutex:delay:nanoseconds::", "labelSelector": selector })
    };
    let found = |labels: &[(&str, &str)], query_type: &str| {
        links(&series(labels), &context(json!({}), query(query_type)))
    };
    for labels in [
        &[("http_route", "POST /invoice"), ("service_name", "invoicing")][..],
        &[("job", "invoicing"), ("le", "0.5")],
    ] {
        assert_eq!(
            found(labels, "promql"),
            [
                r#"Value → Profile of the service at this time → fire {"labelSelector":"{service_name=\"invoicing\"}","plan":{"atMillis":"${__data.fields['Time'].numeric}"},"profileTypeId":"mutex:delay:nanoseconds::","queryType":"profile"}"#
            ]
        );
    }
    assert_eq!(found(&[("http_route", "POST /invoice")], "promql"), [""; 0], "no service is named");
    assert_eq!(found(&[("service_name", "invoicing")], "wrap"), [""; 0]);
    assert_eq!(found(&[("service_name", "invoicing")], "metrics").len(), 3, "one of profiles");
}

#[test]
fn what_a_frame_is_about_is_told_from_its_shape() {
    let exemplar = json!({ "custom": { "resultType": "exemplar" } });
    let trace = [("traceID", "string"), ("spanID", "string"), ("serviceName", "string")];
    let tree = [("level", "number"), ("value", "number"), ("self", "number"), ("label", "enum")];
    let (time, value, text) = (("Time", "time"), ("Value", "number"), ("Line", "string"));
    type Row<'a> = (&'a str, Value, &'a [(&'a str, &'a str)], FrameSubject);
    let table: &[Row<'_>] = &[
        ("exemplar", json!({}), &[time, value], FrameSubject::MetricExemplars),
        ("", exemplar.clone(), &[time, value], FrameSubject::MetricExemplars),
        ("", exemplar, &[time, value, ("Id", "string")], FrameSubject::ProfileExemplars),
        ("", json!({}), &tree, FrameSubject::FlameGraph),
        ("", json!({}), &tree[..3], FrameSubject::Other),
        ("", json!({}), &trace, FrameSubject::Trace),
        ("", json!({}), &trace[..2], FrameSubject::Other),
        ("", json!({ "preferredVisualisationType": "logs" }), &[text], FrameSubject::Logs),
        ("", json!({ "type": "log-lines" }), &[text], FrameSubject::Logs),
        ("", json!({ "preferredVisualisationType": "table" }), &[text], FrameSubject::Other),
        ("", json!({}), &[time, value], FrameSubject::Series),
        ("", json!({}), &[time, text], FrameSubject::Other),
        ("", json!({}), &[value, text], FrameSubject::Other),
    ];
    for (name, meta, fields, subject) in table {
        assert_eq!(
            frame(name, meta.clone(), fields).subject(),
            *subject,
            "{name} {meta} {fields:?}"
        );
    }
}

#[test]
fn what_the_frontend_knows_of_data_sources_is_read() {
    let fire = json!({ "uid": "fire", "type": "fireline-profiles-datasource", "name": "FIRE" });
    let tempo = json!({ "uid": "tempo", "type": "tempo", "name": "TEMPO" });
    let read = LinkContext::from_json(&json!({
        "own": fire, "sources": [fire, tempo, {}], "settings": { "links": {} }, "query": { "refId": "A" },
    }));
    let own = source("fire", "fireline-profiles-datasource");
    let expected = LinkContext {
        own: own.clone(),
        sources: vec![own, source("tempo", "tempo"), SourceRef::default()],
        settings: object(json!({ "links": {} })),
        query: object(json!({ "refId": "A" })),
    };
    assert_eq!(read, expected);
    assert_eq!(LinkContext::from_json(&json!({})), LinkContext::default());
}

#[test]
fn settings_name_one_data_source_or_several_of_a_signal() {
    let uids = |named: Value, signal: Signal| {
        let context = context(json!({ "links": named }), json!({}));
        context.targets(signal).iter().map(|source| source.uid.clone()).collect::<Vec<_>>()
    };
    assert_eq!(uids(json!({ "traces": "jaeger" }), Signal::Traces), ["jaeger"]);
    assert_eq!(uids(json!({ "traces": ["zipkin", "tempo"] }), Signal::Traces), ["zipkin", "tempo"]);
    assert_eq!(uids(json!({ "logs": "gone" }), Signal::Logs), [""; 0]);
    for unnamed in [json!({}), json!({ "traces": "" }), json!({ "traces": ["", ""] })] {
        assert_eq!(uids(unnamed, Signal::Traces), ["tempo", "jaeger", "zipkin"]);
    }
    assert_eq!(uids(json!({ "metrics": "sql" }), Signal::Metrics), ["sql"], "whatever it is");
    assert_eq!(uids(json!({}), Signal::Metrics), ["prom"]);
    assert_eq!(uids(json!({}), Signal::Logs), ["loki"]);
    let mut many = context(json!({}), json!({}));
    many.sources.push(source("tempo-2", "tempo"));
    assert_eq!(many.targets(Signal::Traces).len(), 3, "no more than a menu holds");
}

#[test]
fn settings_may_be_blank_and_then_say_nothing() {
    let settings = |text: &str| {
        json!({
            "serviceLabel": text,
            "links": { "profileType": text, "metricsQuery": text, "source": text },
        })
    };
    let usual = context(json!({}), json!({}));
    let blank = context(settings(" "), json!({ "profileTypeId": " " }));
    assert_eq!(blank.profile_type(), "process_cpu:cpu:nanoseconds:cpu:nanoseconds");
    assert_eq!(
        blank.metrics_template(),
        "count by (__name__) ({service_name=\"${service}\"} or {job=~\"(.+/)?${service:regex}\"})"
    );
    assert_eq!(blank.source_template(), None);
    assert_eq!(blank.service_label(), "service_name");
    assert_eq!(usual.metrics_template(), blank.metrics_template());
    let own = context(settings(" own "), json!({}));
    let read = [own.profile_type(), own.metrics_template(), own.service_label()];
    assert_eq!((read, own.source_template()), (["own"; 3], Some("own")));
    let of_query = context(settings("own"), json!({ "profileTypeId": "asked" }));
    assert_eq!(of_query.profile_type(), "asked");
}

#[test]
fn other_frames_lead_nowhere() {
    let table = frame("table", json!({}), &[("name", "string")]);
    assert_eq!(links(&table, &context(json!({}), json!({}))), [""; 0]);
}

#[test]
fn a_trace_elsewhere_is_reached_by_what_the_settings_say() {
    let frame = frame("exemplar", json!({}), &EXEMPLAR[..4]);
    let traces = |links_settings: Value| {
        let context = context(json!({ "links": links_settings }), json!({}));
        let links = links(&frame, &context);
        let traces = links.into_iter().filter(|link| link.contains("→ Trace"));
        traces.map(|link| link.replace("trace_id → ", "")).collect::<Vec<_>>()
    };
    let template = json!({ "id": "${trace_id}", "parts": ["x-${trace_id}"], "count": 1 });
    let id = "${__data.fields['trace_id']}";
    assert_eq!(
        traces(json!({ "traces": ["sql", "jaeger"], "traceQuery": template })),
        [
            format!(r#"Trace in SQL → sql {{"count":1,"id":"{id}","parts":["x-{id}"]}}"#),
            format!(r#"Trace in JAEGER → jaeger {{"query":"{id}"}}"#),
        ]
    );
    for nothing in [json!(null), json!("text"), json!([])] {
        assert_eq!(traces(json!({ "traces": "sql", "traceQuery": nothing })), [""; 0]);
    }
    let url = json!({ "traces": "gone", "traceUrl": "https://traces.example.com/${trace_id}" });
    assert_eq!(traces(url), [format!("Trace → https://traces.example.com/{id}")]);
}

#[test]
fn data_sources_that_are_named_and_lead_nowhere_are_told() {
    let told = |settings: Value| context(json!({ "links": settings }), json!({})).dead_targets();
    assert_eq!(told(json!({})), [""; 0]);
    assert_eq!(
        told(json!({ "traces": "tempo", "logs": ["loki", ""], "metrics": "prom" })),
        [""; 0]
    );
    assert_eq!(
        told(json!({ "traces": ["gone", "sql"], "metrics": "loki" })),
        [
            "the setting links.metrics names the data source \"loki\", to whose type \"loki\" no link to metrics is known",
            "the setting links.traces names the data source \"gone\", which does not exist",
            "the setting links.traces names the data source \"sql\", to whose type \"postgres\" no link to traces is known, expected its query for a trace in links.traceQuery",
        ]
    );
    let template = json!({ "id": "${trace_id}" });
    assert_eq!(told(json!({ "traces": "sql", "traceQuery": template })), [""; 0]);
    assert_eq!(told(json!({ "traces": "prom", "traceQuery": template })).len(), 1);
}
