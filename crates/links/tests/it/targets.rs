//! What links ask of their targets, against queries that Grafana's own data sources were seen to answer.

use std::path::Path;

use links::target::{
    DataSourceKind, lines_of_trace, logs_query, metrics_query, profile_query, records_of_trace,
    trace_backend_query, trace_query, trace_search_query,
};
use query::{LinkPlan, Query};
use serde_json::{Value, json};

const TRACE_ID: &str = "b76efb7ac1779aa58aecd0fd08c2bdc5";

/// What every query of a request to Grafana has, whatever it asks.
const OF_ANY_QUERY: [&str; 4] = ["refId", "datasource", "intervalMs", "maxDataPoints"];

fn recorded(case: &str, file: &str) -> Value {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("testdata/grafana-queries");
    let text = std::fs::read_to_string(path.join(case).join(file)).expect("a recording");
    serde_json::from_str(&text).expect("JSON")
}

/// The type of the data source that was asked, and what it was asked.
fn asked(case: &str) -> (String, Value) {
    let mut query = recorded(case, "request.json")["queries"][0].clone();
    let datasource_type = query["datasource"]["type"].as_str().expect("a type").to_owned();
    let fields = query.as_object_mut().expect("an object");
    fields.retain(|name, _| !OF_ANY_QUERY.contains(&name.as_str()));
    (datasource_type, query)
}

/// The fields of a recorded query that a link has too; what a link leaves out takes its default.
fn asked_as_by(case: &str, link: &Value) -> Value {
    let (_, mut query) = asked(case);
    let fields = query.as_object_mut().expect("an object");
    fields.retain(|name, _| link.get(name).is_some());
    query
}

#[test]
fn a_trace_is_asked_of_each_backend_as_it_was_seen_to_answer() {
    for case in ["tempo-trace-by-id", "jaeger-trace", "zipkin-trace"] {
        let (datasource_type, query) = asked(case);
        assert_eq!(trace_backend_query(&datasource_type, TRACE_ID), Some(query), "{case}");
    }
}

#[test]
fn jaeger_is_never_asked_what_it_answers_nothing_to() {
    let (datasource_type, dead) = asked("jaeger-trace-as-traceql");
    assert_eq!(recorded("jaeger-trace-as-traceql", "response.json"), json!({ "results": {} }));
    for query in [trace_query, trace_backend_query] {
        let query = query(&datasource_type, TRACE_ID).expect("Jaeger has traces");
        assert_ne!(query, dead);
        assert!(query.get("queryType").is_none(), "{query}");
    }
}

#[test]
fn tempo_reads_an_id_as_traceql_in_the_browser_only() {
    let (datasource_type, refused) = asked("tempo-trace-by-id-as-traceql");
    let answer = recorded("tempo-trace-by-id-as-traceql", "response.json");
    assert_eq!(answer["results"]["A"]["status"], 500);
    let in_browser = trace_query(&datasource_type, TRACE_ID).expect("Tempo has traces");
    assert_eq!(in_browser, asked_as_by("tempo-trace-by-id-as-traceql", &in_browser));
    assert_eq!(in_browser["queryType"], refused["queryType"]);
    let backend = trace_backend_query(&datasource_type, TRACE_ID).expect("Tempo has traces");
    assert_eq!(backend["queryType"], "traceId");
}

#[test]
fn variables_of_grafana_stay_as_they_are() {
    let query = trace_query("zipkin", "${__value.raw}").expect("Zipkin has traces");
    assert_eq!(query, json!({ "query": "${__value.raw}", "queryType": "traceID" }));
}

#[test]
fn traces_of_a_service_are_searched_where_a_query_can() {
    for case in ["tempo-search-traces", "jaeger-search"] {
        let (datasource_type, _) = asked(case);
        let link = trace_search_query(&datasource_type, "checkout").expect("it searches");
        assert_eq!(link, asked_as_by(case, &link), "{case}");
    }
    for datasource_type in ["zipkin", "loki", "mysql"] {
        assert_eq!(trace_search_query(datasource_type, "checkout"), None);
    }
}

#[test]
fn logs_of_a_trace_are_asked_by_text_or_by_structured_metadata() {
    let cases = [
        ("loki-logs-of-a-trace", lines_of_trace("{service_name=~\"checkout|payment\"}", TRACE_ID)),
        ("loki-logs-of-a-trace-structured", records_of_trace("{service_name=~\".+\"}", TRACE_ID)),
    ];
    for (case, expr) in cases {
        let (datasource_type, _) = asked(case);
        let link = logs_query(&datasource_type, &expr).expect("Loki has logs");
        assert_eq!(link, asked_as_by(case, &link), "{case}");
        assert_eq!(link["expr"], expr);
    }
}

