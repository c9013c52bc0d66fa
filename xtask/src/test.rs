//! `cargo xtask test`: every check there is, and a last line that counts.

use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Result, bail};

use crate::build::{self, Optimised};
use crate::command::{Options, cargo, in_ci, npm, run_logged, tail};
use crate::{demo, dist, ground, tidy, tools};

/// Crates that must also compile for the browser.
const FOR_WASM: [&str; 6] = ["selector", "profile", "query", "links", "flame-view", "web"];

/// What a step found.
#[derive(Default)]
struct Outcome {
    passed: u64,
    failed: u64,
    /// By name, with the reason.
    skipped: Vec<String>,
}

struct Step {
    name: &'static str,
    run: fn(&mut Ground) -> Result<Outcome>,
}

/// What steps share.
struct Ground<'a> {
    options: &'a Options,
    browser: Option<PathBuf>,
}

const STEPS: &[Step] = &[
    Step { name: "format", run: |_| checked("format", &mut cargo(&["fmt", "--all", "--check"])) },
    Step { name: "tidy", run: |_| tidy::run().map(|()| one_passed()) },
    Step { name: "npm packages", run: |_| tools::npm_packages().map(|()| Outcome::default()) },
    Step { name: "lint rust", run: lint_rust },
    Step { name: "lint rust for wasm", run: lint_rust_for_wasm },
    Step { name: "dependencies", run: dependencies },
    Step { name: "rust tests", run: rust_tests },
    Step { name: "bundle", run: bundle },
    Step { name: "typescript types", run: |_| npm_check("typescript types", "typecheck") },
    Step { name: "typescript lint", run: |_| npm_check("typescript lint", "lint") },
    Step { name: "shell tests", run: |_| npm_check("shell tests", "test") },
    Step { name: "browser tests", run: browser_tests },
    Step { name: "demo check", run: demo_check },
];

/// Runs every step, even after one that failed.
pub(crate) fn run(options: &Options) -> Result<()> {
    options.expect_only(&[], &["--only"])?;
    let only = options.value("--only").unwrap_or_default();
    let mut ground = Ground { options, browser: None };
    let mut total = Outcome::default();
    for step in STEPS.iter().filter(|step| step.name.contains(only)) {
        println!("== {}", step.name);
        let started = Instant::now();
        let outcome = (step.run)(&mut ground).unwrap_or_else(|error| {
            println!("{error:#}");
            Outcome { failed: 1, ..Outcome::default() }
        });
        let Outcome { passed, failed, skipped } = outcome;
        println!(
            "   {passed} passed, {failed} failed, {} skipped, {:.0} s",
            skipped.len(),
            started.elapsed().as_secs_f64()
        );
        total.passed += passed;
        total.failed += failed;
        total.skipped.extend(skipped);
    }
    for skipped in &total.skipped {
        println!("skipped: {skipped}");
    }
    let Outcome { passed, failed, skipped } = total;
    println!("\n{passed} passed, {failed} failed, {} skipped", skipped.len());
    if failed > 0 || passed == 0 { bail!("not everything passed") } else { Ok(()) }
}

fn one_passed() -> Outcome {
    Outcome { passed: 1, ..Outcome::default() }
}

/// A program whose exit code says it all.
fn checked(name: &str, command: &mut Command) -> Result<Outcome> {
    let finished = run_logged(name, command)?;
    if finished.success {
        return Ok(one_passed());
    }
    println!("{}", tail(&finished.output, 80));
    Ok(Outcome { failed: 1, ..Outcome::default() })
}

fn lint_rust(_: &mut Ground) -> Result<Outcome> {
    let mut clippy = cargo(&["clippy", "--workspace", "--all-targets", "--", "-D", "warnings"]);
    checked("lint rust", &mut clippy)
}

fn lint_rust_for_wasm(_: &mut Ground) -> Result<Outcome> {
    // Selectors without their regular expressions, as the browser uses them: see the workspace.
    let mut arguments = vec!["clippy", "--target", "wasm32-unknown-unknown"];
    for name in FOR_WASM.iter().filter(|name| **name != "selector") {
        arguments.extend(["--package", name]);
    }
    arguments.extend(["--", "-D", "warnings"]);
    tools::wasm_tools()?;
    let mut clippy = cargo(&arguments);
    // The same folder as the wasm build's, so that what both need is compiled once.
    clippy.env("CARGO_TARGET_DIR", ground::target().join("wasm"));
    checked("lint rust for wasm", &mut clippy)
}

