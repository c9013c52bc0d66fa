//! What editors ask for, in the shape of the core datasource's resources.

use datasource::Fireline;
use grafana_plugin::{ResourceHandler, ResourceRequest};
use prost::Message;
use pyroscope_api::querier::v1::ProfileTypesResponse;
use pyroscope_api::types::v1::{
    LabelNamesRequest, LabelNamesResponse, LabelValuesRequest, LabelValuesResponse, ProfileType,
};
use serde_json::{Value, json};

use crate::played_server::{Answer, PlayedServer, call};

const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

fn server() -> PlayedServer {
    let names = ["__name__", "region", "service_name"].map(str::to_owned).to_vec();
    let cpu = ProfileType { id: CPU.to_owned(), ..Default::default() };
    PlayedServer::start(&[
        (
            "ProfileTypes",
            Answer::proto(ProfileTypesResponse { profile_types: vec![cpu] }.encode_to_vec()),
        ),
        ("LabelNames", Answer::proto(LabelNamesResponse { names }.encode_to_vec())),
        (
            "LabelValues",
            Answer::proto(LabelValuesResponse { names: vec![CPU.to_owned()] }.encode_to_vec()),
        ),
    ])
}

async fn get(server: &PlayedServer, url: &str) -> (u16, Value) {
    let ctx = call(&server.url, &json!({"pyroscopeVersion": "2.2"}));
    let request = ResourceRequest {
        method: "GET".to_owned(),
        path: url.split('?').next().unwrap().to_owned(),
        url: url.to_owned(),
        ..ResourceRequest::default()
    };
    let response = Fireline::default().call(&ctx, request).await;
    let body = response.body.collect().await.unwrap();
    (response.status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn profile_types_have_ids_and_labels() {
    let server = server();
    let (status, body) = get(&server, "profileTypes?start=1000&end=2000").await;
    assert_eq!(status, 200);
    assert_eq!(body, json!([{"id": CPU, "label": "process_cpu - cpu"}]));
    // Limited to what the selector has: asked as values of the private label.
    let (_, body) = get(&server, "profileTypes?query=%7Bservice_name%3D%22x%22%7D").await;
    assert_eq!(body[0]["id"], CPU);
    let asked = LabelValuesRequest::decode(&server.asked_of("LabelValues")[0].body[..]).unwrap();
    assert_eq!(asked.name, "__profile_type__");
    assert_eq!(asked.matchers, [r#"{service_name="x"}"#]);
}

#[tokio::test]
async fn label_names_leave_out_private_and_fixed_ones() {
    let server = server();
    let (_, body) = get(&server, "labelNames?query=%7B%7D&start=1&end=2").await;
    assert_eq!(body, json!(["region", "service_name"]));
    let (_, body) = get(&server, "labelNames?query=%7Bservice_name%3D%22x%22%7D").await;
    assert_eq!(body, json!(["region"]));
    // Without a query, where the core datasource fails.
    let (status, _) = get(&server, "labelNames").await;
    assert_eq!(status, 200);
    // A query in one line, where the core datasource finds nothing.
    let (_, body) =
        get(&server, &format!("labelNames?query={CPU}%7Bservice_name%3D%22x%22%7D")).await;
    assert_eq!(body, json!(["region"]));
    let asked = LabelNamesRequest::decode(&server.asked_of("LabelNames")[0].body[..]).unwrap();
    assert_eq!((asked.start, asked.end), (1, 2));
}

#[tokio::test]
async fn label_values_and_metadata() {
    let server = server();
    let (_, body) = get(&server, "labelValues?label=region&query=%7B%7D").await;
    assert_eq!(body, json!([CPU]));
    let (_, body) = get(&server, "profileMetadata").await;
    assert_eq!(body[CPU]["unit"], "ns");
    assert_eq!(body[CPU]["aggregationType"], "cumulative");
    assert_eq!(body[CPU]["type"], "cpu");
    assert_eq!(body[CPU]["group"], "process_cpu");
}

#[tokio::test]
async fn bad_calls_say_what_was_expected() {
    let server = server();
    let (status, body) = get(&server, "labelValues?query=%7B%7D").await;
    assert_eq!(status, 400);
    assert!(body["message"].as_str().unwrap().contains("parameter label is missing"));
    let (status, body) = get(&server, "labelNames?query=%7Ba%3D").await;
    assert_eq!((status, &body["offset"]), (400, &json!(3)));
    let (status, body) = get(&server, "labelNames?start=soon").await;
    assert_eq!(status, 400);
    assert!(body["message"].as_str().unwrap().contains("milliseconds since 1970"));
    let (status, body) = get(&server, "series").await;
    assert_eq!(status, 404);
    assert!(body["message"].as_str().unwrap().contains("expected one of profileTypes"));
}
