//! Whether a datasource works: asks the server something real, and says what the server lacks.

use std::time::{Instant, SystemTime, UNIX_EPOCH};

use grafana_plugin::{HealthHandler, HealthReport, HealthStatus, RequestContext};
use pyroscope_client::PyroscopeClient;
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
            Err(refusal) => return failed(refusal.to_string()),
        };
        let profiles = match instance.client_for(ctx) {
            Ok(client) => match examine_profiles(&client).await {
                Ok(examined) => Some(examined),
                Err(error) => return failed(message(&error)),
            },
            Err(Refusal::NoUrl) => None,
            Err(refusal) => return failed(refusal.to_string()),
        };
        let metrics = match instance.metrics() {
            Ok(server) => {
                let told = server.examine(&forwarded(ctx.headers.iter())).await;
                told.map(Some).map_err(|error| metrics_message(&error))
            }
            Err(Refusal::NoMetricsUrl) => Ok(None),
            Err(refusal) => Err(refusal.to_string()),
        };
        let (found, told) = match (profiles, metrics) {
            (Some(Examined { found, .. }), Err(problem)) => {
                return failed(format!(
                    "Profiles can be read ({found}), but not metrics: {problem}"
                ));
            }
            (None, Err(problem)) => return failed(problem),
            (None, Ok(None)) => return failed(Refusal::NoUrl.to_string()),
            (None, Ok(Some(metrics))) => {
                let found = "metrics can be queried; profiles are not set up, because there is no URL of a Pyroscope server";
                (found.to_owned(), vec![metrics])
            }
            (Some(Examined { server, found }), Ok(metrics)) => {
                (found, [server].into_iter().chain(metrics).collect())
            }
        };
        // Where all is well Grafana shows the message only.
        let told: Vec<&str> = told.iter().chain(&instance.warnings).map(String::as_str).collect();
        let message = format!("Data source is working: {found}. {}", told.join(". "));
        HealthReport::new(HealthStatus::Ok, message)
            .with_details(json!({"message": told[0], "verboseMessage": told.join("\n")}))
    }
}

/// What was learnt of a profile server.
struct Examined {
    /// Its name, and what it lacks.
    server: String,
    /// What is in it.
    found: String,
}

async fn examine_profiles(client: &PyroscopeClient) -> Result<Examined, SourceError> {
    let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    let end_millis = i64::try_from(now.as_millis()).unwrap_or(i64::MAX);
    let window = Window { start_millis: end_millis.saturating_sub(LOOKED_AT_MILLIS), end_millis };
    let request = MetadataRequest { selectors: Vec::new(), window };
    let types = client.profile_types(&request).await?;
    let server = client.server_info().await?.to_string();
    let found = match types.len() {
        0 => {
            "no profiles in the last hour: check that programs push to this server, and the tenant"
                .to_owned()
        }
        1 => "1 profile type in the last hour".to_owned(),
        count => format!("{count} profile types in the last hour"),
    };
    Ok(Examined { server, found })
}

fn failed(problem: impl Into<String>) -> HealthReport {
    HealthReport::new(HealthStatus::Error, problem)
}
