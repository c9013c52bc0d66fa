//! A class of spans: those of a service and operation that took so long, or those that a TraceQL query finds.

use serde::{Deserialize, Serialize};

use crate::model::{number, text, truth};

/// A class of spans, as it is saved.
///
/// Which spans it means is looked up in a trace data source, in the browser; the query that reaches the backend names
/// them by id and says in `found` how many there were.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct SpanClass {
    /// The trace data source. Empty: not said.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub datasource_uid: String,
    /// TraceQL. Empty: the fields below say which spans.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub traceql: String,
    /// The service's name. Empty: any.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub service: String,
    /// The span's name. Empty: any.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub operation: String,
    /// Spans that took at least so long, as a duration: `250ms`. Empty: any.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub min_duration: String,
    /// Spans that took less than this. Empty: any.
    #[serde(deserialize_with = "text", skip_serializing_if = "String::is_empty")]
    pub max_duration: String,
    /// At most so many spans, the slowest. None: the datasource's own limit.
    #[cfg_attr(feature = "ts", tsify(optional))]
    #[serde(deserialize_with = "number", skip_serializing_if = "Option::is_none")]
    pub limit: Option<i64>,
    /// What the look-up found. None: not looked up yet.
    #[cfg_attr(feature = "ts", tsify(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub found: Option<SpanClassFound>,
}

/// How many spans of a class there were.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct SpanClassFound {
    /// How many spans the trace data source answered.
    pub matched: u32,
    /// How many of them say that they have a profile. None: the answer does not tell.
    #[cfg_attr(feature = "ts", tsify(optional))]
    #[serde(skip_serializing_if = "Option::is_none")]
    pub with_profile_ids: Option<u32>,
    /// How many of them are asked for.
    pub used: u32,
    /// Whether there may be more than were matched: a limit was reached, or a trace could not be read.
    #[serde(deserialize_with = "truth", skip_serializing_if = "std::ops::Not::not")]
    pub is_limited: bool,
}

impl SpanClassFound {
    /// One sentence for the user.
    #[must_use]
    pub fn sentence(&self) -> String {
        let Self { matched, with_profile_ids, used, is_limited } = self;
        let with_profiles = with_profile_ids
            .map(|count| format!(", {count} of them with a profile id"))
            .unwrap_or_default();
        let (at_least, of_these) =
            if *is_limited { ("at least ", " of these") } else { Default::default() };
        let slowest = match used < matched {
            true => format!(", the slowest{of_these}"),
            false => String::new(),
        };
        format!("{at_least}{matched} spans matched{with_profiles}; {used} are used{slowest}")
    }
}

/// Why a class of spans cannot be answered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum SpanClassError {
    /// Nobody looked up which spans are meant.
    #[error(
        "which spans the class means was not looked up: a trace data source is asked in the browser, so alert rules, \
         expressions and public dashboards need a spanSelector with the spans' ids"
    )]
    NotLookedUp,
    /// There is no such span.
    #[error("no span of the class was found in the time range ({matched} matched, none is used)")]
    NoSpan {
        /// How many there were.
        matched: u32,
    },
}

/// Whether the spans of a class have been looked up where a query is checked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum ClassLookUp {
    /// In the browser, once variables are filled in.
    StillToCome,
    /// In the backend.
    Done,
}

impl SpanClass {
    /// How many spans were found, for a query that names these spans.
    pub(crate) fn looked_up(
        &self,
        span_ids: &[String],
        look_up: ClassLookUp,
    ) -> Result<SpanClassFound, SpanClassError> {
        let found = match (self.found, look_up) {
            (Some(found), _) => found,
            (None, ClassLookUp::Done) => return Err(SpanClassError::NotLookedUp),
            (None, ClassLookUp::StillToCome) => return Ok(SpanClassFound::default()),
        };
        // Without a single id the query would mean every sample.
        if span_ids.is_empty() {
            return Err(SpanClassError::NoSpan { matched: found.matched });
        }
        Ok(found)
    }
}
