//! The walk from a metric to a function and back, played without a page.

use std::collections::BTreeMap;

use links::trail::{
    Severity, Source, Trail, TrailAction, TrailEffect, TrailProps, TrailUpdate, Wanted,
};
use proptest::prelude::*;
use serde_json::{Value, json};

pub(crate) const TRACE: &str = "b76efb7ac1779aa58aecd0fd08c2bdc5";
pub(crate) const ROOT_SPAN: &str = "03fa1cbd967b13da";
pub(crate) const FROM_MILLIS: f64 = 1_795_240_170_000.0;
const TO_MILLIS: f64 = 1_795_240_290_000.0;

fn source(uid: &str, type_id: &str, json_data: Value) -> Source {
    Source {
        uid: uid.to_owned(),
        name: uid.to_owned(),
        type_id: type_id.to_owned(),
        is_default: false,
        json_data,
    }
}

pub(crate) fn all_sources() -> Vec<Source> {
    let metrics = json!({"metrics": {"url": "http://127.0.0.1:9090"}});
    vec![
        source("zipkin", "zipkin", json!({})),
        source("fireline", "fireline-profiles-datasource", metrics),
        source("loki", "loki", json!({})),
    ]
}

/// A page that goes where it is told to and keeps the queries that nobody has answered yet.
pub(crate) struct Page {
    pub(crate) trail: Trail,
    sources: Vec<Source>,
    pub(crate) params: BTreeMap<String, String>,
    history: Vec<BTreeMap<String, String>>,
    pub(crate) asked: BTreeMap<u32, (String, Value, Wanted)>,
    windows: BTreeMap<u32, (f64, f64)>,
    pub(crate) update: TrailUpdate,
    refreshes: u32,
}

impl Page {
    pub(crate) fn open(sources: Vec<Source>, params: &[(&str, &str)]) -> Self {
        let params: BTreeMap<String, String> =
            params.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        let mut trail = Trail::default();
        let update = trail.set_props(TrailProps::default());
        let mut page = Self {
            trail,
            sources,
            params,
            history: Vec::new(),
            asked: BTreeMap::new(),
            windows: BTreeMap::new(),
            update,
            refreshes: 0,
        };
        page.arrive();
        page
    }

    pub(crate) fn arrive(&mut self) {
        let update = self.trail.set_props(TrailProps {
            sources: self.sources.clone(),
            params: self.params.clone(),
            from_millis: FROM_MILLIS,
            to_millis: TO_MILLIS,
            width_css_px: 800.0,
            refreshes: self.refreshes,
        });
        self.perform(update);
    }

    pub(crate) fn perform(&mut self, update: TrailUpdate) {
        self.update = update;
        for effect in self.update.effects.clone() {
            match effect {
                TrailEffect::Navigate { params } => {
                    self.history.push(self.params.clone());
                    for (name, value) in params {
                        match value {
                            Some(value) => self.params.insert(name, value),
                            None => self.params.remove(&name),
                        };
                    }
                    self.arrive();
                }
                TrailEffect::Query { id, uid, queries, wants, from_millis, to_millis } => {
                    let query = match &queries[..] {
                        [one] => json!(one),
                        all => json!(all),
                    };
                    self.asked.insert(id, (uid, query, wants));
                    self.windows.insert(id, (from_millis, to_millis));
                }
                TrailEffect::Cancel { id } => {
                    self.asked.remove(&id);
                }
            }
        }
    }

    pub(crate) fn act(&mut self, action: TrailAction) {
        let update = self.trail.dispatch(action);
        self.perform(update);
    }

    /// Asks everything again.
    pub(crate) fn refresh(&mut self) {
        self.refreshes += 1;
        self.arrive();
    }

    pub(crate) fn back(&mut self) {
        self.params = self.history.pop().expect("somewhere to go back to");
        self.arrive();
    }

    /// The one query to a data source whose JSON holds this text.
    pub(crate) fn asked(&self, uid: &str, text: &str) -> (u32, Value) {
        let fits = |(_, (to, query, _)): &(&u32, &(String, Value, Wanted))| {
            to == uid && query.to_string().contains(text)
        };
        let found: Vec<_> = self.asked.iter().filter(fits).collect();
        assert_eq!(found.len(), 1, "{text:?} to {uid}: {:?}", self.asked);
        (*found[0].0, found[0].1.1.clone())
    }

