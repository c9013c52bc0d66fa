//! Options of a command, and running other programs.

use std::fs::File;
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, bail};

use crate::ground;

/// What was written after a command's name.
pub(crate) struct Options {
    words: Vec<String>,
}

impl Options {
    pub(crate) fn new(words: &[String]) -> Self {
        Self { words: words.to_vec() }
    }

    /// Whether a switch such as `--check` was given.
    pub(crate) fn has(&self, switch: &str) -> bool {
        self.words.iter().any(|word| word == switch)
    }

    /// The word after an option such as `--listen`.
    pub(crate) fn value(&self, option: &str) -> Option<&str> {
        let at = self.words.iter().position(|word| word == option)?;
        self.words.get(at + 1).map(String::as_str)
    }

    /// Whether system packages may be installed: said so, or root, who could anyway.
    pub(crate) fn may_install(&self) -> bool {
        self.has("--yes") || is_root()
    }

    /// Fails if something was written that no one reads.
    pub(crate) fn expect_only(&self, switches: &[&str], options: &[&str]) -> Result<()> {
        let mut words = self.words.iter();
        while let Some(word) = words.next() {
            if options.contains(&word.as_str()) {
                words.next().with_context(|| format!("{word} needs a value"))?;
            } else if word != "--yes" && !switches.contains(&word.as_str()) {
                let known = [switches, options, &["--yes"]].concat().join(", ");
                bail!("unknown option {word:?}, expected one of: {known}");
            }
        }
        Ok(())
    }
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").stderr(Stdio::null()).output();
    id.is_ok_and(|output| output.stdout.trim_ascii() == b"0")
}

/// Whether this runs where a missing part is a failure.
pub(crate) fn in_ci() -> bool {
    std::env::var("CI").is_ok_and(|value| value == "true" || value == "1")
}

/// A command of cargo, in the repository's root.
pub(crate) fn cargo(arguments: &[&str]) -> Command {
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.current_dir(ground::root()).args(arguments);
    command
}

/// A command of npm, in the repository's root.
pub(crate) fn npm(arguments: &[&str]) -> Command {
    let name = if cfg!(windows) { "npm.cmd" } else { "npm" };
    let mut command = Command::new(name);
    command.current_dir(ground::root()).args(arguments);
    command
}

/// What a finished program left behind.
pub(crate) struct Finished {
    /// Whether its exit code was 0.
    pub(crate) success: bool,
    /// What it printed, standard output and error together.
    pub(crate) output: String,
    /// Where that is kept.
    pub(crate) log: PathBuf,
}

/// Runs a program to its end, its output going to a log file of that name.
pub(crate) fn run_logged(name: &str, command: &mut Command) -> Result<Finished> {
    let folder = ground::target().join("xtask-logs");
    std::fs::create_dir_all(&folder)?;
    let log = folder.join(format!("{}.log", name.replace([' ', '/'], "-")));
    let file = File::create(&log)?;
    let program = command.get_program().to_owned();
    let status = command
        .stdin(Stdio::null())
        .stdout(file.try_clone()?)
        .stderr(file)
        .status()
        .with_context(|| format!("starting {} for {name:?}", program.display()))?;
    let output = String::from_utf8_lossy(&std::fs::read(&log)?).into_owned();
    Ok(Finished { success: status.success(), output, log })
}

/// Runs one step of a build: says what and how long; on failure shows the end of its log.
pub(crate) fn step(name: &str, command: &mut Command) -> Result<()> {
    eprint!("  {name} … ");
    let started = Instant::now();
    let finished = run_logged(name, command)?;
    if finished.success {
        eprintln!("{:.1} s", started.elapsed().as_secs_f64());
        return Ok(());
    }
    eprintln!("failed");
    eprintln!("{}", tail(&finished.output, 60));
    bail!("{name} failed; all of its output is in {}", finished.log.display())
}

/// The last lines of a text.
pub(crate) fn tail(text: &str, lines: usize) -> String {
    let all: Vec<&str> = text.lines().collect();
    all[all.len().saturating_sub(lines)..].join("\n")
}
