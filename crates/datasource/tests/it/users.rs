//! What was found out for one user, or before the settings changed, is not told to another.

use std::collections::BTreeMap;

use datasource::Fireline;
use grafana_plugin::{DataHandler, RequestContext};
use prost::Message;
use pyroscope_api::querier::v1::SelectMergeStacktracesResponse;
use pyroscope_api::types::v1::LabelNamesResponse;
use serde_json::json;

use crate::played_server::{Answer, PlayedServer, call, query};

const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

/// A server with labels and no profiles.
fn server() -> PlayedServer {
    let tree = SelectMergeStacktracesResponse::default().encode_to_vec();
    let names = LabelNamesResponse { names: vec!["service_name".to_owned()] }.encode_to_vec();
    PlayedServer::start(&[
        ("SelectMergeStacktraces", Answer::proto(tree)),
        ("LabelNames", Answer::proto(names)),
        ("Series", Answer::proto(Vec::new())),
        ("LabelValues", Answer::proto(Vec::new())),
    ])
}

fn settings() -> serde_json::Value {
    json!({"pyroscopeVersion": "2.2"})
}

async fn ask(fireline: &Fireline, ctx: &RequestContext) {
    let asked = json!({
        "queryType": "profile", "profileTypeId": CPU, "labelSelector": "{service_name=\"pay\"}",
    });
    assert_eq!(fireline.query(ctx, query(&asked)).await.error, None);
}

#[tokio::test]
async fn labels_are_asked_for_again_on_behalf_of_another_user() {
    let of = |ctx: &RequestContext, user: &str| {
        let headers = BTreeMap::from([("http_X-Grafana-User".to_owned(), user.to_owned())]);
        RequestContext { headers: headers.into(), ..ctx.clone() }
    };
    let server = server();
    let ctx = call(&server.url, &settings());
    let fireline = Fireline::default();
    for user in ["ann", "bob"] {
        ask(&fireline, &of(&ctx, user)).await;
        let asked = server.asked_of("LabelNames");
        assert_eq!(asked.last().unwrap().headers["x-grafana-user"], user);
    }
    // Of nobody in particular, what was found out a moment ago still holds.
    let before = server.asked_of("LabelNames").len();
    ask(&fireline, &ctx).await;
    ask(&fireline, &ctx).await;
    assert_eq!(server.asked_of("LabelNames").len(), before + 1);
}

#[tokio::test]
async fn settings_saved_twice_within_a_moment_hold_as_they_were_saved_last() {
    let (first, second) = (server(), server());
    let fireline = Fireline::default();
    ask(&fireline, &call(&first.url, &settings())).await;
    // Databases keep the time of a change in whole seconds: it is the same.
    ask(&fireline, &call(&second.url, &settings())).await;
    assert!(!second.asked().is_empty(), "the old address was asked");
}
