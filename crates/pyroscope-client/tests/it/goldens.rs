//! What a real server answered, as the client reads it.

use profile::{NodeIdx, Tree};
use query::{MetadataRequest, ProfileSource, TreeRequest, Window};
use selector::Selector;

use crate::canonical::canonical;
use crate::fake_server::FakeServer;
use crate::recording::recording;
use crate::replay::replay;

pub(crate) const WINDOW: Window =
    Window { start_millis: 1_795_240_170_000, end_millis: 1_795_240_290_000 };
pub(crate) const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";
pub(crate) const ROOT: NodeIdx = NodeIdx(0);

pub(crate) fn everything() -> MetadataRequest {
    MetadataRequest { selectors: vec![], window: WINDOW }
}

/// The CPU time of `checkout`, with room for all its nodes.
pub(crate) fn checkout_tree() -> TreeRequest {
    TreeRequest {
        profile_type: CPU.parse().expect("a profile type"),
        selector: Selector::parse("{service_name=\"checkout\"}").expect("a selector"),
        window: WINDOW,
        max_nodes: Some(8192),
        span_ids: vec![],
        trace_ids: vec![],
        profile_ids: vec![],
        call_site: vec![],
    }
}

#[tokio::test]
async fn profile_types_are_those_of_all_services() {
    let types = replay().await.client().profile_types(&everything()).await.unwrap();
    let types: Vec<String> = types.iter().map(ToString::to_string).collect();
    assert!(types.contains(&CPU.to_owned()), "{types:?}");
    assert!(types.contains(&"memory:alloc_space:bytes:space:bytes".to_owned()), "{types:?}");
    assert!(types.is_sorted(), "{types:?}");
}

#[tokio::test]
async fn a_tree_comes_whole() {
    let answer = replay().await.client().tree(&checkout_tree()).await.unwrap();
    assert!(!answer.may_be_truncated);
    assert_eq!(answer.wire_bytes, 14920);
    assert_eq!(answer.notices, []);
    // As written out beside the recording: 33.07 s of CPU.
    assert_eq!(answer.tree.total_value(ROOT), 33_070_000_000);
}

#[tokio::test]
async fn levels_give_the_same_tree_as_tree_bytes() {
    let tree = replay().await.client().tree(&checkout_tree()).await.unwrap().tree;
    // A server that does not know the format asked for, and answers with levels.
    let old = FakeServer::start(|_| recording("018-flamegraph-max-nodes-8192").reply).await;
    let levels = old.client().tree(&checkout_tree()).await.unwrap().tree;
    assert!(tree.node_count() > 300);
    assert_eq!(canonical(&levels), canonical(&tree));
}

#[tokio::test]
async fn nothing_found_is_a_tree_without_samples() {
    for name in ["104-empty-wrong-value", "105-empty-wrong-value-tree"] {
        let server = FakeServer::start(move |_| recording(name).reply).await;
        let tree: Tree = server.client().tree(&checkout_tree()).await.unwrap().tree;
        assert!(tree.is_empty(), "{name}");
    }
}
