//! `cargo xtask bench`: the crates by criterion, and the panel beside other flame graphs.

use anyhow::{Result, ensure};

use crate::build::{self, Optimised};
use crate::command::{Options, cargo, npm};
use crate::tools;

pub(crate) fn run(options: &Options) -> Result<()> {
    options.expect_only(&["--crates", "--panel"], &[])?;
    let all = !options.has("--crates") && !options.has("--panel");
    if all || options.has("--crates") {
        let status = cargo(&["bench", "--workspace"]).status()?;
        ensure!(status.success(), "the crates' benches ended: {status}");
    }
    if all || options.has("--panel") {
        build::bundle_and_page(options, Optimised::Fully)?;
        let mut panel = npm(&["run", "--silent", "bench:panel"]);
        if let tools::Part::There(browser) = tools::browser(options)? {
            panel.env("CHROME_PATH", browser);
        }
        let status = panel.status()?;
        ensure!(status.success(), "the panel's bench ended: {status}");
    }
    Ok(())
}
