//! `fireline provision`: what it says of a folder, and the links that it writes.

use std::path::{Path, PathBuf};
use std::process::Command;

/// What the program printed, and whether it was content.
struct Said {
    is_ok: bool,
    out: String,
    error: String,
}

fn provision(arguments: &[&str]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fireline"));
    let output = command.arg("provision").args(arguments).output().unwrap();
    Said {
        is_ok: output.status.success(),
        out: String::from_utf8(output.stdout).unwrap(),
        error: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A folder to provision from with one file.
fn folder_with(text: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "sources.yaml", text);
    folder
}

fn write(folder: &Path, name: &str, text: &str) {
    let sources = folder.join("datasources");
    std::fs::create_dir_all(&sources).unwrap();
    std::fs::write(sources.join(name), text).unwrap();
}

fn check(text: &str) -> Said {
    let folder = folder_with(text);
    provision(&["check", folder.path().to_str().unwrap()])
}

/// The folder that is shipped as the example.
fn example() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../provisioning")
}

const GOOD: &str = r#"apiVersion: 1

# What people wrote stays.
datasources:
  - name: Logs
    uid: loki
    type: loki
    url: http://loki:3100
    correlations:
      - targetUID: tempo
        label: Trace
        description: By the id in the text
        type: query
        config:
          field: Line
          target: { query: "$${trace_id}", queryType: traceql }
          transformations:
            - { type: regex, expression: 'traceID=(?<trace_id>\w+)' }

  # The traces.
  - name: Traces
    uid: tempo
    type: tempo
    jsonData:
      # Kept.
      nodeGraph:
        enabled: true
  - name: Profiles
    uid: fireline
    type: fireline-profiles-datasource
"#;

const NOTHING_LACKING: &str = "no link is lacking, so nothing is written\n";

#[test]
fn the_example_that_is_shipped_has_no_faults_and_lacks_nothing() {
    let example = example();
    let folder = example.to_str().unwrap();
    let said = provision(&["check", folder]);
    assert!(said.is_ok, "{}{}", said.out, said.error);
    assert!(said.out.ends_with("nothing to say\n"), "{}", said.out);
    let said = provision(&["generate", folder]);
    assert!(said.is_ok, "{}", said.error);
    assert!(said.out.ends_with(NOTHING_LACKING), "{}", said.out);
}

#[test]
fn a_good_folder_is_counted() {
    let said = check(GOOD);
    assert_eq!(said.out, "1 file, 3 data sources, 1 correlation: nothing to say\n");
    assert!(said.is_ok);
}