    pub(crate) fn answer(&mut self, uid: &str, text: &str, frames: &Value) {
        let (id, _) = self.asked(uid, text);
        self.asked.remove(&id);
        let update = self.trail.answered(id, &frames.to_string());
        self.perform(update);
    }
}

pub(crate) fn frame(name: &str, meta: &Value, fields: &[(&str, Value)]) -> Value {
    let schema: Vec<Value> = fields.iter().map(|(name, _)| json!({"name": name})).collect();
    let values: Vec<&Value> = fields.iter().map(|(_, values)| values).collect();
    json!({"schema": {"name": name, "meta": meta, "fields": schema}, "data": {"values": values}})
}

fn choices() -> Value {
    let of = |service: &str| {
        json!({
            "schema": {"fields": [{"name": "Time"}, {"name": "Value", "labels": {
                "__name__": "http_server_request_duration_seconds_bucket", "service_name": service, "job": "x",
            }}]},
            "data": {"values": [[1], [2]]},
        })
    };
    json!([of("invoicing"), of("checkout")])
}

fn series_with_exemplars() -> Value {
    let times = json!([1_795_240_180_000_i64, 1_795_240_200_000_i64]);
    json!([
        frame("", &Value::Null, &[("Time", times.clone()), ("Value", json!([0.1, 0.2]))]),
        frame(
            "exemplar",
            &Value::Null,
            &[
                ("Time", times),
                ("Value", json!([0.15, 0.25])),
                ("traceID", json!([TRACE.to_uppercase(), ""])),
                ("http_route", json!(["POST /checkout", "GET /cart"])),
                ("le", json!(["0.25", "0.5"])),
            ]
        ),
    ])
}

fn recorded(name: &str) -> Value {
    let path = format!("{}/../../testdata/trace-frames/{name}.json", env!("CARGO_MANIFEST_DIR"));
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
}

pub(crate) fn recorded_trace(tracer: &str) -> Value {
    recorded(tracer)["results"]["A"]["frames"].clone()
}

fn through_function(traces: &[(&str, f64)]) -> Value {
    let ids: Vec<&str> = traces.iter().map(|(id, _)| *id).collect();
    let values: Vec<f64> = traces.iter().map(|(_, value)| *value).collect();
    let times: Vec<i64> = traces.iter().map(|_| 1_795_240_180_000).collect();
    json!([frame(
        "exemplar",
        &Value::Null,
        &[
            ("Time", json!(times)),
            ("Value", json!(values)),
            ("process.runtime.name", json!(vec!["rust"; traces.len()])),
            (
                "region",
                json!(
                    ids.iter().map(|id| if *id == TRACE { "eu" } else { "us" }).collect::<Vec<_>>()
                )
            ),
            ("span_name", json!(vec!["POST /checkout"; traces.len()])),
            ("trace_id", json!(ids)),
        ]
    )])
}

/// Up to a trace that is there.
pub(crate) fn with_trace(tracer: &str) -> Page {
    let mut page = Page::open(all_sources(), &[("trace", TRACE), ("span", ROOT_SPAN)]);
    page.answer("zipkin", TRACE, &recorded_trace(tracer));
    page
}

#[test]
fn nothing_needs_to_be_set_up() {
    let mut page = Page::open(all_sources(), &[]);
    page.answer("fireline", "count by", &choices());
    let (_, query) = page.asked("fireline", "histogram_quantile");
    assert_eq!((&query["queryType"], &query["exemplar"]), (&json!("promql"), &json!(true)));
    let metric = &page.update.view.metric;
    let services: Vec<&str> = metric.choices.iter().map(|choice| choice.label.as_str()).collect();
    assert_eq!(services, ["checkout", "invoicing"]);
    assert!(metric.expr.contains("service_name=\"checkout\""), "{}", metric.expr);
}

#[test]
fn the_metric_of_the_service_in_the_address_is_the_first_choice() {
    for (service, shown) in [("invoicing", "invoicing"), ("invoic", "checkout"), ("x", "checkout")]
    {
        let mut page = Page::open(all_sources(), &[("service", service)]);
        page.answer("fireline", "count by", &choices());
        let expr = page.update.view.metric.expr.clone();
        assert!(expr.contains(&format!("service_name=\"{shown}\"")), "{service}: {expr}");
        // What is chosen by hand is no longer said in two ways.
        page.act(TrailAction::ChooseExpr { expr: "up".to_owned() });
        assert_eq!(
            (page.params.get("expr"), page.params.get("service")),
            (Some(&"up".to_owned()), None)
        );
    }
}

