//! Handlers behind one pointer type.
//!
//! The public traits return unnamed futures, so they cannot be trait objects; these can.

use futures::FutureExt;
use futures::future::BoxFuture;

use crate::call::{
    HealthReport, Query, QueryResult, RequestContext, ResourceRequest, ResourceResponse,
};
use crate::handler::{DataHandler, HealthHandler, MetricsHandler, ResourceHandler};

pub(crate) trait DynDataHandler: Send + Sync {
    fn query<'a>(&'a self, ctx: &'a RequestContext, query: Query) -> BoxFuture<'a, QueryResult>;
}

impl<H: DataHandler> DynDataHandler for H {
    fn query<'a>(&'a self, ctx: &'a RequestContext, query: Query) -> BoxFuture<'a, QueryResult> {
        DataHandler::query(self, ctx, query).boxed()
    }
}

pub(crate) trait DynResourceHandler: Send + Sync {
    fn call<'a>(
        &'a self,
        ctx: &'a RequestContext,
        request: ResourceRequest,
    ) -> BoxFuture<'a, ResourceResponse>;
}

impl<H: ResourceHandler> DynResourceHandler for H {
    fn call<'a>(
        &'a self,
        ctx: &'a RequestContext,
        request: ResourceRequest,
    ) -> BoxFuture<'a, ResourceResponse> {
        ResourceHandler::call(self, ctx, request).boxed()
    }
}

pub(crate) trait DynHealthHandler: Send + Sync {
    fn check_health<'a>(&'a self, ctx: &'a RequestContext) -> BoxFuture<'a, HealthReport>;
}

impl<H: HealthHandler> DynHealthHandler for H {
    fn check_health<'a>(&'a self, ctx: &'a RequestContext) -> BoxFuture<'a, HealthReport> {
        HealthHandler::check_health(self, ctx).boxed()
    }
}

pub(crate) trait DynMetricsHandler: Send + Sync {
    fn collect_metrics<'a>(&'a self, ctx: &'a RequestContext) -> BoxFuture<'a, String>;
}

impl<H: MetricsHandler> DynMetricsHandler for H {
    fn collect_metrics<'a>(&'a self, ctx: &'a RequestContext) -> BoxFuture<'a, String> {
        MetricsHandler::collect_metrics(self, ctx).boxed()
    }
}
