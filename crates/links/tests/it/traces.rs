//! Traces as trees, from the frames of every tracer's datasource and from odd ones made by hand.

use links::JsonFrame;
use links::trace::{MAX_SPANS, Span, Trace, TraceNotice, format_trace, read_trace_frame};
use proptest::prelude::*;

pub(crate) fn recorded(tracer: &str) -> Trace {
    let path = format!("{}/../../testdata/trace-frames/{tracer}.json", env!("CARGO_MANIFEST_DIR"));
    let answer: serde_json::Value =
        serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap();
    let frames = JsonFrame::read_all(&answer["results"]["A"]["frames"].to_string()).unwrap();
    Trace::new(read_trace_frame(&frames[0]).unwrap())
}

/// A span named by one letter: its id, its parent's (`-`: none), start and end in milliseconds.
fn span(id: &str, parent: &str, start_millis: i64, end_millis: i64) -> Span {
    Span {
        span_id: id.to_owned(),
        parent_span_id: (parent != "-").then(|| parent.to_owned()),
        operation: id.to_owned(),
        service: "shop".to_owned(),
        start_nanos: start_millis * 1_000_000,
        duration_nanos: (end_millis - start_millis) * 1_000_000,
        ..Span::default()
    }
}

fn picture(spans: &[Span]) -> String {
    format_trace(&Trace::new(spans.to_vec()))
}

#[test]
fn every_tracers_frame_is_the_same_trace() {
    let tempo = "\
████████████████████ checkout POST /invoice  131 ms, self 8.1 ms
·████████████████··· └ payment charge_card  103 ms, self 103 ms
·················██· └ checkout render_invoice  19 ms, self 19 ms
";
    assert_eq!(format_trace(&recorded("tempo")), tempo);
    assert_eq!(format_trace(&recorded("jaeger")), tempo);
    // Zipkin's libraries write names in lower case.
    let zipkin = tempo.replace("POST", "post");
    assert_eq!(format_trace(&recorded("zipkin")), zipkin);
}

#[test]
fn a_span_says_under_which_id_its_profile_is() {
    for tracer in ["tempo", "jaeger", "zipkin"] {
        let trace = recorded(tracer);
        let root = &trace.spans()[0];
        assert_eq!(root.profile_id(), Some("03fa1cbd967b13da"), "{tracer}");
        assert_eq!(root.trace_id, "b76efb7ac1779aa58aecd0fd08c2bdc5");
        assert_eq!(root.attribute("service.namespace"), Some("shop"));
    }
}

#[test]
fn children_at_the_same_time_count_once() {
    let spans = [span("a", "-", 0, 100), span("b", "a", 10, 50), span("c", "a", 30, 60)];
    assert_eq!(
        picture(&spans),
        "\
████████████████████ shop a  100 ms, self 50 ms
··████████·········· └ shop b  40 ms, self 40 ms
······██████········ └ shop c  30 ms, self 30 ms
"
    );
}

#[test]
fn a_child_that_outlives_its_parent_takes_no_more_than_there_is() {
    let spans = [span("a", "-", 0, 100), span("b", "a", 90, 200)];
    assert_eq!(Trace::new(spans.to_vec()).self_nanos(), [90_000_000, 110_000_000]);
}

#[test]
fn spans_without_their_parent_stand_as_roots() {
    let spans = [span("b", "lost", 10, 20), span("c", "b", 12, 15)];
    assert_eq!(
        picture(&spans),
        "\
████████████████████ shop b  10 ms, self 7 ms
····██████·········· └ shop c  3 ms, self 3 ms
(the tracer does not have the parents of 1 spans, which stand as roots)
"
    );
}

#[test]
fn a_circle_is_cut_where_it_begins() {
    let spans = [span("a", "b", 0, 10), span("b", "a", 2, 8), span("self", "self", 20, 30)];
    let trace = Trace::new(spans.to_vec());
    assert_eq!(trace.depths(), [0, 1, 0]);
    assert_eq!(trace.notices(), [TraceNotice::Circles { count: 2 }]);
}

#[test]
fn clocks_that_differ_are_told() {
    let spans = [span("a", "-", 100, 200), span("b", "a", 60, 150)];
    let trace = Trace::new(spans.to_vec());
    let notice = TraceNotice::ClockSkew { count: 1, at_most_nanos: 40_000_000 };
    assert_eq!(trace.notices(), [notice]);
    assert_eq!(trace.self_nanos(), [50_000_000, 90_000_000]);
    let together = Trace::new(vec![span("a", "-", 100, 200), span("b", "a", 100, 150)]);
    assert_eq!(together.notices(), [], "both may begin at once");
}

