//! Log lines tell their trace and span in many ways.

use links::{ExemplarSettings, ids_of_log_line};

const TRACE: &str = "3f42b39a917f6c014f638c7e3c69341d";
const SPAN: &str = "03fa1cbd967b13da";

fn found(labels: &[(&str, &str)], line: &str) -> (Option<String>, Option<String>) {
    let labels: Vec<(String, String)> =
        labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
    let ids = ids_of_log_line(&labels, line, &ExemplarSettings::default());
    (ids.trace_id, ids.span_id)
}

#[test]
fn ids_are_found_in_the_text_of_every_usual_format() {
    let both = (Some(TRACE.to_owned()), Some(SPAN.to_owned()));
    let lines = [
        (
            "Faro's logfmt",
            format!(
                "timestamp=\"2026-11-21\" kind=exception type=Error value=\"a=b\" traceID={TRACE} spanID={SPAN} sdk_name=faro"
            ),
        ),
        ("logfmt with quotes", format!("level=info trace_id=\"{TRACE}\" span_id=\"{SPAN}\"")),
        (
            "JSON",
            format!("{{\"msg\":\"slow: 3=x\",\"traceId\":\"{TRACE}\",\"spanId\":\"{SPAN}\"}}"),
        ),
        ("JSON with spaces", format!("{{ \"trace_id\" : \"{TRACE}\", \"span_id\" : \"{SPAN}\" }}")),
        ("logback", format!("12:00:01.123 [main] INFO [shop,traceId={TRACE},spanId={SPAN}] paid")),
        ("Spring's text", format!("INFO trace_id: {TRACE} span_id: {SPAN} paid")),
        (
            "Python's logging",
            format!("[trace_id={TRACE} span_id={SPAN} resource.service.name=shop] - paid"),
        ),
        (
            "headers of B3",
            format!("> X-B3-TraceId: {TRACE}\r\n> X-B3-SpanId: {SPAN}\r\n> Accept: */*"),
        ),
        (
            "a UUID and a resource path",
            format!(
                "trace_id=3f42b39a-917f-6c01-4f63-8c7e3c69341d spanId=\"projects/shop/traces/{TRACE}/spans/{SPAN}\""
            ),
        ),
        ("upper case", format!("TraceID={} SpanID={}", TRACE.to_uppercase(), SPAN.to_uppercase())),
        ("other alphabets around it", format!("платёж прошёл traceID={TRACE} 支付 spanID={SPAN}")),
    ];
    for (what, line) in lines {
        assert_eq!(found(&[], &line), both, "{what}: {line}");
    }
}

#[test]
fn datadog_writes_decimal() {
    let line = "dd.trace_id=4559022453654123741 dd.span_id=260996293024424922 paid";
    let (trace_id, span_id) = found(&[], line);
    assert_eq!(trace_id.unwrap(), "00000000000000003f44e6c4511574dd");
    assert_eq!(span_id.unwrap(), "039f3ebee56a23da");
    let labels = [("dd.trace_id", "15"), ("dd.span_id", "16")];
    let (trace_id, span_id) = found(&labels, "paid");
    assert_eq!(trace_id.unwrap(), "0000000000000000000000000000000f", "labels hold nothing else");
    assert_eq!(span_id.unwrap(), "0000000000000010");
}

#[test]
fn labels_and_structured_metadata_come_before_the_text() {
    let line = format!("traceID={TRACE} spanID={SPAN}");
    let other = "b76efb7ac1779aa58aecd0fd08c2bdc5";
    let (trace_id, span_id) = found(&[("trace_id", other), ("service_name", "shop")], &line);
    assert_eq!((trace_id.as_deref(), span_id.as_deref()), (Some(other), Some(SPAN)));
    let both = found(&[("traceID", TRACE), ("spanID", SPAN)], "spanID=1");
    assert_eq!(both, (Some(TRACE.to_owned()), Some(SPAN.to_owned())));
}

#[test]
fn a_line_without_ids_has_none() {
    for line in [
        "",
        "=",
        "::",
        "trace_id=",
        "traceID=none",
        "a=b: c",
        "trace 3f42b39a917f6c014f638c7e3c69341d",
        "traceID: bad header",
        "traceid=deadbeef spanid=cafe",
        "trace_id: 3f42b39a917f6c0 span_id: 3fa1cbd967b13da",
        "trace_id=0x3f42b39a917f6c0",
        "trace_id=projects/shop/traces/bad/spans/facade",
        "trace_id=0000000000000000",
        "\"=\"",
    ] {
        assert_eq!(found(&[], line), (None, None), "{line:?}");
    }
}

#[test]
fn the_first_id_of_a_line_counts() {
    let other = "b76efb7ac1779aa58aecd0fd08c2bdc5";
    for line in [
        format!("traceID={TRACE} cause: traceID={other}"),
        format!("traceID=; traceID=none traceID={TRACE}"),
        format!("=12 traceID={TRACE}"),
    ] {
        assert_eq!(found(&[], &line).0.as_deref(), Some(TRACE), "{line}");
    }
}

#[test]
fn an_id_of_full_length_counts_before_a_shorter_one() {
    let short = &TRACE[..16];
    let padded = format!("{short:0>32}");
    for (line, id) in [
        (format!("trace_id={short}"), &padded),
        (format!("trace_id={short} traceID={TRACE}"), &TRACE.to_owned()),
        (format!("traceID={TRACE} trace_id={short}"), &TRACE.to_owned()),
        (format!("trace_id={TRACE} otel.trace_id={}", "1".repeat(32)), &TRACE.to_owned()),
    ] {
        assert_eq!(found(&[], &line).0.as_ref(), Some(id), "{line}");
    }
    let long = format!("span_id={TRACE} spanID={SPAN}");
    assert_eq!(found(&[], &long).1.as_deref(), Some(SPAN), "a trace's id is no span's");
}

#[test]
fn the_end_of_an_endless_line_is_not_read() {
    let id = format!("traceID={TRACE}");
    let last = 64 * 1024 - id.len();
    assert_eq!(found(&[], &(" ".repeat(last) + &id)).0.as_deref(), Some(TRACE));
    for unread in [" ".repeat(last + 1), "é".repeat(64 * 1024)] {
        assert_eq!(found(&[], &(unread + &id)), (None, None), "no half of an id");
    }
    // A letter that begins before the end of what is read, and ends behind it.
    let torn = format!("{id}{}é", " ".repeat(last - 1));
    assert_eq!(found(&[], &torn).0.as_deref(), Some(TRACE));
}