#[test]
fn a_diamond_leads_to_its_trace_whatever_its_label_is_called() {
    let mut page = Page::open(all_sources(), &[]);
    page.answer("fireline", "count by", &choices());
    page.answer("fireline", "histogram_quantile", &series_with_exemplars());
    let summary = |page: &Page| page.update.view.metric.card.summary.clone();
    assert_eq!(summary(&page), "1 series, 2 exemplars; choose one to see its trace");
    let chart = page.update.view.metric.chart.clone().unwrap();
    let [first, second] = &chart.diamonds[..] else { panic!("{:?}", chart.diamonds) };
    assert_eq!(first.trace_id.as_deref(), Some(TRACE));
    assert_eq!(first.labels, [("http_route".to_owned(), "POST /checkout".to_owned())]);
    assert_eq!((first.value.as_str(), second.trace_id.as_ref()), ("150 ms", None));
    assert!(first.x < second.x && first.y > second.y);
    page.act(TrailAction::ChooseTrace { trace_id: TRACE.to_owned(), span_id: None });
    let (_, query) = page.asked("zipkin", TRACE);
    assert_eq!(query["queryType"], "traceID");
    assert_eq!(summary(&page), "1 series, 2 exemplars");
    assert!(page.update.view.metric.chart.as_ref().unwrap().diamonds[0].is_chosen);
}

#[test]
fn what_a_data_source_says_of_its_answer_is_shown() {
    let mut page = Page::open(all_sources(), &[("expr", "up")]);
    let notices = json!({"notices": [{"text": "series were cut"}, {"severity": "info"}]});
    let times = json!([1_795_240_180_000_i64]);
    let series = frame("", &notices, &[("Time", times), ("Value", json!([1]))]);
    page.answer("fireline", "\"up\"", &json!([series]));
    assert_eq!(page.update.view.metric.card.notices, ["series were cut"]);
}

#[test]
fn each_tracer_is_asked_in_its_own_words() {
    for (tracer, query_type) in
        [("tempo", json!("traceql")), ("jaeger", Value::Null), ("zipkin", json!("traceID"))]
    {
        let page = Page::open(vec![source("t", tracer, json!({}))], &[("trace", TRACE)]);
        let (_, query) = page.asked("t", TRACE);
        assert_eq!(query["queryType"], query_type, "{tracer}");
    }
}

#[test]
fn a_span_asks_for_its_profile_by_its_id_and_for_the_time_it_took() {
    let page = with_trace("tempo");
    let (id, query) = page.asked("fireline", "spanSelector");
    assert_eq!(query["spanSelector"], json!([ROOT_SPAN]));
    assert_eq!(query["labelSelector"], json!("{service_name=\"checkout\"}"));
    assert_eq!((&query["origin"], &query["queryType"]), (&json!("link"), &json!("profile")));
    assert_eq!(query["plan"]["spanDurationNanos"], json!(131_033_000));
    assert_eq!(query["plan"]["optional"], json!(["service_name"]), "the ids are what is meant");
    assert_eq!(page.windows[&id], (1_795_240_176_508.0, 1_795_240_176_641.0));
    assert_eq!(page.asked[&id].2, Wanted::Meta);
}

#[test]
fn a_span_below_is_filed_under_the_one_that_the_profiler_marked() {
    let mut page = with_trace("tempo");
    page.act(TrailAction::ChooseSpan { span_id: Some("75cfbbed5a978599".to_owned()) });
    let (_, query) = page.asked("fireline", "spanSelector");
    assert_eq!(query["spanSelector"], json!([ROOT_SPAN]));
    let card = &page.update.view.profile.as_ref().unwrap().card;
    assert!(card.notices[0].contains("POST /invoice"), "{card:?}");
    // Another service has a profiler of its own.
    page.act(TrailAction::ChooseSpan { span_id: Some("8445c3c27e561a64".to_owned()) });
    let (_, query) = page.asked("fireline", "8445c3c27e561a64");
    assert_eq!(query["labelSelector"], json!("{service_name=\"payment\"}"));
}