#[test]
fn a_fault_is_told_with_its_line_and_what_it_is_about() {
    let cases = [
        (
            "        label: Trace\n",
            "",
            10,
            r#"data source "Logs", correlation 1: label is missing"#,
        ),
        (
            "\"$${trace_id}\"",
            "\"${trace_id}\"",
            16,
            r#"data source "Logs", correlation "Trace": "${trace_id}" would be read from the environment"#,
        ),
        (
            "targetUID: tempo",
            "targetUID: tempa",
            10,
            r#"data source "Logs", correlation "Trace": targetUID "tempa" is no data source, expected one of fireline, loki, tempo"#,
        ),
        ("<trace_id>", "<id>", 16, r#"no transformation gives the variable "trace_id""#),
        ("uid: fireline", "uid: loki", 29, r#"data source "Profiles": uid "loki" is taken"#),
        ("name: Profiles", "name: Logs", 28, r#"data source "Logs": name "Logs" is taken"#),
        ("    type: tempo\n", "", 21, r#"data source "Traces": type is missing"#),
        ("apiVersion: 1", "apiVersion: 2", 1, "apiVersion is not 1"),
        (
            "        enabled: true\n",
            "        enabled: true\n      tracesToProfiles: { datasourceUid: gone, profileTypeId: x }\n",
            28,
            r#"datasourceUid "gone" is no data source"#,
        ),
    ];
    for (good, bad, line, said) in cases {
        assert!(GOOD.contains(good), "{good}");
        let answer = check(&GOOD.replacen(good, bad, 1));
        assert!(!answer.is_ok, "{bad}");
        let place = format!("sources.yaml:{line}: ");
        let found = answer.out.lines().any(|line| line.contains(&place) && line.contains(said));
        assert!(found, "no {place}{said} in\n{}", answer.out);
        assert!(
            answer.error.contains(" in 1 file, 3 data sources, 1 correlation"),
            "{}",
            answer.error
        );
    }
}

#[test]
fn an_exemplar_that_leads_to_jaeger_is_told_to_be_dead() {
    let said = check(
        "apiVersion: 1\ndatasources:\n  - name: Metrics\n    uid: prometheus\n    type: prometheus\n    jsonData:\n      exemplarTraceIdDestinations:\n        - name: trace_id\n          datasourceUid: jaeger\n  - name: Traces\n    uid: jaeger\n    type: jaeger\n",
    );
    assert!(
        said.out.contains(":8: data source \"Metrics\": the exemplar destination \"jaeger\""),
        "{}",
        said.out
    );
}

#[test]
fn what_is_no_yaml_is_told_with_line_and_column() {
    let said = check("apiVersion: 1\ndatasources:\n  - name: [\n");
    assert!(!said.is_ok);
    assert!(said.error.contains("sources.yaml: line "), "{}", said.error);
    for (text, expected) in [
        ("", "no data sources, expected a list datasources"),
        ("- 1", "no data sources, expected a list datasources"),
        ("apiVersion: 1\ndatasources: 7", "datasources is no list"),
        ("apiVersion: 1\ndatasources: [7]", "data source 1: name is missing"),
        (
            "apiVersion: 1\ndatasources: [{name: a, type: b, correlations: {}}]",
            "correlations are no list",
        ),
    ] {
        let said = check(text);
        assert!(!said.is_ok && said.out.contains(expected), "{text:?}: {}", said.out);
    }
}

#[test]
fn anchors_and_merges_are_read_as_grafana_reads_them() {
    let text = GOOD
        .replacen("    url: http://loki:3100\n", "    jsonData: &shared { a: 1 }\n", 1)
        .replacen(
            "    type: fireline-profiles-datasource\n",
            "    <<: { type: fireline-profiles-datasource, jsonData: *shared }\n",
            1,
        );
    let said = check(&text);
    assert!(said.is_ok, "{}{}", said.out, said.error);
}

#[test]
fn a_folder_without_data_sources_is_told() {
    let folder = tempfile::tempdir().unwrap();
    let said = provision(&["check", folder.path().to_str().unwrap()]);
    assert!(!said.is_ok && said.error.contains("reading the folder"), "{}", said.error);
    std::fs::create_dir(folder.path().join("datasources")).unwrap();
    let said = provision(&["check", folder.path().to_str().unwrap()]);
    assert!(!said.is_ok && said.error.contains("no file *.yaml"), "{}", said.error);
}

#[test]
fn a_data_source_from_elsewhere_is_known_by_name() {
    let text = GOOD.replacen("targetUID: tempo", "targetUID: cloud-traces", 1);
    let folder = folder_with(&text);
    let folder = folder.path().to_str().unwrap();
    assert!(!provision(&["check", folder]).is_ok);
    let said = provision(&["check", folder, "--source", "cloud-traces=tempo"]);
    assert!(said.is_ok, "{}", said.out);
    let said = provision(&["check", folder, "--source", "cloud-traces=mysql"]);
    assert!(
        said.error.contains("type \"mysql\" is not known, expected prometheus"),
        "{}",
        said.error
    );
}

#[test]
fn what_is_written_has_the_links_and_everything_that_people_wrote() {
    let folder = folder_with(GOOD);
    write(
        folder.path(),
        "plain.yml",
        "apiVersion: 1\ndatasources:\n  - name: Table\n    uid: mysql\n    type: mysql\n",
    );
    let out = tempfile::tempdir().unwrap();
    let paths = [folder.path().to_str().unwrap(), out.path().to_str().unwrap()];
    let said = provision(&["generate", paths[0], "--write", paths[1]]);
    assert!(said.is_ok, "{}", said.error);

    let written = std::fs::read_to_string(out.path().join("datasources/sources.yaml")).unwrap();
    let mut lines = written.lines();
    for line in GOOD.lines() {
        assert!(lines.any(|there| there == line), "{line:?} is lost or moved in\n{written}");
    }
    assert!(!out.path().join("datasources/plain.yml").exists(), "nothing is lacking there");
    let first_of_json_data = "    jsonData:\n      # Kept.\n      tracesToProfiles: {";
    assert!(written.contains(first_of_json_data), "{written}");

    let said = provision(&["check", paths[1]]);
    assert!(said.is_ok, "{}{written}", said.out);
    let said = provision(&["generate", paths[1]]);
    assert!(said.out.ends_with(NOTHING_LACKING), "{}", said.out);
    let said = provision(&["generate", paths[0], "--write", paths[1]]);
    assert!(!said.is_ok && said.error.contains("exists"), "{}", said.error);
}

#[test]
fn the_same_folder_always_gives_the_same_text() {
    let folder = folder_with(GOOD);
    let arguments = ["generate", folder.path().to_str().unwrap(), "--source", "prom=prometheus"];
    let first = provision(&arguments);
    assert!(first.is_ok && first.out.contains("tracesToProfiles"), "{}", first.error);
    assert_eq!(provision(&arguments).out, first.out);
}

#[test]
fn braces_are_left_to_people() {
    let folder = folder_with(
        "apiVersion: 1\ndatasources:\n  - { name: T, uid: t, type: tempo }\n  - { name: P, uid: p, type: fireline-profiles-datasource }\n",
    );
    let out = tempfile::tempdir().unwrap();
    let paths = [folder.path().to_str().unwrap(), out.path().to_str().unwrap()];
    let said = provision(&["generate", paths[0], "--write", paths[1]]);
    assert!(!said.is_ok && said.error.contains("expected block style"), "{}", said.error);
    let said = provision(&["generate", paths[0]]);
    assert!(
        said.is_ok && said.out.contains("datasources/sources.yaml, below the data source \"T\""),
        "{}",
        said.out
    );
}

#[test]
fn links_from_a_managed_data_source_are_calls_of_the_api() {
    let folder = folder_with(GOOD);
    let folder = folder.path().to_str().unwrap();
    let said = provision(&["generate", folder, "--source", "grafanacloud-prom=prometheus"]);
    assert!(said.is_ok, "{}", said.error);
    let calls: Vec<&str> = said.out.split("curl ").skip(1).collect();
    assert!(!calls.is_empty(), "{}", said.out);
    for call in calls {
        assert!(
            call.contains(
                "-X POST \"$GRAFANA_URL/api/datasources/uid/grafanacloud-prom/correlations\""
            ),
            "{call}"
        );
        let body = call.split("-d '").nth(1).unwrap().split('\'').next().unwrap();
        let body: serde_json::Value = serde_json::from_str(body).unwrap();
        assert_eq!(body["type"], "query");
        let target = body["config"]["target"].to_string();
        assert!(target.contains("${__value.raw") && !target.contains("$$"), "{target}");
    }
    assert!(said.out.contains("targetUID: \"grafanacloud-prom\""), "and from the others to it");
}

#[test]
fn a_uid_that_only_the_environment_knows_gets_no_links() {
    let folder = folder_with(&GOOD.replacen("uid: fireline", "uid: $PROFILES_UID", 1));
    let said = provision(&["generate", folder.path().to_str().unwrap()]);
    assert!(said.out.contains("# \"Profiles\" has no uid in its file"), "{}", said.out);
    assert!(!said.out.contains("spanSelector"), "{}", said.out);
}

#[test]
fn type_and_labels_are_a_choice() {
    let folder = folder_with(GOOD);
    let folder = folder.path().to_str().unwrap();
    let goroutines = "goroutine:goroutine:count:goroutine:count";
    let said = provision(&[
        "generate",
        folder,
        "--profile-type",
        goroutines,
        "--service-label",
        "fireline=app",
    ]);
    assert!(said.out.contains(goroutines) && said.out.contains("{app="), "{}", said.out);
    let said = provision(&["generate", folder, "--profile-type", "cpu"]);
    assert!(!said.is_ok && said.error.contains("--profile-type"), "{}", said.error);
    let said = provision(&["generate", folder, "--service-label", "fireline"]);
    assert!(!said.is_ok && said.error.contains("expected type=label"), "{}", said.error);
}