#[test]
fn both_ends_of_a_call_may_carry_one_id() {
    let asks = span("call", "-", 0, 100);
    let answers =
        Span { service: "stock".to_owned(), is_shared: true, ..span("call", "-", 10, 90) };
    let below = Span { service: "stock".to_owned(), ..span("query", "call", 20, 30) };
    let trace = Trace::new(vec![below, answers, asks]);
    let services: Vec<&str> = trace.spans().iter().map(|span| span.service.as_str()).collect();
    assert_eq!((services, trace.depths()), (vec!["shop", "stock", "stock"], &[0, 1, 2][..]));
    assert_eq!(trace.find("call"), Some(1));
}

#[test]
fn an_id_that_two_spans_have_by_chance_makes_neither_the_parent_of_the_other() {
    let other = Span { service: "stock".to_owned(), ..span("a", "-", 10, 20) };
    let trace = Trace::new(vec![span("a", "-", 0, 100), other]);
    assert_eq!(trace.depths(), [0, 0]);
}

#[test]
fn a_span_that_stands_twice_is_kept_once() {
    let trace = Trace::new(vec![span("a", "-", 0, 10), span("a", "-", 0, 10)]);
    assert_eq!(trace.spans().len(), 1);
}

#[test]
fn no_trace_is_too_long() {
    let spans = (0..=MAX_SPANS).map(|at| span(&at.to_string(), "0", at as i64, at as i64 + 1));
    let trace = Trace::new(spans.collect());
    assert_eq!(trace.spans().len(), MAX_SPANS);
    assert!(trace.notices().contains(&TraceNotice::TooManySpans { found: MAX_SPANS + 1 }));
}

#[test]
fn a_frame_of_something_else_is_told() {
    let frames = r#"[{"schema":{"fields":[{"name":"Time"}]},"data":{"values":[[1]]}}]"#;
    let error = read_trace_frame(&JsonFrame::read_all(frames).unwrap()[0]).unwrap_err();
    assert!(error.to_string().contains("\"spanID\""), "{error}");
}

/// One row with these columns, beside those that every trace has.
fn read_row(columns: &[(&str, serde_json::Value)]) -> Vec<Span> {
    let mut all = serde_json::json!({
        "spanID": "a1", "traceID": "b2", "startTime": 1_000.5, "duration": 2.25,
    });
    for (name, value) in columns {
        all[*name] = value.clone();
    }
    let all = all.as_object().expect("an object");
    let fields: Vec<_> = all.keys().map(|name| serde_json::json!({ "name": name })).collect();
    let values: Vec<_> = all.values().map(|value| serde_json::json!([value])).collect();
    let frames =
        serde_json::json!([{ "schema": { "fields": fields }, "data": { "values": values } }]);
    read_trace_frame(&JsonFrame::read_all(&frames.to_string()).unwrap()[0]).unwrap()
}

#[test]
fn a_row_is_read_in_whole_microseconds_and_usual_ids() {
    let expected = Span {
        span_id: "00000000000000a1".to_owned(),
        trace_id: "000000000000000000000000000000b2".to_owned(),
        start_nanos: 1_000_500_000,
        duration_nanos: 2_250_000,
        ..Span::default()
    };
    assert_eq!(read_row(&[]), std::slice::from_ref(&expected));
    assert_eq!(read_row(&[("parentSpanID", "".into())]), std::slice::from_ref(&expected), "a root");
    let below = Span { parent_span_id: Some("00000000000000c3".to_owned()), ..expected.clone() };
    assert_eq!(read_row(&[("parentSpanID", "c3".into())]), [below]);
    assert_eq!(read_row(&[("spanID", "".into())]), [], "no span without an id");
    let odd = Span { span_id: "odd".to_owned(), duration_nanos: 0, ..expected.clone() };
    assert_eq!(read_row(&[("spanID", "odd".into()), ("duration", (-5).into())]), [odd]);
    let rounded = Span { start_nanos: 2_000, ..expected };
    assert_eq!(read_row(&[("startTime", 0.001_6.into())]), [rounded]);
}

