//! What each step of the walk shows of its answer, and of none.

use std::collections::BTreeMap;

use links::trail::{Severity, Source, Trail, TrailEffect, TrailProps, TrailUpdate, TrailView};
use serde_json::{Value, json};

pub(crate) const TRACE: &str = "b76efb7ac1779aa58aecd0fd08c2bdc5";
pub(crate) const START_MILLIS: f64 = 1_795_240_176_000.0;

fn sources(type_ids: &[&str]) -> Vec<Source> {
    let source = |type_id: &&str| Source {
        uid: (*type_id).to_owned(),
        type_id: (*type_id).to_owned(),
        ..Source::default()
    };
    type_ids.iter().map(source).collect()
}

/// A walk at an address; answers are given by the text that their query has.
pub(crate) struct Walk {
    trail: Trail,
    props: TrailProps,
    update: TrailUpdate,
    pub(crate) asked: Vec<(u32, Value)>,
}

impl Walk {
    pub(crate) fn at(type_ids: &[&str], params: &[(&str, &str)]) -> Self {
        let params: BTreeMap<String, String> =
            params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut trail = Trail::default();
        let props = TrailProps {
            sources: sources(type_ids),
            params,
            from_millis: START_MILLIS - 60_000.0,
            to_millis: START_MILLIS + 60_000.0,
            width_css_px: 800.0,
            refreshes: 0,
        };
        let update = trail.set_props(props.clone());
        let mut walk = Self { trail, props, update, asked: Vec::new() };
        walk.note();
        walk
    }

    fn note(&mut self) {
        for effect in &self.update.effects {
            match effect {
                TrailEffect::Query { id, queries, .. } => {
                    self.asked.push((*id, one_or_all(queries)));
                }
                TrailEffect::Cancel { id } => self.asked.retain(|(asked, _)| asked != id),
                TrailEffect::Navigate { .. } => {}
            }
        }
    }

    fn id(&self, text: &str) -> u32 {
        let found: Vec<u32> = self
            .asked
            .iter()
            .filter(|(_, query)| query.to_string().contains(text))
            .map(|(id, _)| *id)
            .collect();
        assert_eq!(found.len(), 1, "{text:?}: {:?}", self.asked);
        found[0]
    }

    pub(crate) fn query(&self, text: &str) -> Value {
        let id = self.id(text);
        let (_, query) = self.asked.iter().find(|(asked, _)| *asked == id).expect("it was asked");
        query.clone()
    }

    pub(crate) fn answer(mut self, text: &str, frames: &Value) -> Self {
        let id = self.id(text);
        self.asked.retain(|(asked, _)| *asked != id);
        self.update = self.trail.answered(id, &frames.to_string());
        self.note();
        self
    }

    /// The page has other props.
    fn with(mut self, change: impl FnOnce(&mut TrailProps)) -> Self {
        change(&mut self.props);
        self.update = self.trail.set_props(self.props.clone());
        self.note();
        self
    }

    fn fail(mut self, text: &str, message: &str) -> Self {
        let id = self.id(text);
        self.asked.retain(|(asked, _)| *asked != id);
        self.update = self.trail.failed(id, message);
        self.note();
        self
    }

    pub(crate) fn view(&self) -> &TrailView {
        &self.update.view
    }
}

/// Most questions are one query.
fn one_or_all(queries: &[serde_json::Map<String, Value>]) -> Value {
    match queries {
        [one] => json!(one),
        all => json!(all),
    }
}

pub(crate) fn frame(name: &str, meta: &Value, columns: &[(&str, Value)]) -> Value {
    let schema: Vec<Value> = columns.iter().map(|(name, _)| json!({"name": name})).collect();
    let values: Vec<&Value> = columns.iter().map(|(_, values)| values).collect();
    json!({"schema": {"name": name, "meta": meta, "fields": schema}, "data": {"values": values}})
}

/// A root of 200 ms and a span below of 50 ms, which failed.
pub(crate) fn trace() -> Value {
    trace_with(&json!([{"key": "error", "value": true}]))
}

/// The same, and the one below says that it has a profile.
fn profiled_trace() -> Value {
    trace_with(
        &json!([{"key": "error", "value": true}, {"key": "pyroscope.profile.id", "value": "b2"}]),
    )
}

