//! What a real server answered, as the client reads it.

use fake_server::{FakeServer, Reply};
use profile::{NodeIdx, Tree};
use prost::Message;
use pyroscope_api::querier::v1::SelectMergeStacktracesResponse;
use query::{
    ExemplarKind, HeatmapKind, HeatmapRequest, Labels, MetadataRequest, NodeLimit, ProfileSource,
    SeriesRequest, SourceNotice, TreeRequest, Window,
};
use selector::Selector;

use crate::canonical::canonical;
use crate::client_of::ClientOf;
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
        max_nodes: NodeLimit::from_query(8192),
        span_ids: vec![],
        trace_ids: vec![],
        profile_ids: vec![],
        call_site: vec![],
    }
}

#[tokio::test]
async fn profile_types_are_those_of_all_services() {
    let server = replay().await;
    let types = server.client().profile_types(&everything()).await.unwrap();
    let types: Vec<String> = types.iter().map(ToString::to_string).collect();
    assert!(types.contains(&CPU.to_owned()), "{types:?}");
    assert!(types.contains(&"memory:alloc_space:bytes:space:bytes".to_owned()), "{types:?}");
    assert!(types.is_sorted(), "{types:?}");
}

#[tokio::test]
async fn a_tree_comes_whole() {
    let server = replay().await;
    let answer = server.client().tree(&checkout_tree()).await.unwrap();
    assert!(!answer.may_be_truncated);
    assert_eq!(answer.wire_bytes, 14920);
    assert_eq!(answer.notices, []);
    // As written out beside the recording: 33.07 s of CPU.
    assert_eq!(answer.tree.total_value(ROOT), 33_070_000_000);
}

#[tokio::test]
async fn levels_give_the_same_tree_as_tree_bytes() {
    let server = replay().await;
    let tree = server.client().tree(&checkout_tree()).await.unwrap().tree;
    // A server that does not know the format asked for, and answers with levels.
    let old = FakeServer::start(|_| recording("018-flamegraph-max-nodes-8192").reply).await;
    let levels = old.client().tree(&checkout_tree()).await.unwrap().tree;
    assert!(tree.node_count() > 300);
    assert_eq!(canonical(&levels), canonical(&tree));
}

#[tokio::test]
async fn a_server_in_transition_sends_both_forms() {
    let form = |name: &str| -> SelectMergeStacktracesResponse {
        let Reply::Answer { body, .. } = recording(name).reply else { panic!("{name}") };
        Message::decode(body.as_slice()).unwrap()
    };
    let mut both = form("021-tree-max-nodes-8192");
    both.flamegraph = form("017-flamegraph-max-nodes-64").flamegraph;
    let server = FakeServer::start(move |_| Reply::proto(both.encode_to_vec())).await;
    let tree = server.client().tree(&checkout_tree()).await.unwrap().tree;
    let alone = FakeServer::start(|_| recording("021-tree-max-nodes-8192").reply).await;
    let expected = alone.client().tree(&checkout_tree()).await.unwrap().tree;
    assert_eq!(canonical(&tree), canonical(&expected));
}

#[tokio::test]
async fn what_could_not_be_taken_as_it_stood_is_told() {
    // A root with one child, whose name is no text.
    let tree = vec![0, 0, 1, 1, 0xff, 5, 0].into();
    let response = SelectMergeStacktracesResponse { tree, ..Default::default() };
    let server = FakeServer::start(move |_| Reply::proto(response.encode_to_vec())).await;
    let answer = server.client().tree(&checkout_tree()).await.unwrap();
    assert_eq!(answer.tree.total_value(ROOT), 5);
    let [SourceNotice::Flawed { problem }] = answer.notices.as_slice() else {
        panic!("{:?}", answer.notices);
    };
    assert!(problem.contains("not UTF-8"), "{problem}");
}

