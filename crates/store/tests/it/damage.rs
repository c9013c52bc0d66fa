//! A damaged day file concerns its day alone.

use std::fs::OpenOptions;
use std::io::{Seek, SeekFrom, Write};
use std::path::Path;

use query::{HeatmapKind, ProfileSource, SourceNotice, TreeRequest};
use store::{Store, StoreConfig, StoreError};

use crate::profile_store::{DAY, NOON, TestStore, heatmap_of, of, series_of, window};

fn all_days() -> TreeRequest {
    TreeRequest { window: window(NOON - 6 * DAY, NOON), ..of("{}") }
}

async fn two_days() -> TestStore {
    let store = TestStore::new();
    store.push("", NOON - DAY, "main 1").await;
    store.push("", NOON, "main 10").await;
    store
}

const YESTERDAY: &str = "profiles-2026-11-20.redb";
const TODAY: &str = "profiles-2026-11-21.redb";

/// Closes the store, does something to yesterday's file, and opens it again.
fn after(store: TestStore, damage: impl FnOnce(&Path)) -> TestStore {
    let TestStore { store, folder } = store;
    drop(store);
    damage(&folder.path().join(YESTERDAY));
    TestStore { store: Store::open(StoreConfig::new(folder.path())).unwrap(), folder }
}

#[tokio::test]
async fn a_damaged_file_is_set_aside_and_the_other_days_go_on() {
    let overwrite = |from: u64, bytes: usize| {
        move |path: &Path| {
            let mut file = OpenOptions::new().write(true).open(path).unwrap();
            file.seek(SeekFrom::Start(from)).unwrap();
            file.write_all(&vec![0xa5; bytes]).unwrap();
        }
    };
    let length = |path: &Path| std::fs::metadata(path).unwrap().len();
    type Damage = Box<dyn FnOnce(&Path)>;
    let damages: [(&str, Damage); 5] = [
        ("text", Box::new(|path: &Path| std::fs::write(path, "not a database").unwrap())),
        ("head", Box::new(overwrite(0, 4096))),
        ("slots", Box::new(overwrite(64, 256))),
        ("pages", Box::new(move |path: &Path| overwrite(4096, length(path) as usize - 4096)(path))),
        (
            "cut",
            Box::new(move |path: &Path| {
                let file = OpenOptions::new().write(true).open(path).unwrap();
                file.set_len(length(path) / 3).unwrap();
            }),
        ),
    ];
    for (name, damage) in damages {
        let store = after(two_days().await, damage);
        assert_eq!(store.total(all_days()).await, 10, "{name}");
        assert_eq!(store.store.statistics().damaged_day_files, 1, "{name}");
        assert_eq!(store.files(), [format!("{YESTERDAY}.damaged-1"), TODAY.to_owned()], "{name}");
        // The day begins anew, and the damaged file stays as it is.
        store.push("", NOON - DAY, "main 100").await;
        assert_eq!(store.total(all_days()).await, 110, "{name}");
        let store = store.reopen();
        assert_eq!(store.total(all_days()).await, 110, "{name}");
        assert_eq!(store.files().len(), 3, "{name}");
    }
}

/// Two days, of which yesterday's file was set aside.
async fn with_damaged_yesterday() -> TestStore {
    let no_database = |path: &Path| std::fs::write(path, vec![0xa5; 1 << 20]).unwrap();
    let store = after(two_days().await, no_database);
    assert_eq!(store.files(), [format!("{YESTERDAY}.damaged-1"), TODAY.to_owned()]);
    store
}

#[tokio::test]
async fn a_file_that_was_set_aside_is_deleted_when_its_day_is_too_old() {
    let store = with_damaged_yesterday().await;
    let store = store.reopen();
    store.store.delete_old(NOON + 6 * DAY);
    assert_eq!(store.files().len(), 2, "seven days are kept");
    store.store.delete_old(NOON + 7 * DAY);
    assert_eq!(store.files(), [TODAY]);
}

#[tokio::test]
async fn files_that_were_set_aside_count_and_go_before_those_that_are_served() {
    let store = with_damaged_yesterday().await;
    store.push("", NOON - 2 * DAY, "main 100").await;
    let bytes = store.store.statistics().bytes_on_disk;
    let served: u64 = store
        .files()
        .iter()
        .filter(|name| name.ends_with(".redb"))
        .map(|name| std::fs::metadata(store.folder.path().join(name)).unwrap().len())
        .sum();
    assert_eq!(bytes, served + (1 << 20));
    let store = store.reopen_with(|config| config.max_bytes = bytes);
    assert_eq!(store.files().len(), 3);
    let store = store.reopen_with(|config| config.max_bytes = bytes - 1);
    assert_eq!(store.files(), ["profiles-2026-11-19.redb", TODAY]);
    assert_eq!(store.total(all_days()).await, 110);
}

