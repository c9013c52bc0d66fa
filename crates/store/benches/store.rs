//! How fast profiles go in, and how fast questions about an hour of them are answered.
//!
//! The hour is that of four services, with a profile of 300 stack traces every 10 seconds.
#![allow(missing_docs, clippy::unwrap_used, reason = "a bench")]

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use profile::{Function, Line, Location, LocationIdx, Profile};
use query::{ExemplarKind, NodeLimit, ProfileSource, SeriesRequest, TreeRequest, Window};
use selector::Selector;
use store::{IncomingProfile, Store, StoreConfig};

/// Noon of 2026-11-21, UTC.
const NOON: i64 = 1_795_262_400_000;
const HOUR: i64 = 3_600_000;
const SERVICES: usize = 4;
const EVERY_MILLIS: i64 = 10_000;
const FUNCTIONS: u32 = 2_000;
const STACKS: u32 = 300;

/// Numbers that look random and are the same each time: splitmix64.
#[derive(Debug)]
struct Numbers(u64);

impl Numbers {
    fn below(&mut self, end: u32) -> u32 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) % u64::from(end)) as u32
    }
}

/// A CPU profile of a service: like its neighbours in time, but never quite the same.
fn cpu_profile(service: usize, number: u64) -> Profile {
    let mut profile = Profile::with_sample_types(&[("cpu", "nanoseconds")]);
    let mut numbers = Numbers(service as u64 * 1000 + number % 12);
    let locations: Vec<LocationIdx> = (0..FUNCTIONS)
        .map(|at| {
            let name =
                profile.intern(&format!("service{service}::module{}::function{at}", at % 50));
            let filename = profile.intern(&format!("src/module{}.rs", at % 50));
            let function = Function { name, filename, ..Function::default() };
            let function = profile.add_function(function);
            profile.add_location(Location::default(), &[Line { function, line: i64::from(at) }])
        })
        .collect();
    for _ in 0..STACKS {
        let depth = 15 + numbers.below(30);
        let mut stack = None;
        for level in 0..depth {
            // Few choices near the root, many near the leaf.
            let choice = numbers.below(1 + level / 3);
            let location = locations[((level * 37 + choice * 101) % FUNCTIONS) as usize];
            stack = Some(profile.intern_stack(stack, location));
        }
        profile.add_sample(stack, &[i64::from(10_000_000 * (1 + numbers.below(5)))], &[]);
    }
    profile
}

fn incoming(service: usize, number: u64, time_millis: i64) -> IncomingProfile {
    let mut profile = cpu_profile(service, number);
    profile.time_nanos = time_millis * 1_000_000;
    let labels = [
        ("__name__", "process_cpu".to_owned()),
        ("service_name", format!("service-{service}")),
        ("region", "eu-west".to_owned()),
    ];
    let labels = labels.map(|(name, value)| (name.to_owned(), value)).to_vec();
    IncomingProfile { labels: labels.into(), profile }
}

fn runtime() -> tokio::runtime::Runtime {
    tokio::runtime::Builder::new_multi_thread().enable_all().build().unwrap()
}

fn push(criterion: &mut Criterion) {
    let runtime = runtime();
    let mut group = criterion.benchmark_group("push");
    group.sample_size(20).measurement_time(Duration::from_secs(8));
    for pushers in [1_usize, 32] {
        let folder = tempfile::tempdir().unwrap();
        let mut config = StoreConfig::new(folder.path());
        config.max_bytes = u64::MAX;
        let store = Store::open(config).unwrap();
        let profiles: Vec<IncomingProfile> =
            (0..pushers).map(|at| incoming(at % SERVICES, at as u64, NOON)).collect();
        group.throughput(Throughput::Elements(pushers as u64));
        group.bench_function(BenchmarkId::new("at the same time", pushers), |bencher| {
            bencher.iter_batched(
                || profiles.clone(),
                |profiles| {
                    runtime.block_on(async {
                        let pushes: Vec<_> = profiles
                            .into_iter()
                            .map(|profile| {
                                let store = store.clone();
                                tokio::spawn(async move { store.push(vec![profile], NOON).await })
                            })
                            .collect();
                        for push in pushes {
                            assert_eq!(push.await.unwrap().unwrap().stored, 1);
                        }
                    });
                },
                criterion::BatchSize::PerIteration,
            );
        });
    }
    group.finish();
}

fn query_an_hour(criterion: &mut Criterion) {
    let runtime = runtime();
    let folder = tempfile::tempdir().unwrap();
    let store = Store::open(StoreConfig::new(folder.path())).unwrap();
    runtime.block_on(async {
        for number in 0..HOUR / EVERY_MILLIS {
            let time = NOON - HOUR + number * EVERY_MILLIS;
            let profiles = (0..SERVICES).map(|service| incoming(service, number as u64, time));
            let outcome = store.push(profiles.collect(), NOON).await.unwrap();
            assert_eq!(outcome.stored, SERVICES);
        }
    });
    let profiles = SERVICES as u64 * (HOUR / EVERY_MILLIS) as u64;
    let bytes = store.statistics().bytes_on_disk;
    eprintln!("{profiles} profiles of {STACKS} samples: {bytes} bytes on the disk");

    let window = Window { start_millis: NOON - HOUR, end_millis: NOON };
    let profile_type = || "process_cpu:cpu:nanoseconds::".parse().unwrap();
    let tree_request = |selector: &str| TreeRequest {
        profile_type: profile_type(),
        selector: Selector::parse(selector).unwrap(),
        window,
        max_nodes: NodeLimit::SourceDefault,
        span_ids: vec![],
        trace_ids: vec![],
        profile_ids: vec![],
        call_site: vec![],
    };
    let mut group = criterion.benchmark_group("an hour");
    group.sample_size(30);
    for (name, selector) in
        [("tree of one service", r#"{service_name="service-1"}"#), ("tree of four services", "{}")]
    {
        let request = tree_request(selector);
        group.bench_function(name, |bencher| {
            bencher.iter(|| {
                let response = runtime.block_on(store.tree(black_box(&request))).unwrap();
                assert!(!response.tree.is_empty());
            });
        });
    }
    let request = tree_request("{}");
    group.bench_function("merged profile of four services", |bencher| {
        bencher.iter(|| runtime.block_on(store.merged_profile(black_box(&request))).unwrap());
    });
    let request = SeriesRequest {
        profile_type: profile_type(),
        selector: Selector::default(),
        window,
        step_millis: 15_000,
        group_by: vec!["service_name".to_owned()],
        limit: None,
        exemplars: ExemplarKind::None,
        call_site: vec![],
    };
    group.bench_function("series of four services", |bencher| {
        bencher.iter(|| {
            let series = runtime.block_on(store.series(black_box(&request))).unwrap();
            assert_eq!(series.series.len(), SERVICES);
        });
    });
    group.finish();

    let mut config = StoreConfig::new(folder.path());
    config.max_age = Duration::from_secs(1_000_000_000);
    drop(store);
    criterion.bench_function("open, and a first tree", |bencher| {
        bencher.iter(|| {
            let store = Store::open(config.clone()).unwrap();
            runtime.block_on(store.tree(&tree_request("{}"))).unwrap()
        });
    });
}

criterion_group!(benches, push, query_an_hour);
criterion_main!(benches);
