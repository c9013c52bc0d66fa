//! Queries: what is asked of the server, what is refused, and what an empty answer says.

use std::collections::BTreeMap;

use grafana_plugin::frame::{Frame, Severity};
use prost::Message;
use pyroscope_api::querier::v1::{
    SelectMergeStacktracesRequest, SelectMergeStacktracesResponse, SelectSeriesRequest,
    SelectSeriesResponse,
};
use pyroscope_api::types::v1::{
    Exemplar, ExemplarType, GetProfileStatsResponse, LabelPair, LabelValuesResponse, Point,
    ProfileAnnotation, Series,
};
use serde_json::{Value, json};

use crate::played_server::{Answer, PlayedServer, ask, call, call_with_secrets};

const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

fn profile_query(change: &Value) -> Value {
    let mut query = json!({
        "refId": "A", "queryType": "profile", "profileTypeId": CPU,
        "labelSelector": "{service_name=\"checkout\"}",
    });
    query.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    query
}

fn settings() -> Value {
    json!({"pyroscopeVersion": "2.2"})
}

fn empty_tree() -> (&'static str, Answer) {
    let response = SelectMergeStacktracesResponse::default();
    ("SelectMergeStacktraces", Answer::proto(response.encode_to_vec()))
}

fn types(ids: &[&str]) -> (&'static str, Answer) {
    let names = ids.iter().map(|id| (*id).to_owned()).collect();
    ("LabelValues", Answer::proto(LabelValuesResponse { names }.encode_to_vec()))
}

async fn refused(query: &Value) -> (u16, String) {
    let error = ask(&call("http://127.0.0.1:9", &settings()), query).await.error.unwrap();
    (error.status, error.message)
}

#[tokio::test]
async fn the_server_is_asked_what_the_query_says() {
    let server = PlayedServer::start(&[empty_tree(), types(&[CPU])]);
    let query = profile_query(&json!({
        "maxNodes": 64, "traceSelector": ["fc071464bd616aa06660dfc57e5f"], "callSite": ["main", "work"],
    }));
    ask(&call(&server.url, &settings()), &query).await;
    let body = &server.asked_of("SelectMergeStacktraces")[0].body;
    let asked = SelectMergeStacktracesRequest::decode(&body[..]).unwrap();
    assert_eq!(asked.max_nodes, Some(64));
    assert_eq!(asked.trace_id_selector, ["0000fc071464bd616aa06660dfc57e5f"]);
    let call_site = asked.stack_trace_selector.unwrap().call_site;
    assert_eq!(
        call_site.iter().map(|site| site.name.as_str()).collect::<Vec<_>>(),
        ["main", "work"]
    );
    // A minute more on each side: the trace id is what is meant.
    assert_eq!((asked.start, asked.end), (1_795_240_110_000, 1_795_240_350_000));
}

#[tokio::test]
async fn the_step_is_no_shorter_than_the_setting() {
    let series = Answer::proto(SelectSeriesResponse::default().encode_to_vec());
    let server = PlayedServer::start(&[("SelectSeries", series)]);
    let mut settings = settings();
    settings["minStep"] = json!("30s");
    ask(&call(&server.url, &settings), &profile_query(&json!({"queryType": "metrics"}))).await;
    let body = &server.asked_of("SelectSeries")[0].body;
    let asked = SelectSeriesRequest::decode(&body[..]).unwrap();
    assert_eq!(asked.step.to_string(), "30");
    assert_eq!(asked.limit, Some(100));
}

#[tokio::test]
async fn alert_rules_and_expressions_get_numbers_only() {
    let series = Answer::proto(SelectSeriesResponse::default().encode_to_vec());
    let server = PlayedServer::start(&[("SelectSeries", series), empty_tree(), types(&[CPU])]);
    for header in ["FromAlert", "http_X-Grafana-From-Expr"] {
        let mut ctx = call(&server.url, &settings());
        ctx.headers = BTreeMap::from([(header.to_owned(), "true".to_owned())]).into();
        let both = profile_query(&json!({"queryType": "both", "includeExemplars": true}));
        assert!(ask(&ctx, &both).await.error.is_none());
        let requests = server.asked_of("SelectSeries");
        let asked = SelectSeriesRequest::decode(&requests.last().unwrap().body[..]).unwrap();
        assert_eq!(asked.exemplar_type, ExemplarType::None as i32);
        let refused = ask(&ctx, &profile_query(&json!({}))).await.error.unwrap();
        assert_eq!(refused.status, 400);
        assert!(refused.message.contains("take numbers"), "{}", refused.message);
    }
    assert_eq!(server.asked_of("SelectMergeStacktraces").len(), 0);
}