#[tokio::test]
async fn every_answer_names_the_days_that_are_damaged() {
    let store = with_damaged_yesterday().await;
    let damaged = [SourceNotice::DamagedDays { days: vec!["2026-11-20".to_owned()] }];
    let today = window(NOON, NOON + 1);
    for (window, notices) in [(all_days().window, &damaged[..]), (today, &[])] {
        let tree = store.store.tree(&TreeRequest { window, ..all_days() }).await.unwrap();
        assert_eq!(tree.notices, notices);
        let series = series_of("{}", window, 60_000);
        assert_eq!(store.store.series(&series).await.unwrap().notices, notices);
        let heatmap = heatmap_of(HeatmapKind::Profile, window, 60_000);
        assert_eq!(store.store.heatmap(&heatmap).await.unwrap().notices, notices);
    }
    // What is pushed meanwhile is found, and the rest is still missing.
    store.push("", NOON - DAY, "main 100").await;
    assert_eq!(store.store.tree(&all_days()).await.unwrap().notices, damaged);
    let store = store.reopen();
    assert_eq!(store.store.tree(&all_days()).await.unwrap().notices, damaged);
    // Until nobody can get at them any more.
    std::fs::remove_file(store.folder.path().join(format!("{YESTERDAY}.damaged-1"))).unwrap();
    store.store.delete_old(NOON);
    assert_eq!(store.store.tree(&all_days()).await.unwrap().notices, []);
}

#[tokio::test]
async fn a_file_of_another_format_version_is_named_and_kept() {
    const META: redb::TableDefinition<'_, &str, i64> = redb::TableDefinition::new("meta");
    let TestStore { store, folder } = two_days().await;
    drop(store);
    let path = folder.path().join(YESTERDAY);
    let write_version = |version| {
        let database = redb::Database::open(&path).unwrap();
        let transaction = database.begin_write().unwrap();
        transaction.open_table(META).unwrap().insert("format_version", version).unwrap();
        transaction.commit().unwrap();
    };
    write_version(2);
    let error = Store::open(StoreConfig::new(folder.path())).unwrap_err();
    assert!(matches!(error, StoreError::FormatVersion { found: 2, expected: 1, .. }), "{error}");
    assert!(error.to_string().contains(YESTERDAY), "{error}");
    write_version(1);
    let store = TestStore { store: Store::open(StoreConfig::new(folder.path())).unwrap(), folder };
    assert_eq!(store.total(all_days()).await, 11);
    assert_eq!(store.files(), [YESTERDAY, TODAY]);
}

#[tokio::test]
async fn symbols_that_make_no_sense_are_found_when_they_are_read() {
    const STACKS: redb::TableDefinition<'_, u32, &[u8]> = redb::TableDefinition::new("stacks");
    let store = after(two_days().await, |path| {
        let database = redb::Database::open(path).unwrap();
        let transaction = database.begin_write().unwrap();
        // A stack trace that is its own caller.
        transaction.open_table(STACKS).unwrap().insert(1, &[1_u8, 0, 0][..]).unwrap();
        transaction.commit().unwrap();
    });
    assert_eq!(store.total(all_days()).await, 10);
    assert_eq!(store.store.statistics().damaged_day_files, 1);
    assert_eq!(store.store.stats().await.unwrap().oldest_profile_millis, NOON);
}

#[tokio::test]
async fn a_store_is_open_once() {
    let store = TestStore::new();
    let again = Store::open(StoreConfig::new(store.folder.path()));
    let Err(error) = again else { panic!("the folder is in use") };
    assert!(matches!(error, StoreError::AlreadyOpen { .. }));
    assert!(error.to_string().contains("already open"), "{error}");
    // A clone is the same store; the last of them closes it.
    let clone = store.store.clone();
    drop(store.store);
    assert!(Store::open(StoreConfig::new(store.folder.path())).is_err());
    drop(clone);
    Store::open(StoreConfig::new(store.folder.path())).unwrap();
}

#[tokio::test]
async fn a_folder_that_cannot_be_one_is_named() {
    let file = tempfile::NamedTempFile::new().unwrap();
    let error = Store::open(StoreConfig::new(file.path().join("store"))).unwrap_err();
    assert!(error.to_string().starts_with("cannot make the folder"), "{error}");
}