#[test]
fn an_id_with_quotes_stays_one_text_in_logql() {
    assert_eq!(lines_of_trace("{a=\"b\"}", r#"1"\2"#), r#"{a="b"} |= "1\"\\2""#);
}

#[test]
fn metrics_are_asked_over_the_range() {
    let (datasource_type, recorded) = asked("prometheus-no-exemplars");
    let expr = recorded["expr"].as_str().expect("text");
    let link = metrics_query(&datasource_type, expr).expect("Prometheus has metrics");
    assert_eq!(link, asked_as_by("prometheus-no-exemplars", &link));
    assert_eq!(link["range"], true);
}

fn profile_of_a_span() -> Query {
    Query {
        ref_id: "A".to_owned(),
        profile_type_id: "process_cpu:cpu:nanoseconds:cpu:nanoseconds".to_owned(),
        label_selector: "{service_name=\"checkout\"}".to_owned(),
        span_selector: vec!["03fa1cbd967b13da".to_owned()],
        ..Query::default()
    }
}

#[test]
fn grafanas_own_profile_datasource_is_asked_what_it_knows() {
    let (datasource_type, query) = asked("pyroscope-profile-span");
    assert_eq!(profile_query(&datasource_type, &profile_of_a_span()), Some(query));
}

#[test]
fn our_datasource_is_told_that_a_link_asks_and_what_it_can_do_without() {
    let plan = LinkPlan { optional: vec!["service_namespace".to_owned()], ..LinkPlan::default() };
    let query = Query { plan: Some(plan), ..profile_of_a_span() };
    let link = profile_query("fireline-profiles-datasource", &query).expect("it has profiles");
    assert_eq!(link["origin"], "link");
    assert_eq!(link["plan"], json!({ "optional": ["service_namespace"] }));
    assert_eq!(link["queryType"], "profile");
    assert_eq!(link["version"], 1);
    assert!(link.get("refId").is_none(), "Grafana gives reference ids: {link}");
    let read = Query::from_json(link.to_string().as_bytes()).expect("a query");
    assert_eq!(read.span_selector, ["03fa1cbd967b13da"]);
    let (_, grafanas) = asked("pyroscope-profile-span");
    for (name, value) in grafanas.as_object().expect("an object") {
        assert_eq!(link[name], *value, "{name}");
    }
}

#[test]
fn a_link_without_a_plan_may_do_without_nothing_and_says_so() {
    let link = profile_query("fireline-profiles-datasource", &profile_of_a_span()).expect("it has");
    assert_eq!(link["plan"], json!({}));
}

#[test]
fn a_series_is_asked_for_where_the_link_says_so() {
    for datasource_type in ["grafana-pyroscope-datasource", "fireline-profiles-datasource"] {
        let query = Query { query_type: "metrics".to_owned(), ..profile_of_a_span() };
        let link = profile_query(datasource_type, &query).expect("it has profiles");
        assert_eq!(link["queryType"], "metrics");
    }
}

#[test]
fn what_a_data_source_does_not_hold_is_not_asked_of_it() {
    let types = [
        ("prometheus", [false, false, true, false]),
        ("grafana-amazonprometheus-datasource", [false, false, true, false]),
        ("grafana-azureprometheus-datasource", [false, false, true, false]),
        ("victoriametrics-metrics-datasource", [false, false, true, false]),
        ("tempo", [true, false, false, false]),
        ("jaeger", [true, false, false, false]),
        ("zipkin", [true, false, false, false]),
        ("loki", [false, true, false, false]),
        ("grafana-pyroscope-datasource", [false, false, false, true]),
        ("fireline-profiles-datasource", [false, false, false, true]),
        ("mysql", [false, false, false, false]),
    ];
    for (datasource_type, holds) in types {
        let asks = [
            trace_query(datasource_type, "1").is_some(),
            logs_query(datasource_type, "{a=\"b\"}").is_some(),
            metrics_query(datasource_type, "up").is_some(),
            profile_query(datasource_type, &profile_of_a_span()).is_some(),
        ];
        assert_eq!(asks, holds, "{datasource_type}");
        assert_eq!(trace_backend_query(datasource_type, "1").is_some(), holds[0]);
        let kind = DataSourceKind::of_type(datasource_type);
        assert_eq!(kind.is_some_and(DataSourceKind::has_traces), holds[0]);
        assert_eq!(kind.is_some_and(DataSourceKind::has_profiles), holds[3]);
    }
}

#[test]
fn grafana_puts_the_quotes_around_its_variables_and_escapes_those_in_their_values() {
    for (text, in_quotes) in [
        ("${__value.raw}", "${__value.raw:doublequote}"),
        ("${__data.fields['job']}", "${__data.fields['job']:doublequote}"),
        ("${job:regex}", "\"${job:regex}\""),
        ("${a}/${b}", "\"${a}/${b}\""),
        ("a\"b\\", "\"a\\\"b\\\\\""),
        ("", "\"\""),
    ] {
        assert_eq!(lines_of_trace("{a=\"b\"}", text), format!("{{a=\"b\"}} |= {in_quotes}"));
        let search = trace_search_query("tempo", text).expect("Tempo has traces");
        assert_eq!(search["query"], format!("{{resource.service.name={in_quotes}}}"));
    }
}
