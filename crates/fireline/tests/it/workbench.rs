//! What the workbench page gets from its server, without a plugin process.

use std::fs;
use std::path::Path;

use serde_json::json;
use tempfile::TempDir;

use crate::fake_store::FakeStore;
use crate::http::{Request, Running, arguments};

fn write(path: &Path, text: &str) {
    fs::create_dir_all(path.parent().unwrap()).unwrap();
    fs::write(path, text).unwrap();
}

/// A bundle of an app and a datasource, and a page.
fn bundle() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    let dist = folder.path().join("dist");
    let app = dist.join("fireline-profiles-app");
    let manifest =
        |id: &str| json!({"id": id, "type": "x", "info": {"version": "1.0.0"}}).to_string();
    write(&app.join("plugin.json"), &manifest("fireline-profiles-app"));
    write(&app.join("view.4f2a.wasm"), "\0asm");
    write(&app.join("module.js"), "define([],()=>({}))");
    write(&app.join("datasource/plugin.json"), &manifest("fireline-profiles-datasource"));
    write(&app.join("datasource/module.js"), "define([],()=>'datasource')");
    write(&dist.join("secret.txt"), "secret");
    write(&dist.join("workbench/index.html"), "<!doctype html><base href=\"/\"><p>page</p>");
    write(&dist.join("workbench/main.js"), "import('./x.js')");
    write(&dist.join("workbench/build/img/icons/bolt.svg"), "<svg/>");
    folder
}

async fn start(folder: &Path, more: &[&str]) -> Running {
    Running::start(&arguments(folder, more), FakeStore::default()).await
}

#[tokio::test]
async fn the_page_and_its_files_are_served_with_a_strict_policy() {
    let folder = bundle();
    let server = start(folder.path(), &[]).await;
    let page = server.send(Request::get("/")).await;
    assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
    assert!(page.text().contains("<p>page</p>"));
    let policy = page.header("content-security-policy");
    assert!(policy.contains("script-src 'self' 'wasm-unsafe-eval';"), "{policy}");
    assert_eq!(page.header("x-content-type-options"), "nosniff");

    let script = server.send(Request::get("/main.js")).await;
    assert_eq!(script.header("content-type"), "text/javascript; charset=utf-8");
    let icon = server.send(Request::get("/public/build/img/icons/bolt.svg")).await;
    assert_eq!((icon.status, icon.header("content-type")), (200, "image/svg+xml"));
    // An address inside the page, opened by a person, is the page; a missing file is missing.
    let deep = Request::get("/a/fireline-profiles-app/trail").header("Accept", "text/html,*/*");
    assert!(server.send(deep).await.text().contains("<p>page</p>"));
    assert_eq!(server.send(Request::get("/absent.js")).await.status, 404);
    let api = Request::get("/api/absent").header("Accept", "text/html");
    assert_eq!(server.send(api).await.status, 404);
}

#[tokio::test]
async fn the_page_knows_its_base_path() {
    let folder = bundle();
    let server = start(folder.path(), &["--base-path", "/grafana"]).await;
    let page = server.send(Request::get("/grafana/")).await.text();
    assert!(page.contains("<base href=\"/grafana/\">"), "{page}");
    let settings = server.send(Request::get("/grafana/api/workbench/settings")).await.json();
    assert_eq!(settings["appSubUrl"], "/grafana");
    assert_eq!(settings["datasources"][0]["url"], server.url.as_str());
}

#[tokio::test]
async fn without_a_page_a_text_says_so() {
    let folder = tempfile::tempdir().unwrap();
    let server = start(folder.path(), &[]).await;
    let page = server.send(Request::get("/")).await;
    assert_eq!(page.status, 404);
    assert!(page.text().contains("cargo xtask dist"), "{}", page.text());
    let settings = server.send(Request::get("/api/workbench/settings")).await.json();
    assert_eq!(settings["plugins"], json!({}));
}

#[tokio::test]
async fn plugin_files_are_served_as_grafana_does() {
    let folder = bundle();
    let server = start(folder.path(), &[]).await;
    let wasm =
        server.send(Request::get("/public/plugins/fireline-profiles-app/view.4f2a.wasm")).await;
    assert_eq!((wasm.status, wasm.header("content-type")), (200, "application/wasm"));
    assert_eq!(wasm.header("x-content-type-options"), "nosniff");
    assert!(wasm.header("cache-control").contains("must-revalidate"));
    for path in [
        "/public/plugins/fireline-profiles-datasource/module.js",
        "/public/plugins/fireline-profiles-app/datasource/module.js",
        "/public/plugins/fireline-profiles-datasource/module.js?_cache=1.0.0",
    ] {
        assert!(server.send(Request::get(path)).await.text().contains("datasource"), "{path}");
    }
    assert_eq!(server.send(Request::get("/public/plugins/unknown/module.js")).await.status, 404);
}

#[tokio::test]
async fn no_path_leads_out_of_a_plugins_folder() {
    let folder = bundle();
    let server = start(folder.path(), &[]).await;
    for path in [
        "/public/plugins/fireline-profiles-app/../secret.txt",
        "/public/plugins/fireline-profiles-app/%2e%2e/secret.txt",
        "/public/plugins/fireline-profiles-app/..%2fsecret.txt",
        "/public/plugins/fireline-profiles-app/..%5csecret.txt",
        "/public/plugins/fireline-profiles-app//etc/passwd",
        "/public/plugins/fireline-profiles-app/%2fetc/passwd",
        "/public/plugins/fireline-profiles-app/module.js%00.txt",
        "/public/build/img/../../secret.txt",
        "/../secret.txt",
        "/%2e%2e/secret.txt",
    ] {
        let answer = server.send(Request::get(path)).await;
        assert_eq!(answer.status, 404, "{path}: {}", String::from_utf8_lossy(&answer.body));
    }
}

