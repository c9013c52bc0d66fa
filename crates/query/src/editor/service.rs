//! Which service a selector is about, and whether a query reads more than anyone meant.

use selector::{MatchOp, Matcher, Selector};

use crate::Window;

/// Labels that are offered where the service label says nothing, best first.
pub const OTHER_SERVICE_LABELS: [&str; 3] = ["service", "job", "app"];

/// All services together may be read for so long without asking. Unit: milliseconds.
const ALL_SERVICES_MOST_MILLIS: i64 = 24 * 60 * 60 * 1000;

/// The service that a selector names with `=`. None: none, several, or by another operator.
#[must_use]
pub(crate) fn service_of<'a>(selector: &'a Selector, service_label: &str) -> Option<&'a str> {
    let mut named = selector.matchers.iter().filter(|matcher| matcher.name == service_label);
    let first = named.next()?;
    let alone = named.next().is_none() && first.op == MatchOp::Equal && !first.value.is_empty();
    alone.then_some(first.value.as_str())
}

/// The same selector about another service; empty: about no service.
#[must_use]
pub(crate) fn with_service(selector: &Selector, service_label: &str, service: &str) -> Selector {
    let mut matchers = selector.matchers.clone();
    let at = matchers.iter().position(|matcher| matcher.name == service_label);
    matchers.retain(|matcher| matcher.name != service_label);
    if !service.is_empty() {
        matchers
            .insert(at.unwrap_or(0).min(matchers.len()), Matcher::equal(service_label, service));
    }
    Selector { matchers }
}

/// Why a query should wait until somebody says that it is meant.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Wait {
    /// Nothing in the selector narrows the service.
    #[error(
        "the query names no service ({service_label}), so it would read the profiles of all of them"
    )]
    NoService {
        /// The label that names the service.
        service_label: String,
    },
    /// Every service, for long.
    #[error(
        "the query reads the profiles of all services over {hours} hours; more than 24 hours are read only when asked for"
    )]
    AllServicesTooLong {
        /// The length of the time range, rounded down.
        hours: i64,
    },
}

/// Whether a query should wait. A query that names ids (spans, traces, profiles) is narrow and is not to be asked about.
#[must_use]
pub fn should_wait(selector: &Selector, service_label: &str, window: Window) -> Option<Wait> {
    let mut about_service =
        selector.matchers.iter().filter(|matcher| matcher.name == service_label).peekable();
    if about_service.peek().is_none() {
        return Some(Wait::NoService { service_label: service_label.to_owned() });
    }
    if about_service.any(|matcher| !matches_everything(matcher)) {
        return None;
    }
    let millis = window.end_millis.saturating_sub(window.start_millis);
    (millis > ALL_SERVICES_MOST_MILLIS)
        .then_some(Wait::AllServicesTooLong { hours: millis / (60 * 60 * 1000) })
}

fn matches_everything(matcher: &Matcher) -> bool {
    match matcher.op {
        MatchOp::Regex => matches!(matcher.value.as_str(), ".*" | ".+" | "(.*)" | "(.+)" | ""),
        MatchOp::NotEqual | MatchOp::NotRegex => true,
        MatchOp::Equal => false,
    }
}
