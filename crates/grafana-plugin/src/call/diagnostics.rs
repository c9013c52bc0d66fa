//! Health of an instance.

use bytes::Bytes;
use serde_json::Value;

use crate::protocol::pluginv2::CheckHealthResponse;
use crate::protocol::pluginv2::check_health_response::HealthStatus as WireStatus;

/// Verdict on an instance.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HealthStatus {
    /// Not known.
    Unknown,
    /// Works.
    Ok,
    /// Does not work.
    Error,
}

/// Health of an instance.
#[derive(Debug, Clone, PartialEq)]
pub struct HealthReport {
    /// Verdict.
    pub status: HealthStatus,
    /// One line for people.
    pub message: String,
    /// More about it, a JSON object; null for nothing.
    /// Grafana shows its keys `message` and `verboseMessage` below the verdict.
    pub details: Value,
}

impl HealthReport {
    /// A report without details.
    pub fn new(status: HealthStatus, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), details: Value::Null }
    }

    /// The same report with these details.
    #[must_use]
    pub fn with_details(mut self, details: Value) -> Self {
        self.details = details;
        self
    }
}

impl From<HealthReport> for CheckHealthResponse {
    fn from(report: HealthReport) -> Self {
        let status = match report.status {
            HealthStatus::Unknown => WireStatus::Unknown,
            HealthStatus::Ok => WireStatus::Ok,
            HealthStatus::Error => WireStatus::Error,
        };
        let json_details = match report.details {
            Value::Null => Bytes::new(),
            details => details.to_string().into(),
        };
        Self { status: status.into(), message: report.message, json_details }
    }
}

impl From<CheckHealthResponse> for HealthReport {
    /// Details that are not JSON count as none.
    fn from(wire: CheckHealthResponse) -> Self {
        let status = match wire.status() {
            WireStatus::Unknown => HealthStatus::Unknown,
            WireStatus::Ok => HealthStatus::Ok,
            WireStatus::Error => HealthStatus::Error,
        };
        let details = serde_json::from_slice(&wire.json_details).unwrap_or_default();
        Self { status, message: wire.message, details }
    }
}
