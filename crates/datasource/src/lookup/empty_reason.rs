//! Why a call tree is empty, told apart by a few cheap questions.

use links::{EmptyReason, Instead, RelaxationRules, USUAL_SAMPLING_PERIOD_NANOS, similar_to};
use query::{
    ExemplarKind, HeatmapKind, HeatmapRequest, LinkPlan, MetadataRequest, ProfileSource,
    SeriesRequest, SourceError, SourceErrorKind, TreeRequest, ValidQuery, Window,
};
use selector::{MatchOp, Matcher};

use super::label_facts::LabelFacts;

/// How far before and after the time range the nearest profile is looked for. Unit: milliseconds.
const NEARBY_MILLIS: i64 = 24 * 3_600_000;

/// How much is shown around the nearest profile. Unit: milliseconds.
const SHOWN_AROUND_MILLIS: i64 = 5 * 60_000;

/// The distance of points when the nearest profile is looked for, and so how exact the answer is.
const NEARBY_STEP_MILLIS: i64 = 60_000;

/// Why an answer is empty, and what would not be.
pub(crate) struct WhyEmpty {
    pub(crate) reason: EmptyReason,
    /// None: nothing that is known.
    pub(crate) instead: Option<Instead>,
}

/// Why the answer to `request` is empty.
///
/// Cost: at most six metadata or series questions, and only for an empty answer.
pub(crate) async fn why_empty<Source: ProfileSource>(
    source: &Source,
    query: &ValidQuery,
    request: &TreeRequest,
    asked: Window,
    rules: &RelaxationRules<'_>,
    facts: &LabelFacts,
) -> Result<WhyEmpty, SourceError> {
    let types = types_of(source, request).await?;
    let wanted = request.profile_type.to_string();
    if types.contains(&wanted) {
        let reason = why_no_sample(source, query, request, asked).await?;
        let instead = match &reason {
            EmptyReason::NoSuchCallSite => Some(Instead::AnyCallSite),
            reason => reason.is_about_ids().then_some(Instead::AnySample(request.window)),
        };
        return Ok(WhyEmpty { reason, instead });
    }
    let no_more = |reason: EmptyReason| WhyEmpty { reason, instead: None };
    if !types.is_empty() {
        let selector = request.selector.to_string();
        return Ok(no_more(EmptyReason::NoSuchType { selector, profile_type: wanted, types }));
    }
    let before_millis = nearest_before(source, request).await.unwrap_or(None);
    let after_millis = nearest_after(source, request).await.unwrap_or(None);
    if before_millis.is_some() || after_millis.is_some() {
        let nearest = nearest_window(request.window, before_millis, after_millis);
        return Ok(WhyEmpty {
            reason: EmptyReason::OtherTime { before_millis, after_millis },
            instead: Some(Instead::OtherTime(nearest)),
        });
    }
    if facts.names.is_empty() {
        let stats = source.stats().await?;
        if !stats.data_ingested {
            return Ok(no_more(EmptyReason::TenantHasNoData));
        }
        let window = request.window;
        let apart = |millis: i64| Some(millis).filter(|millis| *millis > 0);
        // Of whatever service that is.
        return Ok(no_more(EmptyReason::OtherTime {
            before_millis: apart(window.start_millis.saturating_sub(stats.newest_profile_millis)),
            after_millis: apart(stats.oldest_profile_millis.saturating_sub(window.end_millis)),
        }));
    }
    why_no_series(source, request, rules, facts).await.map(no_more)
}

/// A time range around the nearest profile: the one before, where both are as far.
fn nearest_window(asked: Window, before_millis: Option<i64>, after_millis: Option<i64>) -> Window {
    let moment = match (before_millis, after_millis) {
        (before, Some(after)) if before.is_none_or(|before| after < before) => {
            asked.end_millis.saturating_add(after)
        }
        (before, _) => asked.start_millis.saturating_sub(before.unwrap_or(0)),
    };
    Window {
        start_millis: moment.saturating_sub(SHOWN_AROUND_MILLIS),
        end_millis: moment.saturating_add(SHOWN_AROUND_MILLIS),
    }
}

/// The types of the profiles with these labels.
async fn types_of<Source: ProfileSource>(
    source: &Source,
    request: &TreeRequest,
) -> Result<Vec<String>, SourceError> {
    let metadata =
        MetadataRequest { selectors: vec![request.selector.clone()], window: request.window };
    source.label_values("__profile_type__", &metadata).await
}

/// No profile has these labels, at any time nearby: which condition is it?
async fn why_no_series<Source: ProfileSource>(
    source: &Source,
    request: &TreeRequest,
    rules: &RelaxationRules<'_>,
    facts: &LabelFacts,
) -> Result<EmptyReason, SourceError> {
    let services: Vec<String> =
        rules.service_matchers(&request.selector).into_iter().map(|matcher| matcher.name).collect();
    let is_positive = |matcher: &&Matcher| matches!(matcher.op, MatchOp::Equal | MatchOp::Regex);
    // The service first: as long as it is not there, nothing else matters.
    let mut conditions: Vec<&Matcher> =
        request.selector.matchers.iter().filter(is_positive).collect();
    conditions.sort_by_key(|matcher| !services.contains(&matcher.name));
    for matcher in conditions {
        let label = matcher.name.clone();
        if !facts.names.contains(&label) {
            let similar = similar_to(&label, &facts.names);
            return Ok(EmptyReason::NoSuchLabel { label, similar });
        }
        let alone = MetadataRequest { selectors: vec![], window: request.window };
        let values = source.label_values(&label, &alone).await?;
        let exists = matcher
            .compile()
            .is_ok_and(|compiled| values.iter().any(|value| compiled.matches(value)));
        if !exists {
            let similar = similar_to(&matcher.value, &values);
            return Ok(EmptyReason::NoSuchValue { label, value: matcher.value.clone(), similar });
        }
    }
    Ok(EmptyReason::NotTogether { selector: request.selector.to_string() })
}

