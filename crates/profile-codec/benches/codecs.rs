//! How long decoding and encoding take on small, large and huge trees, and on a real profile.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fixtures::synthetic_tree;
use profile::truncate;
use profile_codec::{levels, pprof, tree};

const SIZES: [(&str, usize); 3] = [("10k", 10_000), ("100k", 100_000), ("1M", 1_000_000)];

fn trees(criterion: &mut Criterion) {
    for (label, node_count) in SIZES {
        let whole = synthetic_tree(node_count, 1);
        let bytes = tree::encode(&whole);
        // As Pyroscope has it: children in descending order of name.
        let descending = with_descending_children(&whole);
        let mut group = criterion.benchmark_group("codec");
        group.throughput(Throughput::Bytes(bytes.len() as u64));
        group.sample_size(10);
        let mut bench = |name: &str, run: &dyn Fn()| {
            group.bench_function(BenchmarkId::new(name, label), |bencher| bencher.iter(run));
        };
        bench("tree_decode_sorted", &|| {
            black_box(tree::decode(&bytes).unwrap());
        });
        bench("tree_decode_descending", &|| {
            black_box(tree::decode(&descending).unwrap());
        });
        bench("tree_decode_descending_and_truncate", &|| {
            let decoded = tree::decode(&descending).unwrap();
            black_box(truncate(decoded.value, 16_384).unwrap());
        });
        bench("tree_encode", &|| {
            black_box(tree::encode(&whole));
        });
        let written = levels::encode(&whole);
        bench("levels_decode", &|| {
            black_box(levels::decode(&written).unwrap());
        });
        bench("levels_encode", &|| {
            black_box(levels::encode(&whole));
        });
        group.finish();
    }
}

fn pprof_push(criterion: &mut Criterion) {
    let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../../testdata/sdk-pprof/rust-cpu.pb");
    let bytes = std::fs::read(path).unwrap();
    let mut group = criterion.benchmark_group("pprof");
    group.throughput(Throughput::Bytes(bytes.len() as u64));
    group.bench_function("decode_rust_push", |bencher| {
        bencher.iter(|| black_box(pprof::decode(&bytes, 0).unwrap()));
    });
    let profile = pprof::decode(&bytes, 0).unwrap().value;
    group.bench_function("encode_rust_push", |bencher| {
        bencher.iter(|| black_box(pprof::encode(&profile)));
    });
    group.finish();
}

fn with_descending_children(whole: &profile::Tree) -> Vec<u8> {
    let mut builder = profile::TreeBuilder::new();
    let mut open: Vec<_> = whole.children(profile::NodeIdx(0)).collect();
    while let Some(node) = open.pop() {
        let function = builder.intern(whole.name(node));
        builder.push(whole.depth(node), function, whole.self_value(node)).unwrap();
        open.extend(whole.children(node));
    }
    tree::encode(&builder.finish().unwrap())
}

criterion_group!(benches, trees, pprof_push);
criterion_main!(benches);
