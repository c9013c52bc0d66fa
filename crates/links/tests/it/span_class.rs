//! A class of spans: what a trace data source is asked, and which spans of its answer are used.

use links::{
    ClassSearchError, LinkSettings, PickedSpans, class_search_query, class_traceql, fill_in_spans,
    spans_of_class,
};
use query::{SpanClass, SpanClassFound};
use serde_json::{Value, json};

const TEMPO: &str = include_str!("../../../../testdata/trace-answers/tempo-spans.json");
const JAEGER: &str = include_str!("../../../../testdata/trace-answers/jaeger-trace.json");

fn class(change: impl FnOnce(&mut SpanClass)) -> SpanClass {
    let mut class = SpanClass::default();
    change(&mut class);
    class
}

fn slow_checkouts() -> SpanClass {
    class(|class| {
        class.service = "checkout".into();
        class.operation = "POST /cart".into();
        class.min_duration = "250ms".into();
        class.max_duration = "1m".into();
    })
}

fn frames(answer: &str) -> Vec<Value> {
    let answer: Value = serde_json::from_str(answer).expect("the recording is JSON");
    answer["results"]["A"]["frames"].as_array().expect("it has frames").clone()
}

#[test]
fn service_operation_and_durations_become_traceql() {
    assert_eq!(
        class_traceql(&slow_checkouts()).unwrap(),
        r#"{resource.service.name="checkout" && name="POST /cart" && duration>=250000000ns && duration<60000000000ns} | select(span.pyroscope.profile.id)"#
    );
    let only_slow = class(|class| class.min_duration = "100us".into());
    assert!(class_traceql(&only_slow).unwrap().starts_with("{duration>=100000ns} | "));
}

