//! Encoding the frame of a flame graph with a million nodes.
//!
//! Labels once as an enum of 60,000 function names, once as strings.

use std::hint::black_box;

use criterion::{BatchSize, Criterion, Throughput, criterion_group, criterion_main};
use grafana_plugin::frame::{Field, Frame, TextCells};

const NODES: u32 = 1_000_000;
const FUNCTIONS: u16 = 60_000;

fn function_name(function: u16) -> String {
    format!("github.com/shop/checkout/internal/module{function}.(*Worker).handle")
}

fn numbers() -> Vec<Field> {
    let level = (0..NODES).map(|node| i64::from(node % 60)).collect::<Vec<_>>();
    let value = (0..NODES).map(|node| i64::from(NODES - node) * 10_000_000).collect::<Vec<_>>();
    let self_value = (0..NODES).map(|node| i64::from(node % 7) * 10_000_000).collect::<Vec<_>>();
    vec![Field::new("level", level), Field::new("value", value), Field::new("self", self_value)]
}

/// A function of each node, spread without order.
fn functions() -> impl Iterator<Item = u16> {
    (0..NODES).map(|node| (node.wrapping_mul(2_654_435_761) % u32::from(FUNCTIONS)) as u16)
}

fn frame_with_enum() -> Frame {
    let mut fields = numbers();
    let names = (0..FUNCTIONS).map(function_name).collect();
    fields.push(Field::enumeration("label", functions().collect::<Vec<_>>(), names));
    Frame::new("response", fields)
}

fn frame_with_strings() -> Frame {
    let mut fields = numbers();
    fields.push(Field::new("label", functions().map(function_name).collect::<TextCells>()));
    Frame::new("response", fields)
}

fn encode(criterion: &mut Criterion) {
    for (labels, frame) in [("enum", frame_with_enum()), ("strings", frame_with_strings())] {
        let arrow = frame.to_arrow().expect("columns of equal length");
        let json = frame.to_json().expect("columns of equal length");
        println!("{labels}: Arrow {} bytes, JSON {} bytes", arrow.len(), json.len());
        let mut group =
            criterion.benchmark_group(format!("flame graph of a million nodes/{labels}"));
        group.sample_size(20).throughput(Throughput::Elements(NODES.into()));
        group.bench_function("to Arrow", |bencher| {
            bencher.iter_batched(|| frame.clone(), Frame::into_arrow, BatchSize::PerIteration);
        });
        group.bench_function("to JSON", |bencher| bencher.iter(|| black_box(&frame).to_json()));
        group.bench_function("from Arrow", |bencher| {
            bencher.iter(|| Frame::from_arrow(black_box(&arrow)));
        });
        group.finish();
    }
}

criterion_group!(benches, encode);
criterion_main!(benches);
