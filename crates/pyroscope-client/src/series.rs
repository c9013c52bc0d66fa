//! Values over time.

use std::collections::BTreeMap;

use pyroscope_api::querier::v1::{SelectSeriesRequest, SelectSeriesResponse};
use pyroscope_api::types::v1::{self as types, ExemplarType};
use query::{
    ExemplarKind, HeatmapKind, HeatmapRequest, Labels, Point, Series, SeriesRequest,
    SeriesResponse, SourceNotice, Window,
};

use crate::client::PyroscopeClient;
use crate::exemplars::{attach, exemplars};
use crate::metadata::labels;
use crate::rpc::{self, Answer};
use crate::tree_selection::call_site;
use crate::window_parts::{ask_in_parts, keep_all, split_at_steps};
use upstream_http::Fault;

const CALL: &str = "SelectSeries";

impl PyroscopeClient {
    pub(crate) async fn ask_series(
        &self,
        request: &SeriesRequest,
    ) -> Result<SeriesResponse, Fault> {
        if request.step_millis < 1 {
            let step = request.step_millis;
            return Err(Fault::refused(format!(
                "{CALL}: a step of {step} ms, expected at least 1"
            )));
        }
        let with_call_site = !request.call_site.is_empty();
        let with_spans = request.exemplars == ExemplarKind::Span;
        let mut spans_from_heatmap = false;
        if with_call_site || with_spans {
            let server = self.known_server().await?;
            let can = server.capabilities;
            if with_call_site && !can.series_call_site {
                return Err(Fault::unimplemented(format!(
                    "{CALL}: {} ignores the call site of series and would answer for all stack \
                     traces; storage version 1 or Fireline's own store is needed",
                    server.name()
                )));
            }
            spans_from_heatmap = with_spans && !can.series_span_exemplars;
            if spans_from_heatmap && !can.heatmap {
                return Err(Fault::unimplemented(format!(
                    "{CALL}: {} has no exemplars of spans; Pyroscope 1.19 with storage \
                     version 2 is needed",
                    server.name()
                )));
            }
        }
        let kind = match request.exemplars {
            ExemplarKind::None => ExemplarType::None,
            ExemplarKind::Profile => ExemplarType::Individual,
            ExemplarKind::Span if spans_from_heatmap => ExemplarType::None,
            ExemplarKind::Span => ExemplarType::Span,
        };
        let mut response = self.joined_series(request, kind).await?;
        if spans_from_heatmap && !response.series.is_empty() {
            self.add_span_exemplars(request, &mut response).await;
        }
        Ok(response)
    }

    async fn joined_series(
        &self,
        request: &SeriesRequest,
        exemplars: ExemplarType,
    ) -> Result<SeriesResponse, Fault> {
        let split = |window, limit| split_at_steps(window, limit, request.step_millis);
        let parts = ask_in_parts(&self.limits, request.window, split, keep_all, |part| {
            self.one_series_part(request, exemplars, part)
        });
        let mut parts = parts.await?.gathered;
        let wire_bytes = parts.iter().map(|part| part.wire_bytes).fold(0, u64::saturating_add);
        let mut notices = Vec::new();
        for notice in parts.iter_mut().flat_map(|part| part.notices.drain(..)) {
            if !notices.contains(&notice) {
                notices.push(notice);
            }
        }
        let response = SeriesResponse { series: Vec::new(), call: CALL, wire_bytes, notices };
        if parts.len() == 1 {
            let series = parts.pop().map(|part| part.message).unwrap_or_default();
            return Ok(SeriesResponse { series, ..response });
        }
        let mut joined: BTreeMap<Labels, Vec<Point>> = BTreeMap::new();
        for series in parts.into_iter().flat_map(|part| part.message) {
            joined.entry(series.labels).or_default().extend(series.points);
        }
        let joined = joined.into_iter().map(|(labels, points)| Series { labels, points });
        let series = largest_first(joined.collect(), request.limit);
        Ok(SeriesResponse { series, ..response })
    }