#[test]
fn a_link_to_a_trace_shows_the_metric_of_its_service() {
    let mut page = Page::open(all_sources(), &[("trace", TRACE)]);
    page.answer("fireline", "count by", &choices());
    let metric = page.update.view.metric.clone();
    assert_eq!(
        (metric.expr.as_str(), metric.card.is_loading),
        ("", true),
        "it waits for the trace"
    );
    page.answer("zipkin", TRACE, &recorded_trace("zipkin"));
    assert!(page.update.view.metric.expr.contains("service_name=\"checkout\""));
    let of_job = |job: &str| {
        json!({"name": job, "labels": {
            "__name__": "http_server_request_duration_seconds_bucket", "job": job,
        }})
    };
    let other = json!([{
        "schema": {"fields": [{"name": "Time"}, of_job("shop/basket"), of_job("shop/payment")]},
        "data": {"values": [[1], [2], [3]]},
    }]);
    let answered = |choices: &Value| {
        let mut page = Page::open(all_sources(), &[("trace", TRACE)]);
        page.answer("zipkin", TRACE, &recorded_trace("zipkin"));
        page.answer("fireline", "count by", choices);
        page.update.view.metric.clone()
    };
    assert!(answered(&other).expr.contains("job=\"shop/payment\""));
    let mut unknown = choices();
    unknown.as_array_mut().unwrap().pop();
    let metric = answered(&unknown);
    assert_eq!((metric.expr.as_str(), metric.chart), ("", None));
    assert!(metric.card.message.unwrap().line.starts_with("No latencies of this trace's services"));
    // What was shown when the trace was chosen stays, whichever service the trace begins in.
    let mut page = Page::open(all_sources(), &[]);
    page.answer("fireline", "count by", &unknown);
    page.act(TrailAction::ChooseTrace { trace_id: TRACE.to_owned(), span_id: None });
    assert!(page.params["expr"].contains("invoicing"), "{:?}", page.params);
}

#[test]
fn without_a_tracer_the_ids_alone_find_the_profile() {
    let sources: Vec<Source> =
        all_sources().into_iter().filter(|source| source.uid != "zipkin").collect();
    let page = Page::open(sources, &[("trace", TRACE), ("span", ROOT_SPAN)]);
    let (id, query) = page.asked("fireline", "spanSelector");
    assert_eq!(query["labelSelector"], "{}");
    assert_eq!(page.windows[&id], (FROM_MILLIS, TO_MILLIS));
    let message = page.update.view.trace.as_ref().unwrap().card.message.clone().unwrap();
    assert!(message.line.contains("No data source"), "{message:?}");
}

#[test]
fn a_trace_that_is_gone_is_told_and_its_profile_looked_for() {
    let mut page = Page::open(all_sources(), &[("trace", TRACE)]);
    assert!(page.update.view.profile.as_ref().unwrap().card.is_loading);
    let (id, _) = page.asked("zipkin", TRACE);
    let update = page.trail.failed(id, "bad gateway");
    page.perform(update);
    let card = page.update.view.trace.clone().unwrap().card;
    let message = card.message.unwrap();
    assert_eq!((message.line.as_str(), message.severity), ("bad gateway", Severity::Error));
    assert!(message.advice.contains("looked for all the same"));
    assert_eq!(card.notices, [""; 0]);
    page.asked("fireline", "traceSelector");
}

#[test]
fn a_trace_that_no_tracer_kept_is_no_failure_of_the_tracer() {
    for tracer in ["tempo", "jaeger", "zipkin"] {
        let answer = recorded(&format!("{tracer}-absent"));
        let failure = answer["results"]["A"]["error"].as_str().unwrap();
        let mut page = Page::open(all_sources(), &[("trace", TRACE)]);
        let (id, _) = page.asked("zipkin", TRACE);
        let update = page.trail.failed(id, failure);
        page.perform(update);
        let card = page.update.view.trace.clone().unwrap().card;
        let message = card.message.unwrap();
        assert_eq!(message.line, format!("The tracer has no trace {TRACE}"), "{tracer}");
        assert!(message.severity == Severity::Warning && message.advice.contains("sampled"));
        assert_eq!(card.notices, [failure], "what the tracer said, {tracer}");
        page.asked("fireline", "traceSelector");
    }
}

