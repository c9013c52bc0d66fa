//! Steps of a build that need not run again, because nothing changed since they did.

use std::path::Path;

use anyhow::{Context, Result};
use sha2::{Digest, Sha256};

use crate::{dist, ground};

/// What the bundle and the pages are made of; any change of it makes all of them anew.
const SOURCES: [&str; 17] = [
    ".cargo",
    ".npmrc",
    "CHANGELOG.md",
    "Cargo.lock",
    "Cargo.toml",
    "LICENSE",
    "crates",
    "package-lock.json",
    "package.json",
    "plugin",
    "rust-toolchain.toml",
    "tsconfig.json",
    "workbench/build.mjs",
    "workbench/grafana-11/package-lock.json",
    "workbench/grafana-13/package-lock.json",
    "workbench/src",
    "xtask/src",
];

/// Runs a step, unless it ran for the same sources before and its output is still the one that it left.
pub(crate) fn unless_fresh(
    name: &str,
    output: &Path,
    run: impl FnOnce() -> Result<()>,
) -> Result<()> {
    let stamps = ground::target().join("xtask-stamps");
    let stamp = stamps.join(name.replace([' ', '/'], "-"));
    let sources = sources()?;
    let state = || -> Option<String> {
        let written = std::fs::metadata(output).ok()?.modified().ok()?;
        Some(format!("{sources} {written:?} {}", output.display()))
    };
    let before = std::fs::read_to_string(&stamp).ok();
    if before.is_some() && before == state() {
        return Ok(());
    }
    // What a step that fails leaves behind is nobody's.
    let _ = std::fs::remove_file(&stamp);
    run()?;
    std::fs::create_dir_all(&stamps)?;
    let state = state().with_context(|| format!("{name} left no {}", output.display()))?;
    std::fs::write(stamp, state).context("noting what was built")
}

/// The digest of all sources, by name and content.
fn sources() -> Result<String> {
    let mut digest = Sha256::new();
    for source in SOURCES {
        let path = ground::root().join(source);
        let files = if path.is_dir() { dist::files_below(&path)? } else { vec![path] };
        for file in files {
            digest.update(file.as_os_str().as_encoded_bytes());
            digest.update(std::fs::read(&file).unwrap_or_default());
        }
    }
    Ok(digest.finalize().iter().map(|byte| format!("{byte:02x}")).collect())
}
