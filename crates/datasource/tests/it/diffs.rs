//! Diffs: two selections of a real store side by side, in the frame that Grafana's flame graph reads.

use datasource::{FactCache, FoundDiff, TreeLookup, diff_frame, look_up_diff};
use fixtures::assert_text;
use grafana_plugin::frame::Frame;
use links::LinkSettings;
use prost::Message;
use pyroscope_api::querier::v1::SelectMergeStacktracesRequest;
use query::{Query, Settings, ValidQuery};
use serde_json::{Value, json};

use crate::lookups::{FIVE_MINUTES, MINUTE, NOON, OTHER_SPAN, Profiles, SPAN, TYPE};
use crate::played_server::{Answer, FROM_MILLIS, PlayedServer, ask, call};

const DAY: i64 = 24 * 60 * MINUTE;

async fn found(profiles: &Profiles, selector: &str, change: &Value) -> FoundDiff {
    let mut query = json!({
        "queryType": "diff", "profileTypeId": TYPE, "labelSelector": selector, "maxNodes": 0,
    });
    query.as_object_mut().unwrap().extend(change.as_object().unwrap().clone());
    let settings = Settings::default();
    let query = Query::from_json(query.to_string().as_bytes()).unwrap();
    let query = ValidQuery::new(&query, &settings).unwrap();
    let lookup = TreeLookup {
        source: &profiles.store,
        settings: &settings,
        links: &LinkSettings::default(),
        facts: Some(&FactCache::default()),
    };
    let baseline = query.baseline.as_ref().unwrap();
    look_up_diff(lookup, &query, baseline, FIVE_MINUTES).await.unwrap()
}

async fn frame(profiles: &Profiles, selector: &str, change: &Value) -> Value {
    json_of(&diff_frame(&found(profiles, selector, change).await, "fireline").unwrap())
}

fn json_of(frame: &Frame) -> Value {
    serde_json::from_slice(&frame.to_json().unwrap()).unwrap()
}

fn column(frame: &Value, name: &str) -> Value {
    let fields = frame["schema"]["fields"].as_array().unwrap();
    let at = fields.iter().position(|field| field["name"] == name).unwrap();
    frame["data"]["values"][at].clone()
}

/// One node a line, two spaces a level: `name baseline total/self -> comparison total/self`.
fn picture(frame: &Value) -> String {
    let number = |name: &str, row: usize| column(frame, name)[row].as_i64().unwrap();
    let fields = frame["schema"]["fields"].as_array().unwrap();
    let label = fields.iter().find(|field| field["name"] == "label").unwrap();
    let names = &label["config"]["type"]["enum"]["text"];
    let rows = column(frame, "level").as_array().unwrap().len();
    let line = |row: usize| {
        let name = names[usize::try_from(number("label", row)).unwrap()].as_str().unwrap();
        format!(
            "{:indent$}{name} {}/{} -> {}/{}\n",
            "",
            number("value", row),
            number("self", row),
            number("valueRight", row),
            number("selfRight", row),
            indent = 2 * usize::try_from(number("level", row)).unwrap(),
        )
    };
    (0..rows).map(line).collect()
}

/// `checkout` now and a day ago: `pay` is new, `cook` is gone, `idle` stays.
async fn of_two_days() -> Profiles {
    let profiles = Profiles::none();
    let labels = "service_name=checkout region=eu";
    profiles.push(labels, NOON - DAY - MINUTE, "main;idle 5\nmain;cook;fry 2\nmain 1").await;
    profiles.push(labels, NOON - MINUTE, "main;idle 6\nmain;pay;sign 4\nmain;pay 3").await;
    profiles
}

const CHECKOUT: &str = r#"{service_name="checkout"}"#;

#[tokio::test]
async fn a_service_beside_itself_a_day_before() {
    let profiles = of_two_days().await;
    let frame = frame(&profiles, CHECKOUT, &json!({"baseline": {"offset": "1d"}})).await;
    assert_text(
        &picture(&frame),
        "
         total 8/0 -> 13/0
           main 8/1 -> 13/0
             cook 2/0 -> 0/0
               fry 2/2 -> 0/0
             idle 5/5 -> 6/6
             pay 0/0 -> 7/3
               sign 0/0 -> 4/4",
    );
}

