//! What was acknowledged outlives the process.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{BufRead, BufReader, Write};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use fixtures::profile_from_folded;
use profile::NodeIdx;
use query::ProfileSource;
use store::{IncomingProfile, Store, StoreConfig};

use crate::profile_store::{DAY, NOON, of, parse_labels, window};

/// Set for the process that pushes until it is killed: the folder, and the first id.
const FOLDER: &str = "STORE_TEST_FOLDER";
const FIRST_ID: &str = "STORE_TEST_FIRST_ID";

const KILLS: u64 = 50;
const IDS_PER_ROUND: u64 = 1_000_000;

/// A process is killed with SIGKILL fifty times while it pushes. Whatever it was told is stored,
/// is stored, once; and nothing is there in part.
#[tokio::test]
async fn nothing_acknowledged_is_lost_when_the_process_is_killed() {
    let folder = tempfile::tempdir().unwrap();
    let mut acknowledged = BTreeSet::new();
    for round in 0..KILLS {
        let acknowledged_before = acknowledged.len();
        push_until_killed(folder.path(), round, &mut acknowledged);
        assert!(acknowledged.len() > acknowledged_before, "round {round} acknowledged nothing");
        let found = found_values(folder.path()).await;
        for id in &acknowledged {
            assert!(found.contains_key(id), "round {round}: {id} was acknowledged and is lost");
        }
        for (id, value) in found {
            assert_eq!(value, 3, "round {round}: {id} is there in part, or twice");
        }
    }
}

/// Starts the pushing process, kills it a while after its first acknowledgement, and adds the
/// ids that it wrote before it died.
fn push_until_killed(folder: &std::path::Path, round: u64, acknowledged: &mut BTreeSet<u64>) {
    let mut child = Command::new(std::env::current_exe().unwrap())
        .args(["--exact", "durability::pushing_process", "--nocapture", "--quiet"])
        .env(FOLDER, folder)
        .env(FIRST_ID, (round * IDS_PER_ROUND).to_string())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .unwrap();
    // Spread over several commits, and over all that happens within one.
    let lifetime = Duration::from_millis(20 + round * 37 % 160);
    let mut kill_at = None;
    for line in BufReader::new(child.stdout.take().unwrap()).lines() {
        let line = line.unwrap();
        let Some(id) = line.strip_prefix("stored ") else { continue };
        // The last line may be cut off.
        let Some(id) = id.strip_suffix('.') else { continue };
        acknowledged.insert(id.parse().unwrap());
        let kill_at = kill_at.get_or_insert_with(|| Instant::now() + lifetime);
        if Instant::now() >= *kill_at {
            child.kill().unwrap();
        }
    }
    child.wait().unwrap();
}

/// The sum of each id that the store has.
async fn found_values(folder: &std::path::Path) -> BTreeMap<u64, i64> {
    let store = Store::open(StoreConfig::new(folder)).unwrap();
    let mut request = of("{}");
    request.window = window(NOON - 2 * DAY, NOON);
    let tree = store.tree(&request).await.unwrap().tree;
    assert_eq!(store.statistics().damaged_day_files, 0);
    let ids = tree.children(NodeIdx(0));
    ids.map(|node| (tree.name(node).parse().unwrap(), tree.total_value(node))).collect()
}

/// Not a test by itself: what the test above starts and kills.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pushing_process() {
    let (Ok(folder), Ok(first_id)) = (std::env::var(FOLDER), std::env::var(FIRST_ID)) else {
        return;
    };
    let mut config = StoreConfig::new(folder);
    config.group_commit = Duration::from_millis(5);
    let store = Store::open(config).unwrap();
    let next_id = std::sync::Arc::new(AtomicU64::new(first_id.parse().unwrap()));
    let pushers = (0..4).map(|pusher| {
        let (store, next_id) = (store.clone(), next_id.clone());
        tokio::spawn(async move {
            // Long before that it is killed.
            for _ in 0..IDS_PER_ROUND / 4 {
                let id = next_id.fetch_add(1, Ordering::Relaxed);
                let mut profile = profile_from_folded(&format!("{id};a 1\n{id};b 2"));
                // Some pushes go to the day before, so that two files are written in turns.
                let days_ago = i64::from(pusher == 0);
                profile.time_nanos = (NOON - days_ago * DAY) * 1_000_000;
                let incoming = IncomingProfile { labels: parse_labels("").into(), profile };
                let outcome = store.push(vec![incoming], NOON).await.unwrap();
                assert_eq!(outcome.stored, 1, "{outcome:?}");
                let mut out = std::io::stdout().lock();
                writeln!(out, "stored {id}.").unwrap();
                out.flush().unwrap();
            }
        })
    });
    let pushers: Vec<_> = pushers.collect();
    for pusher in pushers {
        pusher.await.unwrap();
    }
}
