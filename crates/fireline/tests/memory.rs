//! What pushes that mean harm cost in memory. Alone in its binary, since all threads count.
#![cfg(target_os = "linux")]
#![allow(
    dead_code,
    clippy::unwrap_used,
    reason = "tests; client and store can do more than is used here"
)]

#[path = "it/fake_store.rs"]
mod fake_store;
#[path = "it/http.rs"]
mod http;

use std::future::Future;
use std::io::Write;

use fake_store::FakeStore;
use fixtures::assert_peak_growth;
use flate2::Compression;
use flate2::write::GzEncoder;
use http::{Request, Response, Running, arguments};
use prost::Message;
use pyroscope_api::push::v1::{PushRequest, RawProfileSeries, RawSample};
use pyroscope_api::types::v1::LabelPair;

const PUSH: &str = "/push.v1.PusherService/Push";
const MIB: u64 = 1 << 20;

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// One series with one label.
fn push(label_value: String, samples: Vec<RawSample>) -> PushRequest {
    let labels = vec![LabelPair { name: "__name__".to_owned(), value: label_value }];
    PushRequest {
        series: vec![RawProfileSeries { labels, samples, ..RawProfileSeries::default() }],
    }
}

/// What a server answers, which may grow by so much.
fn answers_within<F: Future<Output = Vec<Response>>>(
    limit_bytes: u64,
    send: impl FnOnce(Running) -> F,
) -> Vec<Response> {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    let folder = tempfile::tempdir().unwrap();
    let arguments = arguments(folder.path(), &["--no-workbench"]);
    let server = runtime.block_on(Running::start(&arguments, FakeStore::default()));
    assert_peak_growth(limit_bytes, || runtime.block_on(send(server)))
}

#[test]
fn the_profiles_of_a_series_share_its_labels() {
    let message = push("x".repeat(1 << 20), vec![RawSample::default(); 2_000]);
    let request = Request::post(PUSH, "application/proto", message.encode_to_vec());
    let answers =
        answers_within(48 * MIB, |server| async move { vec![server.send(request).await] });
    assert_eq!(answers[0].status, 400);
    assert!(answers[0].text().contains("and 1997 more"), "{}", answers[0].text());
}

#[test]
fn millions_of_empty_samples_are_refused_before_they_are_decoded() {
    let proto = push("cpu".to_owned(), vec![RawSample::default(); 4 << 20]).encode_to_vec();
    let json = format!(r#"{{"series":[{{"samples":[{}{{}}]}}]}}"#, "{},".repeat(4 << 20));
    for (content_type, body) in
        [("application/proto", gzip(&proto)), ("application/json", gzip(json.as_bytes()))]
    {
        let request = Request::post(PUSH, content_type, body).header("Content-Encoding", "gzip");
        let send = |server: Running| async move { vec![server.send(request).await] };
        let answers = answers_within(96 * MIB, send);
        assert_eq!((answers[0].status, answers[0].code().as_str()), (429, "resource_exhausted"));
        assert!(answers[0].text().contains("131072 series, labels and samples"));
    }
}

#[test]
fn many_small_pushes_that_become_large_cost_no_more_than_a_few() {
    let bomb = gzip(&vec![0; 31 << 20]);
    assert!(bomb.len() < 1 << 20, "{}", bomb.len());
    let sample = RawSample { raw_profile: bomb.clone().into(), ..RawSample::default() };
    let connect = Request::post(
        PUSH,
        "application/proto",
        push("cpu".to_owned(), vec![sample]).encode_to_vec(),
    );
    let legacy = Request::post("/ingest?name=a&format=pprof", "application/octet-stream", bomb);
    let answers = answers_within(512 * MIB, |server| async move {
        let address = server.address;
        let sending: Vec<_> = (0..32)
            .flat_map(|_| [connect.clone(), legacy.clone()])
            .map(|request| tokio::spawn(async move { request.send(address).await }))
            .collect();
        let mut answers = Vec::new();
        for one in sending {
            answers.push(one.await.unwrap());
        }
        server.stop().await;
        answers
    });
    let busy = answers.iter().filter(|answer| answer.status == 429);
    for answer in busy.clone() {
        assert_eq!(answer.header("retry-after"), "1");
        assert!(answer.text().contains("the server is busy"), "{}", answer.text());
    }
    let looked_at = answers.iter().filter(|answer| [400, 422].contains(&answer.status)).count();
    assert_eq!(looked_at + busy.count(), answers.len());
    assert!(looked_at >= 4, "{looked_at}");
}