#[tokio::test]
async fn who_asks_is_passed_on_only_when_set_so() {
    let server = PlayedServer::start(&[empty_tree(), types(&[CPU])]);
    let headers = BTreeMap::from(
        [
            ("Authorization", "Bearer user"),
            ("Cookie", "session=1; other=2"),
            ("http_X-Grafana-Id", "secret"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned())),
    );
    let mut ctx = call(&server.url, &settings());
    ctx.headers = headers.clone().into();
    ask(&ctx, &profile_query(&json!({}))).await;
    let mut forwarding = settings();
    forwarding["oauthPassThru"] = json!(true);
    forwarding["keepCookies"] = json!(["session"]);
    let mut ctx = call_with_secrets(&server.url, &forwarding, &[]);
    ctx.headers = headers.into();
    ask(&ctx, &profile_query(&json!({}))).await;
    let asked = server.asked_of("SelectMergeStacktraces");
    assert_eq!(asked[0].headers.get("authorization"), None);
    assert_eq!(asked[0].headers.get("cookie"), None);
    assert_eq!(asked[1].headers["authorization"], "Bearer user");
    assert_eq!(asked[1].headers["cookie"], "session=1");
    assert!(asked.iter().all(|asked| !asked.headers.contains_key("x-grafana-id")));
}

#[tokio::test]
async fn malformed_selector_is_explained_at_its_offset() {
    let (status, message) =
        refused(&profile_query(&json!({"labelSelector": "{service_name!}"}))).await;
    assert_eq!(status, 400);
    assert!(message.contains("unexpected character '!' at 13"), "{message}");
}

#[tokio::test]
async fn unknown_profile_type_is_named() {
    let (status, message) = refused(&profile_query(&json!({"profileTypeId": "cpu"}))).await;
    assert_eq!(status, 400);
    assert!(message.contains("profile type \"cpu\" has 1 parts, expected 5"), "{message}");
}

async fn why_empty(answers: &[(&str, Answer)], query: &Value) -> String {
    let server = PlayedServer::start(answers);
    let result = ask(&call(&server.url, &settings()), query).await;
    assert_eq!(result.error, None);
    let frame = &result.frames[0];
    assert_eq!(frame.row_count().unwrap(), 1, "an empty profile is one row, total with 0");
    frame.meta.as_ref().unwrap().notices[0].text.clone()
}

#[tokio::test]
async fn empty_result_says_why() {
    let other = "memory:alloc_space:bytes:space:bytes";
    let why = why_empty(&[empty_tree(), types(&[other])], &profile_query(&json!({}))).await;
    assert!(why.contains("has no profiles of type") && why.contains(other), "{why}");

    let spans = profile_query(&json!({"spanSelector": ["03fa1cbd967b13da"]}));
    let why = why_empty(&[empty_tree(), types(&[CPU])], &spans).await;
    assert!(
        why.contains("while these spans were running") && why.contains("root spans only"),
        "{why}"
    );

    let stats = GetProfileStatsResponse {
        data_ingested: true,
        oldest_profile_time: 1,
        newest_profile_time: 1_795_240_290_000 - 7_200_000,
    };
    let stats = ("GetProfileStats", Answer::proto(stats.encode_to_vec()));
    let why = why_empty(&[empty_tree(), types(&[]), stats], &profile_query(&json!({}))).await;
    assert!(why.contains("the nearest is 118 minutes before it"), "{why}");

    let nothing = ("GetProfileStats", Answer::proto(Vec::new()));
    let why = why_empty(&[empty_tree(), types(&[]), nothing], &profile_query(&json!({}))).await;
    assert!(why.starts_with("The server has never had a profile of this tenant. "), "{why}");
}

/// Two series, one of them with an exemplar and an annotation.
fn two_series() -> (&'static str, Answer) {
    let exemplar = Exemplar {
        timestamp: 1_795_240_200_000,
        profile_id: "7e8f1f0c-4f5a-4b3e-9a53-1f0f6f7a2c11".to_owned(),
        value: 5,
        ..Exemplar::default()
    };
    let annotation =
        ProfileAnnotation { key: "pyroscope.ingest.throttled".to_owned(), value: "{}".to_owned() };
    let point = Point { value: 7.0, timestamp: 1_795_240_200_000, ..Point::default() };
    let rich = Point { exemplars: vec![exemplar], annotations: vec![annotation], ..point.clone() };
    let series = [point, rich].map(|point| Series { points: vec![point], ..Series::default() });
    let response = SelectSeriesResponse { series: series.to_vec() };
    ("SelectSeries", Answer::proto(response.encode_to_vec()))
}