#[tokio::test]
async fn what_the_server_folded_away_is_marked() {
    let request = TreeRequest { max_nodes: NodeLimit::from_query(64), ..checkout_tree() };
    let server = replay().await;
    let answer = server.client().tree(&request).await.unwrap();
    assert!(answer.may_be_truncated);
    assert!(!answer.tree.truncated().is_empty());
    for node in answer.tree.truncated() {
        assert_eq!(answer.tree.name(*node), "other");
    }
    assert_eq!(answer.tree.total_value(ROOT), 33_070_000_000);
}

#[tokio::test]
async fn nothing_found_is_a_tree_without_samples() {
    for name in ["104-empty-wrong-value", "105-empty-wrong-value-tree"] {
        let server = FakeServer::start(move |_| recording(name).reply).await;
        let tree: Tree = server.client().tree(&checkout_tree()).await.unwrap().tree;
        assert!(tree.is_empty(), "{name}");
    }
}

/// The CPU time of `checkout` over time.
pub(crate) fn checkout_series(step_millis: i64) -> SeriesRequest {
    let TreeRequest { profile_type, selector, window, .. } = checkout_tree();
    SeriesRequest {
        profile_type,
        selector,
        window,
        step_millis,
        group_by: vec![],
        limit: None,
        exemplars: ExemplarKind::None,
        call_site: vec![],
    }
}

fn matching(selector: &str) -> MetadataRequest {
    let selectors = vec![Selector::parse(selector).expect("a selector")];
    MetadataRequest { selectors, window: WINDOW }
}

