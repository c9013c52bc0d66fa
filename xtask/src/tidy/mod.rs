//! `cargo xtask tidy`: rules about the tree itself.

mod arrows;
mod compose;
mod links;
mod modules;
mod named_tests;
mod sizes;

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::ground;

/// Checks every rule and names all that is wrong.
pub(crate) fn run() -> Result<()> {
    let files = tracked_files()?;
    let mut faults = arrows::faults()?;
    faults.extend(compose::faults()?);
    faults.extend(links::faults(&files)?);
    faults.extend(modules::faults(&files)?);
    faults.extend(named_tests::faults(&files)?);
    faults.extend(sizes::faults(&files)?);
    if faults.is_empty() {
        println!("tidy: {} files, nothing to say", files.len());
        return Ok(());
    }
    bail!("{} faults:\n  {}", faults.len(), faults.join("\n  "))
}

/// The files that git knows or would take, relative to the root.
fn tracked_files() -> Result<Vec<PathBuf>> {
    let output = Command::new("git")
        .current_dir(ground::root())
        .args(["ls-files", "-z", "--cached", "--others", "--exclude-standard"])
        .output()
        .context("starting git to list the files")?;
    ensure!(output.status.success(), "git ls-files failed: this is not a clone");
    let names = String::from_utf8(output.stdout)?;
    let mut files: Vec<PathBuf> = names
        .split('\0')
        .filter(|name| !name.is_empty())
        .map(PathBuf::from)
        .filter(|path| ground::root().join(path).is_file())
        .collect();
    files.sort();
    Ok(files)
}

fn read(path: &Path) -> Result<String> {
    let bytes = std::fs::read(ground::root().join(path))
        .with_context(|| format!("reading {}", path.display()))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

fn has_extension(path: &Path, extensions: &[&str]) -> bool {
    path.extension().is_some_and(|found| extensions.iter().any(|extension| found == *extension))
}

fn is_below(path: &Path, folder: &str) -> bool {
    path.components().any(|part| part.as_os_str() == folder)
}
