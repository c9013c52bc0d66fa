//! Grafana's own client library and decoder agree with us about a plugin process.
//!
//! They are Go: see the crate `grafana-driver`.

use std::path::Path;
use std::process::{Command, Output};

use grafana_driver::{driver_for, source};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::golden_frames::golden_frames;
use crate::golden_plugin::{executable, nobody, query, start};

/// What is asked: every golden frame, and answers with errors.
fn questions() -> Vec<(String, Value)> {
    let frames = golden_frames()
        .into_iter()
        .map(|(name, _)| (name.to_owned(), json!({ "refId": name, "frame": name })));
    let actions =
        ["be large", "fail", "fail in part", "fail silently", "panic", "answer nothing", "unequal"]
            .into_iter()
            .map(|action| (action.to_owned(), json!({ "refId": action, "do": action })));
    frames.chain(actions).collect()
}

/// Our JSON of the answers to all questions.
/// Golden frames are taken from before their way through Arrow: what gets lost there shows.
async fn our_json() -> Value {
    let plugin = start().await;
    let queries: Vec<_> =
        questions().into_iter().map(|(ref_id, json)| query(&ref_id, json)).collect();
    let mut results = plugin.query(&nobody(), &queries).await.unwrap();
    plugin.stop().await;
    for (name, frames) in golden_frames() {
        results.0.insert(name.to_owned(), frames.into());
    }
    serde_json::to_value(&results).unwrap()
}

fn drive(driver: &Path, folder: &TempDir, ours: &Value) -> Output {
    let queries: Vec<_> = questions().into_iter().map(|(_, query)| query).collect();
    let request =
        json!({ "from": "1795240170000", "to": 1_795_240_290_000_i64, "queries": queries });
    let queries_file = folder.path().join("queries.json");
    let ours_file = folder.path().join("ours.json");
    std::fs::write(&queries_file, request.to_string()).unwrap();
    std::fs::write(&ours_file, ours.to_string()).unwrap();
    Command::new(driver)
        .arg("-plugin")
        .arg(executable())
        .arg("-queries")
        .arg(queries_file)
        .arg("-ours")
        .arg(ours_file)
        .arg("-formats")
        .arg("-out")
        .arg(folder.path().join("frames"))
        .args(["-stream", "stream", "-min-parts", "5"])
        .args(["-cancel-query", "{\"do\":\"sleep\"}", "-cancel-resource", "endless"])
        .args(["-cancel-count", "dropped", "-log", "a query came"])
        .output()
        .unwrap()
}

#[tokio::test]
async fn about_every_golden_frame_and_every_call() {
    let Some(driver) = driver_for("grafana_agrees::about_every_golden_frame_and_every_call") else {
        return;
    };
    let folder = tempfile::tempdir().unwrap();
    let output = drive(driver, &folder, &our_json().await);
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!(told.matches("ok      ").count(), 13, "{told}");
    let written = std::fs::read_dir(folder.path().join("frames")).unwrap().count();
    assert_eq!(written, questions().len());
}

/// Each changes one thing, and the program must point at it.
#[tokio::test]
async fn and_would_notice_if_we_did_not() {
    let Some(driver) = driver_for("grafana_agrees::and_would_notice_if_we_did_not") else {
        return;
    };
    let ours = our_json().await;
    let changes: [(&str, &str, Value); 6] = [
        (
            "/results/int64/frames/0/data/values/0/2",
            "values[0][2]",
            json!(9_007_199_254_740_992_i64),
        ),
        ("/results/float64-entities/frames/0/data/entities/1/NaN/1", "NaN[1]", json!(3)),
        ("/results/time/frames/0/data/nanos/0/1", "nanos[0][1]", json!(456_788)),
        ("/results/enum/frames/0/schema/fields/0/config/type/enum/text/2", "text[2]", json!("no")),
        ("/results/labels/frames/0/schema/fields/1/labels/region", "region", json!("eu")),
        ("/results/fail/errorSource", "errorSource", json!("plugin")),
    ];
    for (pointer, path, other) in changes {
        let mut changed = ours.clone();
        *changed.pointer_mut(pointer).unwrap_or_else(|| panic!("no {pointer}")) = other;
        let folder = tempfile::tempdir().unwrap();
        let output = drive(driver, &folder, &changed);
        let told = String::from_utf8_lossy(&output.stdout);
        assert_eq!(output.status.code(), Some(1), "{pointer} was not noticed: {told}");
        assert!(
            told.contains("FAILED  query: Grafana's JSON equals ours: 1 differences"),
            "{told}"
        );
        assert!(told.contains(path), "{path} is not named: {told}");
    }
}

#[test]
fn its_comparison_passes_tests_of_its_own() {
    if driver_for("grafana_agrees::its_comparison_passes_tests_of_its_own").is_none() {
        return;
    }
    let output = Command::new("go").args(["test", "./..."]).current_dir(source()).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stdout));
}

#[test]
fn a_program_that_is_no_plugin_fails_the_handshake() {
    let test = "grafana_agrees::a_program_that_is_no_plugin_fails_the_handshake";
    let Some(driver) = driver_for(test) else { return };
    let output = Command::new(driver).args(["-plugin", "/bin/true"]).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.starts_with("FAILED  handshake: nothing else can be checked"), "{told}");
}
