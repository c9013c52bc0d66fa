//! The profile of a whole trace: asked for span by span, shown below the spans.

use links::trail::{TrailAction, Wanted};
use serde_json::{Value, json};

use crate::trails::{
    FROM_MILLIS, Page, ROOT_SPAN, TRACE, all_sources, frame, recorded_trace, with_trace,
};

/// A frame of a flame graph with functions below each other, called after its query.
fn profile_frame(ref_id: &str, functions: &[(&str, i64)]) -> Value {
    let total: i64 = functions.iter().map(|(_, value)| value).sum();
    let below = |at: usize| functions[at..].iter().map(|(_, value)| value).sum::<i64>();
    let levels: Vec<usize> = (0..=functions.len()).collect();
    let values: Vec<i64> = [total].into_iter().chain((0..functions.len()).map(below)).collect();
    let own: Vec<i64> = [0].into_iter().chain(functions.iter().map(|(_, value)| *value)).collect();
    let names: Vec<&str> =
        ["total"].into_iter().chain(functions.iter().map(|(name, _)| *name)).collect();
    let mut frame = frame(
        "response",
        &Value::Null,
        &[
            ("level", json!(levels)),
            ("value", json!(values)),
            ("self", json!(own)),
            ("label", json!(levels)),
        ],
    );
    frame["schema"]["refId"] = json!(ref_id);
    frame["schema"]["fields"][1]["config"] = json!({"unit": "ns"});
    frame["schema"]["fields"][3]["config"] = json!({"type": {"enum": {"text": names}}});
    frame
}

#[test]
fn the_whole_trace_has_its_spans_above_their_profiles() {
    let mut page = with_trace("tempo");
    page.act(TrailAction::ChooseSpan { span_id: None });
    let (id, queries) = page.asked("fireline", "spanSelector");
    for query in queries.as_array().unwrap() {
        assert_eq!(query["profileTypeId"], "process_cpu:cpu:nanoseconds:cpu:nanoseconds");
        assert_eq!(query["plan"]["optional"], json!(["service_name"]), "the id is what is meant");
        assert_eq!(query["maxNodes"], 16_384 / 2, "they share the flame graph");
    }
    let asked: Vec<(&Value, &Value, &Value)> = queries
        .as_array()
        .unwrap()
        .iter()
        .map(|query| (&query["refId"], &query["labelSelector"], &query["spanSelector"][0]))
        .collect();
    let expected = [
        (json!("S0"), json!("{service_name=\"checkout\"}"), json!(ROOT_SPAN)),
        // The tracer does not say that this one has a profile, but with it the request enters a service.
        (json!("S1"), json!("{service_name=\"payment\"}"), json!("8445c3c27e561a64")),
    ];
    assert_eq!(asked, expected.each_ref().map(|(name, selector, span)| (name, selector, span)));
    assert_eq!(page.asked[&id].2, Wanted::Frames);
    let traces =
        |page: &Page| page.asked.values().any(|(_, query, _)| query["traceSelector"].is_array());
    assert!(!traces(&page), "spans are enough");
    assert!(page.update.view.profile.as_ref().unwrap().card.is_loading);

    let mut answer = json!([
        profile_frame("S1", &[("main", 1), ("charge", 4)]),
        profile_frame("S0", &[("main", 2), ("take_order", 3)]),
    ]);
    answer[0]["schema"]["meta"] = json!({"notices": [{"text": "cut"}, {"text": "widened"}]});
    answer[1]["schema"]["meta"] = json!({"notices": [{"text": "cut"}]});
    page.answer("fireline", "spanSelector", &answer);
    let profile = page.update.view.profile.clone().unwrap();
    assert_eq!(profile.card.notices, ["cut", "widened"], "each once");
    assert_eq!(profile.card.summary, "cpu, profiles of 2 of 3 spans");
    assert_eq!(profile.answer_id, Some(id));
    let made: Value = serde_json::from_str(page.trail.trace_flame_frame().unwrap()).unwrap();
    assert_eq!(made["schema"]["fields"][1]["config"]["unit"], "ns");
    let values = &made["data"]["values"];
    let labels = [
        "total",
        "checkout: POST /invoice",
        "main",
        "take_order",
        "payment: charge_card",
        "main",
        "charge",
    ];
    assert_eq!(values[3], json!(labels));
    assert_eq!(values[0], json!([0, 1, 2, 3, 2, 3, 4]));
    assert_eq!(values[1], json!([10, 10, 5, 3, 5, 5, 4]));
    assert_eq!(values[2], json!([0, 0, 2, 3, 0, 1, 4]));
    assert!(!traces(&page), "the profile is there");
    page.refresh();
    page.answer("zipkin", TRACE, &recorded_trace("tempo"));
    let is_loading = |page: &Page| page.update.view.profile.as_ref().unwrap().card.is_loading;
    assert!(is_loading(&page));
    page.answer("fireline", "spanSelector", &answer);
    assert!(!is_loading(&page));

    // A function below a span: its profile knows nothing of spans above it.
    let path = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let function = path(&["checkout: POST /invoice", "payment: charge_card", "main", "charge"]);
    page.act(TrailAction::ChooseFunction { call_site: function });
    let (_, query) = page.asked("fireline", "exemplarType");
    assert_eq!(query["callSite"], json!(["main", "charge"]));
    assert_eq!(page.update.view.function.as_ref().unwrap().name, "charge");
    // The root has functions of its own beside the span below it.
    let function = path(&["checkout: POST /invoice", "main", "take_order"]);
    page.act(TrailAction::ChooseFunction { call_site: function });
    let (_, query) = page.asked("fireline", "exemplarType");
    assert_eq!(query["callSite"], json!(["main", "take_order"]));
    // A span in the graph is that span.
    let span = path(&["checkout: POST /invoice", "payment: charge_card"]);
    page.act(TrailAction::ChooseFunction { call_site: span });
    assert_eq!(page.params["span"], "8445c3c27e561a64");
    assert!(!page.params.contains_key("callSite"));
    assert_eq!(page.trail.trace_flame_frame(), None);
}

