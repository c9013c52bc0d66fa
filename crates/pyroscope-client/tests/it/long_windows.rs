//! Windows and node counts beyond a server's limits.

use std::sync::atomic::{AtomicI64, Ordering};

use fake_server::{FakeServer, Reply, Request};
use prost::Message;
use pyroscope_api::querier::v1::{
    ProfileTypesRequest, SelectHeatmapRequest, SelectHeatmapResponse,
    SelectMergeStacktracesRequest, SelectMergeStacktracesResponse, SelectSeriesRequest,
    SelectSeriesResponse,
};
use pyroscope_api::types::v1 as types;
use pyroscope_client::PyroscopeClient;
use query::{
    ExemplarKind, HeatmapKind, HeatmapRequest, MetadataRequest, NodeLimit, ProfileSource,
    SeriesRequest, SourceErrorKind, SourceNotice, TreeRequest, Window,
};
use upstream_http::RequestHeaders;

use crate::canonical::canonical;
use crate::client_of::ClientOf;
use crate::goldens::{ROOT, WINDOW, checkout_series, checkout_tree};
use crate::old_server::OldServer;
use crate::recording::recording;

const HOUR: i64 = 3_600_000;

fn hours(hours: i64) -> Window {
    Window { start_millis: WINDOW.start_millis, end_millis: WINDOW.start_millis + hours * HOUR }
}

/// A server with one profile every minute, of value 1, that answers two hours at most.
async fn server_of_two_hours() -> FakeServer {
    FakeServer::start(|request| match request.call() {
        "SelectMergeStacktraces" => trees(request),
        "SelectSeries" => series(request),
        "ProfileTypes" => {
            let message = ProfileTypesRequest::decode(request.body.as_slice()).unwrap();
            within_limit(message.start, message.end)
                .unwrap_or_else(|| recording("001-profile-types").reply)
        }
        _ => within_limit(0, i64::MAX).expect("refused"),
    })
    .await
}

fn within_limit(start: i64, end: i64) -> Option<Reply> {
    let text =
        "the query time range exceeds the limit (max_query_length, actual: 5h0m0s, limit: 2h)";
    (end - start > 2 * HOUR).then(|| Reply::error(400, "invalid_argument", text))
}

fn profiles_in(start: i64, end: i64) -> impl Iterator<Item = i64> {
    let first = (start + 59_999) / 60_000;
    (first..).map(|minute| minute * 60_000).take_while(move |at| *at <= end)
}

fn trees(request: &Request) -> Reply {
    let message = SelectMergeStacktracesRequest::decode(request.body.as_slice()).unwrap();
    let SelectMergeStacktracesRequest { start, end, max_nodes, .. } = message;
    if max_nodes.is_some_and(|nodes| nodes > 1000) {
        let text = "max flamegraph nodes limit 8192 is greater than allowed 1000";
        return Reply::error(400, "invalid_argument", text);
    }
    if let Some(refused) = within_limit(start, end) {
        return refused;
    }
    let count = u8::try_from(profiles_in(start, end).count()).unwrap();
    let is_cut = max_nodes == Some(1);
    // An unnamed root with one child, of as many as there are profiles.
    let name: &[u8] = if is_cut { b"other" } else { b"work" };
    let mut tree = vec![0, 0, 1, u8::try_from(name.len()).unwrap()];
    tree.extend(name);
    tree.extend(if count < 128 { vec![count] } else { vec![count | 0x80, 1] });
    tree.push(0);
    let response = SelectMergeStacktracesResponse { tree: tree.into(), ..Default::default() };
    Reply::proto(response.encode_to_vec())
}

fn series(request: &Request) -> Reply {
    let message = SelectSeriesRequest::decode(request.body.as_slice()).unwrap();
    let SelectSeriesRequest { start, end, step, .. } = message;
    if let Some(refused) = within_limit(start, end) {
        return refused;
    }
    let step = (step * 1000.0) as i64;
    // Points at start + k * step, each for the step that ends there; and one for the step before,
    // as servers look a step further back than they are asked to.
    let points = (start - step..=end)
        .step_by(step as usize)
        .map(|timestamp| types::Point {
            timestamp,
            value: profiles_in(timestamp - step + 1, timestamp).count() as f64,
            ..types::Point::default()
        })
        .filter(|point| point.value > 0.0)
        .collect();
    let response = SelectSeriesResponse { series: vec![types::Series { labels: vec![], points }] };
    Reply::proto(response.encode_to_vec())
}

