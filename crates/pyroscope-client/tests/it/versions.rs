//! What is found out about servers of each version.

use std::time::{SystemTime, UNIX_EPOCH};

use fake_server::{FakeServer, Reply};
use prost::Message;
use pyroscope_api::querier::v1::{SelectHeatmapRequest, SelectMergeStacktracesRequest};
use pyroscope_client::{PyroscopeClient, ServerVersion};
use query::SourceErrorKind;

use crate::client_of::ClientOf;
use crate::old_server::OldServer;
use crate::recording::recording;
use crate::replay::replay;

async fn found_out(server: OldServer) -> String {
    let server = server.start().await;
    server.client().server_info().await.expect("a server that answers").to_string()
}

#[tokio::test]
async fn each_version_is_told_by_what_it_lacks() {
    const OLDEST: &str = "no trace ids, no heatmap, no exemplars, no profile ids, no call sites, \
                          no label names with dots, span selection by the older call";
    let rows = [
        ((1, 7), "1.7.0", false, OLDEST),
        ((1, 9), "1.9.1", false, OLDEST),
        ((1, 14), "v1.14.0", false, OLDEST),
        (
            (1, 15),
            "1.15.2",
            false,
            "no trace ids, no heatmap, no exemplars, no profile ids, no label names with dots, \
             span selection by the older call",
        ),
        (
            (1, 16),
            "1.16.0",
            false,
            "no trace ids, no heatmap, no exemplars, no profile ids, \
             span selection by the older call",
        ),
        (
            (1, 17),
            "1.17.0",
            false,
            "no trace ids, no heatmap, no exemplars, span selection by the older call",
        ),
        ((1, 17), "1.17.0", true, "no trace ids, no heatmap, span selection by the older call"),
        (
            (1, 19),
            "1.19.0",
            false,
            "no trace ids, no heatmap, no exemplars, span selection by the older call",
        ),
        ((1, 19), "1.19.0", true, "no trace ids, span selection by the older call"),
        ((1, 21), "1.21.0", true, "no trace ids, span selection by the older call"),
        ((2, 0), "2.0.0", true, "no trace ids, span selection by the older call"),
        ((2, 1), "2.1.3", true, "no trace ids, span selection by the older call"),
        (
            (2, 2),
            "2.2.0",
            false,
            "no trace ids, no heatmap, no exemplars, span selection only by itself",
        ),
    ];
    for (version, says, storage_v2, lacks) in rows {
        let words = found_out(OldServer::new(version, says, storage_v2)).await;
        assert_eq!(words, format!("Pyroscope {says}: {lacks}"), "storage_v2: {storage_v2}");
    }
    let words = found_out(OldServer::new((2, 2), "2.2.1", true)).await;
    assert_eq!(words, "Pyroscope 2.2.1");
}

#[tokio::test]
async fn a_server_that_does_not_say_its_version_is_judged_by_what_it_does() {
    let silent = |version, storage_v2| OldServer { version, says: None, storage_v2 };
    let words = found_out(silent((2, 2), true)).await;
    assert_eq!(words, "Pyroscope of unknown version (at least 2.2)");
    let words = found_out(silent((1, 20), true)).await;
    assert!(words.starts_with("Pyroscope of unknown version (at least 1.19): no trace ids"));
    let words = found_out(silent((1, 18), false)).await;
    assert!(words.starts_with("Pyroscope of unknown version (at least 1.15)"), "{words}");
    let words = found_out(silent((1, 14), false)).await;
    assert!(words.starts_with("Pyroscope of unknown version (at least 1.7)"), "{words}");
}

#[tokio::test]
async fn weekly_builds_have_a_name_but_no_number() {
    let words = found_out(OldServer::new((2, 2), "weekly-f184-0a1b2c3", true)).await;
    assert_eq!(words, "Pyroscope weekly-f184-0a1b2c3");
}

#[tokio::test]
async fn a_real_server_built_without_version_can_do_everything() {
    let server = replay().await;
    let info = server.client().server_info().await.unwrap();
    assert_eq!(info.to_string(), "Pyroscope of unknown version (at least 2.2)");
    assert_eq!(info.lacks(), [""; 0]);
}

#[tokio::test]
async fn firelines_own_store_is_told_by_its_name() {
    let server = FakeServer::start(|request| match request.call() {
        "buildinfo" => {
            let answer = "{\"data\":{\"version\":\"fireline-0.1.0\",\"branch\":\"fireline\"}}";
            Reply::answer(200, "application/json", answer)
        }
        _ => OldServer::new((2, 2), "", true).reply(request),
    })
    .await;
    let info = server.client().server_info().await.unwrap();
    assert_eq!(info.to_string(), "Fireline 0.1.0");
    assert!(info.capabilities.series_call_site && info.capabilities.series_span_exemplars);
}

#[tokio::test]
async fn a_server_is_looked_at_once() {
    let server = OldServer::new((2, 1), "2.1.0", true).start().await;
    let client = server.client();
    let (one, two) = tokio::join!(client.server_info(), client.server_info());
    assert_eq!(one.unwrap(), two.unwrap());
    client.server_info().await.unwrap();
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn looking_at_a_server_costs_it_nothing() {
    let server = OldServer::new((2, 1), "2.1.0", true).start().await;
    server.client().server_info().await.unwrap();
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap().as_millis() as i64;
    let asked = server.requests();
    let tree = asked.iter().find(|request| request.call() == "SelectMergeStacktraces").unwrap();
    let tree = SelectMergeStacktracesRequest::decode(tree.body.as_slice()).unwrap();
    // A millisecond of today: a server in transition answers for old times from the old storage.
    assert_eq!(tree.end - tree.start, 1);
    assert!((now - 60_000..=now).contains(&tree.end));
    let heatmap = asked.iter().find(|request| request.call() == "SelectHeatmap").unwrap();
    let heatmap = SelectHeatmapRequest::decode(heatmap.body.as_slice()).unwrap();
    assert_eq!(heatmap.start, heatmap.end);
}

#[tokio::test]
async fn a_version_that_is_set_is_believed() {
    let server = FakeServer::start(|_| Reply::Close).await;
    let mut config = server.config();
    config.server_version = Some("1.16".parse::<ServerVersion>().unwrap());
    let info = PyroscopeClient::new(&config).unwrap().server_info().await.unwrap();
    assert_eq!(info.name(), "Pyroscope 1.16");
    assert!(!info.capabilities.profile_ids && info.capabilities.tree_call_site);
    assert_eq!(server.requests().len(), 0);
}

#[tokio::test]
async fn wrong_credentials_are_told_when_looking_at_a_server() {
    let server = FakeServer::start(|_| recording("129-tenant-none").reply).await;
    let error = server.client().server_info().await.expect_err("no credentials");
    assert_eq!(error.kind, SourceErrorKind::Unauthenticated);
}

#[test]
fn versions_are_read_from_texts() {
    let version = |text: &str| text.parse::<ServerVersion>().map(|v| (v.major, v.minor)).ok();
    assert_eq!(version("1.14.0"), Some((1, 14)));
    assert_eq!(version(" v2.2.0-rc.1 "), Some((2, 2)));
    assert_eq!(version("2.1"), Some((2, 1)));
    for text in ["", "2", "weekly-f184", "two.one", "2.x"] {
        assert_eq!(version(text), None, "{text}");
    }
}
