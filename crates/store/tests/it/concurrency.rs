//! Readers and writers at the same time.

use std::sync::Arc;
use std::time::{Duration, Instant};

use fixtures::profile_from_folded;
use query::ProfileSource;
use store::IncomingProfile;

use crate::profile_store::{NOON, TestStore, of, parse_labels, total};

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn readers_see_whole_pushes_while_writers_write() {
    const WRITERS: i64 = 4;
    const PUSHES: i64 = 30;
    let store = Arc::new(TestStore::with(|config| config.group_commit = Duration::from_millis(2)));
    let writers: Vec<_> = (0..WRITERS)
        .map(|writer| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                for push in 0..PUSHES {
                    // New series, strings and stack traces all the time, 10 in each push.
                    let folded = format!("main;{writer};f{push} 3\nmain;g{push} 7");
                    store.push(&format!("push=p{push}"), NOON + push, &folded).await;
                    // Read your writes.
                    let request = of(&format!(r#"{{push="p{push}"}}"#));
                    assert!(store.total(request).await >= 10);
                }
            })
        })
        .collect();
    let readers: Vec<_> = (0..2)
        .map(|_| {
            let store = Arc::clone(&store);
            tokio::spawn(async move {
                let mut before = 0;
                while before < 10 * WRITERS * PUSHES {
                    let now = store.total(of("{}")).await;
                    assert!(now >= before && now % 10 == 0, "{now} after {before}");
                    before = now;
                }
            })
        })
        .collect();
    for task in writers.into_iter().chain(readers) {
        tokio::time::timeout(Duration::from_secs(60), task).await.unwrap().unwrap();
    }
    let statistics = store.store.statistics();
    assert_eq!(statistics.stored_profiles, (WRITERS * PUSHES) as u64);
    assert_eq!(statistics.stored_samples, (2 * WRITERS * PUSHES) as u64);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
async fn pushes_at_the_same_time_share_commits() {
    let store = TestStore::with(|config| config.group_commit = Duration::from_millis(300));
    // The first is committed at once; the others wait for their turn together.
    store.push("", NOON, "main 1").await;
    let started = Instant::now();
    let pushes: Vec<_> = (0..40)
        .map(|_| {
            let store = store.store.clone();
            tokio::spawn(async move {
                let mut profile = profile_from_folded("main 1");
                profile.time_nanos = NOON * 1_000_000;
                let incoming = IncomingProfile { labels: parse_labels("").into(), profile };
                assert_eq!(store.push(vec![incoming], NOON).await.unwrap().stored, 1);
            })
        })
        .collect();
    for push in pushes {
        push.await.unwrap();
    }
    assert!(started.elapsed() < Duration::from_secs(10));
    let commits = store.store.statistics().commits;
    assert!((2..=6).contains(&commits), "{commits} commits for 41 pushes");
    assert_eq!(store.total(of("{}")).await, 41);
}

#[tokio::test]
async fn a_query_that_nobody_waits_for_gives_its_place_back() {
    let store = TestStore::with(|config| config.max_queries = 1);
    for push in 0..200 {
        store.push(&format!("push={push}"), NOON, "main 1").await;
    }
    for _ in 0..20 {
        let request = of("{}");
        // Polled once, so that it has begun, and dropped.
        let _ = tokio::time::timeout(Duration::ZERO, store.store.tree(&request)).await;
    }
    let request = of("{}");
    let tree = tokio::time::timeout(Duration::from_secs(10), store.store.tree(&request));
    assert_eq!(total(&tree.await.unwrap().unwrap().tree), 200);
}