/// There are profiles of these labels and this type: something narrower leaves no sample of them.
async fn why_no_sample<Source: ProfileSource>(
    source: &Source,
    query: &ValidQuery,
    request: &TreeRequest,
    asked: Window,
) -> Result<EmptyReason, SourceError> {
    if !request.call_site.is_empty() {
        return Ok(EmptyReason::NoSuchCallSite);
    }
    if !request.profile_ids.is_empty() {
        return Ok(EmptyReason::NoSuchProfile);
    }
    if request.span_ids.is_empty() && request.trace_ids.is_empty() {
        return Ok(EmptyReason::NoSamples);
    }
    let known = ids_of_spans(source, request).await?;
    if request.span_ids.is_empty() {
        return Ok(match known {
            Some(SpanIds { traces: false, .. }) => EmptyReason::NoTraceIds,
            _ => EmptyReason::NoSuchTrace,
        });
    }
    if matches!(known, Some(SpanIds { spans: false, .. })) {
        return Ok(EmptyReason::NoSpanIds);
    }
    Ok(match span_duration_nanos(query, asked) {
        Some(duration_nanos) if duration_nanos < USUAL_SAMPLING_PERIOD_NANOS => {
            EmptyReason::SpanShorterThanSamplingPeriod {
                duration_nanos,
                period_nanos: USUAL_SAMPLING_PERIOD_NANOS,
            }
        }
        _ => EmptyReason::NoSuchSpan,
    })
}

/// How long the span took: what the link says, or a time range that can only be a span's own, as Grafana's trace
/// view hands it over.
fn span_duration_nanos(query: &ValidQuery, asked: Window) -> Option<i64> {
    let said = query.plan.as_ref().and_then(LinkPlan::span_nanos);
    let range_nanos = asked.end_millis.saturating_sub(asked.start_millis).saturating_mul(1_000_000);
    said.or(Some(range_nanos).filter(|nanos| *nanos < USUAL_SAMPLING_PERIOD_NANOS))
}

/// Which ids the samples carry.
struct SpanIds {
    spans: bool,
    traces: bool,
}

/// Which ids the samples carry, as far as a heatmap's exemplars tell. None: the server has no heatmaps.
async fn ids_of_spans<Source: ProfileSource>(
    source: &Source,
    request: &TreeRequest,
) -> Result<Option<SpanIds>, SourceError> {
    let length = request.window.end_millis.saturating_sub(request.window.start_millis);
    let heatmap = source
        .heatmap(&HeatmapRequest {
            profile_type: request.profile_type.clone(),
            selector: request.selector.clone(),
            window: request.window,
            step_millis: (length / 10).max(1_000),
            group_by: Vec::new(),
            kind: HeatmapKind::Span,
            exemplars: true,
            limit: Some(1),
        })
        .await;
    match heatmap {
        Ok(heatmap) => {
            let slots = heatmap.series.iter().flat_map(|series| &series.slots);
            let exemplars: Vec<_> = slots.flat_map(|slot| &slot.exemplars).collect();
            Ok(Some(SpanIds {
                spans: exemplars.iter().any(|exemplar| !exemplar.span_id.is_empty()),
                traces: exemplars.iter().any(|exemplar| !exemplar.trace_id.is_empty()),
            }))
        }
        Err(error) if error.kind == SourceErrorKind::Unimplemented => Ok(None),
        Err(error) => Err(error),
    }
}

/// How long before the time range the newest such profile is. Unit: milliseconds.
async fn nearest_before<Source: ProfileSource>(
    source: &Source,
    request: &TreeRequest,
) -> Result<Option<i64>, SourceError> {
    let start = request.window.start_millis;
    let window = Window { start_millis: start.saturating_sub(NEARBY_MILLIS), end_millis: start };
    let times = times_with_profiles(source, request, window).await?;
    Ok(times.into_iter().max().map(|time| start.saturating_sub(time).max(0)))
}

/// How long after the time range the oldest such profile is. Unit: milliseconds.
async fn nearest_after<Source: ProfileSource>(
    source: &Source,
    request: &TreeRequest,
) -> Result<Option<i64>, SourceError> {
    let end = request.window.end_millis;
    let window = Window { start_millis: end, end_millis: end.saturating_add(NEARBY_MILLIS) };
    let times = times_with_profiles(source, request, window).await?;
    Ok(times.into_iter().min().map(|time| time.saturating_sub(end).max(0)))
}

async fn times_with_profiles<Source: ProfileSource>(
    source: &Source,
    request: &TreeRequest,
    window: Window,
) -> Result<Vec<i64>, SourceError> {
    let series = source.series(&nearby_request(request, window)).await?;
    let points = series.series.into_iter().flat_map(|series| series.points);
    Ok(points.map(|point| point.timestamp_millis).collect())
}

fn nearby_request(request: &TreeRequest, window: Window) -> SeriesRequest {
    SeriesRequest {
        profile_type: request.profile_type.clone(),
        selector: request.selector.clone(),
        window,
        step_millis: NEARBY_STEP_MILLIS,
        group_by: Vec::new(),
        limit: None,
        exemplars: ExemplarKind::None,
        call_site: Vec::new(),
    }
}
