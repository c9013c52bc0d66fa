//! Call trees: asked for as TREE, taken as levels where a server knows nothing else.

use profile::{NodeIdx, Tree};
use pyroscope_api::querier::v1::{
    ProfileFormat, SelectMergeSpanProfileRequest, SelectMergeSpanProfileResponse,
    SelectMergeStacktracesRequest, SelectMergeStacktracesResponse,
};
use query::{NodeLimit, SourceErrorKind, SourceNotice, TreeRequest, TreeResponse, Window};

use crate::client::PyroscopeClient;
use crate::joined_tree::{JoinedTree, TreePart};
use crate::learnt::{MOST_LESSONS, max_nodes_limit};
use crate::rpc;
use crate::tree_decode::{DecodedTree, decode};
use crate::tree_selection::{TreeSelection, call_site};
use crate::window_parts::{Parts, ask_in_parts, split};
use upstream_http::Fault;

const CALL: &str = "SelectMergeStacktraces";

/// What servers before it selected spans by.
const OLDER_CALL: &str = "SelectMergeSpanProfile";

impl PyroscopeClient {
    pub(crate) async fn ask_tree(&self, request: &TreeRequest) -> Result<TreeResponse, Fault> {
        let outcome = self.ask_selected_tree(request).await;
        if outcome.as_ref().is_err_and(|fault| fault.kind == SourceErrorKind::Unimplemented) {
            // The server may be another one than was looked at.
            self.forget_server().await;
        }
        outcome
    }

    async fn ask_selected_tree(&self, request: &TreeRequest) -> Result<TreeResponse, Fault> {
        let selection = if TreeSelection::is_needed(request) {
            TreeSelection::new(request, &self.known_server().await?)?
        } else {
            TreeSelection::default()
        };
        let parts = ask_in_parts(&self.limits, request.window, split, JoinedTree::add, |part| {
            self.one_tree_part(request, &selection, part)
        });
        let Parts { gathered: joined, count, limit_millis } = parts.await?;
        let mut notices = selection.notices;
        let wanted = request.max_nodes.to_pyroscope().unwrap_or_default();
        // Who wants all of them has them, unless something was cut.
        let is_met = request.max_nodes == NodeLimit::All && !joined.may_be_truncated;
        let allowed = self.limits.max_nodes().filter(|allowed| *allowed < wanted && !is_met);
        if let Some(allowed) = allowed {
            notices.push(SourceNotice::MaxNodesLowered { wanted, allowed });
        }
        if let Some(limit_millis) = limit_millis {
            notices.push(SourceNotice::WindowSplit { parts: count, limit_millis });
        }
        let call = if selection.by_older_call { OLDER_CALL } else { CALL };
        Ok(TreeResponse { call, ..joined.finish(notices).await? })
    }

    /// Asks with as many nodes as the server allows, which its refusal tells.
    async fn one_tree_part(
        &self,
        request: &TreeRequest,
        selection: &TreeSelection,
        part: Window,
    ) -> Result<TreePart, Fault> {
        let wanted = request.max_nodes.to_pyroscope();
        let mut max_nodes = match (wanted, self.limits.max_nodes()) {
            (Some(wanted), Some(allowed)) => Some(wanted.min(allowed)),
            (wanted, _) => wanted,
        };
        let mut lessons = 0;
        loop {
            let answer = self.one_tree(request, selection, part, max_nodes).await;
            let fault = match answer {
                Ok(part) => return Ok(part),
                Err(fault) => fault,
            };
            match max_nodes_limit(&fault.server_text) {
                Some(allowed)
                    if max_nodes.is_some_and(|asked| allowed < asked) && lessons < MOST_LESSONS =>
                {
                    lessons += 1;
                    self.limits.learn_max_nodes(allowed);
                    max_nodes = Some(allowed);
                }
                _ => return Err(fault),
            }
        }
    }

    async fn one_tree(
        &self,
        request: &TreeRequest,
        selection: &TreeSelection,
        part: Window,
        max_nodes: Option<u64>,
    ) -> Result<TreePart, Fault> {
        let profile_type_id = request.profile_type.to_string();
        let label_selector = request.selector.to_string();
        let Window { start_millis: start, end_millis: end } = part;
        let format = ProfileFormat::Tree.into();
        let asked_nodes = max_nodes.map(|nodes| i64::try_from(nodes).unwrap_or(i64::MAX));
        let transport = &self.shared.transport;
        let answer = if selection.by_older_call {
            let message = SelectMergeSpanProfileRequest {
                profile_type_id,
                label_selector,
                span_selector: selection.span_ids.clone(),
                start,
                end,
                max_nodes: asked_nodes,
                format,
            };
            let make = |response: SelectMergeSpanProfileResponse| {
                decode(OLDER_CALL, &response.tree, response.flamegraph)
            };
            rpc::call(transport, &self.on_behalf, OLDER_CALL, &message, make).await?
        } else {
            let message = SelectMergeStacktracesRequest {
                profile_type_id,
                label_selector,
                start,
                end,
                max_nodes: asked_nodes,
                format,
                stack_trace_selector: call_site(&selection.call_site),
                profile_id_selector: selection.profile_ids.clone(),
                r#async: None,
                trace_id_selector: selection.trace_ids.clone(),
                span_selector: selection.span_ids.clone(),
            };
            let below = selection.call_site.clone();
            let make = move |response: SelectMergeStacktracesResponse| {
                let decoded = decode(CALL, &response.tree, response.flamegraph)?;
                check_call_site(CALL, &decoded.tree, &below)?;
                Ok(decoded)
            };
            rpc::call(transport, &self.on_behalf, CALL, &message, make).await?
        };
        let DecodedTree { tree, mut notices } = answer.message;
        notices.extend(answer.notices);
        // A server cuts nothing as long as there are fewer nodes than it may keep, so that what
        // is called like a cut then is a function of that name.
        let has_room = max_nodes.is_some_and(|nodes| (tree.node_count() as u64) < nodes);
        let may_be_truncated = !tree.truncated().is_empty() && !has_room;
        Ok(TreePart { tree, may_be_truncated, wire_bytes: answer.wire_bytes, notices })
    }
}

/// Whether the server did as it was told: only stack traces that begin with the call site.
fn check_call_site(what: &str, tree: &Tree, call_site: &[String]) -> Result<(), Fault> {
    let Some(first) = call_site.first() else { return Ok(()) };
    let root = NodeIdx(0);
    match tree.children(root).find(|child| tree.name(*child) != first) {
        None => Ok(()),
        Some(other) => Err(Fault::unimplemented(format!(
            "{what}: the server ignored the call site: asked for what lies below {first:?}, \
             it answered with {:?}",
            tree.name(other)
        ))),
    }
}
