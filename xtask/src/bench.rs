//! `cargo xtask bench`: the crates by criterion, and the panel beside other flame graphs; the
//! figures go into `docs/performance.md`.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::bench_report::{self, Section};
use crate::build;
use crate::command::{Options, cargo, npm, step};
use crate::{ground, tools};

pub(crate) fn run(options: &Options) -> Result<()> {
    options.expect_only(&["--crates", "--panel"], &["--nodes", "--runs"])?;
    let all = !options.has("--crates") && !options.has("--panel");
    if all || options.has("--panel") {
        let report = panel(options)?;
        bench_report::write(Section::Panel, &bench_report::of_panel(&report)?)?;
    }
    if all || options.has("--crates") {
        let status = cargo(&["bench", "--workspace", "--bench", "*"]).status()?;
        ensure!(status.success(), "the crates' benches ended: {status}");
        bench_report::write(Section::Crates, &bench_report::of_crates()?)?;
    }
    Ok(())
}

/// What `bench/panel/run.mjs` found.
fn panel(options: &Options) -> Result<Value> {
    build::wasm()?;
    tools::npm_packages()?;
    peers();
    let mut bench = npm(&["run", "--silent", "bench:panel", "--", "--json"]);
    bench.env("FIRELINE_WASM_PKG", build::wasm_package());
    bench.args(options.value("--nodes").map(|nodes| nodes.split(',')).into_iter().flatten());
    bench.args(options.value("--runs").map(|runs| format!("--runs={runs}")));
    if let tools::Part::There(browser) = tools::browser(options)? {
        bench.env("CHROME_PATH", browser);
    }
    let output = bench.stderr(std::process::Stdio::inherit()).output()?;
    ensure!(output.status.success(), "the panel's bench ended: {}", output.status);
    serde_json::from_slice(&output.stdout).context("reading what the panel's bench found")
}

/// Installs the other flame graphs; without them the panel is measured alone.
fn peers() {
    let folder = ground::root().join("bench/peers");
    let mut install =
        npm(&["ci", "--legacy-peer-deps", "--ignore-scripts", "--no-audit", "--no-fund"]);
    if folder.join("node_modules/.package-lock.json").is_file() {
        return;
    }
    if let Err(error) = step("install other flame graphs (once)", install.current_dir(folder)) {
        println!("The panel is measured alone: {error:#}");
    }
}