fn tree_request(window: Window, max_nodes: NodeLimit) -> TreeRequest {
    TreeRequest { window, max_nodes, ..checkout_tree() }
}

#[tokio::test]
async fn a_tree_of_a_long_window_is_merged_from_parts() {
    let server = server_of_two_hours().await;
    let client = server.client();
    let answer = client.tree(&tree_request(hours(5), NodeLimit::SourceDefault)).await.unwrap();
    let expected = profiles_in(hours(5).start_millis, hours(5).end_millis).count();
    assert_eq!(answer.tree.total_value(ROOT), i64::try_from(expected).unwrap());
    assert_eq!(canonical(&answer.tree).len(), 2);
    assert!(!answer.may_be_truncated);
    assert_eq!(answer.notices, [SourceNotice::WindowSplit { parts: 3, limit_millis: 2 * HOUR }]);
    // The refusal, and the parts; the next time nothing is refused.
    assert_eq!(server.requests().len(), 4);
    client.tree(&tree_request(hours(5), NodeLimit::SourceDefault)).await.unwrap();
    assert_eq!(server.requests().len(), 7);
    client.tree(&tree_request(hours(2), NodeLimit::SourceDefault)).await.unwrap();
    assert_eq!(server.requests().len(), 8);
}

#[tokio::test]
async fn a_tree_merged_from_cut_parts_says_how_much_may_be_missing() {
    let server = server_of_two_hours().await;
    let answer =
        server.client().tree(&tree_request(hours(5), NodeLimit::from_query(1))).await.unwrap();
    assert!(answer.may_be_truncated);
    let missing_at_most = answer.tree.total_value(ROOT);
    assert!(answer.notices.contains(&SourceNotice::LowerBounds { missing_at_most }));
}

#[tokio::test]
async fn fewer_nodes_are_asked_for_where_the_server_allows_no_more() {
    let server = server_of_two_hours().await;
    let client = server.client();
    let answer = client.tree(&tree_request(hours(1), NodeLimit::from_query(8192))).await.unwrap();
    let lowered = SourceNotice::MaxNodesLowered { wanted: 8192, allowed: 1000 };
    assert_eq!(answer.notices, [lowered]);
    assert_eq!(server.requests().len(), 2);
    // All nodes came, and as many as allowed were asked for: no wish that was not met.
    for wanted in [NodeLimit::All, NodeLimit::from_query(1000)] {
        let answer = client.tree(&tree_request(hours(1), wanted)).await.unwrap();
        assert_eq!(answer.notices, []);
    }
    assert_eq!(server.requests().len(), 4);
}

#[tokio::test]
async fn all_nodes_were_wanted_and_the_server_cut_at_its_limit() {
    let server = FakeServer::start(|request| {
        let message = SelectMergeStacktracesRequest::decode(request.body.as_slice()).unwrap();
        if message.max_nodes != Some(2) {
            let text = "max flamegraph nodes limit 1048576 is greater than allowed 2";
            return Reply::error(400, "invalid_argument", text);
        }
        // An unnamed root with one child, which stands for what was cut.
        let tree = [&[0, 0, 1, 5][..], b"other", &[7, 0]].concat();
        let response = SelectMergeStacktracesResponse { tree: tree.into(), ..Default::default() };
        Reply::proto(response.encode_to_vec())
    })
    .await;
    let client = server.client();
    for _ in 0..2 {
        let answer = client.tree(&tree_request(hours(1), NodeLimit::All)).await.unwrap();
        assert!(answer.may_be_truncated);
        let lowered = SourceNotice::MaxNodesLowered { wanted: 1 << 20, allowed: 2 };
        assert_eq!(answer.notices, [lowered]);
        assert_eq!(answer.call, "SelectMergeStacktraces");
    }
}

/// A server whose exemplars of spans stand in heatmaps, with one span each hour, on the hour.
async fn server_of_spans(heatmap: fn(&Request) -> Reply) -> FakeServer {
    FakeServer::start(move |request| match request.call() {
        "SelectSeries" => series(request),
        "SelectHeatmap" if is_of_an_hour(request) => heatmap(request),
        _ => OldServer::new((1, 19), "1.19.0", true).reply(request),
    })
    .await
}

