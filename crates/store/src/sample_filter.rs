//! Which profiles and samples of the series asked for count.

use std::collections::HashSet;

use profile::{SpanId, TraceId};
use query::{SourceError, TreeRequest};
use uuid::Uuid;

use crate::day_file::ProfileRow;
use crate::read::invalid;
use crate::sample_block::{Link, StackColumn};
use crate::symbols::Symbols;

/// Profiles and samples by the ids that they carry. What is not restricted counts.
#[derive(Debug, Clone, Default)]
pub(crate) struct SampleFilter {
    span_ids: HashSet<u64>,
    trace_ids: HashSet<u128>,
    profile_ids: HashSet<u128>,
}

impl SampleFilter {
    /// Errors: an id that is none, as is one of zeros: samples without an id must not be found by
    /// it. A span id, a trace id and a profile id must all be as asked
    /// for where more than one kind is given.
    pub(crate) fn of(request: &TreeRequest) -> Result<Self, SourceError> {
        let span_ids = request.span_ids.iter().map(|id| parse_span_id(id));
        let trace_ids = request.trace_ids.iter().map(|id| parse_trace_id(id));
        let profile_ids = request.profile_ids.iter().map(|id| parse_profile_id(id));
        Ok(Self {
            span_ids: span_ids.collect::<Result<_, _>>()?,
            trace_ids: trace_ids.collect::<Result<_, _>>()?,
            profile_ids: profile_ids.collect::<Result<_, _>>()?,
        })
    }

    /// Whether a sample of the profile can count.
    pub(crate) fn takes_profile(&self, row: &ProfileRow) -> bool {
        let restricts_links = !self.span_ids.is_empty() || !self.trace_ids.is_empty();
        (self.profile_ids.is_empty() || self.profile_ids.contains(&row.profile_id))
            && (row.has_links || !restricts_links)
    }

    /// For each link of a block whether its samples count.
    pub(crate) fn takes_links(&self, column: &StackColumn) -> Vec<bool> {
        column.links.iter().map(|link| self.takes_link(*link)).collect()
    }

    fn takes_link(&self, link: Link) -> bool {
        (self.span_ids.is_empty() || self.span_ids.contains(&link.span_id))
            && (self.trace_ids.is_empty() || self.trace_ids.contains(&link.trace_id))
    }
}

/// Stack traces that begin with given functions.
#[derive(Debug, Clone)]
pub(crate) struct CallSite {
    /// For each node of the day's call tree. None: everything lies below.
    is_below: Option<Vec<bool>>,
}

impl CallSite {
    /// Cost: one pass over the nodes of the day, if there is a call site.
    pub(crate) fn find(symbols: &Symbols, call_site: &[String]) -> Self {
        if call_site.is_empty() {
            return Self { is_below: None };
        }
        let mut is_below = vec![false; symbols.nodes.len()];
        let mut at = 0;
        let mut names = call_site.iter().peekable();
        // Parents come before children, so each next name is found further on.
        for (idx, node) in (0_u32..).zip(symbols.nodes.iter()).skip(1) {
            let Some(name) = names.peek() else {
                is_below[idx as usize] = is_below[node.parent as usize];
                continue;
            };
            let is_next = node.parent == at
                && symbols.strings.get(node.name).is_some_and(|text| **text == ***name);
            if is_next {
                at = idx;
                names.next();
                is_below[idx as usize] = names.peek().is_none();
            }
        }
        Self { is_below: Some(is_below) }
    }

    /// Whether stack traces that end in a node count.
    pub(crate) fn takes(&self, node: u32) -> bool {
        self.is_below
            .as_ref()
            .is_none_or(|is_below| is_below.get(node as usize).copied().unwrap_or(false))
    }

    /// Whether everything counts.
    pub(crate) fn takes_all(&self) -> bool {
        self.is_below.is_none()
    }
}

fn parse_span_id(text: &str) -> Result<u64, SourceError> {
    let id = SpanId::from_hex(text).map(|id| id.0).filter(|id| *id != 0);
    id.ok_or_else(|| invalid(format!("span id {text:?} is not 16 hex digits, some other than 0")))
}

fn parse_trace_id(text: &str) -> Result<u128, SourceError> {
    let id = TraceId::from_hex(text).map(|id| id.0).filter(|id| *id != 0);
    id.ok_or_else(|| invalid(format!("trace id {text:?} is not 32 hex digits, some other than 0")))
}

fn parse_profile_id(text: &str) -> Result<u128, SourceError> {
    Uuid::try_parse(text)
        .map(|id| id.as_u128())
        .map_err(|error| invalid(format!("profile id {text:?} is not a UUID: {error}")))
}
