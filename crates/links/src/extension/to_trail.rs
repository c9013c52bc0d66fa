//! Links to the Trail page, with what is known where they were clicked.

use selector::MatchOp;
use serde_json::{Map, Value};

use super::ExtensionPoint;
use super::address::trail_path;
use super::clicked::{Clicked, Range, is_own, source_of, text_of};
use crate::id::{IdKind, IdNotation, canonical_id};
use crate::target::DataSourceKind;
use crate::trail::{Role, TrailLocation};

/// The address of the Trail page with what is known.
pub(super) fn path(point: ExtensionPoint, clicked: &Clicked) -> Result<String, String> {
    let (location, (from, to)) = match point {
        ExtensionPoint::TraceHeader => of_trace(clicked)?,
        ExtensionPoint::SpanAttribute => of_span(clicked)?,
        ExtensionPoint::LogAttribute => of_log_line(clicked)?,
        ExtensionPoint::PanelMenu | ExtensionPoint::ExploreToolbar => of_targets(clicked)?,
    };
    let known = location.write();
    let known =
        known.iter().filter_map(|(name, value)| Some((name.as_str(), value.as_ref()?.clone())));
    Ok(trail_path(known.chain([("from", from), ("to", to)])))
}

/// The whole trace.
fn of_trace(clicked: &Clicked) -> Result<(TrailLocation, Range), String> {
    let location = TrailLocation {
        // The trace view writes "service: operation" of the root span.
        service: clicked
            .text("traceName")
            .and_then(|name| name.split_once(": "))
            .map(|(service, _)| service.to_owned())
            .unwrap_or_default(),
        ..trace_in(clicked).ok_or("This trace has no id.")?
    };
    Ok((location, clicked.trace_range()))
}

/// A span in its trace.
fn of_span(clicked: &Clicked) -> Result<(TrailLocation, Range), String> {
    let location = trace_in(clicked).ok_or("This span does not say which trace it belongs to.")?;
    let service = clicked.service_in(&|key| clicked.span_attribute(key)).unwrap_or_default();
    let span_id = clicked.text("spanID").and_then(|id| canonical(IdKind::Span, id));
    Ok((
        TrailLocation { service: service.to_owned(), span_id, ..location },
        clicked.absolute_range(),
    ))
}

/// The trace of a log line, with the span that it names.
fn of_log_line(clicked: &Clicked) -> Result<(TrailLocation, Range), String> {
    let attributes = clicked.log_attributes();
    let ids = clicked.ids_in(&attributes);
    let trace_id = ids.trace_id.ok_or("This log line does not name a trace.")?;
    let attribute = |key: &str| {
        attributes.iter().find(|(name, _)| name == key).map(|(_, value)| value.as_str())
    };
    let mut location = TrailLocation {
        trace_id: Some(trace_id),
        span_id: ids.span_id,
        service: clicked.service_in(&attribute).unwrap_or_default().to_owned(),
        ..TrailLocation::default()
    };
    if let Some(uid) = clicked.source_uid() {
        location.sources.insert(Role::Logs, uid.to_owned());
    }
    Ok((location, clicked.absolute_range()))
}

/// What the queries of a panel or of Explore say: of each step of the trail, the first that is about it.
fn of_targets(clicked: &Clicked) -> Result<(TrailLocation, Range), String> {
    let mut location = TrailLocation::default();
    for target in clicked.targets() {
        read_target(target, &mut location);
        if location.service.is_empty()
            && let Some(selector) = clicked.service_selector_of(target)
        {
            let mut matchers = selector.matchers.into_iter();
            let named = matchers.find(|matcher| matcher.op == MatchOp::Equal);
            location.service = named.map(|matcher| matcher.value).unwrap_or_default();
        }
    }
    if location == TrailLocation::default() {
        return Err(
            "None of these queries is about metrics, traces, logs or profiles, so that there is nothing to start from."
                .to_owned(),
        );
    }
    if !location.expr.is_empty() {
        location.service.clear();
    }
    Ok((location, clicked.raw_range()))
}

/// Adds what one query says and none before it did.
fn read_target(target: &Map<String, Value>, location: &mut TrailLocation) {
    let (datasource_type, uid) = source_of(target);
    let Some(kind) = DataSourceKind::of_type(datasource_type) else { return };
    let expr = text_of(target, "expr").trim();
    let role = match kind {
        DataSourceKind::Prometheus => Role::Metrics,
        DataSourceKind::Fireline if !expr.is_empty() => Role::Metrics,
        DataSourceKind::Loki => Role::Logs,
        DataSourceKind::Tempo | DataSourceKind::Jaeger | DataSourceKind::Zipkin => Role::Traces,
        DataSourceKind::Pyroscope | DataSourceKind::Fireline => Role::Profiles,
    };
    // Profiles are asked from ours.
    if !uid.is_empty() && (role != Role::Profiles || is_own(target)) {
        location.sources.entry(role).or_insert_with(|| uid.to_owned());
    }
    match role {
        Role::Metrics if location.expr.is_empty() => expr.clone_into(&mut location.expr),
        Role::Traces if location.trace_id.is_none() => {
            location.trace_id = canonical(IdKind::Trace, text_of(target, "query"));
        }
        Role::Profiles => {
            if location.profile_type.is_empty() {
                text_of(target, "profileTypeId").trim().clone_into(&mut location.profile_type);
            }
            let traces = target.get("traceSelector").and_then(Value::as_array);
            if let (None, Some(trace)) = (&location.trace_id, traces.and_then(|all| all.first())) {
                location.trace_id = trace.as_str().and_then(|id| canonical(IdKind::Trace, id));
            }
        }
        _ => {}
    }
}

/// The trace that the page is about, in the data source that the page shows it from.
fn trace_in(clicked: &Clicked) -> Option<TrailLocation> {
    let trace_id = canonical(IdKind::Trace, clicked.trace_id()?)?;
    let mut location = TrailLocation { trace_id: Some(trace_id), ..TrailLocation::default() };
    if let Some(uid) = clicked.source_uid() {
        location.sources.insert(Role::Traces, uid.to_owned());
    }
    Some(location)
}

fn canonical(kind: IdKind, id: &str) -> Option<String> {
    canonical_id(kind, IdNotation::Hexadecimal, id)
}
