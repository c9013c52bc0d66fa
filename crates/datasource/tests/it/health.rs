//! The health check asks something real and says what the server lacks.

use datasource::Fireline;
use grafana_plugin::{HealthHandler, HealthReport, HealthStatus, RequestContext};
use prost::Message;
use pyroscope_api::querier::v1::ProfileTypesResponse;
use pyroscope_api::types::v1::ProfileType;
use serde_json::json;

use crate::played_server::{Answer, PlayedServer, call};

async fn health(ctx: &RequestContext) -> HealthReport {
    Fireline::default().check_health(ctx).await
}

fn profile_types(ids: &[&str]) -> Answer {
    let profile_types =
        ids.iter().map(|id| ProfileType { id: (*id).to_owned(), ..Default::default() }).collect();
    Answer::proto(ProfileTypesResponse { profile_types }.encode_to_vec())
}

#[tokio::test]
async fn a_server_with_profiles_is_healthy_and_named() {
    let server = PlayedServer::start(&[(
        "ProfileTypes",
        profile_types(&["process_cpu:cpu:nanoseconds:cpu:nanoseconds"]),
    )]);
    let report = health(&call(&server.url, &json!({"pyroscopeVersion": "1.14"}))).await;
    assert_eq!(report.status, HealthStatus::Ok);
    let first = "Data source is working: 1 profile type in the last hour. ";
    assert!(report.message.starts_with(first), "{}", report.message);
    let server_words = report.details["message"].as_str().unwrap();
    for said in [server_words, &report.message] {
        for word in ["1.14", "no trace ids", "no heatmap", "span selection by the older call"] {
            assert!(said.contains(word), "expected {word:?} in {said}");
        }
    }
}

#[tokio::test]
async fn no_profiles_in_the_last_hour_is_said() {
    let server = PlayedServer::start(&[("ProfileTypes", profile_types(&[]))]);
    let report = health(&call(&server.url, &json!({"pyroscopeVersion": "2.2"}))).await;
    assert_eq!(report.status, HealthStatus::Ok);
    assert!(report.message.contains("no profiles in the last hour"), "{}", report.message);
}

#[tokio::test]
async fn what_is_wrong_is_said() {
    let report = health(&call("", &json!({}))).await;
    assert_eq!(report.status, HealthStatus::Error);
    assert!(report.message.contains("has no Pyroscope server"), "{}", report.message);

    let server =
        PlayedServer::start(&[("ProfileTypes", Answer::error(401, "text/plain", "who are you"))]);
    let report = health(&call(&server.url, &json!({}))).await;
    assert_eq!(report.status, HealthStatus::Error);
    assert!(report.message.contains("check user and password"), "{}", report.message);
}

#[tokio::test]
async fn a_setting_that_cannot_be_read_is_named() {
    let server = PlayedServer::start(&[("ProfileTypes", profile_types(&[]))]);
    let report =
        health(&call(&server.url, &json!({"pyroscopeVersion": "2.2", "minStep": "soon"}))).await;
    for said in [report.details["verboseMessage"].as_str().unwrap(), &report.message] {
        assert!(said.contains("minStep is \"soon\""), "{said}");
    }
}
