//! Where things are: the repository, its build output, and what is installed once per machine.

use std::path::{Path, PathBuf};

/// The root of the repository.
pub(crate) fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR")).parent().expect("xtask lies in the repository's root")
}

/// The folder of cargo's build output, `CARGO_TARGET_DIR` honoured.
pub(crate) fn target() -> PathBuf {
    // A relative folder counts from where cargo was called, as cargo itself has it.
    let folder = std::env::var_os("CARGO_TARGET_DIR").map(PathBuf::from);
    let absolute = folder.map(|folder| std::path::absolute(&folder).unwrap_or(folder));
    absolute.unwrap_or_else(|| root().join("target"))
}

/// The folder of the built bundle and the workbench's page.
pub(crate) fn dist() -> PathBuf {
    root().join("dist")
}

/// The folder of tools that are built once per pinned version and used by every checkout.
pub(crate) fn tool_cache() -> PathBuf {
    let home = || std::env::var_os("HOME").or_else(|| std::env::var_os("USERPROFILE"));
    let cache = std::env::var_os("XDG_CACHE_HOME")
        .map(PathBuf::from)
        .or_else(|| home().map(|home| Path::new(&home).join(".cache")))
        .unwrap_or_else(|| root().join("target"));
    cache.join("fireline/tools")
}

/// A program's file name on this system.
pub(crate) fn executable(name: &str) -> String {
    format!("{name}{}", std::env::consts::EXE_SUFFIX)
}

/// A program's full path, if it is on `PATH`.
pub(crate) fn find_program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    let file = executable(name);
    std::env::split_paths(&path).map(|folder| folder.join(&file)).find(|file| file.is_file())
}
