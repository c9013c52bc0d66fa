//! What a flame graph query costs in this process once a Pyroscope server has answered: reading the
//! message, decoding the call tree, making the frame and encoding it for Grafana.
//!
//! A server truncates by itself; the embedded store does so here. Both are measured.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use bytes::Bytes;
use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use datasource::{FoundTree, tree_frame};
use fixtures::synthetic_tree;
use profile::{NodeIdx, Tree, TreeBuilder, truncate};
use profile_codec::tree;
use prost::Message;
use pyroscope_api::querier::v1::SelectMergeStacktracesResponse;
use query::{NodeLimit, TreeRequest, TreeResponse, Window};

const NODES: usize = 1_000_000;
const PROFILE_TYPE: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

/// What a Pyroscope server answers: siblings in descending order of name.
fn answer(whole: &Tree) -> Bytes {
    let mut builder = TreeBuilder::new();
    let mut open: Vec<_> = whole.children(NodeIdx(0)).collect();
    while let Some(node) = open.pop() {
        let function = builder.intern(whole.name(node));
        builder.push(whole.depth(node), function, whole.self_value(node)).unwrap();
        open.extend(whole.children(node));
    }
    let tree = tree::encode(&builder.finish().unwrap()).into();
    let response = SelectMergeStacktracesResponse { tree, ..Default::default() };
    response.encode_to_vec().into()
}

fn decoded(answer: &Bytes) -> Tree {
    let response = SelectMergeStacktracesResponse::decode(answer.clone()).unwrap();
    tree::decode(&response.tree).unwrap().value
}

/// The bytes that Grafana gets.
fn encoded_frame(tree: Tree) -> Vec<u8> {
    let request = TreeRequest {
        profile_type: PROFILE_TYPE.parse().unwrap(),
        selector: selector::Selector::parse(r#"{service_name="checkout"}"#).unwrap(),
        window: Window { start_millis: 0, end_millis: 3_600_000 },
        max_nodes: NodeLimit::All,
        span_ids: vec![],
        trace_ids: vec![],
        profile_ids: vec![],
        call_site: vec![],
    };
    let response =
        TreeResponse { tree, may_be_truncated: false, call: "", wire_bytes: 0, notices: vec![] };
    let found = FoundTree {
        request,
        response,
        explanation: None,
        spans: None,
        span_class: None,
        upstream_millis: 0.0,
    };
    let frame = tree_frame(&found, "fireline");
    // The tree is not needed any more, and its memory is.
    drop(found);
    frame.into_arrow().unwrap()
}

fn query_of_a_million_nodes(criterion: &mut Criterion) {
    let whole = synthetic_tree(NODES, 1);
    let answer = answer(&whole);
    let mut group = criterion.benchmark_group("flame graph query of a million nodes");
    group.throughput(Throughput::Bytes(answer.len() as u64)).sample_size(10);
    group.bench_function(BenchmarkId::from_parameter("decoded"), |bencher| {
        bencher.iter(|| black_box(decoded(&answer)));
    });
    group.bench_function(
        BenchmarkId::from_parameter("decoded, truncated to 16384, framed"),
        |bencher| {
            bencher.iter(|| {
                black_box(encoded_frame(truncate(decoded(&answer), 16_384).unwrap().tree))
            });
        },
    );
    group.bench_function(BenchmarkId::from_parameter("decoded, framed whole"), |bencher| {
        bencher.iter(|| black_box(encoded_frame(decoded(&answer))));
    });
    group.finish();
}

criterion_group!(benches, query_of_a_million_nodes);
criterion_main!(benches);
