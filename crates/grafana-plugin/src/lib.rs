//! Grafana's plugin protocol 2, both sides, and data frames.
//!
//! A plugin implements the handlers it needs, puts them into a [`Plugin`] and hands that to
//! [`run`].
//! Knows nothing about profiles.
#![deny(missing_docs)]

pub mod frame;
pub mod host;

mod call;
mod handler;
mod handshake_line;
pub mod logging;
pub mod protocol;
mod server;

pub use call::{
    AppSettings, Body, BodyError, DatasourceSettings, ErrorSource, GrafanaConfig, Headers,
    HealthReport, HealthStatus, PluginContext, Query, QueryError, QueryResult, QueryResults,
    RequestContext, ResourceHeaders, ResourceRequest, ResourceResponse, Secrets, User,
};
pub use handler::{DataHandler, HealthHandler, MetricsHandler, ResourceHandler};
pub use handshake_line::HandshakeError;
pub use server::{Plugin, ServeError, run, serve};
