//! Every Rust file says in its first line what it is.

use std::path::PathBuf;

use anyhow::Result;

use super::{has_extension, is_below, read};

/// File names that say nothing about what is inside.
const EMPTY_NAMES: [&str; 7] = ["utils", "util", "helpers", "common", "misc", "types", "manager"];

pub(super) fn faults(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for file in files.iter().filter(|file| has_extension(file, &["rs", "ts", "tsx"])) {
        if is_below(file, "generated") {
            continue;
        }
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        if EMPTY_NAMES.contains(&stem.as_ref()) {
            faults.push(format!("{}: the name says nothing of what is inside", file.display()));
        }
        if has_extension(file, &["rs"]) {
            let text = read(file)?;
            let first = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
            if !first.starts_with("//!") && !first.starts_with("#![doc") {
                faults.push(format!("{}: does not begin with a //! line", file.display()));
            }
        }
    }
    Ok(faults)
}
