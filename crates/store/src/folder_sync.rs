//! Makes sure that the entries of a folder are on the disk: a file is lost without its name.

use std::io;
use std::path::Path;

/// Returns when what was created or renamed in a folder is on the disk.
/// Where folders cannot be synced (not on Unix), the system does it in its time.
pub(crate) fn sync_folder(folder: &Path) -> io::Result<()> {
    if cfg!(unix) {
        // The folder of a path with one part.
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        std::fs::File::open(folder)?.sync_all()?;
    }
    Ok(())
}

/// Makes a folder and those above it that are missing, and syncs the entries that are new.
pub(crate) fn create_folder(folder: &Path) -> io::Result<()> {
    let missing: Vec<&Path> = folder
        .ancestors()
        .take_while(|path| !path.as_os_str().is_empty() && !path.exists())
        .collect();
    std::fs::create_dir_all(folder)?;
    for above in missing.into_iter().filter_map(Path::parent) {
        sync_folder(above)?;
    }
    Ok(())
}
