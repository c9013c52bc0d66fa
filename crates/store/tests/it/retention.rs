//! Old days go away, whole.

use std::time::Duration;

use fixtures::profile_from_folded;
use query::{ProfileSource, TreeRequest};
use store::{PushOutcome, Store, StoreConfig};

use crate::profile_store::{DAY, NOON, TestStore, of, window};

fn all_days() -> TreeRequest {
    TreeRequest { window: window(NOON - 30 * DAY, NOON + 30 * DAY), ..of("{}") }
}

#[tokio::test]
async fn days_older_than_the_age_are_deleted() {
    let store = TestStore::with(|config| config.max_age = Duration::from_secs(2 * 24 * 3600));
    for (days_ago, folded) in [(2, "main 1"), (1, "main 10"), (0, "main 100")] {
        store.push("", NOON - days_ago * DAY, folded).await;
    }
    let store = store.reopen_with(|config| config.max_age = Duration::from_secs(2 * 24 * 3600));
    store.store.delete_old(NOON);
    assert_eq!(store.total(all_days()).await, 111, "the day of two days ago has younger profiles");
    store.store.delete_old(NOON + DAY / 2 - 1);
    assert_eq!(store.total(all_days()).await, 111);
    store.store.delete_old(NOON + DAY / 2);
    assert_eq!(store.total(all_days()).await, 110, "the last of it is two days old");
    let statistics = store.store.statistics();
    assert_eq!((statistics.day_files, statistics.day_files_deleted_for_age), (2, 1));
    assert_eq!(store.files().len(), 2);
    assert_eq!(store.store.stats().await.unwrap().oldest_profile_millis, NOON - DAY);
}

#[tokio::test]
async fn pushes_bring_their_time_to_retention() {
    let store = TestStore::with(|config| config.max_age = Duration::from_secs(2 * 24 * 3600));
    store.push("", NOON, "main 1").await;
    let store = store.reopen();
    store.push("", NOON + 9 * DAY, "main 10").await;
    // The answer to the push does not wait for the deletion.
    let mut rounds = 0;
    while store.files().len() > 1 {
        rounds += 1;
        assert!(rounds < 500, "{:?}", store.files());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(store.total(all_days()).await, 10);
}

#[tokio::test]
async fn a_wrong_time_takes_nothing_that_was_pushed_since_the_store_was_opened() {
    let store = TestStore::new();
    store.push("", NOON - DAY, "main 1").await;
    store.push("", NOON, "main 10").await;
    store.push("", NOON + 400 * DAY, "main 100").await;
    store.store.delete_old(NOON + 400 * DAY);
    store.store.delete_old(i64::MAX);
    // The clock is right again, and has been for longer than retention pauses.
    store.push("", NOON, "main 1000").await;
    tokio::time::sleep(Duration::from_millis(1100)).await;
    store.push("", NOON, "main 10000").await;
    assert_eq!(store.total(all_days()).await, 11_011);
    assert_eq!(store.store.statistics().day_files_deleted_for_age, 0);
}

#[tokio::test]
async fn the_newest_day_is_not_deleted_for_its_age() {
    let store = TestStore::new();
    store.push("", NOON - DAY, "main 1").await;
    store.push("", NOON, "main 10").await;
    let store = store.reopen();
    store.store.delete_old(NOON + 400 * DAY);
    assert_eq!(store.total(all_days()).await, 10);
}

#[tokio::test]
async fn the_oldest_days_go_when_the_store_is_too_large() {
    let store = TestStore::new();
    for days_ago in (0..4).rev() {
        store.push("", NOON - days_ago * DAY, "main 1").await;
    }
    let bytes = store.store.statistics().bytes_on_disk;
    let TestStore { store, folder } = store;
    drop(store);
    let mut config = StoreConfig::new(folder.path());
    config.max_bytes = bytes * 5 / 8;
    let store = TestStore { store: Store::open(config).unwrap(), folder };
    assert_eq!(store.files(), ["profiles-2026-11-20.redb", "profiles-2026-11-21.redb"]);
    assert_eq!(store.store.statistics().day_files_deleted_for_size, 2);
    assert_eq!(store.total(all_days()).await, 2);
}

/// Pushes to a day until one is refused, which it returns.
async fn fill(store: &TestStore, time_millis: i64) -> PushOutcome {
    for _ in 0..500 {
        let outcome = store.try_push("", time_millis, profile_from_folded("main 1")).await;
        if outcome.stored == 0 {
            return outcome;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("nothing is refused");
}

#[tokio::test]
async fn the_newest_day_is_not_deleted_but_takes_no_more() {
    let store = TestStore::with(|config| config.max_bytes = 1);
    store.push("", NOON, "main 1").await;
    let refused = fill(&store, NOON).await;
    let [(0, error)] = &refused.errors[..] else { panic!("{refused:?}") };
    assert!(error.to_string().contains("expected at most 1"), "{error}");
    assert!(error.to_string().contains("2026-11-21"), "{error}");
    assert!(store.total(all_days()).await >= 1);
    // An older day would be deleted at once.
    let older = store.try_push("", NOON - DAY, profile_from_folded("main 1")).await;
    assert_eq!((older.stored, older.errors.len()), (0, 1));
    assert_eq!(store.files(), ["profiles-2026-11-21.redb"]);
}

#[tokio::test]
async fn the_day_after_a_full_one_is_stored_and_takes_its_place() {
    let store = TestStore::with(|config| config.max_bytes = 1);
    store.push("", NOON, "main 1").await;
    fill(&store, NOON).await;
    store.push("", NOON + DAY, "main 1000000").await;
    // The answer to the push does not wait for the deletion.
    let mut rounds = 0;
    while store.files() != ["profiles-2026-11-22.redb"] {
        rounds += 1;
        assert!(rounds < 100, "{:?}", store.files());
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(store.total(all_days()).await, 1_000_000);
    assert_eq!(store.store.statistics().day_files_deleted_for_size, 1);
}