#[tokio::test]
async fn two_services_in_the_same_time_range() {
    let profiles = of_two_days().await;
    profiles.push("service_name=cart", NOON - MINUTE, "main;idle 9").await;
    let baseline = json!({"baseline": {"labelSelector": r#"{service_name="cart"}"#}});
    assert_text(
        &picture(&frame(&profiles, CHECKOUT, &baseline).await),
        "
         total 9/0 -> 13/0
           main 9/0 -> 13/0
             idle 9/9 -> 6/6
             pay 0/0 -> 7/3
               sign 0/0 -> 4/4",
    );
}

#[tokio::test]
async fn slow_spans_beside_normal_ones() {
    let profiles = Profiles::none();
    let folded = format!(
        "main;wait 9 [span_id:{SPAN}]\nmain;work 2 [span_id:{SPAN}]\nmain;work 2 [span_id:{OTHER_SPAN}]\nmain;gc 50"
    );
    profiles.push("service_name=checkout", NOON - MINUTE, &folded).await;
    let spans = json!({"spanSelector": [SPAN], "baseline": {"spanSelector": [OTHER_SPAN]}});
    assert_text(
        &picture(&frame(&profiles, CHECKOUT, &spans).await),
        "
         total 2/0 -> 11/0
           main 2/0 -> 11/0
             wait 0/0 -> 9/9
             work 2/2 -> 2/2",
    );
}

#[tokio::test]
async fn the_frame_is_what_grafana_s_flame_graph_takes_for_a_diff() {
    let profiles = of_two_days().await;
    let frame = frame(&profiles, CHECKOUT, &json!({"baseline": {"offset": "1d"}})).await;
    assert_eq!(frame["schema"]["name"], "response");
    assert_eq!(frame["schema"]["meta"]["preferredVisualisationType"], "flamegraph");
    let fields = frame["schema"]["fields"].as_array().unwrap();
    let shape: Vec<(&str, &str)> = fields
        .iter()
        .map(|field| (field["name"].as_str().unwrap(), field["type"].as_str().unwrap()))
        .collect();
    let expected = [
        ("level", "number"),
        ("value", "number"),
        ("self", "number"),
        ("valueRight", "number"),
        ("selfRight", "number"),
        ("label", "enum"),
    ];
    assert_eq!(shape, expected);
    assert!(fields[1..5].iter().all(|field| field["config"]["unit"] == "short"));
    let levels: Vec<i64> = serde_json::from_value(column(&frame, "level")).unwrap();
    assert_eq!(levels[0], 0);
    assert!(levels[1..].iter().all(|level| *level > 0), "one root");
    assert!(levels.windows(2).all(|pair| pair[1] <= pair[0] + 1), "no level is skipped");
}

#[tokio::test]
async fn the_frame_says_what_to_ask_again_for_each_side() {
    let profiles = of_two_days().await;
    let frame = frame(&profiles, CHECKOUT, &json!({"baseline": {"offset": "1d"}})).await;
    let fireline = &frame["schema"]["meta"]["custom"]["fireline"];
    assert_eq!(fireline["queryType"], "diff");
    assert_eq!(fireline["datasourceUid"], "fireline");
    assert_eq!(fireline["comparison"]["from"], FIVE_MINUTES.start_millis);
    assert_eq!(fireline["baseline"]["from"], FIVE_MINUTES.start_millis - DAY);
    assert_eq!(fireline["baseline"]["labelSelector"], CHECKOUT);
    assert_eq!(fireline.get("labelSelector"), None, "neither side is the whole");
    assert_eq!(frame["schema"]["meta"]["custom"].get("explain"), None, "nothing to explain");
    let executed = frame["schema"]["meta"]["executedQueryString"].as_str().unwrap();
    assert!(executed.starts_with("baseline: call tree of "), "{executed}");
}

#[tokio::test]
async fn a_side_without_profiles_is_explained_as_that_side() {
    let profiles = of_two_days().await;
    let baseline = json!({"baseline": {"labelSelector": r#"{service_name="checkot"}"#}});
    let frame = frame(&profiles, CHECKOUT, &baseline).await;
    assert_eq!(column(&frame, "value")[0], 0);
    assert_eq!(column(&frame, "valueRight")[0], 13, "the other side is drawn all the same");
    let explain = &frame["schema"]["meta"]["custom"]["explain"];
    assert_eq!(explain["sides"]["baseline"]["empty"]["kind"], "noSuchValue");
    assert_eq!(explain["sides"].get("comparison"), None);
    assert_eq!(explain.get("empty"), None, "not all is empty");
    let line = explain["line"].as_str().unwrap();
    assert!(line.starts_with("Baseline: "), "{line}");
    let notice = frame["schema"]["meta"]["notices"][0]["text"].as_str().unwrap();
    assert!(notice.starts_with("Baseline: ") && notice.contains("checkot"), "{notice}");
}

#[tokio::test]
async fn two_explanations_are_told_apart() {
    let profiles = Profiles::of_rsse_app().await;
    let namespaced = r#"{service_name="rsse-app", service_namespace="rsse-group"}"#;
    let spans = json!({"spanSelector": [SPAN], "baseline": {"spanSelector": [OTHER_SPAN]}});
    let frame = frame(&profiles, namespaced, &spans).await;
    let explain = &frame["schema"]["meta"]["custom"]["explain"];
    assert_eq!(explain["sides"]["comparison"].get("empty"), None);
    assert_eq!(explain["sides"]["baseline"]["empty"]["kind"], "noSuchSpan");
    let steps: Vec<String> = serde_json::from_value(explain["steps"].clone()).unwrap();
    let of = |side: &str| steps.iter().filter(|step| step.starts_with(side)).count();
    assert!(of("Baseline: ") > 1 && of("Comparison: ") > 1, "{steps:?}");
    assert_eq!(of("Baseline: ") + of("Comparison: "), steps.len());
    assert_eq!(column(&frame, "valueRight")[0], 3, "the same relaxation as for one tree");
}

#[tokio::test]
async fn two_empty_sides_are_one_row() {
    let profiles = Profiles::none();
    let frame = frame(&profiles, CHECKOUT, &json!({"baseline": {"offset": "1d"}})).await;
    assert_text(&picture(&frame), "total 0/0 -> 0/0");
    let explain = &frame["schema"]["meta"]["custom"]["explain"];
    assert_eq!(explain["empty"]["kind"], "tenantHasNoData");
}

fn query_json() -> Value {
    json!({
        "refId": "A", "queryType": "diff",
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds",
        "labelSelector": "{service_name=\"checkout\"}", "baseline": {"offset": "1d"},
    })
}

/// A server that refuses what begins before this time.
fn server_without_past(since_millis: i64) -> PlayedServer {
    PlayedServer::with(move |asked| {
        if !asked.path.ends_with("SelectMergeStacktraces") {
            return Answer::error(404, "text/plain", "not found");
        }
        let request = SelectMergeStacktracesRequest::decode(&asked.body[..]).unwrap();
        if request.start < since_millis {
            return Answer::error(
                403,
                "application/json",
                r#"{"code":"permission_denied","message":"too old"}"#,
            );
        }
        Answer::proto(Vec::new())
    })
}

async fn failure(since_millis: i64) -> (u16, String) {
    let server = server_without_past(since_millis);
    let ctx = call(&server.url, &json!({"pyroscopeVersion": "2.2"}));
    let error = ask(&ctx, &query_json()).await.error.unwrap();
    (error.status, error.message)
}

#[tokio::test]
async fn a_failing_side_is_named() {
    let (status, message) = failure(FROM_MILLIS).await;
    assert_eq!(status, 403);
    assert!(message.starts_with("the baseline: ") && message.contains("too old"), "{message}");
    let (_, message) = failure(i64::MAX).await;
    assert!(message.starts_with("both sides of the diff: "), "{message}");
}

#[tokio::test]
async fn a_diff_of_two_units_is_refused_with_a_sentence() {
    let mut query = query_json();
    query["baseline"] = json!({"profileTypeId": "memory:inuse_space:bytes:space:bytes"});
    let ctx = call("http://127.0.0.1:9", &json!({"pyroscopeVersion": "2.2"}));
    let error = ask(&ctx, &query).await.error.unwrap();
    assert_eq!(error.status, 400);
    assert!(error.message.starts_with("a diff needs one unit on both sides"), "{}", error.message);
}
