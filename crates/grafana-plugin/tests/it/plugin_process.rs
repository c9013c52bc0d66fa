//! A host and a plugin process talk over the real handshake.

use std::process::{Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use futures::StreamExt;
use grafana_plugin::host::{HostError, PluginCommand, PluginProcess};
use grafana_plugin::{
    DatasourceSettings, ErrorSource, HealthStatus, PluginContext, Query, RequestContext,
    ResourceHeaders, ResourceRequest, User,
};
use serde_json::{Value, json};

use crate::golden_frames::golden_frames;
use crate::golden_plugin::{executable, nobody, query, start};

fn get(path: &str) -> ResourceRequest {
    ResourceRequest {
        method: "GET".to_owned(),
        path: path.to_owned(),
        url: path.to_owned(),
        ..ResourceRequest::default()
    }
}

async fn dropped_calls(plugin: &PluginProcess) -> Value {
    let response = plugin.call_resource(&nobody(), get("dropped")).await.unwrap();
    serde_json::from_slice(&response.body.collect().await.unwrap()).unwrap()
}

/// Cancellation takes a moment to arrive.
async fn wait_for_dropped_calls(plugin: &PluginProcess, expected: usize) {
    for _ in 0..100 {
        if dropped_calls(plugin).await == json!(expected) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    panic!("expected {expected} dropped calls, found {}", dropped_calls(plugin).await);
}

#[tokio::test]
async fn every_golden_frame_arrives() {
    let plugin = start().await;
    let queries: Vec<Query> =
        golden_frames().iter().map(|(name, _)| query(name, json!({ "frame": name }))).collect();
    let results = plugin.query(&nobody(), &queries).await.unwrap();
    assert_eq!((results.0.len(), results.http_status()), (golden_frames().len(), 200));
    for (name, frames) in golden_frames() {
        let arrived = serde_json::to_value(&results.0[name].frames).unwrap();
        assert_eq!(arrived, serde_json::to_value(frames).unwrap(), "{name}");
    }
    plugin.stop().await;
}

#[tokio::test]
async fn health_and_metrics() {
    let plugin = start().await;
    let health = plugin.check_health(&nobody()).await.unwrap();
    assert_eq!((health.status, health.message.as_str()), (HealthStatus::Ok, "all is golden"));
    assert_eq!(health.details, json!({ "frames": 31 }));
    let metrics = plugin.collect_metrics(&nobody()).await.unwrap();
    assert_eq!(metrics, "golden_dropped_total 0\n");
    plugin.stop().await;
}

#[tokio::test]
async fn a_query_learns_who_asks_and_where() {
    let plugin = start().await;
    let ctx = RequestContext {
        plugin: PluginContext {
            user: Some(User { role: "None".to_owned(), ..User::default() }),
            datasource: Some(DatasourceSettings { uid: "u1".into(), ..Default::default() }),
            grafana_config: [(
                "GF_INSTANCE_FEATURE_TOGGLES_ENABLE".to_owned(),
                "panelTitleSearch,traceQLStreaming".to_owned(),
            )]
            .into_iter()
            .collect::<std::collections::BTreeMap<_, _>>()
            .into(),
            ..PluginContext::default()
        },
        headers: [("http_X-Panel-Id".to_owned(), "7".to_owned())]
            .into_iter()
            .collect::<std::collections::BTreeMap<_, _>>()
            .into(),
        trace_parent: Some("00-b76efb7ac1779aa58aecd0fd08c2bdc5-03fa1cbd967b13da-01".into()),
    };
    let results = plugin.query(&ctx, &[query("A", json!({ "do": "tell" }))]).await.unwrap();
    let told: Value =
        serde_json::from_str(&results.0["A"].error.as_ref().unwrap().message).unwrap();
    assert_eq!(
        told,
        json!({
            "user": "None",
            "uid": "u1",
            "panel": "7",
            "trace": "00-b76efb7ac1779aa58aecd0fd08c2bdc5-03fa1cbd967b13da-01",
            "range": [1_795_240_170_000_i64, 1_795_240_290_000_i64],
            "toggle": true,
        })
    );
    plugin.stop().await;
}

#[tokio::test]
async fn one_bad_query_fails_none_of_its_neighbours() {
    let plugin = start().await;
    let queries = [
        query("bad json", json!(3)),
        query("fails", json!({ "do": "fail" })),
        query("good", json!({ "frame": "int64" })),
        query("panics", json!({ "do": "panic" })),
        query("part", json!({ "do": "fail in part" })),
        query("silent", json!({ "do": "answer nothing" })),
        query("unequal", json!({ "do": "unequal" })),
    ];
    let results = plugin.query(&nobody(), &queries).await.unwrap();
    assert_eq!(results.http_status(), 400);
    let error = |ref_id: &str| results.0[ref_id].error.clone().unwrap();
    assert_eq!(results.0["good"].error, None);
    assert_eq!(results.0["good"].frames.len(), 1);
    assert_eq!(results.0["silent"].error, None);
    assert_eq!(error("bad json").status, 400);
    assert_eq!(error("fails").error_source, ErrorSource::Downstream);
    assert_eq!(
        error("panics").message,
        "the plugin panicked while answering a query; its log says why"
    );
    assert_eq!((error("panics").status, error("panics").error_source), (500, ErrorSource::Plugin));
    assert_eq!((error("part").status, results.0["part"].frames.len()), (504, 1));
    assert_eq!(
        error("unequal").message,
        "encoding the answer failed: field \"two\" has 2 rows, the fields before it have 1"
    );
    plugin.stop().await;
}

#[tokio::test]
async fn queries_of_a_request_run_side_by_side() {
    let plugin = start().await;
    let queries: Vec<Query> =
        (0..8).map(|n| query(&n.to_string(), json!({ "do": "wait a little" }))).collect();
    let begin = Instant::now();
    plugin.query(&nobody(), &queries).await.unwrap();
    // One after the other they would take 2.4 s.
    assert!(begin.elapsed() < Duration::from_millis(1_500), "{:?}", begin.elapsed());
    plugin.stop().await;
}

#[tokio::test]
async fn a_dropped_call_is_cancelled_in_the_plugin() {
    let plugin = start().await;
    let queries = [query("A", json!({ "do": "sleep" })), query("B", json!({ "do": "sleep" }))];
    let ctx = nobody();
    let call = plugin.query(&ctx, &queries);
    assert!(tokio::time::timeout(Duration::from_millis(200), call).await.is_err());
    wait_for_dropped_calls(&plugin, 2).await;

    let response = plugin.call_resource(&nobody(), get("endless")).await.unwrap();
    let mut body = response.body.into_stream();
    for _ in 0..3 {
        body.next().await.unwrap().unwrap();
    }
    drop(body);
    wait_for_dropped_calls(&plugin, 3).await;
    plugin.stop().await;
}

#[tokio::test]
async fn a_resource_call_keeps_method_headers_and_body() {
    let plugin = start().await;
    let call = ResourceRequest {
        method: "POST".to_owned(),
        path: "echo".to_owned(),
        url: "echo?a=1&b=%20#c".to_owned(),
        headers: ResourceHeaders::from_iter([("Accept", "a"), ("Accept", "b")]),
        body: "süß".into(),
    };
    let response = plugin.call_resource(&nobody(), call).await.unwrap();
    assert_eq!(response.status, 201);
    assert_eq!(response.headers.get("content-type"), Some("application/json"));
    let twice: Vec<_> =
        response.headers.iter().filter(|(name, _)| *name == "X-Twice").map(|(_, v)| v).collect();
    assert_eq!(twice, ["one", "two"]);
    let echo: Value = serde_json::from_slice(&response.body.collect().await.unwrap()).unwrap();
    assert_eq!(
        echo,
        json!({
            "method": "POST",
            "query": "a=1&b=%20",
            "headers": [["Accept", "a"], ["Accept", "b"]],
            "body": "süß",
        })
    );
    plugin.stop().await;
}

#[tokio::test]
async fn a_body_may_come_in_parts_be_large_break_off_or_panic() {
    let plugin = start().await;
    let response = plugin.call_resource(&nobody(), get("stream")).await.unwrap();
    let parts: Vec<_> = response.body.into_stream().map(Result::unwrap).collect().await;
    assert_eq!(parts.len(), 5);
    assert_eq!(parts[4], "part 4\n");

    let response = plugin.call_resource(&nobody(), get("large")).await.unwrap();
    assert_eq!(response.body.collect().await.unwrap().len(), 20_000_000);

    let response = plugin.call_resource(&nobody(), get("breaks")).await.unwrap();
    let error = response.body.collect().await.unwrap_err();
    assert!(error.to_string().ends_with("the well ran dry"), "{error}");

    let response = plugin.call_resource(&nobody(), get("panic")).await.unwrap();
    assert_eq!(response.status, 500);
    plugin.stop().await;
}

#[tokio::test]
async fn a_panicking_health_check_is_an_unhealthy_verdict() {
    let plugin = start().await;
    let mut ctx = nobody();
    ctx.plugin.datasource = Some(DatasourceSettings { url: "panic".into(), ..Default::default() });
    let health = plugin.check_health(&ctx).await.unwrap();
    assert_eq!(health.status, HealthStatus::Error);
    assert_eq!(plugin.check_health(&nobody()).await.unwrap().status, HealthStatus::Ok);
    plugin.stop().await;
}

#[tokio::test]
async fn a_plugin_stops_in_good_order() {
    let plugin = start().await;
    let gone = plugin.exited();
    assert_eq!(plugin.exit(), None);
    let begin = Instant::now();
    let exit = plugin.stop().await;
    assert!(exit.status.unwrap().success(), "{exit}");
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    assert_eq!(gone.await, exit);
}

#[tokio::test]
async fn a_plugin_stops_although_calls_are_open() {
    let plugin = start().await;
    let response = plugin.call_resource(&nobody(), get("endless")).await.unwrap();
    let exit = plugin.stop().await;
    assert!(exit.status.unwrap().success(), "{exit}");
    drop(response);
}

#[tokio::test]
async fn a_process_that_died_is_told_with_its_last_words() {
    let plugin = start().await;
    let error = plugin.call_resource(&nobody(), get("exit")).await.unwrap_err();
    let HostError::Exited(exit) = error else { panic!("{error}") };
    assert_eq!(exit.status.unwrap().code(), Some(3));
    assert!(exit.to_string().ends_with("it logged: asked to exit"), "{exit}");
    assert!(matches!(plugin.check_health(&nobody()).await, Err(HostError::Exited(_))));
}

#[tokio::test]
async fn log_lines_reach_the_host_at_their_level() {
    let lines = Arc::new(Mutex::new(Vec::new()));
    let kept = Arc::clone(&lines);
    let plugin = PluginCommand::new(executable())
        .with_environment("GF_PLUGIN_RUST_LOG", "golden_plugin=info")
        .with_log(move |line| kept.lock().unwrap().push(line.clone()))
        .start()
        .await
        .unwrap();
    plugin.query(&nobody(), &[query("A", json!({ "frame": "int64" }))]).await.unwrap();
    plugin.stop().await;
    let lines = lines.lock().unwrap();
    let line = lines.iter().find(|line| line.message == "a query came").unwrap();
    assert_eq!(line.level, tracing::Level::INFO);
    assert_eq!(line.fields["ref_id"], "A");
}

#[cfg(unix)]
#[tokio::test]
async fn a_plugin_ignores_interrupts_and_obeys_termination() {
    let signal = |name: &str, plugin: &PluginProcess| {
        let id = plugin.id().unwrap().to_string();
        assert!(Command::new("kill").args([name, &id]).status().unwrap().success());
    };
    let plugin = start().await;
    signal("-INT", &plugin);
    let alive = tokio::time::timeout(Duration::from_millis(300), plugin.exited()).await;
    assert!(alive.is_err(), "{alive:?}");
    assert_eq!(plugin.check_health(&nobody()).await.unwrap().status, HealthStatus::Ok);
    signal("-TERM", &plugin);
    let exit = tokio::time::timeout(Duration::from_secs(5), plugin.exited()).await.unwrap();
    assert!(exit.status.unwrap().success(), "{exit}");
}

#[tokio::test]
async fn a_dropped_plugin_process_is_killed() {
    let plugin = start().await;
    let exited = plugin.exited();
    drop(plugin);
    let exit = tokio::time::timeout(Duration::from_secs(5), exited).await.unwrap();
    assert!(!exit.status.unwrap().success(), "{exit}");
}

#[tokio::test]
async fn an_error_without_words_or_status_stays_an_error() {
    let plugin = start().await;
    let queries = [query("A", json!({ "do": "fail silently" }))];
    let results = plugin.query(&nobody(), &queries).await.unwrap();
    let error = results.0["A"].error.clone().unwrap();
    assert_eq!((error.status, error.message.as_str()), (500, "the query failed"));
    plugin.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn an_executable_that_is_no_plugin_is_told_apart() {
    let missing = PluginCommand::new("/nowhere/plugin").start().await.unwrap_err();
    assert!(matches!(missing, HostError::Start { .. }), "{missing}");
    let silent = PluginCommand::new("/bin/true").start().await.unwrap_err();
    assert!(matches!(silent, HostError::Exited(_)), "{silent}");
    let chatty = PluginCommand::new("/bin/pwd").start().await.unwrap_err();
    assert!(matches!(chatty, HostError::Handshake(_)), "{chatty}");
}

#[test]
fn started_by_hand_a_plugin_says_what_it_is() {
    let output = Command::new(executable()).stdin(Stdio::null()).output().unwrap();
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(output.stdout, b"");
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.starts_with("this is a Grafana plugin: Grafana starts it"), "{text}");
}

#[test]
fn a_host_of_another_protocol_version_is_refused() {
    let output = Command::new(executable())
        .env("grafana_plugin_type", "datasource")
        .env("PLUGIN_PROTOCOL_VERSIONS", "1,3")
        .output()
        .unwrap();
    assert!(!output.status.success());
    let text = String::from_utf8(output.stderr).unwrap();
    assert!(text.contains("the host speaks plugin protocol \"1,3\", this plugin only 2"), "{text}");
}

#[cfg(unix)]
#[tokio::test]
async fn without_a_folder_for_sockets_a_plugin_listens_on_tcp() {
    let plugin = PluginCommand::new(executable())
        .with_environment("PLUGIN_UNIX_SOCKET_DIR", "/nowhere")
        .start()
        .await
        .unwrap();
    assert_eq!(plugin.check_health(&nobody()).await.unwrap().status, HealthStatus::Ok);
    plugin.stop().await;
}

#[cfg(unix)]
#[tokio::test]
async fn the_socket_is_for_this_user_alone_and_goes_away() {
    use std::os::unix::fs::PermissionsExt;
    let parent = tempfile::tempdir().unwrap();
    let plugin = PluginCommand::new(executable())
        .with_environment("PLUGIN_UNIX_SOCKET_DIR", parent.path())
        .start()
        .await
        .unwrap();
    let folder = std::fs::read_dir(parent.path()).unwrap().next().unwrap().unwrap();
    assert_eq!(folder.metadata().unwrap().permissions().mode() & 0o777, 0o700);
    plugin.stop().await;
    assert_eq!(std::fs::read_dir(parent.path()).unwrap().count(), 0);
}
