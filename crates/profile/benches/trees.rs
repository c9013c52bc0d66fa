//! How long the algorithms over call trees take on small, large and huge trees.
#![allow(missing_docs, clippy::unwrap_used, reason = "a benchmark")]

use std::hint::black_box;

use criterion::{BatchSize, BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use fixtures::synthetic_tree;
use profile::{
    NamePattern, NestedSet, Tree, callees, callers, diff, invert, merge, search, top_table,
    truncate,
};

const SIZES: [(&str, usize); 3] = [("10k", 10_000), ("100k", 100_000), ("1M", 1_000_000)];

fn trees(criterion: &mut Criterion) {
    for (label, node_count) in SIZES {
        let tree = synthetic_tree(node_count, 1);
        let other = synthetic_tree(node_count, 2);
        let mut group = criterion.benchmark_group("tree");
        group.throughput(Throughput::Elements(tree.node_count() as u64));
        group.sample_size(10);
        let mut bench = |name: &str, run: &dyn Fn()| {
            group.bench_function(BenchmarkId::new(name, label), |bencher| bencher.iter(run));
        };
        bench("merge_two", &|| {
            black_box(merge([&tree, &other]).unwrap());
        });
        bench("diff", &|| {
            black_box(diff(&tree, &other).unwrap());
        });
        bench("top_table", &|| {
            black_box(top_table(&tree));
        });
        let substring = NamePattern::substring("function00001");
        bench("search_substring", &|| {
            black_box(search(&tree, &substring));
        });
        let regex = NamePattern::regex(r"package1\d\d\.Function.*7$").unwrap();
        bench("search_regex", &|| {
            black_box(search(&tree, &regex));
        });
        let table = top_table(&tree);
        let heaviest = (0..table.functions.len()).max_by_key(|at| table.total_values[*at]).unwrap();
        let heaviest = table.functions[heaviest];
        bench("callers", &|| {
            black_box(callers(&tree, heaviest, 10_000_000).unwrap());
        });
        bench("callees", &|| {
            black_box(callees(&tree, heaviest).unwrap());
        });
        bench("invert", &|| {
            black_box(invert(&tree, 10_000_000).unwrap());
        });
        let labels: Vec<u32> = tree.functions().iter().map(|function| function.0).collect();
        let names: Vec<&str> = tree.names().iter().collect();
        bench("from_nested_set", &|| {
            let set = NestedSet {
                depths: tree.depths(),
                totals: tree.total_values(),
                self_values: Some(tree.self_values()),
                labels: &labels,
                names: &names,
                marks_truncated: true,
            };
            black_box(Tree::from_nested_set(&set).unwrap());
        });
        group.bench_function(BenchmarkId::new("truncate_to_16384", label), |bencher| {
            bencher.iter_batched(
                || tree.clone(),
                |tree| truncate(tree, 16_384).unwrap(),
                BatchSize::PerIteration,
            );
        });
        group.finish();
    }
}

criterion_group!(benches, trees);
criterion_main!(benches);