fn trace_with(tags: &Value) -> Value {
    json!([frame(
        "Trace",
        &Value::Null,
        &[
            ("traceID", json!([TRACE, TRACE])),
            ("spanID", json!(["a1", "b2"])),
            ("parentSpanID", json!(["", "a1"])),
            ("operationName", json!(["pay", "charge"])),
            ("serviceName", json!(["shop", "bank"])),
            ("startTime", json!([START_MILLIS, START_MILLIS + 100.0])),
            ("duration", json!([200, 50])),
            ("tags", json!([[], tags])),
        ]
    )])
}

pub(crate) fn at_trace(more: &[(&str, &str)]) -> Walk {
    let params: Vec<(&str, &str)> = [("trace", TRACE)].iter().chain(more).copied().collect();
    Walk::at(&["tempo", "fireline-profiles-datasource", "loki"], &params)
}

#[test]
fn a_row_of_the_list_of_spans_says_where_in_the_trace_it_ran() {
    let walk = at_trace(&[("span", "b2")]).answer("traceql", &profiled_trace());
    let rows = walk.trail.span_rows(0, 10);
    let texts: Vec<String> = rows
        .iter()
        .map(|row| {
            let marks =
                [(row.is_error, "failed"), (row.has_profile, "profile"), (row.is_chosen, "chosen")];
            let marks: Vec<&str> =
                marks.iter().filter(|(is, _)| *is).map(|(_, mark)| *mark).collect();
            format!(
                "{} {} {} {}: {}, self {}; {}+{} self {} %: {}",
                row.depth,
                row.span_id,
                row.service,
                row.operation,
                row.duration,
                row.self_time,
                row.start_percent,
                row.width_percent,
                row.self_percent,
                marks.join(", ")
            )
        })
        .collect();
    assert_eq!(
        texts,
        [
            "0 00000000000000a1 shop pay: 200 ms, self 150 ms; 0+100 self 75 %: ",
            "1 00000000000000b2 bank charge: 50 ms, self 50 ms; 50+25 self 25 %: failed, profile, chosen",
        ]
    );
    let ids = |from, count| -> Vec<String> {
        walk.trail.span_rows(from, count).into_iter().map(|row| row.span_id).collect()
    };
    assert_eq!(ids(0, 1), ["00000000000000a1"]);
    assert_eq!(ids(1, usize::MAX), ["00000000000000b2"]);
    assert_eq!(ids(2, 1), [""; 0]);
    assert_eq!(ids(7, 1), [""; 0]);
    assert!(at_trace(&[]).trail.span_rows(0, 10).is_empty(), "before there is an answer");
}

#[test]
fn the_card_of_a_trace_counts_its_spans() {
    let walk = at_trace(&[]);
    assert!(walk.view().trace.as_ref().unwrap().card.is_loading);
    let walk = walk.answer("traceql", &trace());
    let shown = walk.view().trace.clone().unwrap();
    assert_eq!(shown.card.summary, "2 spans of shop, bank, 200 ms");
    assert_eq!((shown.span_count, shown.is_whole_chosen, shown.chosen_row), (2, true, None));
    assert_eq!((shown.card.message, shown.card.notices), (None, vec![]));
    let walk = at_trace(&[("span", "b2")]).answer("traceql", &trace());
    let shown = walk.view().trace.clone().unwrap();
    assert_eq!((shown.is_whole_chosen, shown.chosen_row), (false, Some(1)));
    assert_eq!(shown.card.notices, [""; 0]);
    let walk = at_trace(&[("span", "c3")]).answer("traceql", &trace());
    assert_eq!(
        walk.view().trace.as_ref().unwrap().card.notices,
        ["The chosen span is not among these."]
    );
    let walk = at_trace(&[]).answer("traceql", &json!([]));
    let message = walk.view().trace.clone().unwrap().card.message.unwrap();
    assert_eq!(message.line, format!("The tracer has no trace {TRACE}"));
}

#[test]
fn the_card_of_a_profile_says_whose_it_is() {
    let title = |params: &[(&str, &str)]| {
        let walk = at_trace(params).answer("traceql", &trace());
        walk.view().profile.clone().unwrap().card.title
    };
    assert_eq!(title(&[]), "Profile of the whole trace, all services");
    assert_eq!(title(&[("span", "c3")]), "Profile of the span");
    assert_eq!(title(&[("span", "b2")]), "Profile of the span charge");
    let walk = at_trace(&[("span", "b2"), ("type", "wall:wall:nanoseconds::")]);
    let walk = walk.answer("traceql", &trace());
    let card = walk.view().profile.clone().unwrap().card;
    assert_eq!((card.summary.as_str(), card.notices.len()), ("wall", 0));
    let without = Walk::at(&["tempo"], &[("trace", TRACE)]).answer("traceql", &trace());
    let message = without.view().profile.clone().unwrap().card.message.unwrap();
    assert_eq!(message.line, "No data source answers for profiles");
}

