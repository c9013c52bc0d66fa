//! Profiles and spans counted by time and value, and the exemplars beside them and on series.

use datasource::{FoundHeatmap, FoundSeries, heatmap_frames, series_frames};
use fixtures::assert_text;
use grafana_plugin::frame::Frame;
use prost::Message;
use pyroscope_api::querier::v1::SelectSeriesResponse;
use query::{ProfileSource, Query, Settings, ValidQuery};
use serde_json::{Value, json};

use crate::lookups::{FIVE_MINUTES, MINUTE, NOON, OTHER_SPAN, Profiles, SPAN, TRACE, TYPE};
use crate::played_server::{Answer, PlayedServer, ask, call};

fn valid(change: &Value) -> ValidQuery {
    let mut query = json!({
        "queryType": "heatmap", "profileTypeId": TYPE, "labelSelector": "{service_name=\"a\"}",
        "includeExemplars": true,
    });
    query.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let query = Query::from_json(query.to_string().as_bytes()).unwrap();
    ValidQuery::new(&query, &Settings::default()).unwrap()
}

/// Three minutes of one service: a large profile, then nothing, then a small one. Two samples name their span.
async fn profiles() -> Profiles {
    let profiles = Profiles::none();
    let labels = "service_name=a region=eu";
    let large = format!("main;pay 60 [span_id:{SPAN}] [trace_id:{TRACE}]\nmain;idle 40");
    profiles.push(labels, NOON - 3 * MINUTE - 1_000, &large).await;
    let small = format!("main;pay 20 [span_id:{OTHER_SPAN}]");
    profiles.push(labels, NOON - MINUTE - 1_000, &small).await;
    profiles
}

async fn heatmap(profiles: &Profiles, change: &Value) -> Vec<Value> {
    let valid = valid(change);
    let request = valid.heatmap_request(FIVE_MINUTES, MINUTE);
    let response = profiles.store.heatmap(&request).await.unwrap();
    let found = FoundHeatmap { request, response, upstream_millis: 5.0 };
    heatmap_frames(&found, valid.max_exemplars).iter().map(json_of).collect()
}

fn json_of(frame: &Frame) -> Value {
    serde_json::from_slice(&frame.to_json().unwrap()).unwrap()
}

fn column(frame: &Value, name: &str) -> Vec<Value> {
    let fields = frame["schema"]["fields"].as_array().unwrap();
    let at = fields.iter().position(|field| field["name"] == name);
    let at = at.unwrap_or_else(|| panic!("no field {name}"));
    frame["data"]["values"][at].as_array().unwrap().clone()
}

fn names(frame: &Value) -> Vec<&str> {
    let fields = frame["schema"]["fields"].as_array().unwrap();
    fields.iter().map(|field| field["name"].as_str().unwrap()).collect()
}

/// One cell a line: minutes to noon, lower and upper edge, count.
fn picture(frame: &Value) -> String {
    let [times, lower, upper, counts] =
        ["xMax", "yMin", "yMax", "count"].map(|name| column(frame, name));
    let line = |row: usize| {
        let minutes = (times[row].as_i64().unwrap() - NOON) / MINUTE;
        let count = counts[row].as_i64().unwrap();
        let [lower, upper] = [&lower[row], &upper[row]].map(|edge| edge.as_f64().unwrap());
        format!("{minutes} min {lower}..{upper}: {count}\n")
    };
    (0..times.len()).map(line).collect()
}

#[tokio::test]
async fn profiles_are_counted_by_their_total() {
    let frames = heatmap(&profiles().await, &json!({})).await;
    // The empty cell tells Grafana how wide a slot is.
    assert_text(
        &picture(&frames[0]),
        "
        -3 min 96..100: 1
        -2 min 20..24: 0
        -1 min 20..24: 1",
    );
    assert_eq!(frames[0]["schema"]["meta"]["type"], "heatmap-cells");
    let panel = &frames[0]["schema"]["meta"]["preferredVisualisationPluginId"];
    assert_eq!(panel, "heatmap", "else Explore draws lines");
    assert_eq!(names(&frames[0]), ["xMax", "yMin", "yMax", "count"]);
    assert_eq!(frames[0]["schema"]["fields"][1]["config"]["unit"], "short");
}