/// Licences and sources of what is linked, where the program that checks them is installed.
///
/// It is never installed here, nor missed where `CI=true`: `docs/testing.md` says why.
fn dependencies(_: &mut Ground) -> Result<Outcome> {
    let is_here = cargo(&["deny", "--version"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success());
    if !is_here {
        let why = "cargo-deny is not installed (cargo install --locked cargo-deny)";
        return Ok(skipped("dependencies", why));
    }
    checked("dependencies", &mut cargo(&["deny", "check", "bans", "licenses", "sources"]))
}

fn rust_tests(ground: &mut Ground) -> Result<Outcome> {
    let go = tools::go(ground.options)?.path_or_skip("Go")?;
    let mut tests = cargo(&["test", "--workspace", "--no-fail-fast"]);
    if let Err(why) = go {
        tests.env("FIRELINE_WITHOUT_GO", why);
    }
    if let Err(why) = tools::prometheus(ground.options)?.path_or_skip("Prometheus")? {
        tests.env("FIRELINE_WITHOUT_PROMETHEUS", why);
    }
    let finished = run_logged("rust tests", &mut tests)?;
    let mut outcome = Outcome::default();
    for line in finished.output.lines() {
        let Some(counts) = line.strip_prefix("test result: ") else { continue };
        outcome.passed += count_before(counts, " passed");
        outcome.failed += count_before(counts, " failed");
        let ignored = count_before(counts, " ignored");
        outcome.skipped.extend((0..ignored).map(|_| "a test marked as ignored".to_owned()));
    }
    // A test that finds a part of the machine missing says so past the runner's capture.
    let skipped = finished.output.lines().filter_map(|line| line.strip_prefix("SKIPPED "));
    outcome.skipped.extend(skipped.map(str::to_owned));
    // A test that was skipped returned early and was counted as passed.
    outcome.passed = outcome.passed.saturating_sub(outcome.skipped.len() as u64);
    if !finished.success {
        show_failures(&finished.output);
        outcome.failed = outcome.failed.max(1);
    }
    Ok(outcome)
}

/// The number that stands before a word, as in `12 passed; 0 failed`.
fn count_before(text: &str, word: &str) -> u64 {
    let Some(end) = text.find(word) else { return 0 };
    let number = text[..end].rsplit(|c: char| !c.is_ascii_digit()).next();
    number.and_then(|number| number.parse().ok()).unwrap_or(0)
}

fn show_failures(output: &str) {
    let mut shown = 0;
    for line in output.lines() {
        let failure =
            line.starts_with("error") || line.contains("panicked at") || line.ends_with("FAILED");
        if failure && shown < 60 {
            println!("   {line}");
            shown += 1;
        }
    }
    println!("{}", tail(output, 40));
}

fn bundle(ground: &mut Ground) -> Result<Outcome> {
    build::bundle_and_page(ground.options, Optimised::AsTested)?;
    dist::check_bundle(&dist::bundle())?;
    dist::check_archive(&dist::bundle())?;
    Ok(Outcome { passed: 2, ..Outcome::default() })
}

/// A script of `package.json` whose exit code says it all, or that counts as node's test runner does.
fn npm_check(name: &str, script: &str) -> Result<Outcome> {
    let mut command = npm(&["run", "--silent", script]);
    command.env("FIRELINE_WASM_PKG", build::wasm_package());
    let finished = run_logged(name, &mut command)?;
    let count = |word: &str| {
        finished.output.lines().find_map(|line| {
            line.trim_start_matches(['#', 'ℹ', ' ']).strip_prefix(word)?.trim().parse().ok()
        })
    };
    if !finished.success {
        println!("{}", tail(&finished.output, 80));
    }
    Ok(Outcome {
        passed: count("pass ").unwrap_or(u64::from(finished.success)),
        failed: count("fail ").unwrap_or(0).max(u64::from(!finished.success)),
        skipped: skipped_by_node(name, &finished.output),
    })
}

/// The tests that node's runner marks as skipped or left to do, in either of its two forms:
/// `ok 3 - name # SKIP why`, and `﹣ name (0.1ms) # why`.
fn skipped_by_node(step: &str, output: &str) -> Vec<String> {
    let is_skipped = |line: &&str| {
        line.starts_with('﹣') || line.contains(" # SKIP") || line.contains(" # TODO")
    };
    output.lines().map(str::trim).filter(is_skipped).map(|line| format!("{step}: {line}")).collect()
}

/// Installs the browser once; without one, the caller's step is skipped by name.
fn browser(ground: &mut Ground) -> Result<Result<PathBuf, String>> {
    if let Some(browser) = &ground.browser {
        return Ok(Ok(browser.clone()));
    }
    let found = tools::browser(ground.options)?.path_or_skip("a browser")?;
    ground.browser = found.clone().ok();
    Ok(found)
}

fn skipped(name: &str, why: &str) -> Outcome {
    Outcome { skipped: vec![format!("{name}: {why}")], ..Outcome::default() }
}

fn browser_tests(ground: &mut Ground) -> Result<Outcome> {
    let browser = match browser(ground)? {
        Ok(browser) => browser,
        Err(why) => return Ok(skipped("browser tests", &why)),
    };
    for grafana in build::OTHER_GRAFANAS {
        match build::page_with(grafana) {
            Err(error) if in_ci() => return Err(error.context("the smoke tests")),
            // Its tests are then counted as not run, by name; one of an earlier build would mislead.
            Err(error) => {
                println!("{error:#}");
                let page = ground::root().join("target").join(grafana);
                if page.exists() {
                    std::fs::remove_dir_all(page)?;
                }
            }
            Ok(()) => {}
        }
    }
    let programs = build::programs(&build::PROGRAMS, Optimised::AsTested)?;
    let mut tests = npm(&["run", "--silent", "e2e"]);
    tests.env("CHROME_PATH", browser).env("FIRELINE_PROGRAMS", programs);
    if let Ok(python) = tools::python_pyroscope(ground.options)?.path_or_skip("Python with pip")? {
        tests.env("FIRELINE_PYTHON_PACKAGES", python);
    }
    if let Ok(prometheus) = tools::prometheus(ground.options)?.path_or_skip("Prometheus")? {
        tests.env("FIRELINE_PROMETHEUS", prometheus);
    }
    if let Ok(jar) = tools::zipkin(ground.options)?.path_or_skip("Zipkin")? {
        tests.env("FIRELINE_ZIPKIN_JAR", jar);
    }
    let finished = run_logged("browser tests", &mut tests)?;
    // The reporter's closing line, and one line for each spec that could not run.
    let last =
        finished.output.lines().rev().find(|line| line.contains(" passed, ")).unwrap_or_default();
    if !finished.success {
        println!("{}", tail(&finished.output, 120));
    }
    let skipped = finished
        .output
        .lines()
        .filter_map(|line| line.strip_prefix("not run: "))
        .map(str::to_owned)
        .collect();
    Ok(Outcome {
        passed: count_before(last, " passed"),
        failed: count_before(last, " failed").max(u64::from(!finished.success)),
        skipped,
    })
}

fn demo_check(ground: &mut Ground) -> Result<Outcome> {
    let browser = match browser(ground)? {
        Ok(browser) => browser,
        Err(why) => return Ok(skipped("demo check", &why)),
    };
    demo::prove_the_check(&browser).map(|proven| Outcome { passed: proven, ..Outcome::default() })
}

#[cfg(test)]
mod tests {
    use super::skipped_by_node;

    #[test]
    fn a_skipped_test_of_the_shell_is_named() {
        let output =
            "ok 1 - reads\n  ok 2 - draws # SKIP no canvas\n﹣ opens (0.1ms) # SKIP\n✔ shuts\n";
        assert_eq!(
            skipped_by_node("shell tests", output),
            ["shell tests: ok 2 - draws # SKIP no canvas", "shell tests: ﹣ opens (0.1ms) # SKIP"]
        );
    }
}
