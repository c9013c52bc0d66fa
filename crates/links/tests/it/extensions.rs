//! Where the links of Grafana's own pages lead.

use links::{
    ExtensionGoal, ExtensionPoint, LinkContext, OPTIONAL_LABELS, SourceRef, extension_links,
    extension_path, fill_in_target,
};
use serde_json::{Value, json};

pub(crate) fn context() -> LinkContext {
    let own = SourceRef {
        uid: "fire".into(),
        r#type: "fireline-profiles-datasource".into(),
        name: "Fireline".into(),
    };
    LinkContext { own, ..LinkContext::default() }
}

pub(crate) fn decoded(text: &str) -> String {
    let mut bytes = Vec::new();
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        if byte == b'%' {
            let digits =
                [rest.next(), rest.next()].map(|digit| char::from(digit.expect("two digits")));
            let digits: String = digits.iter().collect();
            bytes.push(u8::from_str_radix(&digits, 16).expect("hexadecimal"));
        } else {
            bytes.push(byte);
        }
    }
    String::from_utf8(bytes).expect("text")
}

/// The pane that Explore opens.
fn pane(point: ExtensionPoint, clicked: &Value) -> Value {
    pane_of(point, clicked, &context())
}

fn pane_of(point: ExtensionPoint, clicked: &Value, context: &LinkContext) -> Value {
    let path = extension_path(point, ExtensionGoal::Profiles, clicked, context).expect("a path");
    let panes =
        path.strip_prefix("/explore?schemaVersion=1&panes=").expect("an address of Explore");
    let panes: Value = serde_json::from_str(&decoded(panes)).expect("JSON");
    panes["fir"].clone()
}

#[test]
fn a_trace_leads_to_the_profile_of_all_its_services() {
    let trace = json!({ "traceID": "abc", "startTime": 1_795_240_170_000_000_u64, "endTime": 1_795_240_171_500_000_u64, "spans": [] });
    let pane = pane(ExtensionPoint::TraceHeader, &trace);
    assert_eq!(pane["datasource"], "fire");
    assert_eq!(pane["range"], json!({ "from": "1795240110000", "to": "1795240231500" }));
    let mut query = pane["queries"][0].clone();
    let plan = query["plan"].take();
    assert_eq!(plan["optional"][0], "service_namespace");
    let expected = json!({
        "refId": "A",
        "datasource": { "type": "fireline-profiles-datasource", "uid": "fire" },
        "queryType": "profile",
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        "labelSelector": "{}",
        "traceSelector": ["abc"],
        "origin": "link",
        "version": 1,
        "plan": null,
        "spanSelector": [], "groupBy": [], "annotations": false, "includeExemplars": false,
    });
    assert_eq!(query, expected);
}

#[test]
fn a_span_leads_to_its_own_profile_even_from_jaeger_and_zipkin() {
    let span = json!({
        "attributes": { "service.name": ["rsse-app"], "service.namespace": ["rsse-group"] },
        "spanAttributes": { "http.route": ["/pay"] },
        "spanID": "03fa1cbd967b13da", "traceID": "abc",
        "timeRange": { "from": 1_000_000, "to": 1_000_001 },
        "datasource": { "type": "jaeger", "uid": "jaeger" },
    });
    let pane = pane(ExtensionPoint::SpanAttribute, &span);
    let query = &pane["queries"][0];
    assert_eq!(query["spanSelector"], json!(["03fa1cbd967b13da"]));
    assert_eq!(
        query["labelSelector"],
        r#"{service_name="rsse-app", service_namespace="rsse-group"}"#
    );
    assert_eq!(query["plan"]["optional"][0], "service_namespace");
    assert_eq!(query["plan"]["spanDurationNanos"], 1_000_000, "too short for a sample, maybe");
    assert_eq!(pane["range"], json!({ "from": "940000", "to": "1060001" }));
}

#[test]
fn the_plan_says_how_long_the_span_took() {
    for (time_range, nanos) in [
        (json!({ "from": 1_000, "to": 1_250 }), json!(250_000_000)),
        (json!({ "from": 1_000, "to": 1_000.5 }), json!(500_000)),
        // A tracer that counts in milliseconds says so of what is shorter, too.
        (json!({ "from": 1_000, "to": 1_000 }), json!(null)),
        (json!({ "from": 1_000, "to": 900 }), json!(null)),
        (json!({ "from": 1_000 }), json!(null)),
        (json!({ "from": "now-1h", "to": "now" }), json!(null)),
    ] {
        let span = json!({ "spanID": "1", "timeRange": time_range });
        let pane = pane(ExtensionPoint::SpanAttribute, &span);
        let plan = &pane["queries"][0]["plan"];
        assert_eq!(plan["spanDurationNanos"], nanos, "{time_range}");
    }
}