#[tokio::test]
async fn spans_are_counted_by_what_they_used() {
    let frames = heatmap(&profiles().await, &json!({"heatmapType": "span"})).await;
    assert_text(
        &picture(&frames[0]),
        "
        -3 min 58..60: 1
        -2 min 20..22: 0
        -1 min 20..22: 1",
    );
    let exemplars = &frames[1];
    assert_eq!(exemplars["schema"]["name"], "exemplar");
    let meta = &exemplars["schema"]["meta"];
    assert_eq!(meta["dataTopic"], "annotations");
    assert_eq!(meta["custom"]["resultType"], "exemplar", "else a heatmap does not draw it");
    assert_eq!(column(exemplars, "Value"), [60.0, 20.0], "in the unit of the axis, not a rate");
    assert_eq!(column(exemplars, "span_id"), [SPAN, OTHER_SPAN]);
    assert_eq!(column(exemplars, "trace_id"), [json!(TRACE), Value::Null], "no id is no text");
    assert_eq!(column(exemplars, "region"), ["eu", "eu"], "labels of its own lead on");
    assert!(!names(exemplars).iter().any(|name| name.starts_with("__")));
}

#[tokio::test]
async fn neighbouring_slots_need_no_empty_cell() {
    let profiles = profiles().await;
    profiles.push("service_name=a", NOON - 2 * MINUTE - 1_000, "main 100").await;
    let frames = heatmap(&profiles, &json!({})).await;
    assert_text(
        &picture(&frames[0]),
        "
        -3 min 96..100: 1
        -2 min 96..100: 1
        -1 min 20..24: 1",
    );
}

#[tokio::test]
async fn every_cell_lies_beside_the_next_one() {
    let profiles = Profiles::none();
    for second in 0..40 {
        let folded = format!("main {}", 10 + second * second);
        profiles.push("service_name=a", NOON - MINUTE - second * 1_000, &folded).await;
    }
    let frame = heatmap(&profiles, &json!({})).await.remove(0);
    let (lower, upper, counts) =
        (column(&frame, "yMin"), column(&frame, "yMax"), column(&frame, "count"));
    let total: i64 = counts.iter().map(|count| count.as_i64().unwrap()).sum();
    assert_eq!(total, 40, "nothing is lost");
    for (lower, upper) in lower.iter().zip(&upper) {
        let width = upper.as_f64().unwrap() - lower.as_f64().unwrap();
        assert!((width - 39.0 * 39.0 / 20.0).abs() < 1e-6, "{width}");
    }
}

#[tokio::test]
async fn exemplars_of_a_heatmap_are_as_many_as_asked_for() {
    let profiles = profiles().await;
    let frames = heatmap(&profiles, &json!({"maxExemplars": 1})).await;
    assert_eq!(column(&frames[1], "Value"), [100.0], "the largest stays");
    let notice = frames[1]["schema"]["meta"]["notices"][0]["text"].as_str().unwrap();
    assert!(notice.starts_with("1 exemplars are not shown: at most 1 of each series"), "{notice}");
    let frames = heatmap(&profiles, &json!({"includeExemplars": false})).await;
    assert_eq!(frames.len(), 1);
}

#[tokio::test]
async fn each_series_has_cells_and_exemplars_of_its_own() {
    let profiles = profiles().await;
    profiles.push("service_name=a region=us", NOON - 2 * MINUTE, "main 50").await;
    let frames = heatmap(&profiles, &json!({"groupBy": ["region"]})).await;
    let shapes: Vec<&str> =
        frames.iter().map(|frame| frame["schema"]["name"].as_str().unwrap()).collect();
    assert_eq!(shapes, ["heatmap", "exemplar", "heatmap", "exemplar"]);
    assert_eq!(frames[0]["schema"]["fields"][3]["labels"], json!({"region": "eu"}));
    assert_eq!(column(&frames[3], "region"), ["us"]);
}

