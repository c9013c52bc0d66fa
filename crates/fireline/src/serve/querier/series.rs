//! Values over time, and how they spread.

use pyroscope_api::querier::v1::{
    HeatmapQueryType, SelectHeatmapRequest, SelectHeatmapResponse, SelectSeriesRequest,
    SelectSeriesResponse,
};
use pyroscope_api::types::v1::{
    Exemplar, ExemplarType, HeatmapSeries, HeatmapSlot, Point, ProfileAnnotation, Series,
};
use query::{ExemplarKind, HeatmapKind, HeatmapRequest, ProfileSource, SeriesRequest};

use super::metadata::label_pairs;
use super::validate;
use crate::serve::connect::{CallContext, CallError};

pub(crate) async fn select_series(
    source: &impl ProfileSource,
    ctx: &CallContext,
    request: SelectSeriesRequest,
) -> Result<SelectSeriesResponse, CallError> {
    // Like Pyroscope's current storage this sums in any case, whatever `aggregation` says.
    let asked = SeriesRequest {
        window: validate::window(request.start, request.end)?,
        profile_type: validate::profile_type(&request.profile_type_id)?,
        step_millis: validate::step_millis(request.step)?,
        limit: validate::limit(request.limit)?,
        exemplars: match request.exemplar_type() {
            ExemplarType::Unspecified | ExemplarType::None => ExemplarKind::None,
            ExemplarType::Individual => ExemplarKind::Profile,
            ExemplarType::Span => ExemplarKind::Span,
        },
        call_site: validate::call_site(request.stack_trace_selector.as_ref())?,
        selector: validate::selector(&request.label_selector)?,
        group_by: request.group_by,
    };
    let response = source.series(&asked).await?;
    ctx.tell(&response.notices);
    let series = response.series.into_iter().map(wire_series).collect();
    Ok(SelectSeriesResponse { series })
}

fn wire_series(series: query::Series) -> Series {
    let points = series.points.into_iter().map(|point| Point {
        value: point.value,
        timestamp: point.timestamp_millis,
        annotations: point
            .annotations
            .into_iter()
            .map(|(key, value)| ProfileAnnotation { key, value })
            .collect(),
        exemplars: point.exemplars.into_iter().map(wire_exemplar).collect(),
    });
    Series { labels: label_pairs(series.labels), points: points.collect() }
}

fn wire_exemplar(exemplar: query::Exemplar) -> Exemplar {
    Exemplar {
        timestamp: exemplar.timestamp_millis,
        profile_id: exemplar.profile_id,
        span_id: exemplar.span_id,
        value: exemplar.value,
        labels: label_pairs(exemplar.labels),
        trace_id: exemplar.trace_id,
    }
}

pub(crate) async fn select_heatmap(
    source: &impl ProfileSource,
    ctx: &CallContext,
    request: SelectHeatmapRequest,
) -> Result<SelectHeatmapResponse, CallError> {
    let window = validate::window(request.start, request.end)?;
    if request.start == request.end {
        return Err(CallError::invalid_argument(format!(
            "start time must be before end time, got start={} end={}",
            request.start, request.end
        )));
    }
    let kind = match request.query_type() {
        HeatmapQueryType::Individual => HeatmapKind::Profile,
        HeatmapQueryType::Span => HeatmapKind::Span,
        HeatmapQueryType::Unspecified => {
            return Err(CallError::invalid_argument(
                "a heatmap needs query_type HEATMAP_QUERY_TYPE_INDIVIDUAL or _SPAN",
            ));
        }
    };
    let exemplars = match (request.exemplar_type(), kind) {
        (ExemplarType::Unspecified | ExemplarType::None, _) => false,
        (ExemplarType::Individual, HeatmapKind::Profile)
        | (ExemplarType::Span, HeatmapKind::Span) => true,
        (exemplar_type, _) => {
            return Err(CallError::invalid_argument(format!(
                "exemplar_type {} does not go with query_type {}",
                exemplar_type.as_str_name(),
                request.query_type().as_str_name()
            )));
        }
    };
    let asked = HeatmapRequest {
        window,
        profile_type: validate::profile_type(&request.profile_type_id)?,
        step_millis: validate::step_millis(request.step)?,
        limit: validate::limit(request.limit)?,
        selector: validate::selector(&request.label_selector)?,
        group_by: request.group_by,
        kind,
        exemplars,
    };
    let heatmap = source.heatmap(&asked).await?;
    ctx.tell(&heatmap.notices);
    let series = heatmap.series.into_iter().map(|series| HeatmapSeries {
        labels: label_pairs(series.labels),
        slots: series.slots.into_iter().map(wire_slot).collect(),
    });
    Ok(SelectHeatmapResponse { series: series.collect() })
}

fn wire_slot(slot: query::HeatmapSlot) -> HeatmapSlot {
    HeatmapSlot {
        timestamp: slot.timestamp_millis,
        y_min: slot.y_min,
        counts: slot.counts,
        exemplars: slot.exemplars.into_iter().map(wire_exemplar).collect(),
    }
}