#[test]
fn an_empty_profile_says_why() {
    let mut page = with_trace("zipkin");
    let explain = json!({"custom": {"explain": {
        "line": "No profile of that type", "steps": ["a", "b"], "advice": "Choose one.",
        "empty": {"kind": "noSuchType", "types": ["wall:wall:nanoseconds:wall:nanoseconds"]},
    }}});
    page.answer("fireline", "spanSelector", &json!([frame("response", &explain, &[])]));
    let profile = page.update.view.profile.clone().unwrap();
    let message = profile.card.message.unwrap();
    assert_eq!(
        (message.line.as_str(), message.advice.as_str()),
        ("No profile of that type", "Choose one.")
    );
    assert_eq!(message.steps, ["a", "b"]);
    assert_eq!(profile.answer_id, None);
    page.act(TrailAction::ChooseProfileType { id: profile.other_types[0].value.clone() });
    let (_, query) = page.asked("fireline", "spanSelector");
    assert_eq!(query["profileTypeId"], "wall:wall:nanoseconds:wall:nanoseconds");
    // From another type there is a way back.
    page.answer("fireline", "spanSelector", &json!([frame("response", &Value::Null, &[])]));
    let types = &page.update.view.profile.as_ref().unwrap().other_types;
    assert_eq!(types[0].value, "process_cpu:cpu:nanoseconds:cpu:nanoseconds");
}

#[test]
fn a_function_leads_to_other_traces_and_back_restores_this_one() {
    let mut page = with_trace("zipkin");
    page.answer("fireline", "spanSelector", &json!([frame("response", &Value::Null, &[])]));
    assert!(page.update.view.profile.as_ref().unwrap().answer_id.is_some());
    let call_site = vec!["main".to_owned(), "charge \"card\"".to_owned()];
    page.act(TrailAction::ChooseFunction { call_site: call_site.clone() });
    let (_, query) = page.asked("fireline", "callSite");
    assert_eq!((&query["callSite"], &query["exemplarType"]), (&json!(call_site), &json!("span")));
    let other = "0".repeat(31) + "7";
    page.answer(
        "fireline",
        "callSite",
        &through_function(&[(TRACE, 1.0), (&other, 4.0), (&other, 2.0), ("", 9.0)]),
    );
    let function = page.update.view.function.clone().unwrap();
    assert_eq!(function.name, "charge \"card\"");
    let rows: Vec<(&str, f64, bool)> = function
        .traces
        .iter()
        .map(|row| (row.trace_id.as_str(), row.share_percent, row.is_chosen))
        .collect();
    assert_eq!(rows, [(other.as_str(), 100.0, false), (TRACE, 25.0, true)]);
    // What all have in common tells nothing of one.
    let labels: Vec<&str> = function.traces.iter().map(|row| row.labels.as_str()).collect();
    assert_eq!(labels, ["us, POST /checkout", "eu, POST /checkout"]);

    page.act(TrailAction::ChooseTrace { trace_id: other.clone(), span_id: None });
    assert_eq!(page.update.view.function, None);
    page.asked("zipkin", &other);
    page.back();
    assert_eq!(page.update.view.function.as_ref().unwrap().name, "charge \"card\"");
    page.asked("zipkin", TRACE);
}

#[test]
fn log_lines_of_the_trace_are_looked_for_where_there_is_loki() {
    let mut page = with_trace("tempo");
    let (id, query) = page.asked("loki", "|= ");
    let expr = format!("{{service_name=~\"checkout|payment\"}} |= \"{TRACE}\"");
    assert_eq!(query["expr"], json!(expr));
    assert_eq!(page.windows[&id].0, 1_795_240_116_508.0);
    let labels = json!([{"service_name": "checkout", "detected_level": "info"}]);
    let lines = frame(
        "",
        &Value::Null,
        &[("labels", labels), ("Time", json!([5])), ("Line", json!(["paid"]))],
    );
    page.answer("loki", "|= ", &json!([lines]));
    let logs = page.update.view.logs.clone().unwrap();
    assert_eq!((logs.rows[0].text.as_str(), logs.rows[0].level.as_str()), ("paid", "info"));
}

#[test]
fn the_time_range_moves_by_half_of_itself() {
    use links::trail::RangeMove::{Earlier, Later, Longer};
    for (by, from, to) in [
        (Earlier, "1795240110000", "1795240230000"),
        (Later, "1795240230000", "1795240350000"),
        (Longer, "1795240110000", "1795240350000"),
    ] {
        let mut page = Page::open(all_sources(), &[("trace", TRACE)]);
        page.act(TrailAction::MoveRange { by });
        assert_eq!((page.params["from"].as_str(), page.params["to"].as_str()), (from, to));
        assert_eq!(page.params["trace"], TRACE);
    }
}

