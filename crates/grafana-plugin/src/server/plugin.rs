//! What a plugin process serves.

use std::fmt;
use std::sync::Arc;

use super::dyn_handler::{DynDataHandler, DynHealthHandler, DynMetricsHandler, DynResourceHandler};
use crate::handler::{DataHandler, HealthHandler, MetricsHandler, ResourceHandler};

/// What a plugin process serves.
///
/// Calls without a handler are answered with "unimplemented".
#[derive(Clone, Default)]
pub struct Plugin {
    pub(super) data: Option<Arc<dyn DynDataHandler>>,
    pub(super) resource: Option<Arc<dyn DynResourceHandler>>,
    pub(super) health: Option<Arc<dyn DynHealthHandler>>,
    pub(super) metrics: Option<Arc<dyn DynMetricsHandler>>,
}

impl Plugin {
    /// A plugin without handlers.
    pub fn new() -> Self {
        Self::default()
    }

    /// Answers queries with this handler.
    #[must_use]
    pub fn with_data<H: DataHandler>(mut self, handler: Arc<H>) -> Self {
        self.data = Some(handler);
        self
    }

    /// Answers HTTP-like calls with this handler.
    #[must_use]
    pub fn with_resource<H: ResourceHandler>(mut self, handler: Arc<H>) -> Self {
        self.resource = Some(handler);
        self
    }

    /// Answers health checks with this handler.
    #[must_use]
    pub fn with_health<H: HealthHandler>(mut self, handler: Arc<H>) -> Self {
        self.health = Some(handler);
        self
    }

    /// Hands out the metrics of this handler.
    #[must_use]
    pub fn with_metrics<H: MetricsHandler>(mut self, handler: Arc<H>) -> Self {
        self.metrics = Some(handler);
        self
    }
}

impl fmt::Debug for Plugin {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("Plugin")
            .field("data", &self.data.is_some())
            .field("resource", &self.resource.is_some())
            .field("health", &self.health.is_some())
            .field("metrics", &self.metrics.is_some())
            .finish()
    }
}
