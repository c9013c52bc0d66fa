//! Our frames are those of Grafana's own Pyroscope datasource, for the same answers of the server.

use std::path::PathBuf;

use serde_json::{Value, json};

use crate::played_server::{Answer, PlayedServer, ask, call};

fn case_folder(case: &str) -> PathBuf {
    PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/grafana-datasource"))
        .join(case)
}

/// The server of a case: plays what the recorded one answered.
pub(crate) fn server_of(case: &str, rpcs: &[&str]) -> PlayedServer {
    let body = |rpc: &str| std::fs::read(case_folder(case).join(format!("{rpc}.bin.gz"))).unwrap();
    let mut answers: Vec<(&str, Answer)> =
        rpcs.iter().map(|rpc| (*rpc, Answer::proto_gzip(body(rpc)))).collect();
    // The health check asks for profile types; having none is healthy.
    answers.push(("ProfileTypes", Answer::proto(Vec::new())));
    PlayedServer::start(&answers)
}

/// What the browser sent to Grafana in a case.
pub(crate) fn request_of(case: &str) -> Value {
    serde_json::from_slice(&std::fs::read(case_folder(case).join("query.json")).unwrap()).unwrap()
}

/// Settings of a datasource in front of it: with the server's version, so that no probe is sent to
/// one that only plays.
pub(crate) fn settings() -> Value {
    json!({"pyroscopeVersion": "1.14"})
}

/// Fails at the first difference between our answer to a case and Grafana's.
#[track_caller]
pub(crate) fn assert_as_grafana(case: &str, mut ours: Value) {
    let answer = std::fs::read(case_folder(case).join("answer.json")).unwrap();
    let theirs: Value = serde_json::from_slice(&answer).unwrap();
    let mut theirs = theirs["results"]["A"].clone();
    without_allowed_differences(&mut ours);
    without_allowed_differences(&mut theirs);
    if let Some(difference) = first_difference("frames", &ours["frames"], &theirs["frames"]) {
        panic!("{difference}");
    }
}

async fn check(case: &str, rpcs: &[&str]) {
    let server = server_of(case, rpcs);
    let ctx = call(&server.url, &settings());
    let result = ask(&ctx, &request_of(case)["queries"][0]).await;
    assert_eq!(result.error, None);
    assert_as_grafana(case, serde_json::to_value(&result).unwrap());
}

/// What docs/decisions/0002-frames-beside-the-core-datasource.md lists, and nothing else:
/// notes on the frame that the core datasource does not make, empty labels, and the refId, which
/// Grafana adds.
fn without_allowed_differences(result: &mut Value) {
    for frame in result["frames"].as_array_mut().unwrap() {
        let schema = frame["schema"].as_object_mut().unwrap();
        schema.remove("refId");
        let meta = schema["meta"].as_object_mut().unwrap();
        for added in ["executedQueryString", "stats", "notices", "preferredVisualisationPluginId"] {
            meta.remove(added);
        }
        if let Some(custom) = meta.get_mut("custom").and_then(Value::as_object_mut) {
            custom.remove("fireline");
            custom.remove("explain");
            if custom.is_empty() {
                meta.remove("custom");
            }
        }
        for field in frame["schema"]["fields"].as_array_mut().unwrap() {
            if field["labels"] == json!({}) {
                field.as_object_mut().unwrap().remove("labels");
            }
        }
        round(&mut frame["data"]["values"]);
    }
}

/// Where two values differ first, and how; a picture of both would fill the screen.
pub(crate) fn first_difference(path: &str, ours: &Value, theirs: &Value) -> Option<String> {
    match (ours, theirs) {
        (Value::Object(a), Value::Object(b)) => {
            let keys: std::collections::BTreeSet<&String> = a.keys().chain(b.keys()).collect();
            keys.into_iter().find_map(|key| {
                first_difference(
                    &format!("{path}.{key}"),
                    &ours[key.as_str()],
                    &theirs[key.as_str()],
                )
            })
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            let mut pairs = a.iter().zip(b).enumerate();
            pairs.find_map(|(idx, (a, b))| first_difference(&format!("{path}[{idx}]"), a, b))
        }
        _ if ours == theirs => None,
        _ => Some(format!("{path}: ours is {ours}, Grafana's is {theirs}")),
    }
}

/// A division in another order differs in the last bit.
pub(crate) fn round(values: &mut Value) {
    match values {
        Value::Array(items) => items.iter_mut().for_each(round),
        Value::Number(number) => *values = json!(format!("{:.9}", number.as_f64().unwrap())),
        _ => {}
    }
}

#[tokio::test]
async fn a_call_tree() {
    check("profile", &["SelectMergeStacktraces"]).await;
}

#[tokio::test]
async fn the_call_tree_of_a_span() {
    check("span-profile", &["SelectMergeSpanProfile"]).await;
}

#[tokio::test]
async fn a_series() {
    check("metrics", &["SelectSeries"]).await;
}

#[tokio::test]
async fn series_by_a_label() {
    check("metrics-group-by", &["SelectSeries"]).await;
}

#[tokio::test]
async fn a_series_with_exemplars_and_the_call_tree() {
    check("both-exemplars", &["SelectSeries", "SelectMergeStacktraces"]).await;
}
