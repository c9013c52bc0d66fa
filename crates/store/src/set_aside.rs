//! Damaged day files that were set aside: found again, and deleted in their time.

use std::path::{Path, PathBuf};

use crate::day::Day;

/// What stands between the name of a day file and a number when it was set aside.
const MARK: &str = ".damaged-";

/// A damaged day file under another name.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SetAside {
    /// The day whose file it was.
    pub(crate) day: Day,
    /// Where it is.
    pub(crate) path: PathBuf,
    /// Its size.
    pub(crate) bytes: u64,
}

/// The first free name for a damaged file.
pub(crate) fn free_name(path: &Path) -> PathBuf {
    (1_u64..)
        .map(|number| path.with_extension(format!("redb{MARK}{number}")))
        .find(|aside| !aside.exists())
        .expect("some number is free")
}

/// The files of a folder that were set aside, ascending by day.
/// A folder that cannot be listed has none; it is listed anew the next time.
pub(crate) fn list(folder: &Path) -> Vec<SetAside> {
    let entries = match std::fs::read_dir(folder) {
        Ok(entries) => entries,
        Err(error) => {
            tracing::error!(folder = %folder.display(), %error, "cannot list the folder");
            return Vec::new();
        }
    };
    let mut found: Vec<SetAside> = entries
        .filter_map(|entry| {
            let entry = entry.ok()?;
            let day = day_of(entry.file_name().to_str()?)?;
            let bytes = entry.metadata().ok()?.len();
            Some(SetAside { day, path: entry.path(), bytes })
        })
        .collect();
    found.sort();
    found
}

/// The day whose damaged file has this name. None: it is not the name of one.
fn day_of(name: &str) -> Option<Day> {
    let (file_name, number) = name.split_once(MARK)?;
    number.parse::<u64>().ok()?;
    Day::from_file_name(file_name)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_is_set_aside_is_found_again() {
        let folder = tempfile::tempdir().unwrap();
        let day = Day::of_nanos(0);
        let path = folder.path().join(day.file_name());
        for bytes in [1, 2] {
            std::fs::write(free_name(&path), vec![0; bytes]).unwrap();
        }
        for other in ["profiles-1970-01-01.redb", "profiles-1970-01-01.redb.damaged-", "lock"] {
            std::fs::write(folder.path().join(other), "").unwrap();
        }
        let found = list(folder.path());
        let sizes: Vec<(Day, u64)> = found.iter().map(|one| (one.day, one.bytes)).collect();
        assert_eq!(sizes, [(day, 1), (day, 2)]);
        assert!(found[0].path.ends_with("profiles-1970-01-01.redb.damaged-1"));
    }
}
