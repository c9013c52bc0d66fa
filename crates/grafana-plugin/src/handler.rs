//! What a plugin implements.

use std::future::Future;

use crate::call::{
    HealthReport, Query, QueryResult, RequestContext, ResourceRequest, ResourceResponse,
};

/// Answers queries.
///
/// Implementations may write `async fn query`.
pub trait DataHandler: Send + Sync + 'static {
    /// Answers one query.
    ///
    /// The queries of a request run side by side, each on its own task.
    /// The future is dropped when the caller goes away.
    /// A panic becomes the error of this query alone.
    fn query(&self, ctx: &RequestContext, query: Query)
    -> impl Future<Output = QueryResult> + Send;
}

/// Answers HTTP-like calls.
///
/// Implementations may write `async fn call`.
pub trait ResourceHandler: Send + Sync + 'static {
    /// Answers one call.
    ///
    /// The future, and later the body, is dropped when the caller goes away.
    /// A panic becomes the status 500.
    fn call(
        &self,
        ctx: &RequestContext,
        request: ResourceRequest,
    ) -> impl Future<Output = ResourceResponse> + Send;
}

/// Tells whether an instance works.
///
/// Implementations may write `async fn check_health`.
pub trait HealthHandler: Send + Sync + 'static {
    /// Checks the instance that the context names.
    /// A panic becomes an unhealthy verdict.
    fn check_health(&self, ctx: &RequestContext) -> impl Future<Output = HealthReport> + Send;
}

/// Hands out the plugin's own metrics.
///
/// Implementations may write `async fn collect_metrics`.
pub trait MetricsHandler: Send + Sync + 'static {
    /// Metrics of the process in Prometheus' text format.
    fn collect_metrics(&self, ctx: &RequestContext) -> impl Future<Output = String> + Send;
}
