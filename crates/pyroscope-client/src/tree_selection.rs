//! How a selection of stack traces is put to a server that may not know all of it.

use pyroscope_api::types::v1::{Location, StackTraceSelector};
use query::{SourceNotice, TreeRequest};

use crate::capabilities::{ServerInfo, SpanSelection};
use upstream_http::Fault;

/// Which stack traces a tree is made of, in the form that a server understands.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(crate) struct TreeSelection {
    /// Whether to use the call for span profiles, which knows spans and nothing else.
    pub(crate) by_older_call: bool,
    /// 16 lower-case hex digits each.
    pub(crate) span_ids: Vec<String>,
    /// 32 lower-case hex digits each.
    pub(crate) trace_ids: Vec<String>,
    /// UUIDs.
    pub(crate) profile_ids: Vec<String>,
    /// Function names from the root.
    pub(crate) call_site: Vec<String>,
    /// What is done differently than asked.
    pub(crate) notices: Vec<SourceNotice>,
}

impl TreeSelection {
    /// Whether a request selects anything that some servers do not know.
    pub(crate) fn is_needed(request: &TreeRequest) -> bool {
        let TreeRequest { span_ids, trace_ids, profile_ids, call_site, .. } = request;
        !(span_ids.is_empty()
            && trace_ids.is_empty()
            && profile_ids.is_empty()
            && call_site.is_empty())
    }

    /// The selection of a request, for a server.
    ///
    /// Errors: ids that are none; what the server would ignore, answering for everything.
    pub(crate) fn new(request: &TreeRequest, server: &ServerInfo) -> Result<Self, Fault> {
        let mut selection = Self {
            by_older_call: false,
            span_ids: hex_ids(&request.span_ids, 16, "span")?,
            trace_ids: hex_ids(&request.trace_ids, 32, "trace")?,
            profile_ids: uuids(&request.profile_ids)?,
            call_site: request.call_site.clone(),
            notices: Vec::new(),
        };
        let can = server.capabilities;
        let lacking = |what: &str, needed: &str| {
            Err(Fault::unimplemented(format!(
                "{} cannot select {what} and would answer for all stack traces; {needed} is needed",
                server.name()
            )))
        };
        if !selection.span_ids.is_empty() && !selection.trace_ids.is_empty() {
            selection.trace_ids.clear();
            selection.notices.push(SourceNotice::TraceIdsLeftOut);
        }
        if !selection.trace_ids.is_empty() && !can.trace_ids {
            return lacking("by trace id", "Pyroscope 2.2 with storage version 2");
        }
        if !selection.profile_ids.is_empty() && !can.profile_ids {
            return lacking("by profile id", "Pyroscope 1.17");
        }
        if !selection.call_site.is_empty() && !can.tree_call_site {
            return lacking("below a call site", "Pyroscope 1.15");
        }
        let has_others = !selection.profile_ids.is_empty() || !selection.call_site.is_empty();
        if !selection.span_ids.is_empty() && can.spans != SpanSelection::WithOthers {
            if has_others {
                return lacking(
                    "by span together with a profile id or a call site",
                    "Pyroscope 2.2 with storage version 2",
                );
            }
            selection.by_older_call = can.spans == SpanSelection::OlderCall;
        }
        Ok(selection)
    }
}

/// A call site as servers read it. None: no call site.
pub(crate) fn call_site(names: &[String]) -> Option<StackTraceSelector> {
    let locations = names.iter().map(|name| Location { name: name.clone() });
    (!names.is_empty()).then(|| StackTraceSelector { call_site: locations.collect(), go_pgo: None })
}

/// Servers answer ids of another length with a failure of their own, or with nothing.
fn hex_ids(ids: &[String], digits: usize, what: &str) -> Result<Vec<String>, Fault> {
    let check = |id: &String| {
        if id.len() == digits && id.bytes().all(|digit| digit.is_ascii_hexdigit()) {
            Ok(id.to_ascii_lowercase())
        } else {
            Err(Fault::refused(format!("{id:?} is not a {what} id, expected {digits} hex digits")))
        }
    };
    ids.iter().map(check).collect()
}

fn uuids(ids: &[String]) -> Result<Vec<String>, Fault> {
    let check = |id: &String| {
        let groups: Vec<&str> = id.split('-').collect();
        let is_uuid = groups.iter().map(|group| group.len()).eq([8, 4, 4, 4, 12])
            && groups.iter().all(|group| group.bytes().all(|digit| digit.is_ascii_hexdigit()));
        if is_uuid {
            Ok(id.to_ascii_lowercase())
        } else {
            Err(Fault::refused(format!("{id:?} is not a profile id, expected a UUID")))
        }
    };
    ids.iter().map(check).collect()
}