#[test]
fn a_span_failed_where_its_status_or_a_tag_says_so() {
    let tag = |key: &str, value: serde_json::Value| {
        ("tags", serde_json::json!([{ "key": key, "value": value }]))
    };
    let is_error = |column| read_row(&[column])[0].is_error;
    assert!(is_error(tag("error", true.into())) && is_error(tag("error", "true".into())));
    assert!(!is_error(tag("error", false.into())) && !is_error(tag("retry", true.into())));
    assert!(is_error(("statusCode", 2.into())));
    assert!(!is_error(("statusCode", 1.into())));
    assert!(read_row(&[tag("shared", true.into())])[0].is_shared);
    assert!(!read_row(&[tag("error", true.into())])[0].is_shared);
}

#[test]
fn what_a_span_says_of_itself_and_of_its_service_is_text() {
    let tags = serde_json::json!([
        { "key": "pyroscope.profile.id", "value": "d94b" }, { "key": "retries", "value": 3 }, { "value": "lost" },
    ]);
    let service_tags =
        serde_json::json!([{ "key": "zone", "value": "eu" }, { "key": "retries", "value": 4 }]);
    let span = &read_row(&[("tags", tags), ("serviceTags", service_tags)])[0];
    let names: Vec<&str> = span.tags.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!(names, ["pyroscope.profile.id", "retries"]);
    assert_eq!(span.attribute("retries"), Some("3"), "its own first");
    assert_eq!((span.attribute("zone"), span.attribute("lost")), (Some("eu"), None));
    assert_eq!(span.profile_id(), Some("d94b"));
}

#[test]
fn each_notice_is_a_sentence() {
    let table = [
        (
            TraceNotice::TooManySpans { found: 20_001 },
            "the trace has 20001 spans, the first 20000 are shown",
        ),
        (
            TraceNotice::MissingParents { count: 2 },
            "the tracer does not have the parents of 2 spans, which stand as roots",
        ),
        (
            TraceNotice::Circles { count: 1 },
            "spans that are their own ancestors were cut loose 1 times",
        ),
        (
            TraceNotice::ClockSkew { count: 3, at_most_nanos: 2_500_000 },
            "3 spans begin before their parents, by 2.5 ms at most: clocks differ",
        ),
    ];
    for (notice, sentence) in table {
        assert_eq!(notice.to_string(), sentence);
    }
}

#[test]
fn spans_that_begin_together_stand_the_longest_first() {
    let spans = [span("c", "-", 0, 5), span("b", "-", 0, 5), span("a", "-", 0, 9)];
    let ids = |trace: &Trace| -> Vec<String> {
        trace.spans().iter().map(|span| span.span_id.clone()).collect()
    };
    assert_eq!(ids(&Trace::new(spans.to_vec())), ["a", "b", "c"]);
    let trace = Trace::default();
    assert_eq!((trace.start_nanos(), trace.end_nanos()), (0, 0));
    let trace = Trace::new(vec![span("a", "-", 5, 9), span("b", "-", 2, 7)]);
    assert_eq!((trace.start_nanos(), trace.end_nanos()), (2_000_000, 9_000_000));
}

#[test]
fn a_trace_is_drawn_at_its_scale() {
    let failed = Span { is_error: true, ..span("b", "a", 99, 100) };
    let spans = [span("a", "-", 0, 100), span("c", "a", 50, 50), failed, span("d", "b", 100, 100)];
    assert_eq!(
        picture(&spans),
        "\
████████████████████ shop a  100 ms, self 99 ms
··········█········· └ shop c  0 ns, self 0 ns
···················█ └ shop b  1000 µs, self 1000 µs, failed
···················█   └ shop d  0 ns, self 0 ns
"
    );
}

proptest! {
    /// Whatever the parents are: every span stands once, below its parent, with self time that it has.
    #[test]
    fn any_spans_make_a_tree(shape in prop::collection::vec((0_u8..12, 0_i64..50, 0_i64..50), 0..12)) {
        let spans: Vec<Span> = shape
            .iter()
            .enumerate()
            .map(|(id, (parent, start, length))| {
                span(&id.to_string(), &parent.to_string(), *start, start + length)
            })
            .collect();
        let trace = Trace::new(spans.clone());
        prop_assert_eq!(trace.spans().len(), spans.len());
        for (at, one) in trace.spans().iter().enumerate() {
            prop_assert!((0..=one.duration_nanos).contains(&trace.self_nanos()[at]));
            match trace.parent(at) {
                Some(parent) => {
                    prop_assert!(parent < at);
                    prop_assert_eq!(trace.depths()[at], trace.depths()[parent] + 1);
                    prop_assert_eq!(Some(&trace.spans()[parent].span_id), one.parent_span_id.as_ref());
                }
                None => prop_assert_eq!(trace.depths()[at], 0),
            }
        }
    }
}
