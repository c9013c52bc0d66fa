//! Builds the parts of the bundle: wasm, modules, page, programs.

use std::path::PathBuf;

use anyhow::{Context, Result};

use crate::command::{cargo, npm, step};
use crate::{ground, tools};

/// How the native programs are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Optimised {
    /// For use: small and fast, slow to build.
    Fully,
    /// For tests and the demo: shares its build with the tests.
    Little,
}

/// Builds the wasm package into `target/wasm/pkg`.
pub(crate) fn wasm() -> Result<()> {
    let mut path = tools::wasm_tools()?;
    path.extend(
        std::env::var_os("PATH")
            .iter()
            .flat_map(|path| std::env::split_paths(path).collect::<Vec<_>>()),
    );
    let mut command = std::process::Command::new("wasm-pack");
    if let Some(wasm_pack) =
        path.iter().map(|folder| folder.join(ground::executable("wasm-pack"))).find(|p| p.is_file())
    {
        command = std::process::Command::new(wasm_pack);
    }
    command
        .current_dir(ground::root())
        .args([
            "build",
            "crates/web",
            "--target",
            "web",
            "--profile",
            "wasm",
            "--mode",
            "no-install",
            "--no-pack",
            "--out-name",
            "fireline",
            "--out-dir",
        ])
        .arg(wasm_package())
        .env("PATH", std::env::join_paths(path)?)
        // Profiles and features differ from the native build: a folder of its own keeps both warm.
        .env("CARGO_TARGET_DIR", ground::target().join("wasm"));
    step("build the wasm", &mut command)
}

/// Where [`wasm`] leaves its package.
pub(crate) fn wasm_package() -> PathBuf {
    ground::target().join("wasm/pkg")
}

/// Builds the three modules of the bundle into `dist/`; the wasm must be there.
pub(crate) fn modules() -> Result<()> {
    tools::npm_packages()?;
    let mut build = npm(&["run", "--silent", "build:plugin"]);
    step("build the plugin's modules", build.env("FIRELINE_WASM_PKG", wasm_package()))
}

/// Builds the workbench's page into `dist/workbench`.
pub(crate) fn page() -> Result<()> {
    tools::npm_packages()?;
    step("build the workbench's page", &mut npm(&["run", "--silent", "build:workbench"]))
}

/// Builds programs of the workspace and returns the folder they are in.
pub(crate) fn programs(packages: &[&str], optimised: Optimised) -> Result<PathBuf> {
    let mut arguments = vec!["build"];
    for package in packages {
        arguments.extend(["--package", package]);
    }
    if optimised == Optimised::Fully {
        arguments.push("--release");
    }
    step(&format!("build {}", packages.join(", ")), &mut cargo(&arguments))?;
    Ok(ground::target().join(if optimised == Optimised::Fully { "release" } else { "debug" }))
}

/// Puts the backend into the bundle, under the name that Grafana looks for on this system.
pub(crate) fn backend(optimised: Optimised) -> Result<()> {
    let folder = programs(&["datasource"], optimised)?;
    let name = format!("gpx_fireline_{}_{}{}", go_os(), go_arch(), std::env::consts::EXE_SUFFIX);
    let target = ground::dist().join("fireline-profiles-app/datasource").join(name);
    // A running plugin keeps its file: removing the name first leaves that one alone.
    let _ = std::fs::remove_file(&target);
    std::fs::copy(folder.join(ground::executable("gpx_fireline")), &target)
        .with_context(|| format!("copying the backend to {}", target.display()))?;
    Ok(())
}

/// All that the workbench loads.
pub(crate) fn bundle_and_page(optimised: Optimised) -> Result<()> {
    tools::npm_packages()?;
    wasm()?;
    modules()?;
    page()?;
    backend(optimised)
}

fn go_os() -> &'static str {
    match std::env::consts::OS {
        "macos" => "darwin",
        other => other,
    }
}

fn go_arch() -> &'static str {
    match std::env::consts::ARCH {
        "x86_64" => "amd64",
        "aarch64" => "arm64",
        other => other,
    }
}
