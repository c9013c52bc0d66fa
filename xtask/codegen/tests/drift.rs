//! The committed code follows from the definitions.

#![allow(clippy::unwrap_used)]

use std::collections::BTreeMap;
use std::path::Path;

fn files_of(folder: &Path) -> BTreeMap<String, String> {
    std::fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let path = entry.unwrap().path();
            let name = path.file_name().unwrap().to_str().unwrap().to_owned();
            (name, std::fs::read_to_string(&path).unwrap())
        })
        .collect()
}

#[test]
fn the_committed_code_is_what_the_definitions_yield() {
    let workspace = Path::new(env!("CARGO_MANIFEST_DIR")).ancestors().nth(2).unwrap();
    let target = tempfile::tempdir().unwrap();
    codegen::generate(workspace, target.path()).unwrap();
    for folder in codegen::GENERATED_FOLDERS {
        let committed = files_of(&workspace.join(folder));
        let fresh = files_of(&target.path().join(folder));
        assert!(!fresh.is_empty(), "{folder} came out empty");
        let names = |files: &BTreeMap<String, String>| files.keys().cloned().collect::<Vec<_>>();
        assert_eq!(names(&committed), names(&fresh), "files in {folder}");
        for (name, text) in &fresh {
            assert!(
                committed[name] == *text,
                "{folder}/{name} no longer follows from proto/: run `cargo xtask codegen`"
            );
        }
    }
}