fn empty_series() -> (&'static str, Answer) {
    ("SelectSeries", Answer::proto(SelectSeriesResponse::default().encode_to_vec()))
}

fn executed(frame: &Frame) -> &str {
    &frame.meta.as_ref().unwrap().executed_query_string
}

fn figures(frame: &Frame) -> Vec<(&str, f64)> {
    let stats = frame.meta.as_ref().unwrap().stats.iter();
    stats.map(|stat| (stat.config.display_name.as_str(), stat.value)).collect()
}

#[tokio::test]
async fn call_trees_tell_the_inspector_what_was_asked() {
    let server = PlayedServer::start(&[empty_tree(), types(&[CPU])]);
    let result = ask(&call(&server.url, &settings()), &profile_query(&json!({}))).await;
    let frame = &result.frames[0];
    let asked = [
        "SelectMergeStacktraces: call tree",
        CPU,
        "{service_name=\"checkout\"}",
        "1795240170000",
        "16384 nodes",
    ];
    for word in asked {
        assert!(executed(frame).contains(word), "{}", executed(frame));
    }
    assert_eq!(figures(frame).len(), 4, "{:?}", figures(frame));
    assert_eq!(frame.meta.as_ref().unwrap().custom["fireline"]["profileTypeId"], CPU);
}

#[tokio::test]
async fn every_frame_of_series_tells_the_inspector_what_was_asked() {
    let server = PlayedServer::start(&[two_series()]);
    let query = profile_query(&json!({
        "queryType": "metrics", "annotations": true, "includeExemplars": true,
        "groupBy": ["region"], "limit": 9,
    }));
    let result = ask(&call(&server.url, &settings()), &query).await;
    let names: Vec<&str> = result.frames.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(names, ["series", "series", "exemplar", "annotations"]);
    let asked =
        ["SelectSeries: series of", CPU, "1795240290000", "by (region)", "at most 9 series"];
    for frame in &result.frames {
        for word in asked {
            assert!(executed(frame).contains(word), "{}: {}", frame.name, executed(frame));
        }
    }
    // Once: the inspector lists the figures of all frames below each other.
    let figures_of_frames: Vec<_> = result.frames.iter().map(figures).collect();
    let [
        ("Time of the Pyroscope server", millis),
        ("Answer of the Pyroscope server", bytes),
        ("Series", 2.0),
    ] = figures_of_frames[0][..]
    else {
        panic!("{figures_of_frames:?}");
    };
    assert!(millis > 0.0 && bytes > 0.0, "{millis} ms, {bytes} bytes");
    assert!(figures_of_frames[1..].iter().all(Vec::is_empty), "{figures_of_frames:?}");
}

#[tokio::test]
async fn series_of_nothing_say_so_and_keep_the_warnings_of_the_settings() {
    let server = PlayedServer::start(&[empty_series(), empty_tree(), types(&[CPU])]);
    let mut settings = settings();
    settings["minStep"] = json!("soon");
    let metrics = profile_query(&json!({"queryType": "metrics"}));
    let result = ask(&call(&server.url, &settings), &metrics).await;
    assert_eq!(result.error, None);
    // Grafana's alert rules take one frame without fields for no data.
    let [frame] = &result.frames[..] else { panic!("{} frames", result.frames.len()) };
    assert_eq!(frame.fields.len(), 0);
    let notices = &frame.meta.as_ref().unwrap().notices;
    let texts: Vec<&str> = notices.iter().map(|notice| notice.text.as_str()).collect();
    assert_eq!(texts[0], "no profile of this type and selector is in the time range");
    assert!(texts[1].contains("soon"), "{texts:?}");
    assert!(executed(frame).starts_with("SelectSeries: "), "{}", executed(frame));

    // Beside a call tree, that says why.
    let both = profile_query(&json!({"queryType": "both"}));
    let result = ask(&call(&server.url, &settings), &both).await;
    let names: Vec<&str> = result.frames.iter().map(|frame| frame.name.as_str()).collect();
    assert_eq!(names, ["response"]);
}