/// Whether a heatmap is asked for in steps of an hour; a look at the server asks in others.
fn is_of_an_hour(request: &Request) -> bool {
    SelectHeatmapRequest::decode(request.body.as_slice()).unwrap().step == 3_600.0
}

fn spans_each_hour(request: &Request) -> Reply {
    let message = SelectHeatmapRequest::decode(request.body.as_slice()).unwrap();
    let SelectHeatmapRequest { start, end, .. } = message;
    if let Some(refused) = within_limit(start, end) {
        return refused;
    }
    let slots = (start..=end).step_by(HOUR as usize).map(|timestamp| types::HeatmapSlot {
        timestamp,
        y_min: vec![0.0],
        counts: vec![1],
        exemplars: vec![types::Exemplar {
            timestamp,
            span_id: format!("{timestamp:016x}"),
            value: 1,
            ..types::Exemplar::default()
        }],
    });
    let series = vec![types::HeatmapSeries { labels: vec![], slots: slots.collect() }];
    Reply::proto(SelectHeatmapResponse { series }.encode_to_vec())
}

fn spans_over(window: Window) -> SeriesRequest {
    SeriesRequest { window, exemplars: ExemplarKind::Span, ..checkout_series(HOUR) }
}

#[tokio::test]
async fn exemplars_of_spans_of_a_long_window_come_from_parts() {
    let server = server_of_spans(spans_each_hour).await;
    let answer = server.client().series(&spans_over(hours(5))).await.unwrap();
    assert_eq!(answer.notices, []);
    assert_eq!(answer.call, "SelectSeries and SelectHeatmap");
    assert!(answer.wire_bytes > 0);
    let points = &answer.series[0].points;
    assert_eq!(points.len(), 6);
    for point in points {
        let spans: Vec<&str> =
            point.exemplars.iter().map(|exemplar| exemplar.span_id.as_str()).collect();
        assert_eq!(spans, [format!("{:016x}", point.timestamp_millis)]);
    }
}

#[tokio::test]
async fn series_stay_where_exemplars_of_spans_cannot_be_looked_up() {
    for heatmap in [
        (|_| Reply::error(500, "internal", "out of memory")) as fn(&Request) -> Reply,
        |_| Reply::error(400, "invalid_argument", "no heatmaps of this tenant"),
        |_| Reply::answer(200, "application/proto", "no message"),
    ] {
        let server = server_of_spans(heatmap).await;
        let answer = server.client().series(&spans_over(hours(1))).await.unwrap();
        assert!(!answer.series[0].points.is_empty());
        let [SourceNotice::NoSpanExemplars { reason }] = &answer.notices[..] else {
            panic!("{:?}", answer.notices);
        };
        assert!(reason.contains("SelectHeatmap"), "{reason}");
    }
}

#[tokio::test]
async fn series_of_a_long_window_are_joined_without_seam() {
    let server = server_of_two_hours().await;
    let client = server.client();
    // Without a limit that was met, nothing is split.
    client.tree(&tree_request(hours(5), NodeLimit::SourceDefault)).await.unwrap();
    for step_millis in [60_000, 15 * 60_000, 7 * 60_000] {
        let request = SeriesRequest { window: hours(5), ..checkout_series(step_millis) };
        let series = client.series(&request).await.unwrap().series;
        let [series] = series.as_slice() else { panic!("{series:?}") };
        let times: Vec<i64> = series.points.iter().map(|point| point.timestamp_millis).collect();
        assert!(times.is_sorted_by(|a, b| a < b), "{times:?}");
        let Window { start_millis, end_millis } = request.window;
        for point in &series.points {
            let expected =
                profiles_in(point.timestamp_millis - step_millis + 1, point.timestamp_millis);
            assert_eq!(point.value, expected.count() as f64, "step {step_millis}");
            assert_eq!((point.timestamp_millis - start_millis) % step_millis, 0);
        }
        let last = start_millis + (end_millis - start_millis) / step_millis * step_millis;
        let all = profiles_in(start_millis - step_millis + 1, last).count();
        let sum: f64 = series.points.iter().map(|point| point.value).sum();
        assert_eq!(sum, all as f64, "step {step_millis}");
    }
}

