//! The paths of Pyroscope's API.

use std::future::Future;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::Response;
use axum::routing::{MethodRouter, any, get, post};

use super::connect::{BodyRules, CallContext, CallError, Code, Message, answer};
use super::face::Face;
use super::profile_store::ProfileStore;
use super::push_entries::check_entries;
use super::{ingest, push, querier, status};

/// The most bytes of a query; a call with thousands of ids fits many times.
const QUERY_LIMIT_BYTES: usize = 16 << 20;

/// The most bytes of a push, before and after decompression.
const PUSH_LIMIT_BYTES: usize = 64 << 20;

/// Where OTLP profiles would go over gRPC.
const OTLP_EXPORT: &str =
    "/opentelemetry.proto.collector.profiles.v1development.ProfilesService/Export";

/// Every path of the API, with the calls behind them.
pub(crate) fn routes<S: ProfileStore>() -> Router<Arc<Face<S>>> {
    querier_routes().merge(push_routes()).merge(status_routes())
}

fn querier_routes<S: ProfileStore>() -> Router<Arc<Face<S>>> {
    let querier = |call: &str| format!("/querier.v1.QuerierService/{call}");
    Router::new()
        .route(
            &querier("ProfileTypes"),
            rpc("ProfileTypes", |face: Arc<Face<S>>, _, request| async move {
                querier::profile_types(&face.store, (face.clock)(), request).await
            }),
        )
        .route(
            &querier("LabelNames"),
            rpc("LabelNames", |face: Arc<Face<S>>, ctx, request| async move {
                querier::label_names(&face.store, &ctx, request).await
            }),
        )
        .route(
            &querier("LabelValues"),
            rpc("LabelValues", |face: Arc<Face<S>>, _, request| async move {
                querier::label_values(&face.store, request).await
            }),
        )
        .route(
            &querier("Series"),
            rpc("Series", |face: Arc<Face<S>>, ctx, request| async move {
                querier::series(&face.store, &ctx, request).await
            }),
        )
        .route(
            &querier("SelectMergeStacktraces"),
            rpc("SelectMergeStacktraces", |face: Arc<Face<S>>, ctx, request| async move {
                querier::select_merge_stacktraces(&face.store, &ctx, request).await
            }),
        )
        .route(
            &querier("SelectMergeSpanProfile"),
            rpc("SelectMergeSpanProfile", |face: Arc<Face<S>>, ctx, request| async move {
                querier::select_merge_span_profile(&face.store, &ctx, request).await
            }),
        )
        .route(
            &querier("SelectMergeProfile"),
            rpc("SelectMergeProfile", |face: Arc<Face<S>>, _, request| async move {
                querier::select_merge_profile(&face.store, request).await
            }),
        )
        .route(
            &querier("Diff"),
            rpc("Diff", |face: Arc<Face<S>>, ctx, request| async move {
                querier::diff(&face.store, &ctx, request).await
            }),
        )
        .route(&querier("AnalyzeQuery"), any(async || unserved("AnalyzeQuery")))
        .route(
            &querier("SelectSeries"),
            rpc("SelectSeries", |face: Arc<Face<S>>, ctx, request| async move {
                querier::select_series(&face.store, &ctx, request).await
            }),
        )
        .route(
            &querier("SelectHeatmap"),
            rpc("SelectHeatmap", |face: Arc<Face<S>>, ctx, request| async move {
                querier::select_heatmap(&face.store, &ctx, request).await
            }),
        )
        .route(
            &querier("GetProfileStats"),
            rpc("GetProfileStats", |face: Arc<Face<S>>, _, request| async move {
                querier::profile_stats(&face.store, request).await
            }),
        )
        .route(
            "/capabilities.v1.FeatureFlagsService/GetFeatureFlags",
            rpc("GetFeatureFlags", |_: Arc<Face<S>>, _, request| async move {
                querier::feature_flags(request)
            }),
        )
}

/// The answer to a call that Pyroscope has and this server has not.
fn unserved(call: &str) -> Response<Body> {
    CallError::new(Code::Unimplemented, format!("{call} is not served here")).into_response()
}

/// The paths by which profiles come in.
fn push_routes<S: ProfileStore>() -> Router<Arc<Face<S>>> {
    let not_taken = |path: &'static str| {
        post(async move || {
            let message = format!(
                "{path}: OTLP profiles are not taken here, push pprof to \
                 /push.v1.PusherService/Push or /ingest"
            );
            CallError::new(Code::Unimplemented, message).into_response()
        })
    };
    Router::new()
        .route(
            "/push.v1.PusherService/Push",
            limited_rpc("Push", Kind::Push, |face: Arc<Face<S>>, _, request| async move {
                push::push(&face, request).await
            }),
        )
        .route("/ingest", post(ingest_route))
        .route("/pyroscope/ingest", post(ingest_route))
        .route("/v1development/profiles", not_taken("/v1development/profiles"))
        .route(OTLP_EXPORT, not_taken(OTLP_EXPORT))
}

async fn ingest_route<S: ProfileStore>(
    State(face): State<Arc<Face<S>>>,
    request: Request,
) -> Response<Body> {
    let timer = face.metrics.start("ingest");
    let response = ingest::ingest(&face, request, PUSH_LIMIT_BYTES).await;
    timer.finish(response.status());
    response
}

/// The paths by which people and monitors look at the server.
fn status_routes<S: ProfileStore>() -> Router<Arc<Face<S>>> {
    Router::new()
        .route("/ready", get(async |State(face): State<Arc<Face<S>>>| status::ready(&face)))
        .route("/api/v1/status/buildinfo", get(async || status::build_info()))
        .route("/metrics", get(async |State(face): State<Arc<Face<S>>>| status::metrics(&face)))
        .route(
            "/api/apps",
            get(async |State(face): State<Arc<Face<S>>>| status::list_apps(&face).await),
        )
        .route(
            "/api/profiles",
            get(async |State(face): State<Arc<Face<S>>>| status::list_profiles(&face).await),
        )
}

/// A query, counted.
fn rpc<S, Req, Res, F, Fut>(name: &'static str, call: F) -> MethodRouter<Arc<Face<S>>>
where
    S: ProfileStore,
    Req: Message,
    Res: Message,
    F: Fn(Arc<Face<S>>, CallContext, Req) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Res, CallError>> + Send,
{
    limited_rpc(name, Kind::Query, call)
}

/// What a call does, which decides how large its message may be.
#[derive(Debug, Clone, Copy)]
enum Kind {
    Query,
    Push,
}

/// A call, counted, with a limit on its message.
fn limited_rpc<S, Req, Res, F, Fut>(
    name: &'static str,
    kind: Kind,
    call: F,
) -> MethodRouter<Arc<Face<S>>>
where
    S: ProfileStore,
    Req: Message,
    Res: Message,
    F: Fn(Arc<Face<S>>, CallContext, Req) -> Fut + Clone + Send + Sync + 'static,
    Fut: Future<Output = Result<Res, CallError>> + Send,
{
    any(move |State(face): State<Arc<Face<S>>>, request: Request| async move {
        let timer = face.metrics.start(name);
        let called = Arc::clone(&face);
        let rules = match kind {
            Kind::Query => {
                BodyRules { limit_bytes: QUERY_LIMIT_BYTES, share: None, check: |_, _| Ok(()) }
            }
            Kind::Push => BodyRules {
                limit_bytes: PUSH_LIMIT_BYTES,
                share: Some(face.push_bodies.share()),
                check: check_entries,
            },
        };
        let call = |ctx, message| call(called, ctx, message);
        let response = answer(request, rules, call).await;
        timer.finish(response.status());
        response
    })
}
