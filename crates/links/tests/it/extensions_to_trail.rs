//! What the Trail page is told where a link to it was clicked.

use std::collections::BTreeMap;

use links::trail::TrailLocation;
use links::{ExtensionGoal, ExtensionPoint, extension_path};
use serde_json::{Value, json};

use crate::extensions::{context, decoded};

const TRACE: &str = "5b8efff798038103d269b633813fc60c";
const SPAN: &str = "03fa1cbd967b13da";

/// The parameters of the address, in their order.
fn params(point: ExtensionPoint, clicked: &Value) -> Vec<(String, String)> {
    let path = extension_path(point, ExtensionGoal::Trail, clicked, &context()).expect("a path");
    let params = path.strip_prefix("/a/fireline-profiles-app/trail?").expect("the Trail page");
    let pair = |param: &str| {
        let (name, value) = param.split_once('=').expect("a name and a value");
        (name.to_owned(), decoded(value))
    };
    params.split('&').map(pair).collect()
}

fn of_page(point: ExtensionPoint, clicked: &Value) -> Value {
    json!(params(point, clicked).into_iter().collect::<BTreeMap<_, _>>())
}

#[test]
fn a_trace_is_opened_from_where_it_is_shown_with_the_metric_of_its_root() {
    let trace = json!({
        "traceID": TRACE, "traceName": "shop: POST /pay: now", "datasource": { "uid": "jaeger", "type": "jaeger" },
        "startTime": 1_795_240_170_000_000_u64, "endTime": 1_795_240_171_500_000_u64,
    });
    let expected = json!({
        "trace": TRACE, "traces": "jaeger", "service": "shop", "from": "1795240110000", "to": "1795240231500",
    });
    assert_eq!(of_page(ExtensionPoint::TraceHeader, &trace), expected);
    let bare = json!({ "traceId": "abc", "traceName": "no root" });
    let expected = json!({ "trace": format!("{:0>32}", "abc"), "from": "now-1h", "to": "now" });
    assert_eq!(of_page(ExtensionPoint::TraceHeader, &bare), expected);
}

#[test]
fn a_span_is_opened_in_its_trace() {
    let span = json!({
        "attributes": { "service.name": ["shop"] }, "spanAttributes": { "pyroscope.profile.id": ["d94bc0e4b55a89c1"] },
        "spanID": SPAN, "traceID": TRACE, "timeRange": { "from": 1_000_000, "to": 1_000_001 },
        "datasource": { "type": "tempo", "uid": "tempo" },
    });
    let expected = json!({
        "trace": TRACE, "span": SPAN, "traces": "tempo", "service": "shop", "from": "940000", "to": "1060001",
    });
    assert_eq!(of_page(ExtensionPoint::SpanAttribute, &span), expected);
}

#[test]
fn a_log_line_is_opened_with_the_trace_that_it_names() {
    let line = json!({
        "attributes": { "account": ["gold"], "app": ["shop"], "traceID": ["2"], "span_id": ["1"] },
        "datasource": { "type": "loki", "uid": "loki" }, "timeRange": { "from": 100_000, "to": 200_000 },
    });
    let expected = json!({
        "trace": format!("{:0>32}", 2), "span": format!("{:0>16}", 1), "logs": "loki", "service": "shop",
        "from": "40000", "to": "260000",
    });
    assert_eq!(of_page(ExtensionPoint::LogAttribute, &line), expected);
}

