//! Queries: what is asked of the server, what is refused, and what an empty answer says.

use std::collections::BTreeMap;

use prost::Message;
use pyroscope_api::querier::v1::{
    SelectMergeStacktracesRequest, SelectMergeStacktracesResponse, SelectSeriesRequest,
    SelectSeriesResponse,
};
use pyroscope_api::types::v1::{ExemplarType, GetProfileStatsResponse, LabelValuesResponse};
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

#[tokio::test]
async fn frames_tell_the_inspector_what_was_asked() {
    let server = PlayedServer::start(&[empty_tree(), types(&[CPU])]);
    let result = ask(&call(&server.url, &settings()), &profile_query(&json!({}))).await;
    let meta = result.frames[0].meta.as_ref().unwrap();
    for word in [CPU, "{service_name=\"checkout\"}", "1795240170000", "16384 nodes"] {
        assert!(meta.executed_query_string.contains(word), "{}", meta.executed_query_string);
    }
    let stats: Vec<&str> =
        meta.stats.iter().map(|stat| stat.config.display_name.as_str()).collect();
    assert_eq!(stats.len(), 4, "{stats:?}");
    assert_eq!(meta.custom["fireline"]["profileTypeId"], CPU);
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
