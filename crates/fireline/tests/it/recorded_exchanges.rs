//! Requests that were recorded with a Pyroscope server, sent to this one.
//!
//! The store holds what the recorded profilers pushed, so answers are not equal byte for byte: here it is
//! about status, content type, error code, and which fields an answer has.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::Value;
use store::{Store, StoreConfig};

use crate::http::{Request, Response, Running, arguments};
use crate::ingest::{recorded_push, testdata};

/// Exchanges of another server, which had several tenants and default limits.
const OF_OTHER_LIMITS: [&str; 9] = [
    "129-tenant-none",
    "133-tenant-invalid",
    "134-tenant-stats-two",
    "135-limit-query-length",
    "136-limit-query-length-series",
    "137-limit-query-length-labels",
    "148-push-too-old",
    "149-push-over-burst",
    "152-ingest-folded-types",
];

/// Where this server answers differently, on purpose: status and error code here.
/// `docs/decisions/0010-embedded-store-differences.md` says why.
const DIFFERENCES: [(&str, u16, &str); 17] = [
    ("025-dot", 501, "unimplemented"),
    ("039-span-bad-length", 400, "invalid_argument"),
    ("043-trace-leading-zeros-lost", 400, "invalid_argument"),
    ("047-profile-id-bad", 400, "invalid_argument"),
    ("071-select-series-exemplars-span", 200, ""),
    ("080-heatmap-type-mismatch", 400, "invalid_argument"),
    ("081-heatmap-type-unset", 400, "invalid_argument"),
    ("083-heatmap-bad-selector", 400, "invalid_argument"),
    ("090-analyze-query", 501, "unimplemented"),
    ("092-version", 404, ""),
    ("095-render", 404, ""),
    ("096-render-group-by", 404, ""),
    ("097-render-diff", 404, ""),
    ("098-render-dot", 404, ""),
    ("145-push-not-a-profile", 400, "invalid_argument"),
    ("150-ingest-not-a-profile", 422, "invalid_argument"),
    ("099-gzip-request", 200, ""),
];

/// The numbers of two fields of a pprof.
const PPROF_SAMPLES: &str = "2";
const PPROF_DURATION: &str = "10";

/// What this store cannot have: pushes that were not recorded, Java's, and ids that the other server made.
/// Answers are without data here, so only status and type are compared.
const NOT_HELD: [&str; 11] = [
    "029-tree-java",
    "036-span-tree",
    "037-span-two-tree",
    "041-trace-tree",
    "042-trace-leading-zeros-tree",
    "044-trace-upper-case",
    "046-profile-id-tree",
    "051-call-site-with-span-tree",
    "053-span-profile-tree",
    "058-merge-profile-java",
    "059-merge-profile-trace",
];

/// A server over a store that holds the recorded pushes; Java's are refused, as they should be.
pub(crate) async fn start_with_recorded_pushes(folder: &Path) -> Running {
    let store = Store::open(StoreConfig::new(folder.join("profiles"))).unwrap();
    let server = Running::start(&arguments(folder, &["--no-workbench"]), store).await;
    for entry in sorted_folders(&testdata("sdk-pushes")) {
        let status = server.send(recorded_push(&entry)).await.status;
        assert_eq!(status, if entry.starts_with("java") { 415 } else { 200 }, "{entry}");
    }
    server
}

fn sorted_folders(folder: &Path) -> BTreeSet<String> {
    let entries = std::fs::read_dir(folder).unwrap().map(Result::unwrap);
    let folders = entries.filter(|entry| entry.file_type().unwrap().is_dir());
    folders.map(|entry| entry.file_name().into_string().unwrap()).collect()
}

