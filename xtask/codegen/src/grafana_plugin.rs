//! Messages and services of Grafana's plugin protocol, both sides.

use std::path::Path;

use anyhow::{Context, Result};

use crate::compile;

pub(crate) const FOLDER: &str = "crates/grafana-plugin/src/generated";

const FILES: [&str; 2] = ["go_plugin.proto", "pluginv2.proto"];

pub(crate) fn generate(workspace: &Path, folder: &Path) -> Result<()> {
    let descriptors = compile(&workspace.join("proto/grafana"), &FILES)?;
    let mut config = prost_build::Config::new();
    // Maps become visible on the wire and in tests: keep them in order.
    config.btree_map(["."]);
    // Frames and bodies are handed over without copying.
    config.bytes(["."]);
    tonic_prost_build::configure()
        .build_client(true)
        .build_server(true)
        .emit_rerun_if_changed(false)
        .out_dir(folder)
        .compile_fds_with_config(descriptors, config)
        .context("generating the plugin protocol")
}
