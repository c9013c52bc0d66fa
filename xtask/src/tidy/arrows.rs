//! Which crate may use which: lower tiers only, and the pure tier without doors to the outside.

use anyhow::{Context, Result, ensure};
use serde_json::Value;

use crate::command::cargo;

/// Every crate of ours, with the crates of ours that it may use in what is shipped.
const ARROWS: &[(&str, &[&str])] = &[
    ("selector", &[]),
    ("pyroscope-api", &[]),
    ("profile", &[]),
    ("profile-codec", &["profile"]),
    ("query", &["profile", "selector"]),
    ("links", &["profile", "query", "selector"]),
    ("flame-view", &["profile"]),
    ("grafana-plugin", &[]),
    ("upstream-http", &["profile-codec", "query"]),
    ("prometheus-client", &["query", "upstream-http"]),
    (
        "pyroscope-client",
        &["profile", "profile-codec", "pyroscope-api", "query", "selector", "upstream-http"],
    ),
    ("store", &["profile", "profile-codec", "query", "selector"]),
    (
        "datasource",
        &[
            "grafana-plugin",
            "links",
            "profile",
            "prometheus-client",
            "pyroscope-client",
            "query",
            "selector",
            "upstream-http",
        ],
    ),
    ("web", &["flame-view", "links", "profile", "query", "selector"]),
    (
        "fireline",
        &[
            "grafana-plugin",
            "links",
            "profile",
            "profile-codec",
            "pyroscope-api",
            "query",
            "selector",
            "store",
            "upstream-http",
        ],
    ),
    ("demo", &[]),
    ("fake-server", &[]),
    ("fixtures", &["profile", "profile-codec", "query", "selector"]),
    ("grafana-driver", &[]),
    ("conformance", &["fixtures", "profile", "query", "selector"]),
    ("codegen", &[]),
    ("xtask", &[]),
];

/// Crates without I/O, clock, runtime or browser.
const PURE: &[&str] = &["selector", "profile", "profile-codec", "query", "links", "flame-view"];

/// What the pure tier may use from elsewhere; `tsify` and `wasm-bindgen` only behind a feature, to
/// describe types to TypeScript.
const PURE_MAY_USE: &[&str] = &[
    "flate2",
    "hashbrown",
    "prost",
    "regex",
    "regex-lite",
    "serde",
    "serde_json",
    "strsim",
    "thiserror",
    "tsify",
    "wasm-bindgen",
];

/// What in a pure crate's source opens a door to the outside.
const DOORS: &[&str] =
    &["std::fs", "std::net", "std::env", "std::process", "SystemTime", "Instant::now"];

pub(super) fn faults() -> Result<Vec<String>> {
    let metadata = cargo(&["metadata", "--format-version=1", "--no-deps"]).output()?;
    ensure!(metadata.status.success(), "cargo metadata failed");
    let metadata: Value = serde_json::from_slice(&metadata.stdout)?;
    let packages = metadata["packages"].as_array().context("cargo metadata lists no packages")?;
    let names: Vec<&str> = packages.iter().filter_map(|package| package["name"].as_str()).collect();
    let mut faults = Vec::new();
    for package in packages {
        let name = package["name"].as_str().unwrap_or_default();
        let Some((_, allowed)) = ARROWS.iter().find(|(known, _)| *known == name) else {
            faults.push(format!("crate {name} has no row in xtask/src/tidy/arrows.rs"));
            continue;
        };
        let dependencies =
            package["dependencies"].as_array().map(Vec::as_slice).unwrap_or_default();
        for dependency in dependencies.iter().filter(|dependency| dependency["kind"].is_null()) {
            let used = dependency["name"].as_str().unwrap_or_default();
            if names.contains(&used) && !allowed.contains(&used) {
                faults.push(format!("crate {name} must not use {used}"));
            }
            if PURE.contains(&name) && !names.contains(&used) && !PURE_MAY_USE.contains(&used) {
                faults.push(format!("pure crate {name} must not use {used}"));
            }
        }
        if PURE.contains(&name) {
            faults.extend(doors(package)?);
        }
    }
    Ok(faults)
}

fn doors(package: &Value) -> Result<Vec<String>> {
    let manifest = package["manifest_path"].as_str().context("a package without a manifest")?;
    let source = std::path::Path::new(manifest).with_file_name("src");
    let mut faults = Vec::new();
    for file in crate::dist::files_below(&source)? {
        let text = std::fs::read_to_string(&file)?;
        for (number, line) in text.lines().enumerate() {
            if let Some(door) = DOORS.iter().find(|door| line.contains(**door))
                && !line.trim_start().starts_with("//")
            {
                faults.push(format!("{}:{}: {door} in the pure tier", file.display(), number + 1));
            }
        }
    }
    Ok(faults)
}
