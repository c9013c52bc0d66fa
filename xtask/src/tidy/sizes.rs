//! No file is too long, and TypeScript stays a shell.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{has_extension, is_below, read};

/// A longer file fails unless its module doc gives the reason, in a line with these words.
const MAX_LINES: usize = 600;
const REASON: &str = "Long because";
/// No file of TypeScript is longer.
const MAX_TYPESCRIPT_LINES: usize = 200;
/// The share of TypeScript in TypeScript plus Rust. Unit: per cent.
const MAX_TYPESCRIPT_SHARE: f64 = 12.0;

pub(super) fn faults(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    let (mut typescript, mut rust) = (0, 0);
    for file in files.iter().filter(|file| has_extension(file, &["rs", "ts", "tsx"])) {
        if is_below(file, "generated") {
            continue;
        }
        let text = read(file)?;
        let lines = text.lines().filter(|line| !line.trim().is_empty()).count();
        if lines > MAX_LINES && !text.lines().take(20).any(|line| line.contains(REASON)) {
            faults.push(format!(
                "{}: {lines} lines, at most {MAX_LINES} unless its doc says \"{REASON} …\"",
                file.display()
            ));
        }
        if is_test(file) {
            continue;
        }
        if has_extension(file, &["rs"]) {
            rust += lines;
        } else {
            typescript += lines;
            if lines > MAX_TYPESCRIPT_LINES {
                faults.push(format!(
                    "{}: {lines} lines of TypeScript, at most {MAX_TYPESCRIPT_LINES}",
                    file.display()
                ));
            }
        }
    }
    let share = 100.0 * typescript as f64 / (typescript + rust).max(1) as f64;
    println!("tidy: {typescript} lines of TypeScript, {rust} of Rust: {share:.1} % TypeScript");
    if share > MAX_TYPESCRIPT_SHARE {
        faults.push(format!(
            "TypeScript is {share:.1} % of the code, at most {MAX_TYPESCRIPT_SHARE} %"
        ));
    }
    Ok(faults)
}

/// Tests, benches and the browser tests do not count.
fn is_test(file: &Path) -> bool {
    ["tests", "test", "e2e", "benches", "bench", "fuzz", "examples"]
        .iter()
        .any(|folder| is_below(file, folder))
        || file.to_string_lossy().contains(".test.")
}
