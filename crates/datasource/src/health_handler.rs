//! Whether a datasource works: asks the server something real, and says what the server lacks.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use grafana_plugin::{HealthHandler, HealthReport, HealthStatus, RequestContext};
use query::{MetadataRequest, ProfileSource, SourceError, Window};
use serde_json::json;

use crate::Fireline;
use crate::client_config::Refusal;
use crate::error_table::{message, metrics_message};
use crate::instance::forwarded;

/// The time that the health check looks at. Unit: milliseconds.
const LOOKED_AT_MILLIS: i64 = 3_600_000;

impl HealthHandler for Fireline {
    async fn check_health(&self, ctx: &RequestContext) -> HealthReport {
        let started = Instant::now();
        let report = self.examine(ctx).await;
        let status = if report.status == HealthStatus::Ok { 200 } else { 500 };
        self.metrics.count("health", status, started.elapsed());
        report
    }
}

impl Fireline {
    async fn examine(&self, ctx: &RequestContext) -> HealthReport {
        let instance = match self.instances.get(ctx) {
            Ok(instance) => instance,
            Err(refusal) => return HealthReport::new(HealthStatus::Error, refusal.to_string()),
        };
        let client = instance.client_for(ctx);
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        let end_millis = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
        let window = Window { start_millis: end_millis - LOOKED_AT_MILLIS, end_millis };
        let request = MetadataRequest { selectors: Vec::new(), window };
        let types = match client.profile_types(&request).await {
            Ok(types) => types,
            Err(error) => return failed(&error),
        };
        let server = match client.server_info().await {
            Ok(server) => server.to_string(),
            Err(error) => return failed(&error),
        };
        let found = match types.len() {
            0 => "no profiles in the last hour: check that programs push to this server, and the tenant".to_owned(),
            1 => "1 profile type in the last hour".to_owned(),
            count => format!("{count} profile types in the last hour"),
        };
        let mut verbose = vec![server.clone(), found.clone()];
        match instance.metrics() {
            Ok(metrics) => match metrics.examine(&forwarded(ctx.headers.iter())).await {
                Ok(told) => verbose.push(told),
                Err(error) => return without_metrics(&found, &metrics_message(&error)),
            },
            Err(Refusal::NoMetricsUrl) => {}
            Err(refusal) => return without_metrics(&found, &refusal.to_string()),
        }
        verbose.extend(instance.warnings.iter().cloned());
        HealthReport::new(HealthStatus::Ok, format!("Data source is working: {found}"))
            .with_details(json!({"message": server, "verboseMessage": verbose.join("\n")}))
    }
}

/// The profile server works and the metrics server does not.
fn without_metrics(found: &str, problem: &str) -> HealthReport {
    let text = format!("Profiles can be read ({found}), but not metrics: {problem}");
    HealthReport::new(HealthStatus::Error, text)
}

fn failed(error: &SourceError) -> HealthReport {
    HealthReport::new(HealthStatus::Error, message(error))
}
