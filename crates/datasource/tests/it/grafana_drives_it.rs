//! The built process `gpx_fireline`, driven by the libraries that Grafana itself uses, makes the
//! JSON that Grafana would send.
//!
//! They are Go: see the crate `grafana-driver`.

use std::io::Write;
use std::path::Path;
use std::process::Command;
use std::time::{SystemTime, UNIX_EPOCH};

use grafana_driver::driver_for;
use serde_json::{Value, json};

use crate::frames_as_grafana::{assert_as_grafana, request_of, server_of, settings};

const CASES: [(&str, &[&str]); 3] = [
    ("profile", &["SelectMergeStacktraces"]),
    ("span-profile", &["SelectMergeSpanProfile"]),
    ("both-exemplars", &["SelectSeries", "SelectMergeStacktraces"]),
];

#[test]
fn the_built_process_answers_as_grafanas_own_datasource() {
    let Some(driver) = driver_for("grafana_drives_it") else { return };
    let folder = tempfile::tempdir().unwrap();
    for (case, rpcs) in CASES {
        let server = server_of(case, rpcs);
        let answer = drive(driver, &folder.path().join(case), &server.url, &request_of(case));
        assert_as_grafana(case, answer);
    }
}

/// `PYROSCOPE_URL` names a Pyroscope that holds profiles of the last hour.
#[test]
fn the_built_process_answers_for_a_pyroscope_that_runs() {
    const TEST: &str = "grafana_drives_it::the_built_process_answers_for_a_pyroscope_that_runs";
    let Ok(url) = std::env::var("PYROSCOPE_URL") else {
        let skipped = format!("SKIPPED {TEST}: PYROSCOPE_URL names no server\n");
        std::io::stderr().write_all(skipped.as_bytes()).unwrap();
        return;
    };
    let Some(driver) = driver_for(TEST) else { return };
    let folder = tempfile::tempdir().unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis();
    let query = json!({
        "refId": "A", "queryType": "both", "labelSelector": "{}", "groupBy": ["service_name"],
        "profileTypeId": "process_cpu:cpu:nanoseconds:cpu:nanoseconds", "intervalMs": 15_000,
    });
    let request = json!({
        "queries": [query], "from": (now - 3_600_000).to_string(), "to": now.to_string(),
    });
    let answer = drive(driver, &folder.path().join("real"), &url, &request);
    assert_eq!(answer.get("error"), None, "{answer}");
    let frames = answer["frames"].as_array().unwrap();
    let shown = |frame: &Value| frame["schema"]["meta"]["preferredVisualisationType"].clone();
    let tree = frames.iter().find(|frame| shown(frame) == "flamegraph").expect("a flame graph");
    let lines = frames.iter().filter(|frame| shown(frame) == "graph").count();
    assert!(lines > 1, "{lines} services have a line");
    let columns = tree["data"]["values"].as_array().unwrap();
    let rows = columns[0].as_array().unwrap().len();
    assert!(rows > 100 && columns[1][0].as_i64() > Some(0), "{rows} rows");
}

/// Grafana's JSON of the process's answer to a request, for a server.
fn drive(driver: &Path, folder: &Path, url: &str, request: &Value) -> Value {
    std::fs::create_dir(folder).unwrap();
    let write = |name: &str, value: &Value| {
        let path = folder.join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path
    };
    // The version of the one that only plays; one that runs is asked.
    let settings =
        if request["queries"][0]["datasource"].is_null() { json!({}) } else { settings() };
    let datasource = json!({"uid": "fireline", "url": url, "jsonData": settings});
    let output = Command::new(driver)
        .arg("-plugin")
        .arg(env!("CARGO_BIN_EXE_gpx_fireline"))
        .arg("-settings")
        .arg(write("settings.json", &datasource))
        .arg("-queries")
        .arg(write("queries.json", request))
        .arg("-out")
        .arg(folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&std::fs::read(folder.join("A.json")).unwrap()).unwrap()
}
