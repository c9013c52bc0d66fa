//! Spans, traces, profiles and call sites: asked for where the server understands it, refused
//! where it would answer for everything.

use fake_server::{FakeServer, Reply};
use prost::Message;
use pyroscope_api::querier::v1::{
    SelectHeatmapResponse, SelectMergeSpanProfileRequest, SelectMergeStacktracesRequest,
    SelectSeriesResponse,
};
use pyroscope_api::types::v1 as types;
use query::{
    ExemplarKind, ProfileSource, SeriesRequest, SourceError, SourceErrorKind, SourceNotice,
    TreeRequest,
};

use crate::client_of::ClientOf;
use crate::goldens::{ROOT, WINDOW, checkout_series, checkout_tree};
use crate::old_server::OldServer;

const SPAN: &str = "03fa1cbd967b13da";
const TRACE: &str = "b76efb7ac1779aa58aecd0fd08c2bdc5";
const PROFILE: &str = "9c232114-b7ac-4eb4-945b-8ee9bdc2d512";

fn with_span() -> TreeRequest {
    TreeRequest { span_ids: vec![SPAN.to_owned()], ..checkout_tree() }
}

fn with_trace() -> TreeRequest {
    TreeRequest { trace_ids: vec![TRACE.to_owned()], ..checkout_tree() }
}

fn with_profile() -> TreeRequest {
    TreeRequest { profile_ids: vec![PROFILE.to_owned()], ..checkout_tree() }
}

fn with_call_site(name: &str) -> TreeRequest {
    TreeRequest { call_site: vec![name.to_owned()], ..checkout_tree() }
}

async fn refusal(server: OldServer, request: &TreeRequest) -> SourceError {
    let server = server.start().await;
    let error = server.client().tree(request).await.expect_err("the server cannot do that");
    // What finds out about the server is all that was asked.
    assert!(server.requests().len() <= 4);
    error
}

#[tokio::test]
async fn spans_are_asked_for_by_the_older_call_where_the_newer_would_ignore_them() {
    let server = OldServer::new((1, 14), "1.14.0", false).start().await;
    let tree = server.client().tree(&with_span()).await.unwrap().tree;
    assert!((0..33_070_000_000).contains(&tree.total_value(ROOT)), "{}", tree.total_value(ROOT));
    let asked = server.requests().pop().unwrap();
    assert_eq!(asked.call(), "SelectMergeSpanProfile");
    let message = SelectMergeSpanProfileRequest::decode(asked.body.as_slice()).unwrap();
    assert_eq!(message.span_selector, [SPAN]);
    assert_eq!(message.max_nodes, Some(8192));
}

#[tokio::test]
async fn spans_are_asked_for_by_the_newer_call_where_it_knows_them() {
    for storage_v2 in [true, false] {
        let server = OldServer::new((2, 2), "2.2.0", storage_v2).start().await;
        let mut request = with_span();
        request.span_ids = vec![SPAN.to_uppercase()];
        server.client().tree(&request).await.unwrap();
        let asked = server.requests().pop().unwrap();
        assert_eq!(asked.call(), "SelectMergeStacktraces");
        let message = SelectMergeStacktracesRequest::decode(asked.body.as_slice()).unwrap();
        assert_eq!(message.span_selector, [SPAN]);
    }
}

#[tokio::test]
async fn what_a_server_would_ignore_is_refused_with_its_version_and_what_is_needed() {
    let rows = [
        (with_trace(), (2, 1), "2.1.0", true, "Pyroscope 2.1.0 cannot select by trace id", "2.2"),
        (with_trace(), (2, 2), "2.2.0", false, "Pyroscope 2.2.0 cannot select by trace", "2.2"),
        (with_profile(), (1, 16), "1.16.0", false, "Pyroscope 1.16.0 cannot", "1.17"),
        (with_call_site("main"), (1, 14), "1.14.0", false, "Pyroscope 1.14.0 cannot", "1.15"),
        (
            TreeRequest { call_site: vec!["main".to_owned()], ..with_span() },
            (2, 2),
            "2.2.0",
            false,
            "by span together with a profile id or a call site",
            "2.2",
        ),
        (
            TreeRequest { profile_ids: vec![PROFILE.to_owned()], ..with_span() },
            (2, 1),
            "2.1.0",
            true,
            "by span together with a profile id or a call site",
            "2.2",
        ),
    ];
    for (request, version, says, storage_v2, refused, needed) in rows {
        let error = refusal(OldServer::new(version, says, storage_v2), &request).await;
        assert_eq!(error.kind, SourceErrorKind::Unimplemented, "{error}");
        assert!(error.message.contains(refused), "{error}");
        let needs = format!("Pyroscope {needed}");
        assert!(error.message.contains(&needs) && error.message.contains("is needed"), "{error}");
    }
}

#[tokio::test]
async fn profiles_and_call_sites_are_asked_for_where_the_server_knows_them() {
    let server = OldServer::new((1, 17), "1.17.0", false).start().await;
    server.client().tree(&with_profile()).await.unwrap();
    let asked = server.requests().pop().unwrap();
    let message = SelectMergeStacktracesRequest::decode(asked.body.as_slice()).unwrap();
    assert_eq!(message.profile_id_selector, [PROFILE]);
}

