//! What profilers send, and what becomes of it before it is stored.

use std::path::{Path, PathBuf};

use query::Labels;
use store::{IncomingProfile, ProfileError};

use crate::fake_store::FakeStore;
use crate::http::{RECORDED_MILLIS, Request, Running, arguments};

const NANOS_PER_MILLI: i64 = 1_000_000;

pub(crate) fn testdata(case: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(case)
}

pub(crate) fn recorded_push(name: &str) -> Request {
    Request::recorded(&testdata("sdk-pushes").join(name))
}

async fn start(store: FakeStore) -> Running {
    let folder = tempfile::tempdir().unwrap();
    Running::start(&arguments(folder.path(), &["--no-workbench"]), store).await
}

/// Pushes and takes what arrived at the store; the push must be answered as clients want it.
async fn arrived(request: Request) -> Vec<IncomingProfile> {
    let store = FakeStore::default();
    let server = start(store.clone()).await;
    let answer = server.send(request).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let pushed = store.pushed.lock().unwrap();
    pushed.clone()
}

fn label<'a>(labels: &'a Labels, name: &str) -> Option<&'a str> {
    let mut found = labels.iter().filter(|(known, _)| known == name);
    let value = found.next().map(|(_, value)| value.as_str());
    assert!(found.next().is_none(), "{name} is given twice");
    value
}

fn sample_types(incoming: &IncomingProfile) -> Vec<String> {
    let profile = &incoming.profile;
    let types = profile.sample_types().iter();
    types.map(|value| profile.string(value.value_type).to_owned()).collect()
}

#[tokio::test]
async fn every_recorded_profiler_is_understood() {
    for (push, names) in [
        ("go-1-block", &["block"][..]),
        ("go-2-cpu-with-spans", &["process_cpu"]),
        ("go-3-cpu-with-spans", &["process_cpu"]),
        ("go-4-goroutines-with-spans", &["goroutines"]),
        ("go-5-memory", &["memory"]),
        ("go-6-mutex", &["mutex"]),
        ("node-1-heap", &["memory"]),
        ("node-2-wall", &["wall"]),
        ("python-1-memory-and-cpu", &["memory", "process_cpu"]),
        ("rust-1-cpu", &["process_cpu"]),
    ] {
        let profiles = arrived(recorded_push(push)).await;
        let found: Vec<_> =
            profiles.iter().map(|incoming| label(&incoming.labels, "__name__").unwrap()).collect();
        assert_eq!(found, names, "{push}");
        for incoming in &profiles {
            assert!(label(&incoming.labels, "service_name").unwrap().starts_with("checkout"));
            assert_eq!(label(&incoming.labels, "region"), Some("eu-west"), "{push}");
            assert!(!incoming.profile.samples().is_empty(), "{push}");
            let age_nanos = RECORDED_MILLIS * NANOS_PER_MILLI - incoming.profile.time_nanos;
            assert!((0..120_000_000_000).contains(&age_nanos), "{push}: {age_nanos} ns old");
        }
    }
}

#[tokio::test]
async fn the_name_of_a_go_push_becomes_labels() {
    let profiles = arrived(recorded_push("go-2-cpu-with-spans")).await;
    let labels = &profiles[0].labels;
    assert_eq!(label(labels, "service_name"), Some("checkout"));
    assert_eq!(label(labels, "pyroscope_spy"), Some("gospy"));
    assert_eq!(label(labels, "otel.scope.name"), Some("com.grafana.pyroscope/go"));
    assert_eq!(sample_types(&profiles[0]), ["samples", "cpu"]);
}

#[tokio::test]
async fn jfr_is_refused_by_name_and_never_swallowed() {
    let store = FakeStore::default();
    let server = start(store.clone()).await;
    let answer = server.send(recorded_push("java-1-jfr-and-labels")).await;
    assert_eq!((answer.status, answer.code().as_str()), (415, "unimplemented"));
    assert!(answer.text().contains("\\\"jfr\\\" is not taken"), "{}", answer.text());
    assert!(store.pushed.lock().unwrap().is_empty());
}

#[tokio::test]
async fn other_formats_and_protocols_are_refused_by_name() {
    let server = start(FakeStore::default()).await;
    for format in ["trie", "tree", "speedscope", "perf_script"] {
        let path = format!("/pyroscope/ingest?name=a&format={format}");
        let answer = server.send(Request::post(&path, "application/octet-stream", "x")).await;
        assert_eq!(answer.status, 415, "{format}");
        assert!(answer.json()["message"].as_str().unwrap().contains(format));
    }
    for path in [
        "/v1development/profiles",
        "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export",
    ] {
        let answer = server.send(Request::post(path, "application/x-protobuf", "x")).await;
        assert_eq!((answer.status, answer.code().as_str()), (501, "unimplemented"));
        assert!(answer.json()["message"].as_str().unwrap().contains("OTLP"));
    }
}