#[test]
fn a_profile_that_was_found_otherwise_is_drawn_and_an_empty_one_is_not() {
    let explain = json!({"custom": {"explain": {"line": "Looked 60 s before", "steps": ["a"]}}});
    let walk = at_trace(&[]).answer("traceql", &trace());
    let asked = walk.id("traceSelector");
    assert_eq!(walk.view().profile.as_ref().unwrap().answer_id, None, "not yet");
    let walk = walk.answer("traceSelector", &json!([frame("response", &explain, &[])]));
    let profile = walk.view().profile.clone().unwrap();
    assert_eq!(profile.card.message, None, "the flame graph says it");
    assert!(profile.answer_id == Some(asked) && profile.other_types.is_empty());
    let empty = json!({"custom": {"explain": {"line": "None", "empty": {"kind": "noSuchSpan"}}}});
    let walk = at_trace(&[])
        .answer("traceql", &trace())
        .answer("traceSelector", &json!([frame("response", &empty, &[])]));
    let profile = walk.view().profile.clone().unwrap();
    assert_eq!(profile.card.message.unwrap().severity, Severity::Warning);
    assert_eq!(profile.answer_id, None);
    let walk = at_trace(&[]).answer("traceql", &trace()).answer("traceSelector", &json!([]));
    assert_eq!(walk.view().profile.as_ref().unwrap().answer_id, None, "no frame at all");
}

/// The time that the last update asks for by a query with this text, if it asks.
fn window_of(walk: &Walk, text: &str) -> Option<(f64, f64)> {
    walk.update.effects.iter().find_map(|effect| match effect {
        TrailEffect::Query { queries, from_millis, to_millis, .. } => {
            json!(queries).to_string().contains(text).then_some((*from_millis, *to_millis))
        }
        _ => None,
    })
}

#[test]
fn profiles_and_logs_are_looked_for_while_the_trace_ran_and_everywhere_without_one() {
    let walk = at_trace(&[]).answer("traceql", &trace());
    let of_trace = (START_MILLIS, START_MILLIS + 201.0);
    assert_eq!(window_of(&walk, "traceSelector"), Some(of_trace));
    let padded = (START_MILLIS - 60_000.0, START_MILLIS + 60_201.0);
    assert_eq!(window_of(&walk, "|= "), Some(padded));
    assert_eq!(window_of(&walk, "callSite"), None, "no function is chosen");
    let shown = (START_MILLIS - 60_000.0, START_MILLIS + 60_000.0);
    for none in [json!([]), json!([frame("", &Value::Null, &[])])] {
        let walk = at_trace(&[]).answer("traceql", &none);
        assert_eq!(window_of(&walk, "traceSelector"), Some(shown));
        assert_eq!(window_of(&walk, "|= "), Some(shown));
        let line = walk.view().trace.clone().unwrap().card.message.unwrap().line;
        assert_eq!(line, format!("The tracer has no trace {TRACE}"));
    }
}

