//! Log lines of a trace: which are looked for, and where each of them leads.

use serde_json::{Value, json};

use crate::trail_answers::{TRACE, Walk, at_trace, frame, trace};

#[test]
fn log_lines_stand_by_their_time() {
    let labels = json!([
        {"service_name": "shop", "level": "warn", "detected_level": "info"},
        {"level": "", "detected_level": "error"},
        {},
    ]);
    let columns =
        [("labels", labels), ("Time", json!([7, 5, null])), ("Line", json!(["a", "b", "c"]))];
    let lines = frame("", &Value::Null, &columns);
    let other = frame("", &Value::Null, &[("Time", json!([1]))]);
    let walk = at_trace(&[]).answer("traceql", &trace()).answer("|= ", &json!([other, lines]));
    let walk = walk.answer("| trace_id=", &json!([]));
    let logs = walk.view().logs.clone().unwrap();
    assert_eq!(logs.card.summary, "3 lines");
    let rows: Vec<String> = logs
        .rows
        .iter()
        .map(|row| format!("{} {}: {} {}", row.at_millis, row.level, row.service, row.text))
        .collect();
    assert_eq!(rows, ["0 :  c", "5 error:  b", "7 warn: shop a"]);
    let before = at_trace(&[]).view().logs.clone().unwrap().card;
    assert_eq!((before.summary.as_str(), before.message), ("", None), "the trace is not known yet");
    let query = at_trace(&[]).answer("traceql", &trace()).query("|= ");
    assert_eq!((&query["maxLines"], &query["direction"]), (&json!(200), &json!("forward")));
    let without = Walk::at(&["tempo"], &[("trace", TRACE)]);
    assert_eq!(without.view().logs, None);
    assert_eq!(Walk::at(&["loki"], &[]).view().logs, None, "no trace is chosen");
}

/// A line of each service at each time.
fn log_lines(lines: &[(&str, f64, &str, Value)]) -> Value {
    let column = |of: fn(&(&str, f64, &str, Value)) -> Value| {
        json!(lines.iter().map(of).collect::<Vec<_>>())
    };
    let labels = column(|(service, _, _, metadata)| {
        let mut labels = metadata.clone();
        labels["service_name"] = json!(service);
        labels
    });
    let (times, texts) = (column(|line| json!(line.1)), column(|line| json!(line.2)));
    json!([frame("", &Value::Null, &[("labels", labels), ("Time", times), ("Line", texts)])])
}

#[test]
fn log_lines_are_found_by_their_text_and_by_their_metadata() {
    let ids = json!({"trace_id": TRACE, "span_id": "00000000000000b2"});
    let text = format!("charged traceID={TRACE}");
    let twice = ("bank", 3.0, text.as_str(), ids.clone());
    let in_text = [("shop", 2.0, text.as_str(), json!({})), twice.clone()];
    let in_metadata = [("bank", 1.0, "asked", ids), twice];
    let walk = at_trace(&[]).answer("traceql", &trace()).answer("|= ", &log_lines(&in_text));
    assert!(walk.view().logs.as_ref().unwrap().card.is_loading);
    let walk = walk.answer("| trace_id=", &log_lines(&in_metadata));
    let logs = walk.view().logs.clone().unwrap();
    let rows: Vec<(&str, &str)> =
        logs.rows.iter().map(|row| (row.service.as_str(), row.leads_to.as_str())).collect();
    assert_eq!(rows, [("bank", "charge"), ("shop", "the whole trace"), ("bank", "charge")]);
    assert_eq!(logs.card.message, None);
    assert!(walk.asked.iter().all(|(_, query)| query["expr"] != "{service_name=~\"shop|bank\"}"));
}

#[test]
fn a_log_line_knows_its_trace_and_its_span() {
    let chosen = [("span", "00000000000000b2")];
    let other = "0123456789abcdef0123456789abcdef";
    let of = |trace: &str, span: &str| json!({"trace_id": trace, "span_id": span});
    let lines = log_lines(&[
        ("bank", 1.0, "a", of(TRACE, "00000000000000b2")),
        ("bank", 2.0, "b", of(other, "00000000000000b2")),
        ("bank", 3.0, "c", of(TRACE, "00000000000000ff")),
        ("bank", 4.0, "d", json!({})),
    ]);
    let walk = at_trace(&chosen).answer("traceql", &trace()).answer("|= ", &lines);
    let rows = walk.view().logs.clone().unwrap().rows;
    let rows: Vec<_> = rows
        .iter()
        .map(|row| (row.trace_id.as_deref(), row.leads_to.as_str(), row.is_chosen))
        .collect();
    assert_eq!(
        rows,
        [
            (Some(TRACE), "charge", true),
            (Some(other), "another trace", false),
            (Some(TRACE), "the whole trace", false),
            (None, "", false),
        ]
    );
}

#[test]
fn where_no_line_names_the_trace_those_around_it_are_shown() {
    let none = json!([]);
    let walk = at_trace(&[]).answer("traceql", &trace()).answer("|= ", &none);
    assert_eq!(walk.view().logs.clone().unwrap().card.message, None, "there is more to ask");
    let walk = walk.answer("| trace_id=", &none);
    assert!(walk.view().logs.clone().unwrap().card.is_loading);
    let around = "shop|bank\\\"}\"";
    let told = walk.answer(around, &log_lines(&[("shop", 1.0, "started", json!({}))]));
    let logs = told.view().logs.clone().unwrap();
    assert_eq!((logs.card.title.as_str(), logs.rows.len()), ("Logs around the trace", 1));
    let message = logs.card.message.unwrap();
    assert!(message.line.starts_with("No log line names this trace"), "{}", message.line);
    let empty = at_trace(&[])
        .answer("traceql", &trace())
        .answer("|= ", &none)
        .answer("| trace_id=", &none)
        .answer(around, &none);
    let logs = empty.view().logs.clone().unwrap();
    assert_eq!(logs.card.title, "Logs of the trace");
    assert!(logs.card.message.unwrap().advice.contains("write trace ids"));
    // Without a trace nobody knows whose lines these would be.
    let gone =
        at_trace(&[]).answer("traceql", &none).answer("|= ", &none).answer("| trace_id=", &none);
    assert!(!gone.view().logs.as_ref().unwrap().card.is_loading);
}

#[test]
fn as_many_lines_as_were_asked_for_are_not_all() {
    for (count, notices) in [(199, &[][..]), (200, &["Only the first 200 lines are shown"])] {
        let lines: Vec<(&str, f64, &str, Value)> =
            (0..count).map(|at| ("shop", f64::from(at), "charged", json!({}))).collect();
        for (full, other) in [("|= ", "| trace_id="), ("| trace_id=", "|= ")] {
            let walk = at_trace(&[]).answer("traceql", &trace());
            let walk = walk.answer(full, &log_lines(&lines)).answer(other, &json!([]));
            let card = &walk.view().logs.as_ref().unwrap().card;
            assert_eq!(card.notices, notices, "{full}");
        }
    }
}
