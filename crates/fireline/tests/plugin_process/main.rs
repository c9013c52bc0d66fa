//! The workbench with a real plugin process behind it, and a real store behind that.
//!
//! This program is its own plugin: started with Grafana's environment it is the datasource's backend.
#![allow(clippy::unwrap_used, reason = "a test that cannot go on should stop")]

#[path = "../it/http.rs"]
#[allow(dead_code, reason = "shared with the other tests")]
mod http;

use std::future::Future;
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::time::{Duration, Instant};

use libtest_mimic::{Arguments, Trial};
use serde_json::{Value, json};
use store::{Store, StoreConfig};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use http::{Request, Running, arguments};

const DATASOURCE: &str = "/api/datasources/uid/fireline";
const CPU: &str = "process_cpu:cpu:nanoseconds:cpu:nanoseconds";

fn main() -> ExitCode {
    if std::env::var_os("grafana_plugin_type").is_some() {
        return grafana_plugin::run(datasource::plugin());
    }
    let trials = vec![
        trial("a_query_shows_what_was_pushed", a_query_shows_what_was_pushed),
        trial("one_bad_query_leaves_the_others", one_bad_query_leaves_the_others),
        trial("health_tells_whether_profiles_can_be_asked", health_tells),
        trial("resource_calls_are_passed_on", resource_calls_are_passed_on),
        trial("a_plugin_that_dies_is_started_again", a_plugin_that_dies_is_started_again),
        trial("the_plugin_ends_with_the_server", the_plugin_ends_with_the_server),
        trial("a_client_that_goes_away_ends_its_query", a_client_that_goes_away_ends_its_query),
        trial("requests_that_cannot_be_run_are_told", requests_that_cannot_be_run_are_told),
    ];
    libtest_mimic::run(&Arguments::from_args(), trials).exit_code()
}

fn trial<F: Future<Output = ()> + 'static>(name: &str, test: fn() -> F) -> Trial {
    Trial::test(name, move || {
        tokio::runtime::Builder::new_multi_thread().enable_all().build()?.block_on(test());
        Ok(())
    })
}

/// A bundle with nothing but the datasource, whose backend is this program.
fn bundle() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let datasource = folder.path().join("dist/fireline-profiles-app/datasource");
    std::fs::create_dir_all(&datasource).unwrap();
    let manifest = json!({
        "id": "fireline-profiles-datasource", "type": "datasource", "backend": true,
        "executable": "gpx_fireline", "info": {"version": "1.0.0"},
    });
    std::fs::write(datasource.join("plugin.json"), manifest.to_string()).unwrap();
    std::fs::hard_link(std::env::current_exe().unwrap(), executable(folder.path()))
        .or_else(|_| std::fs::copy(std::env::current_exe()?, executable(folder.path())).map(|_| ()))
        .unwrap();
    folder
}

fn executable(folder: &Path) -> PathBuf {
    let os = if cfg!(target_os = "macos") { "darwin" } else { std::env::consts::OS };
    let architecture = match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    };
    let name = format!("gpx_fireline_{os}_{architecture}{}", std::env::consts::EXE_SUFFIX);
    folder.join("dist/fireline-profiles-app/datasource").join(name)
}

async fn start(folder: &Path) -> Running {
    let store = Store::open(StoreConfig::new(folder.join("profiles"))).unwrap();
    Running::start(&arguments(folder, &[]), store).await
}

async fn push(server: &Running) {
    let path = "/ingest?name=checkout&from=1795240230&until=1795240240";
    let body = "main;checkout;charge_card 30\nmain;sleep 5\n";
    assert_eq!(server.send(Request::post(path, "text/plain", body)).await.status, 200);
}

fn profile_query(ref_id: &str, selector: &str) -> Value {
    json!({
        "refId": ref_id, "datasource": {"uid": "fireline"}, "queryType": "profile",
        "profileTypeId": CPU, "labelSelector": selector, "maxDataPoints": 100, "intervalMs": 1000,
    })
}