#[test]
fn queries_say_as_much_as_they_can_and_the_first_is_believed() {
    let source = |kind: &str, uid: &str| json!({ "type": kind, "uid": uid });
    let own = source("fireline-profiles-datasource", "fire");
    let expr = r#"rate(http_requests_count{job="shop"}[5m])"#;
    let prometheus = json!({ "datasource": source("prometheus", "prom"), "expr": expr });
    let cases = [
        ("metrics", json!([prometheus]), json!({ "metrics": "prom", "expr": expr })),
        (
            "metrics through ours",
            json!([{ "datasource": own, "queryType": "promql", "expr": expr }]),
            json!({ "metrics": "fire", "expr": expr }),
        ),
        (
            "metrics that are wrapped",
            json!([{ "datasource": own, "queryType": "wrap", "inner": prometheus }]),
            json!({ "metrics": "prom", "expr": expr }),
        ),
        (
            "a trace",
            json!([{ "datasource": source("jaeger", "jaeger"), "query": "2" }]),
            json!({ "traces": "jaeger", "trace": format!("{:0>32}", 2) }),
        ),
        (
            "two traces",
            json!([
                { "datasource": source("jaeger", "jaeger"), "query": "2" },
                { "datasource": source("tempo", "tempo"), "query": "3" },
            ]),
            json!({ "traces": "jaeger", "trace": format!("{:0>32}", 2) }),
        ),
        (
            "a search for traces",
            json!([{ "datasource": source("tempo", "tempo"), "query": r#"{resource.service.name="x"}"# }]),
            json!({ "traces": "tempo" }),
        ),
        (
            "logs",
            json!([{ "datasource": source("loki", "loki"), "expr": r#"{app="shop"} |= "error""# }]),
            json!({ "logs": "loki", "service": "shop" }),
        ),
        (
            "profiles",
            json!([{ "datasource": own, "profileTypeId": "memory:a:b:c:d", "labelSelector": r#"{service_name="shop"}"# }]),
            json!({ "profiles": "fire", "type": "memory:a:b:c:d", "service": "shop" }),
        ),
        (
            "profiles of a trace",
            json!([{ "datasource": own, "profileTypeId": "memory:a:b:c:d", "labelSelector": "{}", "traceSelector": [TRACE] }]),
            json!({ "profiles": "fire", "type": "memory:a:b:c:d", "trace": TRACE }),
        ),
        (
            "profiles of Grafana's own datasource",
            json!([{ "datasource": source("grafana-pyroscope-datasource", "core"), "profileTypeId": "memory:a:b:c:d", "labelSelector": r#"{service_name=~"shop|x"}"# }]),
            json!({ "type": "memory:a:b:c:d" }),
        ),
        (
            "several",
            json!([
                { "datasource": source("mysql", "db"), "rawSql": "select 1" },
                { "datasource": source("loki", "loki"), "expr": r#"{app="other"}"# },
                prometheus,
                { "datasource": source("prometheus", "second"), "expr": "up" },
                { "datasource": source("loki", "hidden"), "expr": "{}", "hide": true },
            ]),
            json!({ "logs": "loki", "metrics": "prom", "expr": expr }),
        ),
    ];
    for (what, targets, mut expected) in cases {
        expected["from"] = json!("now-6h");
        expected["to"] = json!("now");
        let page = json!({ "targets": targets, "timeRange": { "from": "now-6h", "to": "now" } });
        for point in [ExtensionPoint::PanelMenu, ExtensionPoint::ExploreToolbar] {
            assert_eq!(of_page(point, &page), expected, "{what}");
        }
    }
}

#[test]
fn a_page_that_gives_nothing_to_start_from_says_so() {
    let none = "None of these queries is about metrics, traces, logs or profiles, so that there is nothing to start from.";
    for (point, sentence) in [
        (ExtensionPoint::TraceHeader, "This trace has no id."),
        (ExtensionPoint::SpanAttribute, "This span does not say which trace it belongs to."),
        (ExtensionPoint::LogAttribute, "This log line does not name a trace."),
        (ExtensionPoint::PanelMenu, none),
        (ExtensionPoint::ExploreToolbar, none),
    ] {
        for clicked in [json!(null), json!({ "traceID": "", "targets": [{ "rawSql": "" }, {}, 1] })]
        {
            let path = extension_path(point, ExtensionGoal::Trail, &clicked, &context());
            assert_eq!(path, Err(sentence.to_owned()), "{point:?}");
        }
    }
}

#[test]
fn the_page_reads_what_the_link_wrote() {
    let clicked = json!({
        "targets": [{ "datasource": { "type": "prometheus", "uid": "p" }, "expr": r#"x{a="ü & b"} > 0"# }],
    });
    let read: BTreeMap<_, _> = params(ExtensionPoint::PanelMenu, &clicked).into_iter().collect();
    assert_eq!(TrailLocation::read(&read).expr, r#"x{a="ü & b"} > 0"#);
}