#[tokio::test]
async fn folded_stack_traces_become_a_profile() {
    let path = "/ingest?name=checkout%7Bregion%3Deu-west%7D&from=1795240230&until=1795240240";
    let body = "main;checkout;charge_card 30\nmain;checkout;render_invoice 12\nmain;sleep 5\n";
    let profiles = arrived(Request::post(path, "text/plain", body)).await;
    let incoming = &profiles[0];
    assert_eq!(label(&incoming.labels, "__name__"), Some("process_cpu"));
    assert_eq!(label(&incoming.labels, "service_name"), Some("checkout"));
    assert_eq!(label(&incoming.labels, "pyroscope_spy"), Some("unknown"));
    assert_eq!(sample_types(incoming), ["cpu"]);
    assert_eq!(incoming.profile.time_nanos, 1_795_240_230_000_000_000);
    assert_eq!(incoming.profile.duration_nanos, 10_000_000_000);
    assert_eq!(incoming.profile.samples().value_column(0), [300_000_000, 120_000_000, 50_000_000]);

    let named = "/ingest?name=worker.alloc_space%7Bservice_name%3Dcheckout%7D&format=lines";
    let profiles = arrived(Request::post(named, "text/plain", "main\nmain;a\n")).await;
    let incoming = &profiles[0];
    assert_eq!(label(&incoming.labels, "service_name"), Some("checkout"));
    assert_eq!(label(&incoming.labels, "app_name"), Some("worker"));
    assert_eq!(label(&incoming.labels, "__name__"), Some("memory"));
    assert_eq!(incoming.profile.time_nanos, RECORDED_MILLIS * NANOS_PER_MILLI);
}

#[tokio::test]
async fn what_is_wrong_with_a_push_is_told() {
    let server = start(FakeStore::default()).await;
    for (path, content_type, body, status, said) in [
        ("/ingest?from=1", "text/plain", "a 1", 400, "service name is required"),
        ("/ingest?name=a%7Bb", "text/plain", "a 1", 400, "not closed"),
        ("/ingest?name=a&until=soon", "text/plain", "a 1", 400, "is no time"),
        ("/ingest?name=a", "text/plain", "a 1\nnonsense", 422, "line 2"),
        ("/ingest?name=a&format=pprof", "application/octet-stream", "not a profile", 422, "pprof"),
        ("/ingest?name=a&format=pprof", "application/octet-stream", "", 422, "0 bytes"),
        ("/ingest?name=a", "multipart/form-data", "x", 422, "multipart"),
        ("/ingest?name=a", "multipart/form-data; boundary=b", "--b--\r\n", 422, "no part"),
        ("/ingest?name=a&format=pprof", "text/plain", "<!doctype html>", 422, "pprof"),
    ] {
        let answer = server.send(Request::post(path, content_type, body)).await;
        assert_eq!(answer.status, status, "{path}: {}", answer.text());
        let message = answer.json()["message"].as_str().unwrap().to_owned();
        assert!(message.contains(said), "{path}: {message}");
    }
    assert_eq!(server.send(Request::get("/ingest?name=a")).await.status, 405);
}

#[tokio::test]
async fn what_the_store_refuses_is_told_in_the_way_of_the_path() {
    for (refusal, push_status, push_code, ingest_status) in [
        (ProfileError::Invalid("no label __name__".into()), 400, "invalid_argument", 422),
        (ProfileError::Time("too old".into()), 400, "invalid_argument", 422),
        (ProfileError::LimitReached("too many".into()), 429, "resource_exhausted", 429),
        (ProfileError::Storage("disk full".into()), 500, "internal", 500),
    ] {
        let message = refusal.to_string();
        let server = start(FakeStore { refusal: Some(refusal), ..FakeStore::default() }).await;
        let push = server.send(recorded_push("python-1-memory-and-cpu")).await;
        assert_eq!((push.status, push.code().as_str()), (push_status, push_code));
        let text = push.json()["message"].as_str().unwrap().to_owned();
        assert!(text.contains("push series with index 0") && text.contains("index 1"), "{text}");
        let ingest = server.send(recorded_push("go-1-block")).await;
        assert_eq!(ingest.status, ingest_status);
        assert!(ingest.text().contains(&message), "{}", ingest.text());
        let metrics = server.send(Request::get("/metrics")).await.text();
        assert!(metrics.contains("fireline_refused_profiles_total 3"), "{metrics}");
    }
}

