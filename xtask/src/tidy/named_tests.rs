//! Tests that documents name are there.

use std::path::PathBuf;

use anyhow::Result;

use super::{has_extension, is_below, read};
use crate::ground;

pub(super) fn faults(files: &[PathBuf]) -> Result<Vec<String>> {
    let mut faults = Vec::new();
    for file in
        files.iter().filter(|file| has_extension(file, &["md"]) && !is_below(file, "testdata"))
    {
        for (number, line) in read(file)?.lines().enumerate() {
            for (path, name) in named_tests(line) {
                if !is_there(path, name)? {
                    let place = format!("{}:{}", file.display(), number + 1);
                    faults.push(format!("{place}: there is no test {name:?} in {path}"));
                }
            }
        }
    }
    Ok(faults)
}

/// What is written as `` `path/of/file.rs::name` ``.
fn named_tests(line: &str) -> impl Iterator<Item = (&str, &str)> {
    line.split('`').skip(1).step_by(2).filter_map(|code| {
        let (path, name) = code.split_once(".rs::")?;
        Some((&code[..path.len() + 3], name))
    })
}

/// Whether a file has a function of that name right below a `#[test]` or its like.
fn is_there(path: &str, name: &str) -> Result<bool> {
    if !ground::root().join(path).is_file() {
        return Ok(false);
    }
    let text = read(path.as_ref())?;
    let mut is_marked = false;
    for line in text.lines().map(str::trim) {
        let signature = line.trim_start_matches("async ");
        if let Some(rest) = signature.strip_prefix("fn ") {
            if is_marked && rest.strip_prefix(name).is_some_and(|rest| rest.starts_with('(')) {
                return Ok(true);
            }
            is_marked = false;
        } else if line.starts_with("#[") {
            is_marked |= line.starts_with("#[test]") || line.starts_with("#[tokio::test");
        }
    }
    Ok(false)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_is_named_by_its_file_and_its_function() {
        let line = "| a | `crates/a/tests/it/b.rs::c_d`, `b.rs` and `x::y` |";
        assert_eq!(named_tests(line).collect::<Vec<_>>(), [("crates/a/tests/it/b.rs", "c_d")]);
    }

    #[test]
    fn only_what_is_marked_as_a_test_is_there() {
        let here = "xtask/src/tidy/named_tests.rs";
        assert!(is_there(here, "only_what_is_marked_as_a_test_is_there").unwrap());
        assert!(!is_there(here, "only_what_is_marked").unwrap());
        assert!(!is_there(here, "is_there").unwrap());
        assert!(!is_there("xtask/src/tidy/nowhere.rs", "is_there").unwrap());
    }
}
