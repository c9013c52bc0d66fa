//! What a call carries: where and for whom it happens, queries and answers.

mod data;
mod diagnostics;
mod headers;
mod instance_settings;
mod plugin_context;
mod request_context;
mod resource;
mod secrets;

pub(crate) use data::{EncodeError, encode_frame};
pub use data::{ErrorSource, Query, QueryError, QueryResult, QueryResults};
pub use diagnostics::{HealthReport, HealthStatus};
pub use headers::Headers;
pub use instance_settings::{AppSettings, DatasourceSettings};
pub use plugin_context::{GrafanaConfig, PluginContext, User};
pub use request_context::RequestContext;
pub use resource::{Body, BodyError, ResourceHeaders, ResourceRequest, ResourceResponse};
pub use secrets::Secrets;