#[tokio::test]
async fn more_nodes_are_advised_only_where_the_server_would_keep_more() {
    // An unnamed root with one child, which stands for what was cut.
    let tree = [&[0, 0, 1, 5][..], b"other", &[7, 0]].concat();
    let response = SelectMergeStacktracesResponse { tree: tree.into(), ..Default::default() };
    let tree = Answer::proto(response.encode_to_vec());
    let server = PlayedServer::with(move |asked| {
        let message = SelectMergeStacktracesRequest::decode(&asked.body[..]);
        match message.unwrap_or_default().max_nodes {
            Some(nodes) if nodes > 100 => {
                let text =
                    format!("max flamegraph nodes limit {nodes} is greater than allowed 100");
                let body = json!({"code": "invalid_argument", "message": text}).to_string();
                Answer::error(400, "application/json", &body)
            }
            _ => tree.clone(),
        }
    });
    let ctx = call(&server.url, &settings());
    for (max_nodes, is_advised) in [(50, true), (100, true), (101, false)] {
        let result = ask(&ctx, &profile_query(&json!({"maxNodes": max_nodes}))).await;
        let notices = &result.frames[0].meta.as_ref().unwrap().notices;
        let texts: Vec<&str> = notices.iter().map(|notice| notice.text.as_str()).collect();
        let cut = texts.iter().find(|text| text.contains("folded small functions")).unwrap();
        assert_eq!(cut.ends_with("ask for more nodes to see them"), is_advised, "{texts:?}");
        let is_lowered = texts.iter().any(|text| text.contains("allows at most 100 nodes"));
        assert_eq!(is_lowered, !is_advised, "{texts:?}");
    }
}

#[tokio::test]
async fn a_range_that_ends_before_it_starts_is_refused() {
    let mut asked = crate::played_server::query(&profile_query(&json!({})));
    (asked.from_millis, asked.to_millis) = (asked.to_millis, asked.from_millis);
    let ctx = call("http://127.0.0.1:9", &settings());
    let fireline = datasource::Fireline::default();
    let error = grafana_plugin::DataHandler::query(&fireline, &ctx, asked).await.error.unwrap();
    assert!(error.message.contains("ends before it starts"), "{}", error.message);
}

#[tokio::test]
async fn days_whose_files_are_damaged_are_a_warning_in_flame_graphs_diffs_and_metrics() {
    let damaged = |(call, mut answer): (&'static str, Answer)| {
        answer.headers.push(("Fireline-Damaged-Days", "2026-11-20"));
        (call, answer)
    };
    let server =
        PlayedServer::start(&[damaged(empty_series()), damaged(empty_tree()), types(&[CPU])]);
    for query_type in ["profile", "metrics", "diff"] {
        let query = profile_query(&json!({"queryType": query_type, "baseline": {"offset": "1d"}}));
        let result = ask(&call(&server.url, &settings()), &query).await;
        let notices = &result.frames[0].meta.as_ref().unwrap().notices;
        let mut of_damage = notices.iter().filter(|notice| notice.text.contains("2026-11-20"));
        let notice = of_damage.next().unwrap_or_else(|| panic!("{query_type}: {notices:?}"));
        assert_eq!(notice.severity, Severity::Warning, "{query_type}");
    }
}

#[tokio::test]
async fn of_many_ids_and_functions_the_inspector_is_told_the_first() {
    let server = PlayedServer::start(&[empty_series(), empty_tree(), types(&[CPU])]);
    let functions: Vec<String> = (0..30).map(|at| format!("main.f{at}")).collect();
    for query_type in ["profile", "metrics"] {
        let query = profile_query(&json!({"queryType": query_type, "callSite": functions}));
        let mut settings = settings();
        settings["pyroscopeVersion"] = json!("1.18");
        let result = ask(&call(&server.url, &settings), &query).await;
        assert_eq!(result.error, None, "{query_type}");
        let executed = executed(&result.frames[0]);
        assert!(executed.contains("main.f19 and 10 more"), "{executed}");
    }
}

#[tokio::test]
async fn as_many_series_as_were_asked_for_need_not_be_all() {
    let series = |region: &str| Series {
        labels: vec![LabelPair { name: "region".to_owned(), value: region.to_owned() }],
        points: vec![Point { value: 1.0, timestamp: 1_795_240_185_000, ..Default::default() }],
    };
    let response = SelectSeriesResponse { series: vec![series("eu"), series("us")] };
    let answer = Answer::proto(response.encode_to_vec());
    let server = PlayedServer::start(&[("SelectSeries", answer)]);
    for (limit, is_told) in [(2, true), (3, false)] {
        let query = profile_query(&json!({"queryType": "metrics", "limit": limit}));
        let result = ask(&call(&server.url, &settings()), &query).await;
        let notices = &result.frames[0].meta.as_ref().unwrap().notices;
        let texts: Vec<&str> = notices.iter().map(|notice| notice.text.as_str()).collect();
        let expected: &[&str] =
            if is_told { &["the 2 largest series are shown; there may be more"] } else { &[] };
        assert_eq!(texts, expected);
    }
}
