//! Calls to a plugin process.
//!
//! Dropping a future, or the body of an answer, cancels the call in the plugin.

use std::collections::BTreeMap;

use bytes::Bytes;
use futures::StreamExt;
use tonic::Request;
use tonic::metadata::MetadataValue;

use super::{HostError, PluginProcess};
use crate::call::{
    Body, BodyError, HealthReport, Query, QueryResult, QueryResults, RequestContext,
    ResourceRequest, ResourceResponse,
};
use crate::handshake_line::MAX_MESSAGE_BYTES;
use crate::protocol::pluginv2::data_client::DataClient;
use crate::protocol::pluginv2::diagnostics_client::DiagnosticsClient;
use crate::protocol::pluginv2::resource_client::ResourceClient;
use crate::protocol::pluginv2::{
    CallResourceRequest, CheckHealthRequest, CollectMetricsRequest, QueryDataRequest,
};

impl PluginProcess {
    /// Asks whether an instance works.
    ///
    /// # Errors
    /// [`HostError::Exited`], [`HostError::Call`].
    pub async fn check_health(&self, ctx: &RequestContext) -> Result<HealthReport, HostError> {
        let message = CheckHealthRequest {
            plugin_context: Some((&ctx.plugin).into()),
            headers: ctx.headers.to_map(),
        };
        match self.diagnostics().check_health(request(ctx, message)).await {
            Ok(response) => Ok(response.into_inner().into()),
            Err(status) => Err(self.error_of(status).await),
        }
    }

    /// The plugin's own metrics, in Prometheus' text format.
    ///
    /// # Errors
    /// [`HostError::Exited`], [`HostError::Call`].
    pub async fn collect_metrics(&self, ctx: &RequestContext) -> Result<Bytes, HostError> {
        let message = CollectMetricsRequest { plugin_context: Some((&ctx.plugin).into()) };
        match self.diagnostics().collect_metrics(request(ctx, message)).await {
            Ok(response) => Ok(response.into_inner().metrics.unwrap_or_default().prometheus),
            Err(status) => Err(self.error_of(status).await),
        }
    }

    /// Sends a group of queries.
    ///
    /// # Errors
    /// [`HostError::Exited`], [`HostError::Call`], [`HostError::Frame`]; the error of one query is
    /// part of its answer.
    pub async fn query(
        &self,
        ctx: &RequestContext,
        queries: &[Query],
    ) -> Result<QueryResults, HostError> {
        let message = QueryDataRequest {
            plugin_context: Some((&ctx.plugin).into()),
            headers: ctx.headers.to_map(),
            queries: queries.iter().map(Into::into).collect(),
            ..QueryDataRequest::default()
        };
        let response = match self.data().query_data(request(ctx, message)).await {
            Ok(response) => response.into_inner(),
            Err(status) => return Err(self.error_of(status).await),
        };
        let mut results = BTreeMap::new();
        for (ref_id, wire) in response.responses {
            let result = QueryResult::from_wire(&wire)
                .map_err(|source| HostError::Frame { ref_id: ref_id.clone(), source })?;
            results.insert(ref_id, result);
        }
        Ok(QueryResults(results))
    }

    /// Makes an HTTP-like call; the body comes as the plugin sends it.
    ///
    /// # Errors
    /// [`HostError::Exited`], [`HostError::Call`], until the first part of the answer is there;
    /// after that the body says when it breaks off.
    pub async fn call_resource(
        &self,
        ctx: &RequestContext,
        call: ResourceRequest,
    ) -> Result<ResourceResponse, HostError> {
        let message = CallResourceRequest {
            plugin_context: Some((&ctx.plugin).into()),
            path: call.path,
            method: call.method,
            url: call.url,
            headers: call.headers.into(),
            body: call.body,
        };
        let opened = self.resource().call_resource(request(ctx, message)).await;
        let mut parts = match opened {
            Ok(response) => response.into_inner(),
            Err(status) => return Err(self.error_of(status).await),
        };
        let head = match parts.message().await {
            Ok(head) => head.unwrap_or_default(),
            Err(status) => return Err(self.error_of(status).await),
        };
        let first = futures::stream::once(async move { Ok(head.body) });
        let rest = parts.map(|part| {
            part.map(|part| part.body).map_err(|status| BodyError(status.message().to_owned()))
        });
        Ok(ResourceResponse {
            // Grafana takes an answer without a status for a good one as well.
            status: u16::try_from(head.code).ok().filter(|code| *code > 0).unwrap_or(200),
            headers: head.headers.into(),
            body: Body::stream(first.chain(rest)),
        })
    }

    fn data(&self) -> DataClient<tonic::transport::Channel> {
        DataClient::new(self.channel.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES)
    }

    fn resource(&self) -> ResourceClient<tonic::transport::Channel> {
        ResourceClient::new(self.channel.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES)
    }

    fn diagnostics(&self) -> DiagnosticsClient<tonic::transport::Channel> {
        DiagnosticsClient::new(self.channel.clone())
            .max_decoding_message_size(MAX_MESSAGE_BYTES)
            .max_encoding_message_size(MAX_MESSAGE_BYTES)
    }
}

/// Trace context travels beside the message, as W3C wants it.
fn request<T>(ctx: &RequestContext, message: T) -> Request<T> {
    let mut request = Request::new(message);
    let trace_parent = ctx.trace_parent.as_deref().map(MetadataValue::try_from);
    if let Some(Ok(trace_parent)) = trace_parent {
        request.metadata_mut().insert("traceparent", trace_parent);
    }
    request
}
