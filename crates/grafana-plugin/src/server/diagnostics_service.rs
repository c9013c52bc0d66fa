//! Health and metrics.

use std::sync::Arc;

use tonic::{Request, Response, Status};

use super::dyn_handler::{DynHealthHandler, DynMetricsHandler};
use super::panic_guard::guard;
use crate::call::{Headers, HealthReport, HealthStatus, RequestContext};
use crate::protocol::pluginv2::collect_metrics_response::Payload;
use crate::protocol::pluginv2::diagnostics_server::Diagnostics;
use crate::protocol::pluginv2::{
    CheckHealthRequest, CheckHealthResponse, CollectMetricsRequest, CollectMetricsResponse,
};

pub(super) struct DiagnosticsService {
    pub(super) health: Option<Arc<dyn DynHealthHandler>>,
    pub(super) metrics: Option<Arc<dyn DynMetricsHandler>>,
}

#[tonic::async_trait]
impl Diagnostics for DiagnosticsService {
    async fn check_health(
        &self,
        request: Request<CheckHealthRequest>,
    ) -> Result<Response<CheckHealthResponse>, Status> {
        let handler = self
            .health
            .as_ref()
            .ok_or_else(|| Status::unimplemented("this plugin has no health check"))?;
        let (metadata, _, message) = request.into_parts();
        let ctx = RequestContext::from_wire(message.plugin_context, message.headers, &metadata);
        let report = guard("checking its health", handler.check_health(&ctx)).await.unwrap_or_else(
            |panicked| HealthReport::new(HealthStatus::Error, panicked.to_string()),
        );
        Ok(Response::new(report.into()))
    }

    async fn collect_metrics(
        &self,
        request: Request<CollectMetricsRequest>,
    ) -> Result<Response<CollectMetricsResponse>, Status> {
        let handler = self
            .metrics
            .as_ref()
            .ok_or_else(|| Status::unimplemented("this plugin has no metrics"))?;
        let (metadata, _, message) = request.into_parts();
        let ctx = RequestContext::from_wire(message.plugin_context, Headers::default(), &metadata);
        let text = guard("collecting metrics", handler.collect_metrics(&ctx))
            .await
            .map_err(|panicked| Status::internal(panicked.to_string()))?;
        Ok(Response::new(CollectMetricsResponse {
            metrics: Some(Payload { prometheus: text.into() }),
        }))
    }
}