fn owned(labels: &[(&str, &str)]) -> Labels {
    labels.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

#[tokio::test]
async fn label_names_with_dots_are_shown() {
    let server = replay().await;
    let names = server.client().label_names(&everything()).await.unwrap();
    assert!(names.contains(&"service_name".to_owned()), "{names:?}");
    assert!(names.is_sorted());
}

#[tokio::test]
async fn label_values_are_those_of_the_series_that_match() {
    let server = replay().await;
    let client = server.client();
    let services = client.label_values("service_name", &everything()).await.unwrap();
    assert_eq!(
        services,
        ["checkout", "checkout-java", "checkout-node", "checkout-python", "checkout-rust"]
    );
}

#[tokio::test]
async fn label_sets_are_cut_to_the_names_asked_for() {
    let server = replay().await;
    let client = server.client();
    let names = ["service_name", "region", "route"].map(str::to_owned);
    let sets = client.label_sets(&names, &matching("{service_name=\"checkout\"}")).await.unwrap();
    assert!(sets.contains(&owned(&[
        ("region", "us-east"),
        ("route", "/checkout"),
        ("service_name", "checkout"),
    ])));
    assert!(sets.is_sorted());
}

#[tokio::test]
async fn a_series_has_the_points_that_have_samples() {
    let server = replay().await;
    let series = server.client().series(&checkout_series(15_000)).await.unwrap().series;
    let [series] = series.as_slice() else { panic!("{series:?}") };
    let points: Vec<(i64, f64)> =
        series.points.iter().map(|point| (point.timestamp_millis, point.value)).collect();
    assert_eq!(
        points,
        [
            (1_795_240_185_000, 16_920_000_000.0),
            (1_795_240_215_000, 10_170_000_000.0),
            (1_795_240_230_000, 5_980_000_000.0),
        ]
    );
}

#[tokio::test]
async fn points_carry_the_profile_that_they_are_largest_in() {
    let request = SeriesRequest {
        group_by: vec!["region".to_owned()],
        exemplars: ExemplarKind::Profile,
        ..checkout_series(15_000)
    };
    let server = replay().await;
    let series = server.client().series(&request).await.unwrap().series;
    let exemplars: Vec<_> =
        series.iter().flat_map(|one| &one.points).flat_map(|point| &point.exemplars).collect();
    assert!(!exemplars.is_empty());
    for exemplar in exemplars {
        assert_eq!(exemplar.profile_id.len(), 36);
        assert!(exemplar.labels.iter().any(|(name, _)| name == "otel.scope.name"), "{exemplar:?}");
    }
}

#[tokio::test]
async fn a_heatmap_carries_spans_and_traces() {
    let request = HeatmapRequest {
        profile_type: checkout_tree().profile_type,
        selector: checkout_tree().selector,
        window: WINDOW,
        step_millis: 30_000,
        group_by: vec![],
        kind: HeatmapKind::Span,
        exemplars: true,
        limit: None,
    };
    let server = replay().await;
    let heatmap = server.client().heatmap(&request).await.unwrap();
    let [series] = heatmap.series.as_slice() else { panic!("{heatmap:?}") };
    let exemplars: Vec<_> = series.slots.iter().flat_map(|slot| &slot.exemplars).collect();
    assert!(exemplars.iter().any(|exemplar| exemplar.span_id == "03fa1cbd967b13da"
        && exemplar.trace_id == "b76efb7ac1779aa58aecd0fd08c2bdc5"));
    for slot in &series.slots {
        assert_eq!(slot.counts.len(), 20);
        assert!(slot.exemplars.is_sorted_by_key(|exemplar| exemplar.timestamp_millis));
    }
}

#[tokio::test]
async fn stats_tell_the_first_and_last_profile() {
    let server = replay().await;
    let stats = server.client().stats().await.unwrap();
    assert!(stats.data_ingested);
    assert!(stats.oldest_profile_millis < stats.newest_profile_millis);
    assert!((WINDOW.start_millis..WINDOW.end_millis).contains(&stats.oldest_profile_millis));
}

#[tokio::test]
async fn an_answer_in_gzip_is_the_same_answer() {
    for name in ["099-gzip-request", "100-gzip-response", "101-gzip-both"] {
        let packed = recording(name);
        let Reply::Answer { headers, body, .. } = &packed.reply else { panic!("{name}") };
        let is_packed =
            headers.iter().any(|(name, value)| name == "Content-Encoding" && value == "gzip");
        assert!(is_packed, "{name}");
        let bytes = body.len() as u64;
        let server = FakeServer::start(move |_| packed.reply.clone()).await;
        let answer = server.client().tree(&checkout_tree()).await.unwrap();
        assert_eq!(answer.wire_bytes, bytes);
        assert!(!answer.tree.is_empty(), "{name}");
    }
}

#[tokio::test]
async fn spans_traces_profiles_and_call_sites_narrow_the_tree() {
    let server = replay().await;
    let client = server.client();
    let span = TreeRequest {
        span_ids: vec!["03fa1cbd967b13da".to_owned()],
        max_nodes: NodeLimit::SourceDefault,
        ..checkout_tree()
    };
    let by_span = client.tree(&span).await.unwrap().tree;
    let trace = TreeRequest {
        trace_ids: vec!["b76efb7ac1779aa58aecd0fd08c2bdc5".to_owned()],
        max_nodes: NodeLimit::SourceDefault,
        ..checkout_tree()
    };
    let by_trace = client.tree(&trace).await.unwrap().tree;
    assert!(by_span.total_value(ROOT) > 0);
    assert_eq!(canonical(&by_span), canonical(&by_trace));

    let profile = TreeRequest {
        profile_ids: vec!["9c232114-b7ac-4eb4-945b-8ee9bdc2d512".to_owned()],
        max_nodes: NodeLimit::SourceDefault,
        ..checkout_tree()
    };
    let of_profile = client.tree(&profile).await.unwrap().tree;
    assert!((1..33_070_000_000).contains(&of_profile.total_value(ROOT)));

    let unknown = TreeRequest {
        call_site: vec!["main.no_such_function".to_owned()],
        max_nodes: NodeLimit::SourceDefault,
        ..checkout_tree()
    };
    assert!(client.tree(&unknown).await.unwrap().tree.is_empty());
}