fn ds_query(queries: &[Value]) -> Request {
    let body = json!({"from": "1795240170000", "to": "1795240290000", "queries": queries});
    Request::post("/api/ds/query", "application/json", body.to_string())
}

/// Values of a field of the first frame of an answer.
fn field(answer: &Value, ref_id: &str, name: &str) -> Value {
    let frame = &answer["results"][ref_id]["frames"][0];
    let fields = frame["schema"]["fields"].as_array().unwrap();
    let idx = fields.iter().position(|field| field["name"] == name).unwrap();
    frame["data"]["values"][idx].clone()
}

async fn a_query_shows_what_was_pushed() {
    let folder = bundle();
    let server = start(folder.path()).await;
    push(&server).await;
    let answer = server.send(ds_query(&[profile_query("A", "{}")])).await;
    assert_eq!(answer.status, 200, "{}", answer.text());
    let answer = answer.json();
    assert_eq!(answer["results"]["A"]["status"], 200);
    assert_eq!(
        field(&answer, "A", "value"),
        json!([350e6, 350e6, 300e6, 300e6, 50e6].map(|v: f64| v as i64))
    );
    assert_eq!(field(&answer, "A", "level"), json!([0, 1, 2, 3, 2]));
    let text = answer.to_string();
    assert!(text.contains("charge_card") && text.contains("\"total\""), "{text}");
}

async fn one_bad_query_leaves_the_others() {
    let folder = bundle();
    let server = start(folder.path()).await;
    push(&server).await;
    let queries = [profile_query("A", "{service_name="), profile_query("B", "{}")];
    let answer = server.send(ds_query(&queries)).await;
    assert_eq!(answer.status, 400);
    let answer = answer.json();
    assert!(answer["results"]["A"]["error"].as_str().is_some_and(|error| !error.is_empty()));
    assert!(answer["results"]["A"]["errorSource"].is_string(), "{answer}");
    assert_eq!(field(&answer, "B", "level"), json!([0, 1, 2, 3, 2]));
}

async fn health_tells() {
    let folder = bundle();
    let server = start(folder.path()).await;
    push(&server).await;
    let well = server.send(Request::get(&format!("{DATASOURCE}/health"))).await;
    assert_eq!((well.status, &well.json()["status"]), (200, &json!("OK")), "{}", well.text());

    // Nothing listens there any more.
    let gone = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap();
    let body = json!({"url": format!("http://{gone}")}).to_string();
    assert_eq!(server.send(Request::new("PUT", DATASOURCE).body(body)).await.status, 200);
    let ill = server.send(Request::get(&format!("{DATASOURCE}/health"))).await;
    assert_eq!((ill.status, &ill.json()["status"]), (400, &json!("ERROR")), "{}", ill.text());
    assert!(!ill.json()["message"].as_str().unwrap().is_empty());
}

async fn resource_calls_are_passed_on() {
    let folder = bundle();
    let server = start(folder.path()).await;
    push(&server).await;
    let path = format!("{DATASOURCE}/resources/profileTypes?start=1795240170000&end=1795240290000");
    let types = server.send(Request::get(&path)).await;
    assert_eq!((types.status, types.header("content-type")), (200, "application/json"));
    assert_eq!(types.json()[0]["id"], CPU, "{}", types.text());
    assert_eq!(types.header("content-security-policy"), "sandbox");
    assert_eq!(types.header("cache-control"), "no-store");
    assert_eq!(types.header("x-content-type-options"), "nosniff");
    let absent = server.send(Request::get(&format!("{DATASOURCE}/resources/nothing"))).await;
    assert_eq!(absent.status, 404);
}

/// The plugin processes that run from a folder.
#[cfg(target_os = "linux")]
fn plugins_of(folder: &Path) -> Vec<u32> {
    let executable = executable(folder).canonicalize().unwrap();
    let processes = std::fs::read_dir("/proc").unwrap().flatten();
    processes
        .filter(|process| {
            std::fs::read_link(process.path().join("exe")).is_ok_and(|exe| exe == executable)
        })
        .filter_map(|process| process.file_name().to_str()?.parse().ok())
        .collect()
}

