//! `cargo xtask codegen`: regenerates the protobuf code from `proto/`.
//!
//! The protobuf compiler lives in a package of its own, so that other commands need not wait for it.

use std::process::Command;

use anyhow::{Context, Result, ensure};

/// Runs the package `codegen`.
///
/// # Errors
/// When cargo cannot be started, or a definition does not compile.
pub(crate) fn run() -> Result<()> {
    let cargo = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let status = Command::new(cargo)
        .args(["run", "--quiet", "--package", "codegen"])
        .status()
        .context("starting cargo to run the package \"codegen\"")?;
    ensure!(status.success(), "generating code failed: {status}");
    Ok(())
}