#[tokio::test]
async fn an_empty_heatmap_says_what_there_is_none_of() {
    let profiles = Profiles::none();
    profiles.push("service_name=a", NOON - MINUTE, "main 1").await;
    let frames = heatmap(&profiles, &json!({"heatmapType": "span"})).await;
    assert_eq!(frames.len(), 1);
    let notice = frames[0]["schema"]["meta"]["notices"][0]["text"].as_str().unwrap();
    assert!(notice.contains("says which span it belongs to"), "{notice}");
}

#[test]
fn a_long_time_range_has_wider_slots() {
    let width = |window, step| valid(&json!({})).heatmap_request(window, step).step_millis;
    assert_eq!(width(FIVE_MINUTES, 15_000), 15_000);
    let day = query::Window { start_millis: NOON - 24 * 60 * MINUTE, end_millis: NOON };
    assert_eq!(width(day, 15_000), 12 * MINUTE);
}

#[tokio::test]
async fn span_exemplars_lie_over_the_rate() {
    let profiles = profiles().await;
    let valid = valid(&json!({"queryType": "metrics", "exemplarType": "span"}));
    let request = valid.series_request(FIVE_MINUTES, MINUTE);
    let response = profiles.store.series(&request).await.unwrap();
    let found = FoundSeries { request, response, upstream_millis: 5.0 };
    let frames = series_frames(&found, false, valid.max_exemplars);
    let exemplars = json_of(&frames[1]);
    assert_eq!(column(&exemplars, "span_id"), [SPAN, OTHER_SPAN]);
    // A rate like the line below it: per second of the minute.
    assert_eq!(column(&exemplars, "Value"), [1.0, 20.0 / 60.0]);
    let few = series_frames(&found, false, 1);
    assert_eq!(column(&json_of(&few[1]), "span_id"), [SPAN]);
    assert!(few[1].meta.as_ref().unwrap().notices[0].text.contains("1 exemplars are not shown"));
}

fn query_json(change: &Value) -> Value {
    let mut query = json!({
        "refId": "A", "queryType": "heatmap", "labelSelector": "{service_name=\"a\"}",
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
    });
    query.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    query
}

/// A server of a time before heatmaps.
fn old_server() -> PlayedServer {
    use pyroscope_api::types::v1::{Point, Series};
    let points = vec![Point { value: 3.0, timestamp: NOON, ..Point::default() }];
    let series = vec![Series { points, ..Series::default() }];
    let series = Answer::proto(SelectSeriesResponse { series }.encode_to_vec());
    PlayedServer::start(&[("SelectSeries", series)])
}

#[tokio::test]
async fn a_server_without_heatmaps_is_told_by_what_it_lacks() {
    let server = old_server();
    let ctx = call(&server.url, &json!({"pyroscopeVersion": "1.14"}));
    let error = ask(&ctx, &query_json(&json!({}))).await.error.unwrap();
    assert_eq!(error.status, 501);
    assert!(error.message.contains("has no heatmaps; Pyroscope 1.19"), "{}", error.message);
}

#[tokio::test]
async fn the_rate_stays_where_a_server_has_no_exemplars_of_spans() {
    let server = old_server();
    let ctx = call(&server.url, &json!({"pyroscopeVersion": "1.14"}));
    let spans = json!({"queryType": "metrics", "includeExemplars": true, "exemplarType": "span"});
    let result = ask(&ctx, &query_json(&spans)).await;
    assert_eq!(result.error, None);
    assert_eq!(result.frames.len(), 1);
    let notice = &result.frames[0].meta.as_ref().unwrap().notices[0].text;
    assert!(notice.contains("no exemplars of spans") && notice.contains("1.19"), "{notice}");
}

#[tokio::test]
async fn an_unknown_kind_of_heatmap_is_refused() {
    let ctx = call("http://127.0.0.1:9", &json!({"pyroscopeVersion": "1.14"}));
    let error = ask(&ctx, &query_json(&json!({"heatmapType": "trace"}))).await.error.unwrap();
    assert_eq!(error.status, 400);
    assert!(error.message.contains("unknown heatmapType \"trace\""), "{}", error.message);
}