#[test]
fn asked_again_the_last_profile_stays_until_the_next_is_there() {
    let mut page = with_trace("zipkin");
    page.answer("fireline", "spanSelector", &json!([frame("response", &Value::Null, &[])]));
    let first = page.update.view.profile.as_ref().unwrap().answer_id;
    assert!(first.is_some());
    page.refresh();
    let meanwhile = page.update.view.profile.as_ref().unwrap();
    assert_eq!((meanwhile.answer_id, meanwhile.card.is_loading), (first, true));
    page.answer("zipkin", TRACE, &recorded_trace("zipkin"));
    let is_loading = |page: &Page| page.update.view.profile.as_ref().unwrap().card.is_loading;
    assert!(is_loading(&page), "the profile is on its way");
    page.answer("fireline", "spanSelector", &json!([frame("response", &Value::Null, &[])]));
    assert_ne!(page.update.view.profile.as_ref().unwrap().answer_id, first);
    assert!(!is_loading(&page));
    page.refresh();
    page.answer("fireline", "spanSelector", &json!([frame("response", &Value::Null, &[])]));
    assert!(is_loading(&page), "the trace may say that the span is another");
}

#[test]
fn types_that_there_are_instead_have_a_way_back_to_cpu_time() {
    let (cpu, mutex) = ("process_cpu:cpu:nanoseconds:cpu:nanoseconds", "mutex:a:b:c:d");
    for (chosen, there, offered) in [
        ("", &[mutex][..], &[mutex][..]),
        ("memory:a:b:c:d", &[], &[cpu]),
        ("memory:a:b:c:d", &[mutex], &[cpu, mutex]),
        ("memory:a:b:c:d", &[mutex, cpu], &[mutex, cpu]),
    ] {
        let params = [("trace", TRACE), ("span", ROOT_SPAN), ("type", chosen)];
        let mut page = Page::open(all_sources(), &params);
        page.answer("zipkin", TRACE, &recorded_trace("zipkin"));
        let explain = json!({"line": "None", "empty": {"kind": "noSuchType", "types": there}});
        let meta = json!({"custom": {"explain": explain}});
        page.answer("fireline", "spanSelector", &json!([frame("response", &meta, &[])]));
        let types = page.update.view.profile.unwrap().other_types;
        let types: Vec<&str> = types.iter().map(|choice| choice.value.as_str()).collect();
        assert_eq!(types, offered, "{chosen}");
    }
}

#[test]
fn what_changed_meanwhile_is_not_waited_for() {
    let mut page = with_trace("zipkin");
    let (id, _) = page.asked("fireline", "spanSelector");
    page.act(TrailAction::ChooseSpan { span_id: None });
    assert!(!page.asked.contains_key(&id), "it was cancelled");
    let before = page.update.view.clone();
    let late = page.trail.answered(id, "[]");
    assert_eq!((late.view, late.effects), (before, vec![]));
}

#[test]
fn an_address_shows_the_same_again() {
    let mut page = with_trace("zipkin");
    page.act(TrailAction::ChooseFunction { call_site: vec!["a".to_owned()] });
    page.act(TrailAction::ChooseExpr { expr: "up".to_owned() });
    let params: Vec<(&str, &str)> =
        page.params.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let again = Page::open(all_sources(), &params);
    assert_eq!(again.update.view.metric.expr, "up");
    assert_eq!(again.update.view.trace.as_ref().unwrap().trace_id, TRACE);
    assert_eq!(again.update.view.function.as_ref().unwrap().name, "a");
}

proptest! {
    /// Whatever an address says, what is read of it is written and read again as the same.
    #[test]
    fn addresses_go_both_ways(
        params in prop::collection::btree_map(
            prop::sample::select(vec!["expr", "trace", "span", "type", "callSite", "traces", "logs"]),
            "[0-9a-f]{0,34}|\\[\"[a-z\\\\\"]{0,4}\"\\]|.{0,12}",
            0..6,
        )
    ) {
        use links::trail::TrailLocation;
        let params: BTreeMap<String, String> =
            params.into_iter().map(|(name, value)| (name.to_owned(), value)).collect();
        let location = TrailLocation::read(&params);
        let written = location.write().into_iter().filter_map(|(name, value)| Some((name, value?)));
        prop_assert_eq!(TrailLocation::read(&written.collect()), location);
    }
}
