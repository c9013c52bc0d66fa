//! Grafana's plugin protocol 2, both sides, and data frames.
//!
//! A plugin implements the handlers it needs, puts them into a [`Plugin`] and hands that to
//! [`run`]:
//!
//! ```no_run
//! use std::process::ExitCode;
//! use std::sync::Arc;
//!
//! use grafana_plugin::frame::{Column, Field, Frame};
//! use grafana_plugin::{DataHandler, Plugin, Query, QueryResult, RequestContext, run};
//!
//! struct Edges;
//!
//! impl DataHandler for Edges {
//!     async fn query(&self, _ctx: &RequestContext, query: Query) -> QueryResult {
//!         let time = Column::time_millis(&[query.from_millis, query.to_millis]);
//!         let fields = vec![Field::new("time", time), Field::new("value", vec![0.0, 1.0])];
//!         Frame::new("edges", fields).into()
//!     }
//! }
//!
//! fn main() -> ExitCode {
//!     run(Plugin::new().with_data(Arc::new(Edges)))
//! }
//! ```
//!
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
