//! What is checked before a source is asked.
//!
//! The order of the calls is the order of Pyroscope: time range, profile type, step or nodes, selector.

use pyroscope_api::types::v1::StackTraceSelector;
use query::{NodeLimit, Window};
use selector::{ProfileTypeId, Selector};

use crate::serve::connect::{CallError, Code};

/// The window of a request. Unit: milliseconds since 1970; 0 means not given, which is an error.
pub(crate) fn window(start: i64, end: i64) -> Result<Window, CallError> {
    if start == 0 || end == 0 {
        return Err(CallError::invalid_argument("missing time range in the query"));
    }
    if start > end {
        return Err(CallError::invalid_argument(format!(
            "query start time is after end time: start={start} end={end}"
        )));
    }
    Ok(Window { start_millis: start, end_millis: end })
}

/// The profile type of a request.
pub(crate) fn profile_type(id: &str) -> Result<ProfileTypeId, CallError> {
    id.parse().map_err(|error: selector::ProfileTypeIdError| {
        CallError::invalid_argument(error.to_string())
    })
}

/// The selector of a request. The empty text is an error: `{}` matches everything.
pub(crate) fn selector(text: &str) -> Result<Selector, CallError> {
    if text.trim().is_empty() {
        return Err(CallError::invalid_argument(
            "parsing label selector \"\": it is empty, write {} to match every series",
        ));
    }
    Selector::parse(text).map_err(|error| {
        CallError::invalid_argument(format!("parsing label selector {text:?}: {error}"))
    })
}

/// The selectors of a metadata request; all must match. None given: every series.
pub(crate) fn matchers(texts: &[String]) -> Result<Vec<Selector>, CallError> {
    texts.iter().map(|text| selector(text)).collect()
}

/// How many nodes a call tree may have: absent or 0 is the default.
pub(crate) fn max_nodes(asked: Option<i64>) -> Result<NodeLimit, CallError> {
    const MOST: u64 = NodeLimit::MOST_OF_PYROSCOPE;
    let nodes = asked.unwrap_or(0);
    match u64::try_from(nodes) {
        Ok(nodes) if nodes <= MOST => Ok(NodeLimit::from_pyroscope(nodes)),
        Ok(_) => Err(CallError::invalid_argument(format!(
            "max flamegraph nodes limit {nodes} is greater than allowed {MOST}"
        ))),
        Err(_) => Err(CallError::invalid_argument(format!(
            "max flamegraph nodes limit {nodes} is negative: \
             expected 0 for the default, or 1 to {MOST}"
        ))),
    }
}

/// A step. Unit: seconds in, milliseconds out, at least 1.
pub(crate) fn step_millis(step_secs: f64) -> Result<i64, CallError> {
    let millis = step_secs * 1_000.0;
    // Beyond 2^53 a millisecond count is no longer exact, and longer than any window.
    if (1.0..=9_007_199_254_740_992.0).contains(&millis) {
        #[expect(clippy::cast_possible_truncation, reason = "in the range of i64, checked above")]
        return Ok(millis as i64);
    }
    Err(CallError::invalid_argument(format!("step must be >= 1ms, got {step_secs} s")))
}

/// How many series to answer: absent or 0 is no limit.
pub(crate) fn limit(limit: Option<i64>) -> Result<Option<u64>, CallError> {
    match limit {
        None | Some(0) => Ok(None),
        Some(limit) => u64::try_from(limit).map(Some).map_err(|_| {
            CallError::invalid_argument(format!("limit {limit} is negative, expected 0 for none"))
        }),
    }
}

/// Span ids in lower case.
pub(crate) fn span_ids(ids: &[String]) -> Result<Vec<String>, CallError> {
    ids.iter().map(|id| hex_id("span id", id, 16)).collect()
}

/// Trace ids in lower case.
pub(crate) fn trace_ids(ids: &[String]) -> Result<Vec<String>, CallError> {
    ids.iter().map(|id| hex_id("trace id", id, 32)).collect()
}