#[test]
fn where_no_span_has_a_profile_the_trace_may_have_one() {
    let mut page = with_trace("tempo");
    page.act(TrailAction::ChooseSpan { span_id: None });
    let (id, _) = page.asked("fireline", "spanSelector");
    page.answer("fireline", "spanSelector", &json!([profile_frame("S0", &[])]));
    let (_, query) = page.asked("fireline", "traceSelector");
    assert_eq!(query["traceSelector"], json!([TRACE]));
    // One of them may be called otherwise by its profiler.
    assert_eq!(query["labelSelector"], json!("{}"));
    assert_eq!(query.get("spanSelector"), Some(&json!([])));
    assert_eq!(page.trail.trace_flame_frame(), None);
    let mut failing = with_trace("tempo");
    failing.act(TrailAction::ChooseSpan { span_id: None });
    let (failing_id, _) = failing.asked("fireline", "spanSelector");
    assert_eq!(failing_id, id);
    let update = failing.trail.failed(failing_id, "500");
    failing.perform(update);
    failing.asked("fireline", "traceSelector");
}

#[test]
fn of_many_spans_the_longest_are_asked_for_their_profile() {
    let count = 52;
    let ids: Vec<String> = (0..count).map(|at| format!("{:016x}", at + 1)).collect();
    let column = |value: &dyn Fn(usize) -> Value| json!((0..count).map(value).collect::<Vec<_>>());
    let trace = frame(
        "Trace",
        &Value::Null,
        &[
            ("traceID", column(&|_| json!(TRACE))),
            ("spanID", json!(ids)),
            ("operationName", column(&|at| json!(format!("step {at}")))),
            ("serviceName", column(&|_| json!("shop"))),
            ("startTime", column(&|at| json!(FROM_MILLIS + at as f64))),
            ("duration", column(&|at| json!(at + 1))),
            ("tags", column(&|at| json!([{"key": "pyroscope.profile.id", "value": ids[at]}]))),
        ],
    );
    let mut page = Page::open(all_sources(), &[("trace", TRACE)]);
    page.answer("zipkin", TRACE, &json!([trace]));
    let (_, queries) = page.asked("fireline", "spanSelector");
    let queries = queries.as_array().unwrap().clone();
    assert_eq!((queries.len(), &queries[0]["spanSelector"][0]), (50, &json!(ids[2])));
    assert_eq!(queries[0]["maxNodes"], 16_384 / 50);
    page.answer("fireline", "spanSelector", &json!([profile_frame("S0", &[("main", 1)])]));
    let notices = &page.update.view.profile.as_ref().unwrap().card.notices;
    assert_eq!(notices[..], ["2 shorter spans were not asked for their profile"]);
}
