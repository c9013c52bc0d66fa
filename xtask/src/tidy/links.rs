//! Links in documents lead somewhere.

use std::path::{Path, PathBuf};

use anyhow::Result;

use super::{has_extension, is_below, read};
use crate::ground;

pub(super) fn faults(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for file in
        files.iter().filter(|file| has_extension(file, &["md"]) && !is_below(file, "testdata"))
    {
        let mut in_code = false;
        for (number, line) in read(file)?.lines().enumerate() {
            in_code ^= line.trim_start().starts_with("```");
            if in_code {
                continue;
            }
            for target in targets(line) {
                if !leads_somewhere(file, target) {
                    faults.push(format!("{}:{}: dead link {target:?}", file.display(), number + 1));
                }
            }
        }
    }
    Ok(faults)
}

/// What stands in the round brackets of `[text](target)`.
fn targets(line: &str) -> impl Iterator<Item = &str> {
    line.match_indices("](").filter_map(|(at, _)| {
        let rest = &line[at + 2..];
        Some(rest[..rest.find(')')?].split_whitespace().next().unwrap_or_default())
    })
}

fn leads_somewhere(file: &Path, target: &str) -> bool {
    if target.contains("://") || target.starts_with("mailto:") {
        return true;
    }
    let path = target.split('#').next().unwrap_or_default();
    if path.is_empty() {
        return !target.is_empty();
    }
    let folder = file.parent().unwrap_or(Path::new(""));
    ground::root().join(folder).join(path).exists()
}