#[test]
fn the_id_that_the_profiler_wrote_is_believed_over_the_spans_own() {
    let span = json!({
        "attributes": {}, "spanAttributes": { "pyroscope.profile.id": ["d94bc0e4b55a89c1"] }, "spanID": "1",
    });
    let pane = pane(ExtensionPoint::SpanAttribute, &span);
    assert_eq!(pane["queries"][0]["spanSelector"], json!(["d94bc0e4b55a89c1"]));
    assert_eq!(pane["queries"][0]["plan"]["spanDurationNanos"], json!(null));
    assert_eq!(pane["range"], json!({ "from": "now-1h", "to": "now" }));
}

#[test]
fn a_log_line_leads_to_its_span_its_trace_or_its_service() {
    let line = |attributes: Value| json!({ "attributes": attributes, "timeRange": { "from": 0, "to": 0 } });
    let of_span = line(json!({ "service_name": ["shop"], "spanID": ["1"], "traceID": ["2"] }));
    let query = pane(ExtensionPoint::LogAttribute, &of_span)["queries"][0].clone();
    assert_eq!(query["spanSelector"], json!(["0000000000000001"]));
    assert_eq!(query["labelSelector"], r#"{service_name="shop"}"#);
    let of_trace = line(json!({ "service_name": ["shop"], "traceID": ["2"] }));
    let query = pane(ExtensionPoint::LogAttribute, &of_trace)["queries"][0].clone();
    assert_eq!(query["traceSelector"], json!(["00000000000000000000000000000002"]));
    assert_eq!(query["labelSelector"], "{}", "a trace is of many services");
    let of_service = line(json!({ "job": ["shop"] }));
    let query = pane(ExtensionPoint::LogAttribute, &of_service)["queries"][0].clone();
    assert_eq!(query["labelSelector"], r#"{service_name="shop"}"#);
    assert!(query.get("traceSelector").is_none());
}

#[test]
fn with_an_id_even_the_service_is_optional_and_goes_last() {
    let service = json!({ "service.name": ["shop"] });
    let log_line = |ids: Value| {
        let mut attributes = service.clone();
        attributes.as_object_mut().unwrap().extend(ids.as_object().unwrap().clone());
        json!({ "attributes": attributes })
    };
    let pages = [
        (ExtensionPoint::TraceHeader, json!({ "traceID": "abc" }), true),
        (ExtensionPoint::SpanAttribute, json!({ "attributes": service, "spanID": "1" }), true),
        (ExtensionPoint::SpanAttribute, json!({ "attributes": service }), false),
        (ExtensionPoint::LogAttribute, log_line(json!({ "span_id": "1" })), true),
        (ExtensionPoint::LogAttribute, log_line(json!({ "trace_id": "1" })), true),
        (ExtensionPoint::LogAttribute, log_line(json!({})), false),
        (ExtensionPoint::PanelMenu, json!({ "targets": [{ "expr": "up{app=\"shop\"}" }] }), false),
    ];
    let mut context = context();
    context.settings.insert("serviceLabel".to_owned(), json!("app"));
    for (point, page, is_service_optional) in pages {
        let query = pane_of(point, &page, &context)["queries"][0].clone();
        let mut optional: Vec<&str> = OPTIONAL_LABELS.to_vec();
        optional.extend(is_service_optional.then_some("app"));
        assert_eq!(query["plan"]["optional"], json!(optional), "{point:?} {page}");
    }
}

#[test]
fn a_label_that_the_settings_map_names_the_service_too() {
    let mut context = context();
    let labels = json!({ "labels": { "service.name": "component" } });
    context.settings.insert("links".to_owned(), labels);
    let attributes = json!({ "attributes": { "component": ["shop"] } });
    let panel = json!({ "targets": [{ "expr": r#"up{component="shop", zone="a"}"# }] });
    for (point, page, selector) in [
        (ExtensionPoint::SpanAttribute, &attributes, r#"{service_name="shop"}"#),
        (ExtensionPoint::LogAttribute, &attributes, r#"{service_name="shop"}"#),
        (ExtensionPoint::PanelMenu, &panel, r#"{component="shop"}"#),
    ] {
        let pane = pane_of(point, page, &context);
        assert_eq!(pane["queries"][0]["labelSelector"], selector, "{point:?}");
    }
}

#[test]
fn a_panel_leads_to_the_profiles_of_the_service_that_it_shows() {
    let panel = |targets: Value| json!({ "targets": targets, "timeRange": { "from": "now-6h", "to": "now" } });
    for (target, selector) in [
        (
            json!({ "expr": r#"histogram_quantile(0.9, sum by (le) (rate(x_bucket{job="shop", le!=""}[5m])))"# }),
            r#"{job="shop"}"#,
        ),
        (
            json!({ "expr": r#"up{zone="a"} / up{service_name=~"a}b|c"}"# }),
            r#"{service_name=~"a}b|c"}"#,
        ),
        (
            json!({ "labelSelector": r#"{service_name="shop", region="eu"}"# }),
            r#"{service_name="shop"}"#,
        ),
        (json!({ "query": r#"{app="shop"} |= "error""# }), r#"{app="shop"}"#),
        (
            json!({ "queryType": "wrap", "inner": { "expr": r#"up{job="shop"}"# } }),
            r#"{job="shop"}"#,
        ),
        // Left over from when the query wrapped another.
        (
            json!({ "queryType": "promql", "expr": r#"up{job="shop"}"#, "inner": { "expr": r#"up{job="other"}"# } }),
            r#"{job="shop"}"#,
        ),
    ] {
        let hidden = json!({ "expr": "up{job=\"hidden\"}", "hide": true });
        let pane =
            pane(ExtensionPoint::PanelMenu, &panel(json!([{ "expr": "up" }, hidden, target])));
        assert_eq!(pane["queries"][0]["labelSelector"], selector);
        assert_eq!(pane["queries"][0]["queryType"], "both");
        assert_eq!(pane["range"], json!({ "from": "now-6h", "to": "now" }));
    }
}

#[test]
fn a_page_that_says_nothing_gives_a_sentence() {
    let nothing = [
        (ExtensionPoint::TraceHeader, "This trace has no id."),
        (ExtensionPoint::SpanAttribute, "This span has neither an id nor a service name."),
        (
            ExtensionPoint::LogAttribute,
            "This log line names neither a trace, a span nor a service.",
        ),
        (
            ExtensionPoint::PanelMenu,
            "None of these queries names a service, so that it is not known whose profiles to show.",
        ),
        (
            ExtensionPoint::ExploreToolbar,
            "None of these queries names a service, so that it is not known whose profiles to show.",
        ),
    ];
    for (point, sentence) in nothing {
        for clicked in
            [json!({}), json!(null), json!({ "targets": [{ "expr": "{{{}}" }], "attributes": [] })]
        {
            assert_eq!(
                extension_path(point, ExtensionGoal::Profiles, &clicked, &context()),
                Err(sentence.to_owned()),
                "{point:?}"
            );
        }
        for goal in [ExtensionGoal::Profiles, ExtensionGoal::Trail] {
            let without = extension_path(point, goal, &json!({}), &LinkContext::default());
            let sentence = "There is no Fireline data source yet. Add one to see profiles.";
            assert_eq!(without, Err(sentence.to_owned()));
        }
    }
}

#[test]
fn a_panel_says_its_time_range_in_words_or_in_milliseconds() {
    let range = |time_range: Value| {
        let targets = json!([{ "expr": "{job=\"shop\"}" }]);
        let panel = json!({ "targets": targets, "timeRange": time_range });
        pane(ExtensionPoint::ExploreToolbar, &panel)["range"].clone()
    };
    let words = json!({ "from": "now-6h", "to": "now-1h" });
    assert_eq!(range(words.clone()), words);
    let numbers = json!({ "from": 1_795_240_170_000_i64, "to": 1_795_240_290_000_i64 });
    assert_eq!(range(numbers), json!({ "from": "1795240170000", "to": "1795240290000" }));
    for unknown in [json!({ "from": "", "to": "now" }), json!({ "from": "now-6h" }), json!(null)] {
        assert_eq!(range(unknown), json!({ "from": "now-1h", "to": "now" }));
    }
}

#[test]
fn explore_finds_its_address_as_it_would_write_it() {
    let trace = json!({ "traceID": "abc", "startTime": 70_000_000, "endTime": 71_000_000 });
    let path =
        extension_path(ExtensionPoint::TraceHeader, ExtensionGoal::Profiles, &trace, &context());
    let path = decoded(&path.expect("a path"));
    let (start, end) = (
        r#"panes={"fir":{"datasource":"fire","queries":[{"#,
        r#"}],"range":{"from":"10000","to":"131000"},"compact":false}}"#,
    );
    assert!(path.contains(start) && path.ends_with(end), "{path}");
}

#[test]
fn an_address_escapes_only_what_it_must() {
    let trace = json!({ "traceID": "a-b_c.d~e f/é" });
    let path =
        extension_path(ExtensionPoint::TraceHeader, ExtensionGoal::Profiles, &trace, &context())
            .expect("a path");
    assert!(path.starts_with("/explore?schemaVersion=1&panes=%7B%22fir%22%3A%7B"), "{path}");
    assert!(path.contains("a-b_c.d~e%20f%2F%C3%A9"), "{path}");
}

#[test]
fn each_page_offers_its_links() {
    let of_point = |point: ExtensionPoint| {
        let links = extension_links().into_iter().filter(move |link| link.point == point);
        links.map(|link| (link.title, link.attribute)).collect::<Vec<_>>()
    };
    let beside = |title: &'static str, attributes: &[&'static str]| {
        attributes.iter().map(|attribute| (title, Some(*attribute))).collect::<Vec<_>>()
    };
    let profile_of_trace = ("Profile of this trace", None);
    let profiles = ("Profiles for this", None);
    let trail = ("Trail", None);
    let of_span = [
        beside(
            "Profile of this span",
            &["pyroscope.profile.id", "service.name", "service_name", "job", "span_id", "spanID"],
        ),
        beside("Trail", &["http.route", "rpc.method", "service.namespace", "service.instance.id"]),
    ]
    .concat();
    let ids = ["trace_id", "traceID", "span_id", "spanID"];
    let of_line = [
        beside(
            "Profile of this log line",
            &[["pyroscope.profile.id", "service.name", "service_name"].as_slice(), &ids, &["job"]]
                .concat(),
        ),
        beside("Trail", &ids[..2]),
    ]
    .concat();
    let mut of_span_attributes: Vec<_> = of_span.iter().map(|(_, attribute)| attribute).collect();
    of_span_attributes.sort();
    of_span_attributes.dedup();
    assert_eq!(
        of_span_attributes.len(),
        of_span.len(),
        "Grafana shows the first link of each only"
    );
    // How many links of one app Grafana shows there at most.
    for (point, links, most) in [
        (ExtensionPoint::TraceHeader, vec![profile_of_trace, trail], 2),
        (ExtensionPoint::PanelMenu, vec![profiles, trail], 3),
        (ExtensionPoint::ExploreToolbar, vec![profiles, trail], 3),
        (ExtensionPoint::SpanAttribute, of_span, 10),
        (ExtensionPoint::LogAttribute, of_line, 10),
    ] {
        assert!(links.len() <= most, "{point:?}");
        assert_eq!(of_point(point), links, "{point:?}");
    }
}

#[test]
fn a_span_or_a_log_line_without_an_id_leads_to_its_service() {
    let clicked = json!({ "attributes": { "service.name": ["shop"] } });
    for point in [ExtensionPoint::SpanAttribute, ExtensionPoint::LogAttribute] {
        let query = pane(point, &clicked)["queries"][0].clone();
        assert_eq!(query["labelSelector"], r#"{service_name="shop"}"#, "{point:?}");
        assert_eq!(query["spanSelector"], json!([]), "{point:?}");
    }
}

#[test]
fn points_are_known_by_the_ids_that_grafana_gives_them() {
    for point in ExtensionPoint::ALL {
        assert_eq!(ExtensionPoint::of_id(point.id()), Some(point));
    }
    assert_eq!(ExtensionPoint::of_id("grafana/user/profile/tab"), None);
    for link in extension_links() {
        assert_eq!(ExtensionGoal::of_id(link.goal.id()), Some(link.goal));
        assert_eq!(link.goal == ExtensionGoal::Trail, link.title == "Trail");
    }
    assert_eq!(ExtensionGoal::of_id("settings"), None);
}

#[test]
fn links_of_one_title_have_one_description() {
    for one in extension_links() {
        for other in extension_links().into_iter().filter(|other| other.title == one.title) {
            assert_eq!(other.description, one.description, "{}", one.title);
        }
    }
}

#[test]
fn variables_of_a_dashboard_are_filled_in_wherever_a_query_has_them() {
    let target = json!({
        "refId": "A",
        "datasource": { "type": "prometheus", "uid": "$source" },
        "expr": r#"rate(x{job="$service"}[$__rate_interval])"#,
        "labelSelector": r#"{service_name="$service"}"#,
        "inner": { "datasource": { "type": "loki", "uid": "$source" }, "expr": r#"{app="$service"}"# },
    });
    let Value::Object(target) = target else { unreachable!() };
    let mut replace = |text: &str, format: query::VariableFormat| {
        let quote = if format == query::VariableFormat::Json { "\"" } else { "" };
        text.replace("$service", &format!("{quote}shop{quote}")).replace("$source", "there")
    };
    let expected = json!({
        "refId": "A",
        "datasource": { "type": "prometheus", "uid": "there" },
        "expr": r#"rate(x{job="shop"}[$__rate_interval])"#,
        "labelSelector": r#"{service_name="shop"}"#,
        "inner": { "datasource": { "type": "loki", "uid": "there" }, "expr": r#"{app="shop"}"# },
    });
    assert_eq!(Value::Object(fill_in_target(&target, &mut replace)), expected);
}