#[tokio::test]
async fn recorded_requests_are_answered_as_recorded_or_as_documented() {
    let folder = tempfile::tempdir().unwrap();
    let server = start_with_recorded_pushes(folder.path()).await;
    let differences: BTreeMap<&str, (u16, &str)> =
        DIFFERENCES.iter().map(|(name, status, code)| (*name, (*status, *code))).collect();
    let exchanges = sorted_folders(&testdata("pyroscope-exchanges"));
    let mut wrong = Vec::new();
    let mut compared = 0;
    for name in exchanges.iter().filter(|name| !OF_OTHER_LIMITS.contains(&name.as_str())) {
        let path = testdata("pyroscope-exchanges").join(name);
        let recorded = Response::recorded(&path);
        let answer = server.send(Request::recorded(&path)).await;
        let faults = match differences.get(name.as_str()) {
            Some((status, code)) => expect_difference(&answer, *status, code),
            None => compare(&recorded, &answer, !NOT_HELD.contains(&name.as_str())),
        };
        wrong.extend(faults.into_iter().map(|fault| format!("{name}: {fault}")));
        compared += 1;
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert!(compared > 100, "only {compared} exchanges were compared");
    for (name, ..) in DIFFERENCES {
        assert!(exchanges.contains(name), "{name} is not recorded");
    }
}

fn expect_difference(answer: &Response, status: u16, code: &str) -> Vec<String> {
    let mut faults = Vec::new();
    if answer.status != status {
        faults.push(format!("status {} instead of {status}", answer.status));
    }
    if !code.is_empty() && answer.code() != code {
        faults.push(format!("code {} instead of {code}", answer.code()));
    }
    faults
}

fn compare(recorded: &Response, answer: &Response, is_held: bool) -> Vec<String> {
    let mut faults = Vec::new();
    if recorded.status != answer.status {
        faults.push(format!("status {} instead of {}", answer.status, recorded.status));
        faults.push(String::from_utf8_lossy(&answer.plain_body()).into_owned());
        return faults;
    }
    let media_type = |response: &Response| {
        response.header("content-type").split(';').next().unwrap_or_default().to_owned()
    };
    if media_type(recorded) != media_type(answer) {
        faults.push(format!("type {} instead of {}", media_type(answer), media_type(recorded)));
        return faults;
    }
    for name in ["content-encoding", "allow", "accept-encoding"] {
        if recorded.header(name) != answer.header(name) {
            faults.push(format!("{name}: {:?} here", answer.header(name)));
        }
    }
    if !is_held {
        return faults;
    }
    let (recorded_fields, mut fields) = match media_type(answer).as_str() {
        "application/json" if answer.status != 200 => (error_code(recorded), error_code(answer)),
        "application/json" => (json_fields(recorded), json_fields(answer)),
        "application/proto" => (message_fields(recorded), message_fields(answer)),
        _ => return faults,
    };
    if fields.contains(PPROF_DURATION) && recorded_fields.contains(PPROF_SAMPLES) {
        // How long the merged profiles took, which the other server leaves out.
        fields.remove(PPROF_DURATION);
    }
    if recorded_fields != fields {
        faults.push(format!("fields {fields:?} instead of {recorded_fields:?}"));
    }
    faults
}

fn error_code(response: &Response) -> BTreeSet<String> {
    BTreeSet::from([response.code()])
}

fn json_fields(response: &Response) -> BTreeSet<String> {
    match response.json() {
        Value::Object(fields) => fields.into_iter().map(|(name, _)| name).collect(),
        other => panic!("{other} is no object"),
    }
}

/// Numbers of the fields that a protobuf message has on its top level.
fn message_fields(response: &Response) -> BTreeSet<String> {
    let body = response.plain_body();
    let mut rest = &body[..];
    let mut fields = BTreeSet::new();
    while !rest.is_empty() {
        let tag = varint(&mut rest);
        let length = match tag & 7 {
            0 => {
                varint(&mut rest);
                0
            }
            1 => 8,
            2 => usize::try_from(varint(&mut rest)).unwrap(),
            5 => 4,
            other => panic!("wire type {other}"),
        };
        rest = &rest[length..];
        fields.insert((tag >> 3).to_string());
    }
    fields
}

fn varint(bytes: &mut &[u8]) -> u64 {
    let mut value = 0;
    for shift in (0..).step_by(7) {
        let (first, rest) = bytes.split_first().unwrap();
        *bytes = rest;
        value |= u64::from(first & 0x7f) << shift;
        if first & 0x80 == 0 {
            break;
        }
    }
    value
}
