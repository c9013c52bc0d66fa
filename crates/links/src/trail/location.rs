//! What is selected, as the address of the page says it.

use std::collections::BTreeMap;
use std::hash::{DefaultHasher, Hash, Hasher};

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
    /// What stands in the address for a call site that is too long for one. Empty: there is none.
    pub call_site_key: String,
}

const EXPR: &str = "expr";
const SERVICE: &str = "service";
const TRACE: &str = "trace";
const SPAN: &str = "span";
const PROFILE_TYPE: &str = "type";
const CALL_SITE: &str = "callSite";

/// How long a call site may be in an address: servers and proxies refuse addresses of more than 8 KB.
const MAX_CALL_SITE_BYTES: usize = 5000;
/// Before the key of a call site; no list in JSON begins so.
const KEY_SIGN: char = '~';

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
        let call_site = text(CALL_SITE);
        Self {
            sources: Role::ALL.into_iter().filter_map(source).collect(),
            expr: text(EXPR).to_owned(),
            service: text(SERVICE).to_owned(),
            trace_id,
            span_id: id(IdKind::Span, SPAN).filter(|_| has_trace),
            profile_type: text(PROFILE_TYPE).to_owned(),
            call_site: serde_json::from_str::<Vec<String>>(call_site)
                .ok()
                .filter(|_| has_trace)
                .unwrap_or_default(),
            call_site_key: call_site
                .strip_prefix(KEY_SIGN)
                .filter(|_| has_trace)
                .unwrap_or_default()
                .to_owned(),
        }
    }

    /// Chooses another span. None: the whole trace.
    pub(super) fn choose_span(&mut self, span_id: Option<String>) {
        self.span_id = span_id;
        self.call_site.clear();
        self.call_site_key.clear();
    }

    /// The parameters that say this; those that have to go are null.
    #[must_use]
    pub fn write(&self) -> BTreeMap<String, Option<String>> {
        let unless_empty = |text: &str| (!text.is_empty()).then(|| text.to_owned());
        let key = |key: &str| format!("{KEY_SIGN}{key}");
        let call_site = match (self.call_site.is_empty(), self.call_site_key.as_str()) {
            (true, "") => None,
            (true, unknown) => Some(key(unknown)),
            (false, _) => {
                let in_full = serde_json::to_string(&self.call_site).unwrap_or_default();
                let is_short = length_in_address(&in_full) <= MAX_CALL_SITE_BYTES;
                Some(if is_short { in_full } else { key(&call_site_key(&self.call_site)) })
            }
        };
        let mut params: BTreeMap<String, Option<String>> = BTreeMap::from([
            (EXPR.to_owned(), unless_empty(&self.expr)),
            (SERVICE.to_owned(), unless_empty(&self.service)),
            (TRACE.to_owned(), self.trace_id.clone()),
            (SPAN.to_owned(), self.span_id.clone()),
            (PROFILE_TYPE.to_owned(), unless_empty(&self.profile_type)),
            (CALL_SITE.to_owned(), call_site),
        ]);
        for role in Role::ALL {
            params.insert(role.param().to_owned(), self.sources.get(&role).cloned());
        }
        params
    }
}

/// What stands in an address for a call site that is too long for one.
pub(super) fn call_site_key(call_site: &[String]) -> String {
    let mut hasher = DefaultHasher::new();
    call_site.hash(&mut hasher);
    format!("{:016x}", hasher.finish())
}

/// How many bytes a text takes in an address, where most signs are written with three.
fn length_in_address(text: &str) -> usize {
    let length = |byte: u8| {
        let is_plain =
            byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'*');
        if is_plain { 1 } else { 3 }
    };
    text.bytes().map(length).sum()
}