#[tokio::test]
async fn metadata_of_a_long_window_is_united() {
    let server = server_of_two_hours().await;
    let long = MetadataRequest { selectors: vec![], window: hours(5) };
    let short = MetadataRequest { selectors: vec![], window: hours(1) };
    let client = server.client();
    let united = client.profile_types(&long).await.unwrap();
    assert_eq!(united, client.profile_types(&short).await.unwrap());
    assert_eq!(server.requests().len(), 5);
}

#[tokio::test]
async fn heatmaps_of_a_long_window_are_refused_with_the_limit() {
    let request = HeatmapRequest {
        profile_type: checkout_tree().profile_type,
        selector: checkout_tree().selector,
        window: hours(5),
        step_millis: 60_000,
        group_by: vec![],
        kind: HeatmapKind::Span,
        exemplars: false,
        limit: None,
    };
    let error = server_of_two_hours().await.client().heatmap(&request).await;
    let error = error.expect_err("too long");
    assert_eq!(error.kind, SourceErrorKind::InvalidRequest);
    assert!(error.message.contains("at most 7200 s"), "{error}");
}

#[tokio::test]
async fn a_window_of_too_many_parts_is_refused() {
    let server = server_of_two_hours().await;
    let error = server.client().tree(&tree_request(hours(10_000), NodeLimit::SourceDefault)).await;
    let error = error.expect_err("5000 requests");
    assert_eq!(error.kind, SourceErrorKind::InvalidRequest);
    assert!(error.message.contains("416 days"), "{error}");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_refusal_that_teaches_nothing_is_told() {
    let text = "the query time range exceeds the limit (max_query_length, actual: 1s, limit: 30d)";
    let server = FakeServer::start(move |_| Reply::error(400, "invalid_argument", text)).await;
    let error = server.client().tree(&checkout_tree()).await.expect_err("nothing but refusals");
    assert_eq!(error.kind, SourceErrorKind::InvalidRequest);
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn what_one_users_tenant_is_refused_another_user_is_not() {
    let server = FakeServer::start(|request| match request.header("authorization") {
        Some("Bearer ann") => trees(request),
        _ => OldServer::new((2, 2), "2.2.0", true).reply(request),
    })
    .await;
    let mut config = server.config();
    config.http.forwarding.oauth_identity = true;
    let client = PyroscopeClient::new(&config).unwrap();
    let of = |user: &str| {
        let mut headers = RequestHeaders::new();
        headers.append("Authorization", &format!("Bearer {user}")).unwrap();
        client.with_headers(&headers)
    };
    let wanted = tree_request(hours(5), NodeLimit::from_query(8192));
    let of_ann = of("ann").tree(&wanted).await.unwrap();
    assert_eq!(of_ann.notices.len(), 2, "{:?}", of_ann.notices);
    let before = server.requests().len();
    let of_bob = of("bob").tree(&wanted).await.unwrap();
    assert_eq!(of_bob.notices, []);
    assert_eq!(server.requests().len(), before + 1);
}

#[tokio::test]
async fn a_server_that_lowers_its_limit_for_ever_is_left_alone() {
    let lower = |counter: &'static AtomicI64, text: fn(i64) -> String| {
        move |_: &Request| {
            let left = counter.fetch_sub(1, Ordering::Relaxed);
            Reply::error(400, "invalid_argument", &text(left))
        }
    };
    static NODES: AtomicI64 = AtomicI64::new(8_000);
    static SECONDS: AtomicI64 = AtomicI64::new(17_000);
    let nodes = |left| format!("max flamegraph nodes limit 9 is greater than allowed {left}");
    let window =
        |left| format!("the query time range exceeds the limit (max_query_length, limit: {left}s)");
    for server in [
        FakeServer::start(lower(&NODES, nodes)).await,
        FakeServer::start(lower(&SECONDS, window)).await,
    ] {
        let wanted = tree_request(hours(5), NodeLimit::from_query(8192));
        let error = server.client().tree(&wanted).await.unwrap_err();
        assert_eq!(error.kind, SourceErrorKind::InvalidRequest);
        assert!(server.requests().len() < 50, "{} questions", server.requests().len());
    }
}
