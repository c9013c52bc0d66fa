//! `cargo xtask bench`: the crates by criterion, and the panel beside other flame graphs; the
//! figures go into `docs/performance.md`.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::bench_report::{self, Section};
use crate::build;
use crate::command::{Options, cargo, npm, step};
use crate::{ground, tools};

pub(crate) fn run(options: &Options) -> Result<()> {
    options.expect_only(&["--crates", "--panel", "--quick"], &["--nodes", "--runs"])?;
    let all = !options.has("--crates") && !options.has("--panel");
    if all || options.has("--panel") {
        let report = panel(options)?;
        bench_report::write(Section::Panel, &bench_report::of_panel(&report)?)?;
    }
    if all || options.has("--crates") {
        crates(options)?;
        bench_report::write(Section::Crates, &bench_report::of_crates()?)?;
    }
    Ok(())
}

/// How long criterion warms up for each bench and measures it, in seconds: all end within minutes.
const BENCH_TIMES: [&str; 4] = ["--warm-up-time", "1", "--measurement-time", "2"];

/// Runs the crates' benches; criterion keeps what they find. `--quick`: each as shortly as it can.
fn crates(options: &Options) -> Result<()> {
    // What benches left that are gone would be told as well.
    let found = bench_report::criterion_folder();
    if found.is_dir() {
        std::fs::remove_dir_all(found)?;
    }
    let mut bench = cargo(&["bench", "--workspace", "--bench", "*", "--"]);
    bench.args(BENCH_TIMES).args(options.has("--quick").then_some("--quick"));
    let status = bench.status()?;
    ensure!(status.success(), "the crates' benches ended: {status}");
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
