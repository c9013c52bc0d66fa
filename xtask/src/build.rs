//! Builds the parts of the bundle: wasm, modules, page, programs.

use std::path::PathBuf;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::command::{Options, cargo, npm, step};
use crate::fresh::unless_fresh;
use crate::{ground, tools};

/// How the native programs are compiled.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Optimised {
    /// For use: small and fast, slow to build.
    Fully,
    /// For the demo: quick to build.
    Little,
    /// For tests: the very programs that `cargo test` built. Other features of the same libraries
    /// would mean to build those again.
    AsTested,
}

/// The programs of a running Fireline. Built together, they share their libraries.
pub(crate) const PROGRAMS: [&str; 3] = ["datasource", "fireline", "demo"];

/// Features of crate `web`, and the names of the packages that they become.
const WASM: [(&str, &str); 2] = [("view", "fireline"), ("pages", "fireline_pages")];

/// Builds the wasm packages into `target/wasm/pkg`.
pub(crate) fn wasm() -> Result<()> {
    for (feature, name) in WASM {
        let step_name = format!("build the wasm {name}");
        let output = wasm_package().join(format!("{name}_bg.wasm"));
        unless_fresh(&step_name, &output, || step(&step_name, &mut wasm_pack(feature, name)?))?;
    }
    Ok(())
}

fn wasm_pack(feature: &str, name: &str) -> Result<Command> {
    let mut path = tools::wasm_tools()?;
    path.extend(
        std::env::var_os("PATH")
            .iter()
            .flat_map(|path| std::env::split_paths(path).collect::<Vec<_>>()),
    );
    let wasm_pack = path
        .iter()
        .map(|folder| folder.join(ground::executable("wasm-pack")))
        .find(|path| path.is_file())
        .unwrap_or_else(|| PathBuf::from("wasm-pack"));
    let path = std::env::join_paths(path)?;
    let mut command = Command::new(wasm_pack);
    command
        .current_dir(ground::root())
        .args(["build", "crates/web", "--target", "web", "--profile", "wasm"])
        .args(["--mode", "no-install", "--no-pack", "--out-name", name, "--out-dir"])
        .arg(wasm_package())
        .args(["--no-default-features", "--features", feature])
        .env("PATH", path)
        // Profiles and features differ from the native build: a folder of its own keeps both warm.
        .env("CARGO_TARGET_DIR", ground::target().join("wasm"));
    Ok(command)
}

/// Where [`wasm`] leaves its packages.
pub(crate) fn wasm_package() -> PathBuf {
    ground::target().join("wasm/pkg")
}

/// Builds the three modules of the bundle into `dist/`; the wasm must be there.
pub(crate) fn modules() -> Result<()> {
    tools::npm_packages()?;
    let name = "build the plugin's modules";
    unless_fresh(name, &ground::dist().join("fireline-profiles-app/module.js"), || {
        let mut build = npm(&["run", "--silent", "build:plugin"]);
        step(name, build.env("FIRELINE_WASM_PKG", wasm_package()))
    })
}

/// Builds the workbench's page into `dist/workbench`.
pub(crate) fn page() -> Result<()> {
    tools::npm_packages()?;
    let name = "build the workbench's page";
    unless_fresh(name, &ground::dist().join("workbench/index.html"), || {
        step(name, &mut npm(&["run", "--silent", "build:workbench"]))
    })
}

/// The oldest and the newest Grafana whose packages the page is built with beside its own; folders of `workbench`.
pub(crate) const OTHER_GRAFANAS: [&str; 2] = ["grafana-11", "grafana-13"];

/// Builds the workbench's page with the packages of another Grafana into a folder of that name in `target`.
pub(crate) fn page_with(grafana: &str) -> Result<()> {
    tools::npm_packages_of(grafana)?;
    let name = format!("build the page with {grafana}");
    let output = ground::root().join("target").join(grafana).join("workbench/index.html");
    unless_fresh(&name, &output, || {
        step(&name, &mut npm(&["run", "--silent", "build:workbench", "--", grafana]))
    })
}

/// Builds programs of the workspace and returns the folder they are in.
pub(crate) fn programs(packages: &[&str], optimised: Optimised) -> Result<PathBuf> {
    if optimised == Optimised::AsTested {
        step("build all programs", &mut cargo(&["test", "--workspace", "--no-run"]))?;
        return Ok(ground::target().join("debug"));
    }
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
pub(crate) fn backend(options: &Options, optimised: Optimised) -> Result<()> {
    let program = ground::executable("gpx_fireline");
    let built = match optimised {
        Optimised::Fully if cfg!(target_os = "linux") => {
            static_programs(options, &["datasource"])?.join(program)
        }
        _ => programs(&PROGRAMS, optimised)?.join(program),
    };
    let name = format!("gpx_fireline_{}_{}{}", go_os(), go_arch(), std::env::consts::EXE_SUFFIX);
    let target = ground::dist().join("fireline-profiles-app/datasource").join(name);
    // A running plugin keeps its file: removing the name first leaves that one alone.
    let _ = std::fs::remove_file(&target);
    std::fs::copy(built, &target)
        .with_context(|| format!("copying the backend to {}", target.display()))?;
    Ok(())
}

/// Programs that need nothing of the system they run on: Grafana's images have musl, or a C
/// library older than this machine's. Returns the folder they are in.
pub(crate) fn static_programs(options: &Options, packages: &[&str]) -> Result<PathBuf> {
    if let tools::Part::Missing(why) = tools::musl(options)? {
        bail!(
            "the bundle for Linux is linked with musl, which is missing: {why}; --dev does without"
        );
    }
    let target = format!("{}-unknown-linux-musl", std::env::consts::ARCH);
    step("install the static target", Command::new("rustup").args(["target", "add", &target]))?;
    let mut build = cargo(&["build", "--release", "--target", &target]);
    for package in packages {
        build.args(["--package", package]);
    }
    step(&format!("build {}, static", packages.join(", ")), &mut build)?;
    Ok(ground::target().join(target).join("release"))
}

/// All that the workbench loads.
pub(crate) fn bundle_and_page(options: &Options, optimised: Optimised) -> Result<()> {
    tools::npm_packages()?;
    wasm()?;
    modules()?;
    page()?;
    backend(options, optimised)
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
