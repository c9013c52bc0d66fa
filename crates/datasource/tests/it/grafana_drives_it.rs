//! The built process `gpx_fireline`, driven by the libraries that Grafana itself uses, makes the
//! JSON that Grafana would send.
//!
//! They are Go: see the crate `grafana-driver`.

use std::path::Path;
use std::process::Command;

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
        let answer = drive(driver, &folder.path().join(case), case, rpcs);
        assert_as_grafana(case, answer);
    }
}

/// Grafana's JSON of the process's answer to a case.
fn drive(driver: &Path, folder: &Path, case: &str, rpcs: &[&str]) -> Value {
    let server = server_of(case, rpcs);
    std::fs::create_dir(folder).unwrap();
    let write = |name: &str, value: &Value| {
        let path = folder.join(name);
        std::fs::write(&path, value.to_string()).unwrap();
        path
    };
    let datasource = json!({"uid": "fireline", "url": server.url, "jsonData": settings()});
    let output = Command::new(driver)
        .arg("-plugin")
        .arg(env!("CARGO_BIN_EXE_gpx_fireline"))
        .arg("-settings")
        .arg(write("settings.json", &datasource))
        .arg("-queries")
        .arg(write("queries.json", &request_of(case)))
        .arg("-out")
        .arg(folder)
        .output()
        .unwrap();
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "{told}{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&std::fs::read(folder.join("A.json")).unwrap()).unwrap()
}
