//! What every handler is told about a call.

use tonic::metadata::MetadataMap;

use super::{Headers, PluginContext};
use crate::protocol::pluginv2;

/// What every handler is told about a call.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct RequestContext {
    /// Where and for whom.
    pub plugin: PluginContext,
    /// Headers that Grafana forwards; empty for resource calls, which have their own.
    pub headers: Headers,
    /// W3C `traceparent` of the span that the call belongs to; absent when Grafana does not trace.
    pub trace_parent: Option<String>,
}

impl RequestContext {
    pub(crate) fn from_wire(
        plugin: Option<pluginv2::PluginContext>,
        headers: impl Into<Headers>,
        metadata: &MetadataMap,
    ) -> Self {
        Self {
            plugin: plugin.map(Into::into).unwrap_or_default(),
            headers: headers.into(),
            trace_parent: metadata
                .get("traceparent")
                .and_then(|value| value.to_str().ok())
                .map(str::to_owned),
        }
    }
}