#[test]
fn names_cannot_leave_their_quotes() {
    let class = class(|class| class.operation = r#"a" || true || name="\"#.into());
    assert_eq!(
        class_traceql(&class).unwrap(),
        r#"{name="a\" || true || name=\"\\"} | select(span.pyroscope.profile.id)"#
    );
}

#[test]
fn traceql_of_the_class_is_taken_as_it_is() {
    let own = |text: &str| class_traceql(&class(|class| class.traceql = text.into())).unwrap();
    assert_eq!(own(" {status=error} "), "{status=error} | select(span.pyroscope.profile.id)");
    assert_eq!(own("{} | select(span.http.url)"), "{} | select(span.http.url)");
}

#[test]
fn a_class_of_everything_and_a_wrong_duration_are_refused() {
    assert_eq!(class_traceql(&SpanClass::default()), Err(ClassSearchError::Everything));
    let wrong = class(|class| class.max_duration = "slow".into());
    let error = class_traceql(&wrong).unwrap_err();
    assert_eq!(
        error.to_string(),
        "the class's maxDuration is \"slow\", expected a duration such as \"250ms\""
    );
}

#[test]
fn each_tracer_is_asked_in_its_own_shape() {
    let tempo = class_search_query("tempo", &slow_checkouts(), 500).unwrap();
    assert_eq!(tempo["queryType"], "traceql");
    assert_eq!(tempo["tableType"], "spans");
    assert_eq!(tempo["limit"], 500);
    assert_eq!(
        class_search_query("jaeger", &slow_checkouts(), 500).unwrap(),
        json!({
            "queryType": "search", "service": "checkout", "operation": "POST /cart",
            "minDuration": "250000000ns", "maxDuration": "60000000000ns", "limit": 500,
        })
    );
    let refused = |datasource: &str, class: &SpanClass| {
        class_search_query(datasource, class, 500).unwrap_err().to_string()
    };
    let traceql = class(|class| class.traceql = "{}".into());
    assert!(
        refused("jaeger", &traceql)
            .ends_with("in TraceQL; name service, operation and durations instead")
    );
    assert!(refused("jaeger", &class(|class| class.operation = "a".into())).ends_with("name one"));
    assert!(refused("zipkin", &slow_checkouts()).contains("\"zipkin\" cannot be asked"));
    assert!(refused("loki", &slow_checkouts()).contains("\"loki\" cannot be asked"));
}

#[test]
fn a_class_s_own_limit_stays_below_that_of_the_settings() {
    let limit = |own: Option<i64>| {
        let class = SpanClass { limit: own, ..slow_checkouts() };
        class_search_query("tempo", &class, 100).unwrap()["limit"].clone()
    };
    assert_eq!(limit(Some(20)), 20);
    assert_eq!(limit(Some(5_000)), 100);
    assert_eq!(limit(Some(0)), 1);
    assert_eq!(limit(Some(-3)), 100);
}

#[test]
fn a_table_of_spans_as_tempo_answers_it() {
    let picked = spans_of_class(&frames(TEMPO), &slow_checkouts(), 500).unwrap();
    assert!(picked.found.matched > 2);
    assert_eq!(picked.found.used, picked.found.matched, "the search has already chosen");
    assert!(picked.found.with_profile_ids.is_some_and(|count| count > 0));
    assert!(picked.span_ids.contains(&"7d96d438b06d03c9".to_owned()));
    let one = spans_of_class(&frames(TEMPO), &slow_checkouts(), 1).unwrap();
    assert_eq!(one.found, SpanClassFound { used: 1, is_limited: true, ..picked.found });
    assert_eq!(one.span_ids, picked.span_ids[..1]);
    assert_eq!(one.slowest_nanos, picked.slowest_nanos);
}

#[test]
fn spans_of_a_trace_as_jaeger_answers_it() {
    let class = class(|class| {
        class.service = "checkout".into();
        class.min_duration = "15ms".into();
        class.max_duration = "20ms".into();
    });
    let picked = spans_of_class(&frames(JAEGER), &class, 500).unwrap();
    assert!(picked.span_ids.contains(&"75cfbbed5a978599".to_owned()), "19.2 ms of checkout");
    assert!(!picked.span_ids.contains(&"8445c3c27e561a64".to_owned()), "payment is another");
    assert_eq!(picked.slowest_nanos, Some(19_213_000));
    let up_to_it = SpanClass { max_duration: "19213us".into(), ..class.clone() };
    assert_eq!(spans_of_class(&frames(JAEGER), &up_to_it, 500).unwrap().found.matched, 0);
    let from_it = SpanClass { min_duration: "19213us".into(), ..class.clone() };
    assert_eq!(spans_of_class(&frames(JAEGER), &from_it, 500).unwrap().found.matched, 1);
    let other = SpanClass { operation: "charge_card".into(), ..class };
    assert_eq!(spans_of_class(&frames(JAEGER), &other, 500).unwrap().found.matched, 0);
}

fn table(rows: &[(&str, f64, &str)]) -> Value {
    let column = |of: fn(&(&str, f64, &str)) -> Value| rows.iter().map(of).collect::<Vec<_>>();
    json!({
        "schema": {"fields": [
            {"name": "spanID"}, {"name": "duration"}, {"name": "pyroscope.profile.id"},
        ]},
        "data": {"values": [
            column(|row| json!(row.0)), column(|row| json!(row.1)), column(|row| json!(row.2)),
        ]},
    })
}

#[test]
fn the_slowest_spans_with_a_profile_go_first() {
    let frame = table(&[
        ("01", 10.0, "p"),
        ("02", 90.0, ""),
        ("03", 30.0, "p"),
        ("04", 95.0, ""),
        ("03", 30.0, "p"),
        ("nonsense", 99.0, "p"),
    ]);
    let picked = spans_of_class(&[frame], &SpanClass::default(), 3).unwrap();
    assert_eq!(picked.span_ids, ["0000000000000003", "0000000000000001", "0000000000000004"]);
    let found =
        SpanClassFound { matched: 4, with_profile_ids: Some(2), used: 3, is_limited: false };
    assert_eq!(picked.found, found);
    assert_eq!(picked.slowest_nanos, Some(95));
    let unknown = spans_of_class(&[table(&[("01", 0.0, "p")])], &SpanClass::default(), 3).unwrap();
    assert_eq!((unknown.found.used, unknown.slowest_nanos), (1, None));
}

#[test]
fn whether_spans_have_profiles_is_told_where_the_answer_can_tell() {
    let with_profile_ids = |columns: Value| {
        let columns = columns.as_object().unwrap().clone();
        let fields: Vec<Value> = columns.keys().map(|name| json!({"name": name})).collect();
        let values: Vec<Value> = columns.values().map(|value| json!([value])).collect();
        let frame = json!({"schema": {"fields": fields}, "data": {"values": values}});
        spans_of_class(&[frame], &SpanClass::default(), 5).unwrap().found.with_profile_ids
    };
    let of_tags = |tags: Value| {
        with_profile_ids(json!({"spanID": "1", "parentSpanID": "", "duration": 1, "tags": tags}))
    };
    let id = "pyroscope.profile.id";
    assert_eq!(of_tags(json!([{"key": "a", "value": "b"}, {"key": id, "value": "1"}])), Some(1));
    assert_eq!(of_tags(json!([{"key": id, "value": ""}])), Some(0));
    assert_eq!(of_tags(json!([{"key": "a", "value": "b"}])), Some(0));
    assert_eq!(of_tags(json!(null)), Some(0), "a trace has all tags of its spans");
    assert_eq!(with_profile_ids(json!({"spanID": "1", "duration": 1, id: "1"})), Some(1));
    assert_eq!(with_profile_ids(json!({"spanID": "1", "duration": 1, id: ""})), Some(0));
    assert_eq!(with_profile_ids(json!({"spanID": "1", "duration": 1})), None, "it did not ask");
}

#[test]
fn frames_without_spans_are_no_spans() {
    let frames = [json!(null), json!({"schema": {}}), table(&[])];
    let picked = spans_of_class(&frames, &SpanClass::default(), 5).unwrap();
    assert!(picked.span_ids.is_empty());
    assert_eq!((picked.found.matched, picked.found.used, picked.slowest_nanos), (0, 0, None));
}

#[test]
fn each_side_of_a_diff_gets_its_own_spans() {
    let mut query = json!({
        "queryType": "diff", "spanClass": {"minDuration": "1s"},
        "baseline": {"spanClass": {"maxDuration": "1s"}},
    });
    let picked = |id: &str| PickedSpans {
        span_ids: vec![id.to_owned()],
        slowest_nanos: None,
        found: SpanClassFound { matched: 3, with_profile_ids: None, used: 1, is_limited: false },
    };
    fill_in_spans(query.as_object_mut().unwrap(), &picked("a"));
    fill_in_spans(query["baseline"].as_object_mut().unwrap(), &picked("b"));
    assert_eq!(query["spanSelector"], json!(["a"]));
    assert_eq!(query["spanClass"]["found"], json!({"matched": 3, "used": 1}));
    assert_eq!(query["baseline"]["spanSelector"], json!(["b"]));
    assert_eq!(query["baseline"]["spanClass"]["maxDuration"], "1s", "what was asked stays");
}

#[test]
fn the_most_spans_are_a_setting() {
    let settings =
        |spans: Value| LinkSettings::from_json_data(&json!({"links": {"maxSpans": spans}}));
    for most in [1, 20, 5_000] {
        assert_eq!(settings(json!(most)).0.max_spans, most);
    }
    assert_eq!(settings(json!(null)), (LinkSettings::default(), vec![]));
    assert_eq!(LinkSettings::default().max_spans, 500);
    for wrong in [json!(0), json!(5_001), json!("many")] {
        let (settings, warnings) = settings(wrong.clone());
        assert_eq!(settings.max_spans, 500);
        assert_eq!(
            warnings,
            [format!(
                "setting links.maxSpans is {wrong}, expected a number from 1 to 5000; 500 is used"
            )]
        );
    }
}

#[test]
fn a_table_of_spans_tells_when_a_limit_was_reached() {
    let is_limited = |traces: &[(&str, usize)], limit: i64| {
        let of_trace = |(trace, spans): &(&str, usize)| vec![(*trace).to_owned(); *spans];
        let traces: Vec<String> = traces.iter().flat_map(of_trace).collect();
        let ids: Vec<String> = (1..=traces.len()).map(|id| format!("{id:016x}")).collect();
        let fields = json!([{"name": "traceIdHidden"}, {"name": "spanID"}]);
        let table = json!({"schema": {"fields": fields}, "data": {"values": [traces, ids]}});
        let class = SpanClass { limit: Some(limit), ..SpanClass::default() };
        spans_of_class(&[table], &class, 500).unwrap().found.is_limited
    };
    assert!(!is_limited(&[("a", 2), ("b", 2)], 3));
    assert!(is_limited(&[("a", 1), ("b", 1), ("c", 1)], 3), "as many traces as were asked for");
    assert!(!is_limited(&[("a", 99)], 3));
    assert!(is_limited(&[("a", 100)], 3), "as many spans of one trace as were asked for");
}