#[tokio::test]
async fn settings_tell_plugins_and_datasource_but_no_secret() {
    let folder = bundle();
    let server = start(folder.path(), &[]).await;
    let settings = server.send(Request::get("/api/workbench/settings")).await.json();
    let datasource = &settings["datasources"][0];
    assert_eq!(datasource["uid"], "fireline");
    assert_eq!(datasource["type"], "fireline-profiles-datasource");
    assert_eq!(datasource["url"], server.url.as_str());
    let module = "public/plugins/fireline-profiles-datasource/module.js";
    assert_eq!(datasource["meta"]["module"], module);
    assert_eq!(settings["plugins"]["fireline-profiles-app"]["info"]["version"], "1.0.0");

    let path = "/api/datasources/uid/fireline";
    let body = json!({
        "name": "Shop", "url": "http://pyroscope:4040", "jsonData": {"maxNodes": 5},
        "secureJsonData": {"basicAuthPassword": "hunter2"}, "id": 1, "uid": "fireline",
    });
    let put = Request::new("PUT", path).body(body.to_string());
    let updated = server.send(put).await;
    assert_eq!(updated.status, 200, "{}", updated.text());
    let told = updated.json();
    assert_eq!(told["message"], "Datasource updated");
    assert_eq!(told["datasource"]["secureJsonFields"], json!({"basicAuthPassword": true}));
    assert!(!updated.text().contains("hunter2"));
    server.stop().await;

    let server = start(folder.path(), &[]).await;
    let kept = server.send(Request::get(path)).await;
    assert_eq!(kept.json()["url"], "http://pyroscope:4040");
    assert_eq!(kept.json()["jsonData"], json!({"maxNodes": 5}));
    assert!(!kept.text().contains("hunter2"));
    assert_eq!(server.send(Request::get("/api/datasources/uid/other")).await.status, 404);
    let wrong = server.send(Request::new("PUT", path).body("{")).await;
    assert_eq!(wrong.status, 400);
}

#[tokio::test]
async fn a_foreign_name_for_this_machine_gets_nothing() {
    let folder = bundle();
    let server = start(folder.path(), &["--allowed-host", "workbench.test"]).await;
    for path in ["/", "/api/workbench/settings", "/api/datasources/uid/fireline"] {
        let rebound = Request::get(path).header("Host", "evil.example:4040");
        assert_eq!(server.send(rebound).await.status, 403, "{path}");
        for host in ["localhost:4040", "workbench.test"] {
            let own = Request::get(path).header("Host", host);
            assert_eq!(server.send(own).await.status, 200, "{path} at {host}");
        }
    }
    let foreign = Request::new("PUT", "/api/datasources/uid/fireline")
        .header("Origin", "https://evil.example")
        .body("{}");
    assert_eq!(server.send(foreign).await.status, 403);
}

#[tokio::test]
async fn without_the_workbench_there_is_only_the_api() {
    let folder = bundle();
    let server = start(folder.path(), &["--no-workbench"]).await;
    assert_eq!(server.send(Request::get("/ready")).await.status, 200);
    assert_eq!(server.send(Request::get("/")).await.status, 404);
    assert_eq!(server.send(Request::get("/api/workbench/settings")).await.status, 404);
}

#[tokio::test]
async fn off_loopback_there_is_a_workbench_only_for_those_who_ask() {
    let folder = bundle();
    let port = |server: &Running| server.address.port();
    for (more, status) in [(&[][..], 404), (&["--workbench-off-loopback"], 200)] {
        let line = [&["--listen", "0.0.0.0:0"], more].concat();
        let server = start(folder.path(), &line).await;
        let address = ([127, 0, 0, 1], port(&server)).into();
        assert_eq!(Request::get("/ready").send(address).await.status, 200);
        for path in ["/", "/api/workbench/settings", "/api/datasources/uid/fireline"] {
            assert_eq!(Request::get(path).send(address).await.status, status, "{path} {more:?}");
        }
        let put = Request::new("PUT", "/api/datasources/uid/fireline").body("{}");
        assert_eq!(put.send(address).await.status, status, "{more:?}");
    }
}

#[tokio::test]
async fn a_stored_secret_is_not_sent_to_another_server() {
    let folder = bundle();
    let server = start(folder.path(), &[]).await;
    let put = |settings: serde_json::Value| {
        Request::new("PUT", "/api/datasources/uid/fireline").body(settings.to_string())
    };
    let first =
        json!({"url": "http://pyroscope:4040", "secureJsonData": {"basicAuthPassword": "hunter2"}});
    let secrets = |answer: serde_json::Value| answer["datasource"]["secureJsonFields"].clone();
    assert_eq!(secrets(server.send(put(first)).await.json()), json!({"basicAuthPassword": true}));
    let moved = put(json!({"url": "http://evil.example:4040"}));
    assert_eq!(secrets(server.send(moved).await.json()), json!({}));
}
