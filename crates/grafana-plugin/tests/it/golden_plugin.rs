//! Builds and starts the example plugin.

use std::path::PathBuf;
use std::process::Command;
use std::sync::OnceLock;

use grafana_plugin::host::{PluginCommand, PluginProcess};
use grafana_plugin::{Query, RequestContext};

/// The executable of the example, built by cargo when it is not fresh.
pub(crate) fn executable() -> &'static PathBuf {
    static EXECUTABLE: OnceLock<PathBuf> = OnceLock::new();
    EXECUTABLE.get_or_init(|| {
        let output = Command::new(env!("CARGO"))
            .args(["build", "--quiet", "--example", "golden_plugin", "--message-format=json"])
            .current_dir(env!("CARGO_MANIFEST_DIR"))
            .output()
            .unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        let messages = String::from_utf8(output.stdout).unwrap();
        messages
            .lines()
            .filter_map(|line| serde_json::from_str::<serde_json::Value>(line).ok())
            .filter(|message| message["target"]["name"] == "golden_plugin")
            .find_map(|message| message["executable"].as_str().map(PathBuf::from))
            .expect("cargo tells where it put the example")
    })
}

pub(crate) async fn start() -> PluginProcess {
    PluginCommand::new(executable()).start().await.unwrap()
}

/// A query with this JSON, filed under `ref_id`.
pub(crate) fn query(ref_id: &str, json: impl Into<serde_json::Value>) -> Query {
    Query {
        ref_id: ref_id.to_owned(),
        json: json.into().to_string().into(),
        from_millis: 1_795_240_170_000,
        to_millis: 1_795_240_290_000,
        ..Query::default()
    }
}

/// Nobody in particular asks.
pub(crate) fn nobody() -> RequestContext {
    RequestContext::default()
}