    async fn one_series_part(
        &self,
        request: &SeriesRequest,
        exemplar_type: ExemplarType,
        part: Window,
    ) -> Result<Answer<Vec<Series>>, Fault> {
        let is_whole = part == request.window;
        let message = SelectSeriesRequest {
            profile_type_id: request.profile_type.to_string(),
            label_selector: request.selector.to_string(),
            start: part.start_millis,
            end: part.end_millis,
            group_by: request.group_by.clone(),
            step: request.step_millis as f64 / 1000.0,
            aggregation: None,
            stack_trace_selector: call_site(&request.call_site),
            // The largest series of the whole are not always the largest of a part.
            limit: request.limit.filter(|_| is_whole).map(|n| i64::try_from(n).unwrap_or(i64::MAX)),
            exemplar_type: exemplar_type.into(),
        };
        let shared = &self.shared;
        let make = |response: SelectSeriesResponse| {
            Ok(response.series.into_iter().map(series).collect::<Vec<_>>())
        };
        let answer = rpc::call(&shared.transport, &self.on_behalf, CALL, &message, make).await?;
        let Answer { message: mut series, wire_bytes, notices } = answer;
        if !is_whole {
            // The step before the first point belongs to the part before.
            for series in &mut series {
                series.points.retain(|point| {
                    (part.start_millis..=part.end_millis).contains(&point.timestamp_millis)
                });
            }
            series.retain(|series| !series.points.is_empty());
        }
        Ok(Answer { message: series, wire_bytes, notices })
    }

    /// Servers give exemplars of spans with heatmaps only: takes them from one of the same step, or of each part
    /// of the window, since nothing but the exemplars is taken. The series are worth having without.
    async fn add_span_exemplars(&self, request: &SeriesRequest, response: &mut SeriesResponse) {
        let split = |window, limit| split_at_steps(window, limit, request.step_millis);
        let parts = ask_in_parts(&self.limits, request.window, split, keep_all, |window| {
            let request = HeatmapRequest {
                profile_type: request.profile_type.clone(),
                selector: request.selector.clone(),
                window,
                step_millis: request.step_millis,
                group_by: request.group_by.clone(),
                kind: HeatmapKind::Span,
                exemplars: true,
                limit: None,
            };
            async move { self.one_heatmap(&request).await }
        });
        let heatmaps = match parts.await {
            Ok(parts) => parts.gathered,
            Err(fault) => {
                let reason = self.explain_heatmap(fault).await.message;
                response.notices.push(SourceNotice::NoSpanExemplars { reason });
                return;
            }
        };
        response.call = "SelectSeries and SelectHeatmap";
        let places: BTreeMap<Labels, usize> =
            response.series.iter().enumerate().map(|(at, one)| (one.labels.clone(), at)).collect();
        for heatmap in heatmaps {
            response.wire_bytes = response.wire_bytes.saturating_add(heatmap.wire_bytes);
            for of_labels in heatmap.series {
                let Some(place) = places.get(&of_labels.labels) else { continue };
                let target = &mut response.series[*place];
                for exemplar in of_labels.slots.iter().flat_map(|slot| &slot.exemplars) {
                    attach(target, exemplar, request.step_millis);
                }
            }
        }
    }
}

fn series(message: types::Series) -> Series {
    let mut points: Vec<Point> = message.points.into_iter().map(point).collect();
    points.sort_by_key(|point| point.timestamp_millis);
    Series { labels: labels(message.labels), points }
}

fn point(message: types::Point) -> Point {
    Point {
        timestamp_millis: message.timestamp,
        value: message.value,
        exemplars: exemplars(message.exemplars),
        annotations: message.annotations.into_iter().map(|note| (note.key, note.value)).collect(),
    }
}

/// As a server orders and cuts series: by their sum, then by their labels.
fn largest_first(series: Vec<Series>, limit: Option<u64>) -> Vec<Series> {
    let sum = |series: &Series| series.points.iter().map(|point| point.value).sum::<f64>();
    let mut with_sums: Vec<(f64, Series)> =
        series.into_iter().map(|series| (sum(&series), series)).collect();
    with_sums.sort_by(|a, b| b.0.total_cmp(&a.0).then_with(|| a.1.labels.cmp(&b.1.labels)));
    let mut series: Vec<Series> = with_sums.into_iter().map(|(_, series)| series).collect();
    if let Some(limit) = limit.filter(|limit| *limit > 0) {
        series.truncate(usize::try_from(limit).unwrap_or(usize::MAX));
    }
    series
}