fn hex_id(what: &str, id: &str, digits: usize) -> Result<String, CallError> {
    if id.len() == digits && id.bytes().all(|byte| byte == b'0') {
        // OpenTelemetry's invalid id; profilers write it where there is no span.
        return Err(CallError::invalid_argument(format!(
            "invalid {what} {id:?}: an id of zeros is no id"
        )));
    }
    if id.len() == digits && id.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        return Ok(id.to_ascii_lowercase());
    }
    let found = id.chars().count();
    let lost_zeros = found < digits && id.bytes().all(|byte| byte.is_ascii_hexdigit());
    let hint = if lost_zeros { "; were leading zeros lost on the way?" } else { "" };
    Err(CallError::invalid_argument(format!(
        "invalid {what} {id:?}: expected {digits} hex digits, found {found} characters{hint}"
    )))
}

/// Profile ids in the usual form of a UUID.
pub(crate) fn profile_ids(ids: &[String]) -> Result<Vec<String>, CallError> {
    ids.iter()
        .map(|id| {
            uuid::Uuid::parse_str(id).map(|id| id.hyphenated().to_string()).map_err(|error| {
                CallError::invalid_argument(format!(
                    "invalid profile id {id:?}: expected a UUID: {error}"
                ))
            })
        })
        .collect()
}

/// The call site of a selector: function names from the root. Empty: every stack trace.
pub(crate) fn call_site(selector: Option<&StackTraceSelector>) -> Result<Vec<String>, CallError> {
    let Some(selector) = selector else { return Ok(Vec::new()) };
    if selector.go_pgo.is_some() {
        return Err(CallError::new(
            Code::Unimplemented,
            "go_pgo is not served: ask for PROFILE_FORMAT_PPROF without it",
        ));
    }
    Ok(selector.call_site.iter().map(|location| location.name.clone()).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message<T: std::fmt::Debug>(result: Result<T, CallError>) -> String {
        let error = result.unwrap_err();
        assert_eq!(error.code, Code::InvalidArgument);
        error.message
    }

    #[test]
    fn a_time_range_has_a_start_and_a_later_end() {
        assert_eq!(window(5, 5), Ok(Window { start_millis: 5, end_millis: 5 }));
        assert!(message(window(0, 5)).contains("missing time range"));
        assert!(message(window(5, 0)).contains("missing time range"));
        assert!(message(window(6, 5)).contains("after end time"));
    }

    #[test]
    fn nodes_have_a_default_and_a_limit() {
        assert_eq!(max_nodes(None), Ok(NodeLimit::SourceDefault));
        assert_eq!(max_nodes(Some(0)), Ok(NodeLimit::SourceDefault));
        assert_eq!(max_nodes(Some(1_048_576)), Ok(NodeLimit::from_pyroscope(1_048_576)));
        assert!(message(max_nodes(Some(1_048_577))).contains("greater than allowed 1048576"));
        assert!(message(max_nodes(Some(-1))).contains("negative"));
    }

    #[test]
    fn a_step_is_a_millisecond_or_more() {
        assert_eq!(step_millis(15.0), Ok(15_000));
        assert_eq!(step_millis(0.0015), Ok(1));
        for step in [0.0, 0.0009, -1.0, f64::NAN, f64::INFINITY, 1e300] {
            assert!(message(step_millis(step)).contains("step must be >= 1ms"), "{step}");
        }
    }

    #[test]
    fn ids_are_put_into_canonical_form_or_refused() {
        assert_eq!(span_ids(&["03FA1CBD967B13DA".into()]), Ok(vec!["03fa1cbd967b13da".into()]));
        assert!(message(span_ids(&["abc".into()])).contains("16 hex digits"));
        assert!(message(span_ids(&["zzfa1cbd967b13da".into()])).contains("16 hex digits"));
        let lost = message(trace_ids(&["fc071464bd616aa06660dfc57e5f".into()]));
        assert!(lost.contains("leading zeros"), "{lost}");
        assert!(message(span_ids(&["0".repeat(16)])).contains("an id of zeros is no id"));
        assert!(message(trace_ids(&["0".repeat(32)])).contains("an id of zeros is no id"));
        assert!(message(profile_ids(&["not-a-uuid".into()])).contains("expected a UUID"));
        let id = "9C232114-b7ac-4eb4-945b-8ee9bdc2d512";
        assert_eq!(profile_ids(&[id.into()]), Ok(vec![id.to_ascii_lowercase()]));
    }

    #[test]
    fn an_empty_selector_is_refused_with_advice() {
        assert!(message(selector("")).contains("write {}"));
        assert!(message(selector("  ")).contains("write {}"));
    }
}
