//! Call trees and profiles merged from the samples that are asked for.

use profile::Tree;
use prost::Message;
use pyroscope_api::google::v1::Profile;
use pyroscope_api::querier::v1::{
    PprofProfile, ProfileFormat, SelectMergeProfileRequest, SelectMergeSpanProfileRequest,
    SelectMergeSpanProfileResponse, SelectMergeStacktracesRequest, SelectMergeStacktracesResponse,
};
use query::{NodeLimit, TreeRequest};

use super::flame_graph::{flame_graph, tree_bytes};
use super::validate;
use crate::serve::connect::{CallContext, CallError, Code};
use crate::serve::profile_store::ProfileStore;

pub(crate) async fn select_merge_stacktraces(
    store: &impl ProfileStore,
    ctx: &CallContext,
    request: SelectMergeStacktracesRequest,
) -> Result<SelectMergeStacktracesResponse, CallError> {
    let mut response = SelectMergeStacktracesResponse::default();
    match request.format() {
        ProfileFormat::Unspecified | ProfileFormat::Flamegraph => {
            let tree = told_tree(store, ctx, &request).await?;
            response.flamegraph = Some(blocking(move || flame_graph(&tree)).await?);
        }
        ProfileFormat::Tree => {
            let tree = told_tree(store, ctx, &request).await?;
            response.tree = blocking(move || tree_bytes(&tree)).await?.into();
        }
        ProfileFormat::Pprof => {
            let profile = merged(store, &pprof_request(&request)?).await?;
            response.pprof = profile.map(|profile| PprofProfile { profile: Some(profile) });
        }
        ProfileFormat::Dot => {
            return Err(CallError::new(
                Code::Unimplemented,
                "PROFILE_FORMAT_DOT is not served: ask for PROFILE_FORMAT_TREE or _PPROF",
            ));
        }
    }
    Ok(response)
}

pub(crate) async fn select_merge_span_profile(
    store: &impl ProfileStore,
    ctx: &CallContext,
    request: SelectMergeSpanProfileRequest,
) -> Result<SelectMergeSpanProfileResponse, CallError> {
    // Pyroscope answers every format but TREE as a flame graph here.
    let format = match request.format() {
        ProfileFormat::Tree => ProfileFormat::Tree,
        _ => ProfileFormat::Flamegraph,
    };
    let merged = select_merge_stacktraces(
        store,
        ctx,
        SelectMergeStacktracesRequest {
            profile_type_id: request.profile_type_id,
            label_selector: request.label_selector,
            start: request.start,
            end: request.end,
            max_nodes: request.max_nodes,
            format: format.into(),
            span_selector: request.span_selector,
            ..SelectMergeStacktracesRequest::default()
        },
    );
    let merged = merged.await?;
    Ok(SelectMergeSpanProfileResponse { flamegraph: merged.flamegraph, tree: merged.tree })
}

pub(crate) async fn select_merge_profile(
    store: &impl ProfileStore,
    request: SelectMergeProfileRequest,
) -> Result<Profile, CallError> {
    let request = pprof_request(&SelectMergeStacktracesRequest {
        profile_type_id: request.profile_type_id,
        label_selector: request.label_selector,
        start: request.start,
        end: request.end,
        max_nodes: request.max_nodes,
        stack_trace_selector: request.stack_trace_selector,
        profile_id_selector: request.profile_id_selector,
        trace_id_selector: request.trace_id_selector,
        ..SelectMergeStacktracesRequest::default()
    })?;
    Ok(merged(store, &request).await?.unwrap_or_default())
}

/// The call tree of a request; what it lacks is told beside it.
async fn told_tree(
    store: &impl ProfileStore,
    ctx: &CallContext,
    request: &SelectMergeStacktracesRequest,
) -> Result<Tree, CallError> {
    let response = store.tree(&tree_request(request)?).await?;
    ctx.tell(&response.notices);
    Ok(response.tree)
}

/// What a source is asked for a call tree.
pub(super) fn tree_request(
    request: &SelectMergeStacktracesRequest,
) -> Result<TreeRequest, CallError> {
    selection(request, NodeLimit::SourceDefault)
}

/// What a store is asked for a whole profile: 0 or absent `max_nodes` is all of it.
fn pprof_request(request: &SelectMergeStacktracesRequest) -> Result<TreeRequest, CallError> {
    selection(request, NodeLimit::All)
}

/// `unsaid` is the limit of a request that says none.
fn selection(
    request: &SelectMergeStacktracesRequest,
    unsaid: NodeLimit,
) -> Result<TreeRequest, CallError> {
    // First of all, as in Pyroscope: clients tell by this error that both selectors are understood.
    if !request.span_selector.is_empty() && !request.trace_id_selector.is_empty() {
        return Err(CallError::invalid_argument(
            "span_selector and trace_id_selector cannot be combined",
        ));
    }
    Ok(TreeRequest {
        window: validate::window(request.start, request.end)?,
        profile_type: validate::profile_type(&request.profile_type_id)?,
        max_nodes: validate::max_nodes(request.max_nodes)?.or(unsaid),
        span_ids: validate::span_ids(&request.span_selector)?,
        trace_ids: validate::trace_ids(&request.trace_id_selector)?,
        profile_ids: validate::profile_ids(&request.profile_id_selector)?,
        call_site: validate::call_site(request.stack_trace_selector.as_ref())?,
        selector: validate::selector(&request.label_selector)?,
    })
}

/// A merged profile as a message. None: no sample was found.
async fn merged(
    store: &impl ProfileStore,
    request: &TreeRequest,
) -> Result<Option<Profile>, CallError> {
    let profile = store.merged_profile(request).await?;
    if profile.samples().is_empty() {
        return Ok(None);
    }
    // The encoder writes bytes, and the answer holds a message; both have the same fields.
    let message = blocking(move || Profile::decode(&profile_codec::pprof::encode(&profile)[..]));
    message.await?.map(Some).map_err(|error| {
        CallError::new(Code::Internal, format!("encode the merged profile: {error}"))
    })
}

/// Runs what costs in the size of a tree where it may take its time.
pub(super) async fn blocking<T: Send + 'static>(
    run: impl FnOnce() -> T + Send + 'static,
) -> Result<T, CallError> {
    let run = tokio::task::spawn_blocking(run).await;
    run.map_err(|error| CallError::new(Code::Internal, format!("encode answer: {error}")))
}
