//! What is selected, as the address of the page says it.

use std::collections::BTreeMap;

use super::source::Role;
use crate::id::{IdKind, IdNotation, canonical_id};

/// What is selected. Shape: later parts are empty where an earlier one is.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct TrailLocation {
    /// Data sources by role. A role that is absent takes the most suitable.
    pub sources: BTreeMap<Role, String>,
    /// What the chart shows, in PromQL. Empty: the first choice.
    pub expr: String,
    /// The service whose metric is the first choice. Empty: any.
    pub service: String,
    /// The trace, 32 lower-case hexadecimal digits. None: none is chosen.
    pub trace_id: Option<String>,
    /// The span in it, 16 digits. None: the whole trace.
    pub span_id: Option<String>,
    /// What profiles count. Empty: CPU time.
    pub profile_type: String,
    /// The functions from the root to the chosen one. Empty: none is chosen.
    pub call_site: Vec<String>,
}

const EXPR: &str = "expr";
const SERVICE: &str = "service";
const TRACE: &str = "trace";
const SPAN: &str = "span";
const PROFILE_TYPE: &str = "type";
const CALL_SITE: &str = "callSite";

impl TrailLocation {
    /// Reads the parameters of an address. What makes no sense is as if it were absent.
    #[must_use]
    pub fn read(params: &BTreeMap<String, String>) -> Self {
        let text = |name: &str| params.get(name).map(|text| text.trim()).unwrap_or_default();
        let id = |kind, name| canonical_id(kind, IdNotation::Hexadecimal, text(name));
        let source = |role: Role| {
            let uid = text(role.param());
            (!uid.is_empty()).then(|| (role, uid.to_owned()))
        };
        let trace_id = id(IdKind::Trace, TRACE);
        let has_trace = trace_id.is_some();
        Self {
            sources: Role::ALL.into_iter().filter_map(source).collect(),
            expr: text(EXPR).to_owned(),
            service: text(SERVICE).to_owned(),
            trace_id,
            span_id: id(IdKind::Span, SPAN).filter(|_| has_trace),
            profile_type: text(PROFILE_TYPE).to_owned(),
            call_site: serde_json::from_str::<Vec<String>>(text(CALL_SITE))
                .ok()
                .filter(|_| has_trace)
                .unwrap_or_default(),
        }
    }

    /// The parameters that say this; those that have to go are null.
    #[must_use]
    pub fn write(&self) -> BTreeMap<String, Option<String>> {
        let unless_empty = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let call_site = serde_json::to_string(&self.call_site).unwrap_or_default();
        let mut params: BTreeMap<String, Option<String>> = BTreeMap::from([
            (EXPR.to_owned(), unless_empty(&self.expr)),
            (SERVICE.to_owned(), unless_empty(&self.service)),
            (TRACE.to_owned(), self.trace_id.clone()),
            (SPAN.to_owned(), self.span_id.clone()),
            (PROFILE_TYPE.to_owned(), unless_empty(&self.profile_type)),
            (CALL_SITE.to_owned(), Some(call_site).filter(|_| !self.call_site.is_empty())),
        ]);
        for role in Role::ALL {
            params.insert(role.param().to_owned(), self.sources.get(&role).cloned());
        }
        params
    }
}
