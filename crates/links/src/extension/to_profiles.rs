//! Links to profiles, in Explore.

use query::{LinkPlan, QUERY_VERSION, Query};
use selector::Selector;

use super::ExtensionPoint;
use super::address::explore_path;
use super::clicked::{Clicked, Range};
use crate::link_plan::{plan_of_ids, plan_of_service};

/// Explore's address with a query of ours.
pub(super) fn path(point: ExtensionPoint, clicked: &Clicked) -> Result<String, String> {
    let (query, range) = match point {
        ExtensionPoint::TraceHeader => of_trace(clicked)?,
        ExtensionPoint::SpanAttribute => of_span(clicked)?,
        ExtensionPoint::LogAttribute => of_log_line(clicked)?,
        ExtensionPoint::PanelMenu | ExtensionPoint::ExploreToolbar => of_targets(clicked)?,
    };
    Ok(explore_path(&clicked.context.own.uid, query, range))
}

/// The whole trace: all services together.
fn of_trace(clicked: &Clicked) -> Result<(Query, Range), String> {
    let trace_id = clicked.trace_id().ok_or("This trace has no id.")?;
    let mut query =
        query_for(clicked, &Selector::default(), plan_of_ids(clicked.context.service_label()));
    query.trace_selector = vec![trace_id.to_owned()];
    Ok((query, clicked.trace_range()))
}

/// One span; without an id, the service around its time.
fn of_span(clicked: &Clicked) -> Result<(Query, Range), String> {
    let attribute = |key: &str| clicked.span_attribute(key);
    let selector = clicked.selector_of_attributes(&attribute);
    let Some(id) = attribute("pyroscope.profile.id").or_else(|| clicked.text("spanID")) else {
        if selector.matchers.is_empty() {
            return Err("This span has neither an id nor a service name.".to_owned());
        }
        return Ok((query_for(clicked, &selector, plan_of_service()), clicked.absolute_range()));
    };
    let plan = LinkPlan {
        span_duration_nanos: clicked.length_nanos(),
        ..plan_of_ids(clicked.context.service_label())
    };
    let mut query = query_for(clicked, &selector, plan);
    query.span_selector = vec![id.to_owned()];
    Ok((query, clicked.absolute_range()))
}

/// The span or the trace of a log line; without an id, its service around its time.
fn of_log_line(clicked: &Clicked) -> Result<(Query, Range), String> {
    let attributes = clicked.log_attributes();
    let ids = clicked.ids_in(&attributes);
    let attribute = |key: &str| {
        attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    };
    let selector = clicked.selector_of_attributes(&attribute);
    let plan = plan_of_ids(clicked.context.service_label());
    let query = match (ids.span_id, ids.trace_id) {
        (Some(span), _) => {
            Query { span_selector: vec![span], ..query_for(clicked, &selector, plan) }
        }
        // A trace is of many services.
        (None, Some(trace)) => {
            Query { trace_selector: vec![trace], ..query_for(clicked, &Selector::default(), plan) }
        }
        (None, None) if selector.matchers.is_empty() => {
            return Err("This log line names neither a trace, a span nor a service.".to_owned());
        }
        (None, None) => query_for(clicked, &selector, plan_of_service()),
    };
    Ok((query, clicked.absolute_range()))
}

/// The service that the queries of a panel or of Explore are about.
fn of_targets(clicked: &Clicked) -> Result<(Query, Range), String> {
    let targets = clicked.targets();
    let selector = targets.into_iter().find_map(|target| clicked.service_selector_of(target));
    let selector = selector.ok_or(
        "None of these queries names a service, so that it is not known whose profiles to show.",
    )?;
    let query = query_for(clicked, &selector, plan_of_service());
    Ok((Query { query_type: "both".to_owned(), ..query }, clicked.raw_range()))
}

fn query_for(clicked: &Clicked, selector: &Selector, plan: LinkPlan) -> Query {
    Query {
        ref_id: "A".to_owned(),
        query_type: "profile".to_owned(),
        profile_type_id: clicked.context.profile_type().to_owned(),
        label_selector: selector.to_string(),
        origin: "link".to_owned(),
        plan: Some(plan),
        version: i64::from(QUERY_VERSION),
        ..Query::default()
    }
}