#[tokio::test]
async fn of_a_push_in_which_one_profile_is_broken_the_others_are_stored() {
    use prost::Message;
    use pyroscope_api::push::v1::{PushRequest, RawProfileSeries, RawSample};
    use pyroscope_api::types::v1::LabelPair;

    let pprof = std::fs::read(testdata("sdk-pprof/rust-cpu.pb")).unwrap();
    let series = |raw_profile: Vec<u8>| RawProfileSeries {
        labels: vec![LabelPair { name: "__name__".into(), value: "process_cpu".into() }],
        samples: vec![RawSample { raw_profile: raw_profile.into(), id: String::new() }],
        annotations: Vec::new(),
    };
    let request = PushRequest {
        series: vec![series(pprof.clone()), series(b"<html>".to_vec()), series(pprof)],
    };
    let path = "/push.v1.PusherService/Push";
    let store = FakeStore::default();
    let server = start(store.clone()).await;
    let push = Request::post(path, "application/proto", request.encode_to_vec());
    let answer = server.send(push).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_argument"));
    assert!(answer.text().contains("push series with index 1"), "{}", answer.text());
    assert_eq!(store.pushed.lock().unwrap().len(), 2);

    let json = Request::post(path, "application/json", serde_json::to_vec(&request).unwrap());
    assert_eq!(server.send(json).await.status, 400);
    assert_eq!(store.pushed.lock().unwrap().len(), 4);

    let empty = server.send(Request::post(path, "application/proto", "")).await;
    assert_eq!(
        (empty.status, empty.json()["message"].as_str().unwrap()),
        (400, "no profiles received")
    );
}

/// A push of pprofs, each in a series of its own.
fn push_of(pprofs: Vec<Vec<u8>>) -> Request {
    use prost::Message;
    use pyroscope_api::push::v1::{PushRequest, RawProfileSeries, RawSample};
    use pyroscope_api::types::v1::LabelPair;

    let series = |raw_profile: Vec<u8>| RawProfileSeries {
        labels: vec![LabelPair { name: "__name__".into(), value: "process_cpu".into() }],
        samples: vec![RawSample { raw_profile: raw_profile.into(), id: String::new() }],
        annotations: Vec::new(),
    };
    let request = PushRequest { series: pprofs.into_iter().map(series).collect() };
    Request::post("/push.v1.PusherService/Push", "application/proto", request.encode_to_vec())
}

#[tokio::test]
async fn a_push_of_many_gzip_bombs_is_refused_as_one() {
    // A comment of 30 MiB: each is below the limit of one pprof, all are not below that of a push.
    let mut profile = profile::Profile::with_sample_types(&[("cpu", "nanoseconds")]);
    let comment = profile.intern(&"x".repeat(30 << 20));
    profile.add_comment(comment);
    let bomb = profile_codec::pprof::encode_gzip(&profile);
    let store = FakeStore::default();
    let server = start(store.clone()).await;
    let answer = server.send(push_of(vec![bomb; 50])).await;
    assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_argument"));
    assert!(answer.text().contains("more than 67108864 bytes in one push"), "{}", answer.text());
    assert!(answer.text().contains("series with index 2"), "{}", answer.text());
    assert_eq!(store.pushed.lock().unwrap().len(), 2);
}

#[tokio::test]
async fn a_pprof_with_absurd_counts_is_refused() {
    let server = start(FakeStore::default()).await;
    for (entry, said) in [
        ([0x12, 0], "more than 1048576 samples"),
        ([0x22, 0], "more than 1048576 locations"),
        ([0x32, 0], "more than 4194304 strings, functions"),
    ] {
        let pprof = entry.repeat(5 << 20);
        let answer = server.send(push_of(vec![pprof.clone()])).await;
        assert_eq!((answer.status, answer.code().as_str()), (400, "invalid_argument"), "{said}");
        assert!(answer.text().contains(said), "{}", answer.text());
        let path = "/ingest?name=a&format=pprof";
        let answer = server.send(Request::post(path, "application/octet-stream", pprof)).await;
        assert_eq!(answer.status, 422, "{said}");
        assert!(answer.text().contains(said), "{}", answer.text());
    }
}

#[tokio::test]
async fn a_sample_of_absurd_depth_is_cut_before_it_is_stored() {
    let mut profile = profile::Profile::with_sample_types(&[("cpu", "nanoseconds")]);
    let location = profile.add_location(profile::Location::default(), &[]);
    let mut stack = None;
    for _ in 0..5_000 {
        stack = Some(profile.intern_stack(stack, location));
    }
    profile.add_sample(stack, &[1], &[]);
    let profiles = arrived(push_of(vec![profile_codec::pprof::encode_gzip(&profile)])).await;
    assert_eq!(profiles[0].profile.stacks().len(), 1_001);
}
