//! Compiles the interface definitions in `proto/` to the Rust code that is committed.
//!
//! Run by `cargo xtask codegen`; needs no `protoc`.
//! A crate of its own, so that the compiler is built only when it is wanted.
//! Knows nothing about what the messages mean.
#![deny(missing_docs)]

mod grafana_plugin;
mod pyroscope_api;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use prost_types::FileDescriptorSet;

/// Folders that hold nothing but generated code, relative to the root of the workspace.
pub const GENERATED_FOLDERS: [&str; 2] = [grafana_plugin::FOLDER, pyroscope_api::FOLDER];

/// Compiles `proto/` below `workspace` and writes the code into the [`GENERATED_FOLDERS`] below
/// `target`, which may be the workspace itself.
///
/// Files that no definition yields any more are removed.
///
/// # Errors
/// A definition that does not compile, with file and line; a folder that cannot be written.
pub fn generate(workspace: &Path, target: &Path) -> Result<()> {
    grafana_plugin::generate(workspace, &empty_folder(target, grafana_plugin::FOLDER)?)?;
    pyroscope_api::generate(workspace, &empty_folder(target, pyroscope_api::FOLDER)?)
}

fn empty_folder(target: &Path, folder: &str) -> Result<PathBuf> {
    let path = target.join(folder);
    if path.exists() {
        std::fs::remove_dir_all(&path).with_context(|| format!("emptying {}", path.display()))?;
    }
    std::fs::create_dir_all(&path).with_context(|| format!("making {}", path.display()))?;
    Ok(path)
}

/// Parses and links definitions, with their comments.
fn compile(include: &Path, files: &[&str]) -> Result<FileDescriptorSet> {
    let mut compiler = protox::Compiler::new([include])
        .with_context(|| format!("looking for definitions in {}", include.display()))?;
    compiler.include_source_info(true).include_imports(true);
    for file in files {
        compiler.open_file(file).with_context(|| format!("compiling {file}"))?;
    }
    Ok(compiler.file_descriptor_set())
}
