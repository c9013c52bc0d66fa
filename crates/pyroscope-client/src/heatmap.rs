//! Counts by time and value.

use pyroscope_api::querier::v1::{HeatmapQueryType, SelectHeatmapRequest, SelectHeatmapResponse};
use pyroscope_api::types::v1::{self as types, ExemplarType};
use query::{Heatmap, HeatmapKind, HeatmapRequest, HeatmapSeries, HeatmapSlot, SourceErrorKind};

use crate::client::PyroscopeClient;
use crate::exemplars::exemplars;
use crate::learnt::window_limit_millis;
use crate::metadata::labels;
use crate::rpc::{self, Answer};
use upstream_http::Fault;

const CALL: &str = "SelectHeatmap";

impl PyroscopeClient {
    pub(crate) async fn ask_heatmap(&self, request: &HeatmapRequest) -> Result<Heatmap, Fault> {
        match self.one_heatmap(request).await {
            Ok(heatmap) => Ok(heatmap),
            Err(fault) => Err(self.explain_heatmap(fault).await),
        }
    }

    /// Errors: what the server said; [`explain_heatmap`](Self::explain_heatmap) says what it means.
    pub(crate) async fn one_heatmap(&self, request: &HeatmapRequest) -> Result<Heatmap, Fault> {
        let (query_type, exemplar_type) = match request.kind {
            HeatmapKind::Profile => (HeatmapQueryType::Individual, ExemplarType::Individual),
            HeatmapKind::Span => (HeatmapQueryType::Span, ExemplarType::Span),
        };
        let exemplar_type = if request.exemplars { exemplar_type } else { ExemplarType::None };
        let message = SelectHeatmapRequest {
            profile_type_id: request.profile_type.to_string(),
            label_selector: request.selector.to_string(),
            start: request.window.start_millis,
            end: request.window.end_millis,
            step: request.step_millis as f64 / 1000.0,
            group_by: request.group_by.clone(),
            query_type: query_type.into(),
            exemplar_type: exemplar_type.into(),
            limit: request.limit.map(|limit| i64::try_from(limit).unwrap_or(i64::MAX)),
        };
        let shared = &self.shared;
        let make = |response: SelectHeatmapResponse| {
            response.series.into_iter().map(series).collect::<Result<Vec<_>, Fault>>()
        };
        let answer = rpc::call(&shared.transport, &self.on_behalf, CALL, &message, make).await?;
        let Answer { message: series, wire_bytes, notices } = answer;
        Ok(Heatmap { series, call: CALL, wire_bytes, notices })
    }

    /// What a refusal means for someone who wants a heatmap of the whole window.
    pub(crate) async fn explain_heatmap(&self, fault: Fault) -> Fault {
        let is_absent =
            matches!(fault.kind, SourceErrorKind::NotFound | SourceErrorKind::Unimplemented);
        if is_absent && fault.status.is_some() {
            self.forget_server().await;
            // Whether the call is missing or the whole server, only the server can tell.
            let Ok(server) = self.known_server().await else { return fault };
            return Fault::unimplemented(format!(
                "{CALL}: {} has no heatmaps; Pyroscope 1.19 with storage version 2 is needed",
                server.name()
            ));
        }
        match window_limit_millis(&fault.server_text) {
            Some(limit) => Fault::refused(format!(
                "{CALL}: the server answers at most {} s at once, and heatmaps of parts cannot \
                 be put together, because each has a value axis of its own",
                limit / 1000
            )),
            None => fault,
        }
    }
}

fn series(message: types::HeatmapSeries) -> Result<HeatmapSeries, Fault> {
    let mut slots = message.slots.into_iter().map(slot).collect::<Result<Vec<_>, Fault>>()?;
    slots.sort_by_key(|slot| slot.timestamp_millis);
    Ok(HeatmapSeries { labels: labels(message.labels), slots })
}

fn slot(message: types::HeatmapSlot) -> Result<HeatmapSlot, Fault> {
    let types::HeatmapSlot { timestamp, y_min, counts, exemplars: messages } = message;
    if y_min.len() != counts.len() {
        return Err(Fault::nonsense(format!(
            "{CALL}: a slot has {} buckets and {} counts, expected as many",
            y_min.len(),
            counts.len()
        )));
    }
    Ok(HeatmapSlot { timestamp_millis: timestamp, y_min, counts, exemplars: exemplars(messages) })
}