#[test]
fn what_depends_on_the_trace_waits_for_it() {
    let asked = |walk: &Walk| -> Vec<bool> {
        let asks =
            |text: &&str| walk.asked.iter().any(|(_, query)| query.to_string().contains(*text));
        ["traceql", "traceSelector", "callSite", "|= "].iter().map(asks).collect()
    };
    let walk = at_trace(&[("callSite", r#"["main"]"#)]);
    assert_eq!(asked(&walk), [true, false, false, false]);
    let walk = walk.answer("traceql", &trace());
    assert_eq!(asked(&walk), [false, true, false, true], "a function waits for its profile");
    let walk = walk.answer("traceSelector", &profile_of("{}"));
    assert_eq!(asked(&walk), [false, false, true, true]);
}

#[test]
fn services_are_looked_for_around_the_minute_and_once_a_minute() {
    let window = |walk: &Walk| window_of(walk, "count by");
    let walk = Walk::at(&["prometheus"], &[]);
    assert_eq!(window(&walk), Some((1_795_240_140_000.0, 1_795_240_260_000.0)));
    let walk = walk.with(|props| props.to_millis += 23_999.0);
    assert_eq!(window(&walk), None, "the same minute");
    let walk = walk.with(|props| props.to_millis += 1.0);
    assert_eq!(window(&walk), Some((1_795_240_200_000.0, 1_795_240_320_000.0)));
}

#[test]
fn a_card_says_what_it_is_about_and_whether_it_waits() {
    let walk = Walk::at(&["prometheus"], &[]);
    let card = &walk.view().metric.card;
    assert_eq!((card.title.as_str(), card.is_loading), ("Metric and its exemplars", true));
    assert_eq!(card.message, None, "it waits for the choices");
    let asked = || Walk::at(&["prometheus"], &[("expr", "up")]);
    let waits = |walk: &Walk| walk.view().metric.card.is_loading;
    let (empty, both) = (json!([]), asked());
    assert!(waits(&both));
    assert!(waits(&asked().answer("\"up\"", &empty)) && waits(&asked().answer("count by", &empty)));
    assert!(!waits(&both.answer("\"up\"", &empty).answer("count by", &empty)));
    let walk = at_trace(&[("callSite", r#"["main"]"#)]).answer("traceql", &trace());
    let cards = |walk: &Walk| {
        let view = walk.view();
        let function = view.function.clone().unwrap().card;
        let all = [view.trace.clone().unwrap().card, function, view.logs.clone().unwrap().card];
        all.map(|card| (card.title, card.is_loading))
    };
    let titles = ["Trace", "Traces through main", "Logs of the trace"].map(str::to_owned);
    let [trace, function, logs] = titles;
    let expected = [(trace.clone(), false), (function.clone(), true), (logs.clone(), true)];
    assert_eq!(cards(&walk), expected);
    let walk = walk.answer("traceSelector", &profile_of("{}")).answer("callSite", &empty);
    let walk = walk.answer("|= ", &empty).answer("| trace_id=", &empty);
    let walk = walk.answer("shop|bank\\\"}\"", &empty);
    assert_eq!(cards(&walk), [(trace, false), (function, false), (logs, false)]);
}

#[test]
fn each_step_shows_its_own_failure() {
    let call_site = [("callSite", r#"["main"]"#)];
    let walk = at_trace(&call_site)
        .answer("traceql", &trace())
        .fail("traceSelector", "profiles: 500")
        .fail("callSite", "spans: 500")
        .fail("|= ", "logs: 500");
    let view = walk.view();
    let cards = [
        &view.profile.as_ref().unwrap().card,
        &view.function.as_ref().unwrap().card,
        &view.logs.as_ref().unwrap().card,
    ];
    let lines = cards.map(|card| card.message.as_ref().unwrap().line.as_str());
    assert_eq!(lines, ["profiles: 500", "spans: 500", "logs: 500"]);
    let metrics = Walk::at(&["prometheus"], &[]).fail("count by", "choices: 500");
    let card = &metrics.view().metric.card;
    assert_eq!(card.message.as_ref().unwrap().line, "choices: 500");
    let metrics = Walk::at(&["prometheus"], &[("expr", "up")]).fail("\"up\"", "metric: 500");
    let card = &metrics.view().metric.card;
    assert_eq!(card.message.as_ref().unwrap().line, "metric: 500");
    let unreadable = at_trace(&[]).answer("traceql", &json!({}));
    let line = unreadable.view().trace.clone().unwrap().card.message.unwrap().line;
    assert!(line.starts_with("the answer cannot be read: "), "{line}");
}

fn through_function(values: &[(&str, &str, f64)]) -> Value {
    let column = |of: fn(&(&str, &str, f64)) -> Value| values.iter().map(of).collect::<Vec<_>>();
    let times: Vec<f64> = values.iter().map(|_| START_MILLIS).collect();
    let text = |text: &str| values.iter().map(|_| json!(text)).collect::<Vec<_>>();
    let notices = json!({"notices": [{"text": "profiles were cut"}]});
    frame(
        "exemplar",
        &notices,
        &[
            ("Time", json!(times)),
            ("Value", json!(column(|row| json!(row.2)))),
            ("Id", json!(text("7d"))),
            ("trace_id", json!(column(|row| json!(row.0)))),
            ("span_id", json!(column(|row| json!(row.1)))),
            ("__hidden__", json!(text("x"))),
            ("pod", json!(column(|row| json!(row.1)))),
            ("span_name", json!(text("pay"))),
            ("empty", json!(text(""))),
            ("zone", json!(text("eu"))),
        ],
    )
}

/// The frame of a profile that was found in these series.
fn profile_of(selector: &str) -> Value {
    let meta = json!({"custom": {"fireline": {"labelSelector": selector}}});
    json!([frame("response", &meta, &[])])
}

fn at_function(frames: &Value) -> Walk {
    at_trace(&[("callSite", r#"["main","work"]"#)])
        .answer("traceql", &trace())
        .answer("traceSelector", &profile_of("{job=\"shop\"}"))
        .answer("callSite", frames)
}

#[test]
fn traces_through_a_function_stand_by_what_it_took() {
    let other = frame("another", &Value::Null, &[("Time", json!([1])), ("Value", json!([1]))]);
    let walk = at_function(&json!([
        other,
        through_function(&[
            ("1", "a", 2.0),
            ("2", "b", 5.0),
            ("1", "c", 8.0),
            ("1", "e", 8.0),
            ("", "d", 9.0)
        ]),
    ]));
    let function = walk.view().function.clone().unwrap();
    assert_eq!((function.name.as_str(), &function.callers[..]), ("work", &["main".to_owned()][..]));
    assert_eq!(function.card.title, "Traces through work");
    assert_eq!(function.card.summary, "2 traces, those where it took the most first");
    assert_eq!(
        (function.card.notices, function.card.message),
        (vec!["profiles were cut".to_owned()], None)
    );
    let id = |last: &str| format!("{last:0>32}");
    let rows: Vec<_> = function
        .traces
        .iter()
        .map(|row| (row.trace_id.clone(), row.span_id.clone().unwrap(), row.share_percent))
        .collect();
    assert_eq!(
        rows,
        [
            (id("1"), "000000000000000c".to_owned(), 100.0),
            (id("2"), "000000000000000b".to_owned(), 62.5)
        ]
    );
    let first = &function.traces[0];
    assert_eq!(
        (first.at_millis, first.labels.as_str()),
        (START_MILLIS, "c, pay"),
        "not what all say"
    );
}

#[test]
fn no_more_traces_are_listed_than_a_person_reads() {
    let ids: Vec<String> = (1..=52).map(|at| format!("{at:x}")).collect();
    let rows: Vec<(&str, &str, f64)> = ids.iter().map(|id| (id.as_str(), "a", 0.0)).collect();
    let function = at_function(&json!([through_function(&rows)])).view().function.clone().unwrap();
    assert_eq!(function.traces.len(), 50);
    assert_eq!(function.card.notices[1], "2 more traces are not listed");
    assert!(function.traces.iter().all(|row| row.share_percent == 0.0), "of nothing");
    let rows = &rows[..50];
    let function = at_function(&json!([through_function(rows)])).view().function.clone().unwrap();
    assert_eq!((function.traces.len(), function.card.notices.len()), (50, 1));
}

#[test]
fn traces_through_a_function_are_looked_for_where_its_profile_was_found() {
    let asked = |profile: &str| {
        let walk = at_trace(&[("callSite", r#"["main","work"]"#)])
            .answer("traceql", &trace())
            .answer("traceSelector", &profile_of(profile));
        walk.query("callSite")["labelSelector"].as_str().unwrap_or_default().to_owned()
    };
    assert_eq!(asked("{job=\"shop\"}"), "{job=\"shop\"}");
    // Found by its id alone: the services of the trace narrow the search.
    assert_eq!(asked("{}"), "{service_name=~\"shop|bank\"}");
}

#[test]
fn a_function_without_traces_says_why() {
    let line = |frames: Value| {
        at_function(&frames).view().function.clone().unwrap().card.message.unwrap().line
    };
    assert_eq!(
        line(json!([through_function(&[("", "a", 1.0)])])),
        "The profiles know spans that went through this function, but not their traces"
    );
    assert_eq!(line(json!([])), "No span in this time range went through this function");
}

#[test]
fn an_answer_stays_while_the_same_is_asked_again_and_only_then() {
    let series = frame("", &Value::Null, &[("Time", json!([START_MILLIS])), ("Value", json!([1]))]);
    let answered = || {
        let walk =
            Walk::at(&["prometheus", "victoriametrics-metrics-datasource"], &[("expr", "up")]);
        walk.answer("\"up\"", &json!([series]))
    };
    let seen = |walk: &Walk| {
        let metric = &walk.view().metric;
        (metric.chart.is_some(), metric.card.is_loading)
    };
    let refreshed = answered().with(|props| props.refreshes += 1);
    assert_eq!(seen(&refreshed), (true, true), "asked again");
    let later = answered().with(|props| props.to_millis += 5_000.0);
    assert_eq!(seen(&later), (true, true), "of another time");
    let of = |name: &'static str, value: &'static str| {
        answered().with(|props| drop(props.params.insert(name.to_owned(), value.to_owned())))
    };
    assert_eq!(seen(&of("expr", "down")), (false, true), "something else");
    assert_eq!(
        seen(&of("metrics", "victoriametrics-metrics-datasource")),
        (false, true),
        "elsewhere"
    );
    let failed = refreshed.fail("\"up\"", "metric: 500");
    assert_eq!(seen(&failed), (false, true), "the choices are still on their way");
}

/// One series for a histogram of a service, as the choices are asked for.
fn histogram(metric: &str, labels: &Value) -> Value {
    let mut labels = labels.clone();
    labels["__name__"] = json!(metric);
    json!({
        "schema": {"fields": [{"name": "Time"}, {"name": "Value", "labels": labels}]},
        "data": {"values": [[1], [2]]},
    })
}

#[test]
fn histograms_are_offered_the_best_known_first_then_by_service() {
    let offered = |frames: Value| -> Vec<(String, String)> {
        let walk = Walk::at(&["prometheus"], &[]).answer("count by", &frames);
        let choices = walk.view().metric.choices.clone();
        choices.into_iter().map(|choice| (choice.label, choice.value)).collect()
    };
    let best = "http_server_request_duration_seconds_bucket";
    let expr = |metric: &str, matcher: &str| {
        format!(
            "histogram_quantile(0.95, sum by (le, http_route) (rate({metric}_bucket{{{matcher}}}[$__rate_interval])))"
        )
    };
    let one = offered(json!([
        histogram(best, &json!({"job": "b", "service_name": ""})),
        histogram(best, &json!({"app": "a\"\\", "job": "x"})),
        histogram(best, &json!({"app": "a\"\\", "job": "y"})),
        histogram(best, &json!({})),
        histogram("unknown_bucket", &json!({"job": "c"})),
    ]));
    let metric = best.strip_suffix("_bucket").unwrap();
    assert_eq!(
        one,
        [
            ("a\"\\".to_owned(), expr(metric, r#"app="a\"\\""#)),
            ("b".to_owned(), expr(metric, r#"job="b""#)),
        ]
    );
    let labels_in_order = ["service_name", "service", "app", "job"];
    for (at, label) in labels_in_order.iter().enumerate() {
        let labels: serde_json::Map<String, Value> =
            labels_in_order[at..].iter().map(|name| ((*name).to_owned(), json!(name))).collect();
        assert_eq!(offered(json!([histogram(best, &json!(labels))]))[0].0, **label);
    }
}

#[test]
fn every_usual_histogram_is_known_in_its_order() {
    let usual = [
        "http_server_request_duration_seconds",
        "http_server_duration_milliseconds",
        "rpc_server_duration_milliseconds",
        "traces_spanmetrics_latency",
        "traces_spanmetrics_duration_seconds",
        "traces_span_metrics_duration_milliseconds",
        "http_request_duration_seconds",
        "grpc_server_handling_seconds",
        "request_duration_seconds",
        "istio_request_duration_milliseconds",
    ];
    let of = |metric: &&str| histogram(&format!("{metric}_bucket"), &json!({"job": "shop"}));
    let frames: Vec<Value> = usual.iter().rev().map(of).collect();
    let walk = Walk::at(&["prometheus"], &[]);
    let (_, query) = &walk.asked[0];
    let expr = query["expr"].as_str().unwrap();
    assert_eq!(
        expr,
        format!(
            "count by (__name__, service_name, service, app, job) ({{__name__=~\"({})_bucket\", le=\"+Inf\"}})",
            usual.join("|")
        )
    );
    assert_eq!((&query["instant"], &query["range"]), (&json!(true), &json!(false)));
    let walk = walk.answer("count by", &json!(frames));
    let labels: Vec<String> =
        walk.view().metric.choices.iter().map(|choice| choice.label.clone()).collect();
    assert_eq!(labels, usual.map(|metric| format!("shop: {metric}")));
    let none = Walk::at(&["prometheus"], &[]).answer("count by", &json!([]));
    let message = none.view().metric.card.message.clone().unwrap();
    assert_eq!(message.line, "None of the usual histograms of latencies is there");
}