#[tokio::test]
async fn a_server_that_ignores_the_call_site_after_all_is_found_out() {
    let server = OldServer::new((2, 2), "2.2.0", true).start().await;
    let error = server.client().tree(&with_call_site("no.such.function")).await;
    let error = error.expect_err("the answer is for everything");
    assert_eq!(error.kind, SourceErrorKind::Unimplemented);
    assert!(error.message.contains("ignored the call site"), "{error}");
}

#[tokio::test]
async fn spans_and_traces_at_once_are_answered_for_the_spans_and_say_so() {
    let server = OldServer::new((2, 2), "2.2.0", true).start().await;
    let request = TreeRequest { trace_ids: vec![TRACE.to_owned()], ..with_span() };
    let answer = server.client().tree(&request).await.unwrap();
    assert_eq!(answer.notices, [SourceNotice::TraceIdsLeftOut]);
}

#[tokio::test]
async fn ids_that_are_none_are_refused_before_they_are_sent() {
    let rows = [
        TreeRequest { span_ids: vec!["abc".to_owned()], ..checkout_tree() },
        TreeRequest { span_ids: vec!["03fa1cbd967b13dg".to_owned()], ..checkout_tree() },
        TreeRequest { trace_ids: vec![TRACE[4..].to_owned()], ..checkout_tree() },
        TreeRequest { profile_ids: vec!["no-profile".to_owned()], ..checkout_tree() },
    ];
    for request in rows {
        let error = refusal(OldServer::new((2, 2), "2.2.0", true), &request).await;
        assert_eq!(error.kind, SourceErrorKind::InvalidRequest, "{error}");
        assert!(error.message.contains("expected"), "{error}");
    }
}

#[tokio::test]
async fn a_plain_question_does_not_look_at_the_server() {
    let server = OldServer::new((1, 7), "1.7.0", false).start().await;
    server.client().tree(&checkout_tree()).await.unwrap();
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn series_below_a_call_site_are_refused_where_they_would_be_of_everything() {
    let request = SeriesRequest { call_site: vec!["main".to_owned()], ..checkout_series(15_000) };
    let server = OldServer::new((2, 2), "2.2.0", true).start().await;
    let error = server.client().series(&request).await.expect_err("ignored by the server");
    assert_eq!(error.kind, SourceErrorKind::Unimplemented);
    assert!(error.message.contains("Pyroscope 2.2.0 ignores the call site"), "{error}");

    let server = OldServer::new((1, 14), "1.14.0", false).start().await;
    server.client().series(&request).await.unwrap();
}

#[tokio::test]
async fn exemplars_of_spans_come_from_the_heatmap_of_the_same_step() {
    let start = WINDOW.start_millis;
    let at = |seconds: i64| start + seconds * 1000;
    let exemplar = |seconds, span: &str| types::Exemplar {
        timestamp: at(seconds),
        span_id: span.to_owned(),
        trace_id: TRACE.to_owned(),
        value: 5,
        ..types::Exemplar::default()
    };
    let slots = vec![types::HeatmapSlot {
        timestamp: at(30),
        y_min: vec![0.0],
        counts: vec![3],
        exemplars: vec![
            exemplar(30, "00000000000000aa"),
            exemplar(15, "00000000000000bb"),
            // Nothing was used in its step, so that there is no point for it.
            exemplar(40, "00000000000000cc"),
        ],
    }];
    let heatmap =
        SelectHeatmapResponse { series: vec![types::HeatmapSeries { labels: vec![], slots }] };
    let point =
        |seconds| types::Point { value: 7.0, timestamp: at(seconds), ..types::Point::default() };
    let series = types::Series { labels: vec![], points: vec![point(15), point(30), point(60)] };
    let series = SelectSeriesResponse { series: vec![series] };
    let server = FakeServer::start(move |request| {
        let is_probe = OldServer::new((1, 19), "1.19.0", true).reply(request);
        match request.call() {
            "SelectSeries" => Reply::proto(series.encode_to_vec()),
            "SelectHeatmap" if matches!(is_probe, Reply::Answer { status: 200, .. }) => {
                Reply::proto(heatmap.encode_to_vec())
            }
            _ => is_probe,
        }
    })
    .await;
    let request = SeriesRequest { exemplars: ExemplarKind::Span, ..checkout_series(15_000) };
    let series = server.client().series(&request).await.unwrap().series;
    let spans = |point: &query::Point| -> Vec<String> {
        point.exemplars.iter().map(|exemplar| exemplar.span_id.clone()).collect()
    };
    let spans: Vec<Vec<String>> = series[0].points.iter().map(spans).collect();
    assert_eq!(spans, [vec!["00000000000000bb"], vec!["00000000000000aa"], vec![]]);

    let server = OldServer::new((1, 18), "1.18.0", false).start().await;
    let error = server.client().series(&request).await.expect_err("no heatmap");
    assert_eq!(error.kind, SourceErrorKind::Unimplemented);
    assert!(error.message.contains("Pyroscope 1.18.0 has no exemplars of spans"), "{error}");
}
