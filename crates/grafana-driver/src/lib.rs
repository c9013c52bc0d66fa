//! For tests: builds the Go program that drives a plugin as Grafana does.
//!
//! The program is in `conformance-go` and is made of Grafana's own libraries.
//! Without a Go tool chain a test that wants it is skipped by name; with `CI=true` it fails.
#![deny(missing_docs)]

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::OnceLock;

/// The built program; None without a Go tool chain: then it is said that `test` was skipped.
///
/// It is built once per process, and Go itself builds nothing that it has built before.
///
/// # Panics
///
/// With `CI=true` and no Go tool chain, and where the program cannot be built.
pub fn driver_for(test: &str) -> Option<&'static Path> {
    static DRIVER: OnceLock<Option<PathBuf>> = OnceLock::new();
    let driver = DRIVER.get_or_init(|| go_is_here().then(build));
    if driver.is_none() {
        // Past the test runner's capture, where `cargo xtask test` reads it.
        let message = format!("SKIPPED {test}: there is no Go tool chain (\"go\")\n");
        let _ = std::io::stderr().write_all(message.as_bytes());
    }
    driver.as_deref()
}

/// Where the program's source is.
pub fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../conformance-go")
}

fn go_is_here() -> bool {
    let is_here = std::env::var_os("FIRELINE_WITHOUT_GO").is_none()
        && Command::new("go").arg("version").output().is_ok();
    let must_be_here = std::env::var("CI").as_deref() == Ok("true");
    assert!(is_here || !must_be_here, "CI=true, and there is no Go tool chain (\"go\")");
    is_here
}

fn build() -> PathBuf {
    let test_binary = std::env::current_exe().expect("a test knows its own path");
    let program = test_binary.with_file_name("conformance-go");
    let mut go = Command::new("go");
    go.args(["build", "-mod=readonly", "-o"]).arg(&program).arg(".").current_dir(source());
    let output = go.output().expect("\"go version\" ran before");
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    program
}