#[cfg(not(target_os = "linux"))]
fn plugins_of(_: &Path) -> Vec<u32> {
    Vec::new()
}

async fn a_plugin_that_dies_is_started_again() {
    let folder = bundle();
    let server = start(folder.path()).await;
    push(&server).await;
    assert_eq!(server.send(ds_query(&[profile_query("A", "{}")])).await.status, 200);
    let first = plugins_of(folder.path());
    if cfg!(target_os = "linux") {
        assert_eq!(first.len(), 1);
        let killed =
            std::process::Command::new("kill").args(["-9", &first[0].to_string()]).status();
        assert!(killed.unwrap().success());
    }
    // The call that meets the dying process may fail; the next finds another one.
    let deadline = Instant::now() + Duration::from_secs(10);
    loop {
        let answer = server.send(ds_query(&[profile_query("A", "{}")])).await;
        if answer.status == 200 {
            break;
        }
        assert!(answer.text().contains("the plugin"), "{}", answer.text());
        assert!(Instant::now() < deadline, "{}", answer.text());
    }
    let second = plugins_of(folder.path());
    assert!(first.is_empty() || (second.len() == 1 && first != second), "{first:?} {second:?}");
}

async fn the_plugin_ends_with_the_server() {
    let folder = bundle();
    let server = start(folder.path()).await;
    push(&server).await;
    assert_eq!(server.send(ds_query(&[profile_query("A", "{}")])).await.status, 200);
    server.stop().await;
    assert_eq!(plugins_of(folder.path()), Vec::<u32>::new());
}

async fn a_client_that_goes_away_ends_its_query() {
    let folder = bundle();
    let server = start(folder.path()).await;
    // A server that never answers a query of the plugin.
    let silent = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let body = json!({"url": format!("http://{}", silent.local_addr().unwrap())}).to_string();
    assert_eq!(server.send(Request::new("PUT", DATASOURCE).body(body)).await.status, 200);

    let mut client = TcpStream::connect(server.address).await.unwrap();
    let query = ds_query(&[profile_query("A", "{}")]).bytes(server.address);
    client.write_all(&query).await.unwrap();
    let (mut asked, _) = silent.accept().await.unwrap();
    assert!(asked.read(&mut [0; 64]).await.unwrap() > 0, "the plugin asks");
    drop(client);
    let ended = async { while asked.read(&mut [0; 4096]).await.is_ok_and(|read| read > 0) {} };
    let ended = tokio::time::timeout(Duration::from_secs(20), ended).await;
    assert!(ended.is_ok(), "the plugin still waits for an answer that nobody wants");
}

async fn requests_that_cannot_be_run_are_told() {
    let folder = bundle();
    let server = start(folder.path()).await;
    let none = server.send(ds_query(&[])).await;
    assert_eq!((none.status, &none.json()["message"]), (400, &json!("no queries found")));
    let mut other = profile_query("A", "{}");
    other["datasource"]["uid"] = json!("prometheus");
    assert_eq!(server.send(ds_query(&[other])).await.status, 404);
    let path = "/api/datasources/uid/prometheus/resources/x";
    assert_eq!(server.send(Request::get(path)).await.status, 404);
    let wrong = Request::post("/api/ds/query", "application/json", "{");
    assert_eq!(server.send(wrong).await.status, 400);

    std::fs::remove_file(executable(folder.path())).unwrap();
    let unbuilt = server.send(ds_query(&[profile_query("A", "{}")])).await;
    assert_eq!(unbuilt.status, 404);
    let message = unbuilt.json()["message"].as_str().unwrap().to_owned();
    assert!(message.contains("gpx_fireline_") && message.contains("not there"), "{message}");
}
