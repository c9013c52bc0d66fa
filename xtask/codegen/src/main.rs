//! `cargo xtask codegen`: writes the generated code into the workspace.

use std::path::Path;

use anyhow::{Context, Result};

fn main() -> Result<()> {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR"))
        .ancestors()
        .nth(2)
        .context("looking for the workspace two folders up")?;
    codegen::generate(workspace, workspace)?;
    for folder in codegen::GENERATED_FOLDERS {
        println!("wrote {folder}");
    }
    Ok(())
}
