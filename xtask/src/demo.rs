//! `cargo xtask demo`: a real program's flame graph in the browser, with one command.

use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, anyhow, bail, ensure};

use crate::beside::Beside;
use crate::build::{self, Optimised};
use crate::command::{Options, npm, run_logged, tail};
use crate::tied::tied;
use crate::{dist, ground, tools};

pub(crate) fn run(options: &Options) -> Result<()> {
    options.expect_only(&["--check", "--docker"], &["--listen"])?;
    if options.has("--docker") {
        return docker(options);
    }
    eprintln!("building Fireline; the first time takes some minutes");
    build::bundle_and_page(options, Optimised::Little)?;
    let programs = build::programs(&build::PROGRAMS, Optimised::Little)?;
    if options.has("--check") {
        let browser = match tools::browser(options)? {
            tools::Part::There(browser) => browser,
            tools::Part::Missing(why) => bail!("looking at the page needs a browser: {why}"),
        };
        let demo = Demo::start(&programs, "127.0.0.1:0", Some(Fault::None), Beside::default())?;
        demo.check(&browser)?;
        println!("the page shows the demo's functions");
        return Ok(());
    }
    let data = ground::target().join("demo-data");
    std::fs::create_dir_all(&data)?;
    let beside = Beside::start(options, &data)?;
    let listen = options.value("--listen").unwrap_or("127.0.0.1:4040");
    let demo = Demo::start(&programs, listen, None, beside)?;
    let url = demo.url.trim_end_matches('/');
    println!("\nFireline shows a running program at\n\n  {url}\n");
    if demo.beside.is_complete() {
        let path = "/a/fireline-profiles-app/trail";
        println!(
            "From its metrics to its traces, profiles and functions, and back:\n\n  {url}{path}\n"
        );
    }
    println!("The first profiles arrive within 15 seconds. Ctrl-C ends it.");
    demo.wait()
}

/// What is deliberately broken, to show that the check sees it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Fault {
    None,
    NoProgram,
    NoWasm,
    PluginKilled,
}

/// Runs the check against a demo in order, and against ones with a part missing, which it must see.
/// Returns how many of these were as they should be.
pub(crate) fn prove_the_check(browser: &Path) -> Result<u64> {
    let programs = build::programs(&build::PROGRAMS, Optimised::AsTested)?;
    Demo::start(&programs, "127.0.0.1:0", Some(Fault::None), Beside::default())?
        .check(browser)
        .context("the demo, in order")?;
    let faults = [
        (Fault::NoProgram, "no profiles arrived"),
        (Fault::NoWasm, "the wasm"),
        (Fault::PluginKilled, "the plugin"),
    ];
    // Side by side, because most of it is waiting for what does not come.
    std::thread::scope(|scope| {
        let looks = faults.map(|(fault, said)| {
            let programs = &programs;
            scope.spawn(move || prove_the_check_sees(fault, said, programs, browser))
        });
        for look in looks {
            look.join().map_err(|_| anyhow!("a look at a faulty demo panicked"))??;
        }
        Ok(1 + faults.len() as u64)
    })
}

fn prove_the_check_sees(fault: Fault, said: &str, programs: &Path, browser: &Path) -> Result<()> {
    let demo = Demo::start(programs, "127.0.0.1:0", Some(fault), Beside::default())?;
    let Err(error) = demo.check(browser) else { bail!("the check passed with {fault:?}") };
    let text = format!("{error:#}");
    ensure!(text.contains(said), "with {fault:?} the check does not say {said:?}, it says: {text}");
    Ok(())
}

/// The running parts; all of them end when this is dropped.
struct Demo {
    /// Metrics and traces, where this machine has the servers.
    beside: Beside,
    server: Child,
    program: Option<Child>,
    url: String,
    fault: Fault,
    /// Removed at the end.
    scratch: Option<PathBuf>,
}

impl Demo {
    fn start(programs: &Path, listen: &str, fault: Option<Fault>, beside: Beside) -> Result<Self> {
        let scratch = fault.map(|fault| {
            ground::target().join(format!("demo-check-{}-{fault:?}", std::process::id()))
        });
        let data = scratch.clone().unwrap_or_else(|| ground::target().join("demo-data"));
        let fault = fault.unwrap_or(Fault::None);
        if let Some(scratch) = &scratch {
            let _ = std::fs::remove_dir_all(scratch);
        }
        std::fs::create_dir_all(&data)?;
        let bundles =
            if fault == Fault::NoWasm { dist_without_wasm(&data)? } else { ground::dist() };
        let mut serve = tied(programs.join(ground::executable("fireline")));
        serve.args(["serve", "--listen", listen, "--data"]).arg(data.join("profiles"));
        serve.arg("--dist").arg(bundles).stdin(Stdio::null()).stdout(Stdio::piped());
        beside.add_to_server(&mut serve);
        let mut server = serve.spawn().context("starting fireline serve")?;
        let url = match first_url(&mut server) {
            Ok(url) => url,
            Err(error) => {
                let ended = server.try_wait().ok().flatten();
                let _ = server.kill();
                let _ = server.wait();
                return Err(match ended {
                    Some(_) => anyhow!("the server did not start; above it says why"),
                    None => error,
                });
            }
        };
        let mut demo = Self { beside, server, program: None, url, fault, scratch };
        if fault != Fault::NoProgram {
            let mut program = tied(programs.join(ground::executable("fireline-demo")));
            program.args(["--server", demo.url.trim_end_matches('/')]).stdin(Stdio::null());
            demo.beside.add_to_program(&mut program);
            demo.program = Some(program.spawn().context("starting the demo program")?);
        }
        Ok(demo)
    }

    /// Looks at the page as a person would.
    fn check(&self, browser: &Path) -> Result<()> {
        let mut look = npm(&["run", "--silent", "demo-check"]);
        // What is not there does not come later either.
        let patience_seconds = if self.fault == Fault::None { "60" } else { "20" };
        look.env("CHROME_PATH", browser).env("FIRELINE_URL", &self.url);
        look.env("FIRELINE_PATIENCE_SECONDS", patience_seconds);
        if self.fault == Fault::PluginKilled {
            look.env("FIRELINE_KILL_PLUGIN_OF", self.server.id().to_string());
        }
        let finished = run_logged(&format!("demo check {:?}", self.fault), &mut look)?;
        ensure!(finished.success, "{}", tail(&finished.output, 30));
        Ok(())
    }

    /// Until Ctrl-C, or until a part ends by itself.
    fn wait(mut self) -> Result<()> {
        let (sender, stopped) = mpsc::channel();
        ctrlc::set_handler(move || {
            // No one listens any more once the demo is ending anyway.
            let _ = sender.send(());
        })
        .context("listening for Ctrl-C")?;
        loop {
            if stopped.recv_timeout(Duration::from_millis(300)).is_ok() {
                println!("stopping");
                return Ok(());
            }
            if let Some(status) = self.server.try_wait()? {
                bail!("the server ended by itself: {status}");
            }
            if let Some(program) = &mut self.program
                && let Some(status) = program.try_wait()?
            {
                bail!("the demo program ended by itself: {status}");
            }
        }
    }
}

impl Drop for Demo {
    fn drop(&mut self) {
        for child in self.program.iter_mut().chain([&mut self.server]) {
            end(child);
        }
        if let Some(scratch) = &self.scratch {
            let _ = std::fs::remove_dir_all(scratch);
        }
    }
}

/// Lets a process finish its work, for a few seconds.
pub(crate) fn end(child: &mut Child) {
    #[cfg(unix)]
    if let Some(process) = rustix::process::Pid::from_raw(child.id().cast_signed())
        && rustix::process::kill_process(process, rustix::process::Signal::TERM).is_ok()
    {
        for _ in 0..50 {
            if matches!(child.try_wait(), Ok(Some(_))) {
                return;
            }
            std::thread::sleep(Duration::from_millis(100));
        }
    }
    let _ = child.kill();
    let _ = child.wait();
}

/// The address that the server prints once it takes requests; all it prints is passed on.
fn first_url(server: &mut Child) -> Result<String> {
    let output = server.stdout.take().context("the server has no output")?;
    let (sender, urls) = mpsc::channel();
    std::thread::spawn(move || {
        for line in BufReader::new(output).lines().map_while(Result::ok) {
            eprintln!("{line}");
            if let Some(at) = line.find("http://") {
                let url = line[at..].split_whitespace().next().unwrap_or_default();
                let _ = sender.send(url.to_owned());
            }
        }
    });
    urls.recv_timeout(Duration::from_secs(30))
        .context("the server did not say within 30 s where it listens")
}

/// A copy of the bundle whose wasm is gone.
fn dist_without_wasm(folder: &Path) -> Result<PathBuf> {
    let copy = folder.join("dist");
    for file in dist::files_below(&ground::dist())? {
        let inside = file.strip_prefix(ground::dist())?;
        if inside.extension().is_some_and(|extension| extension == "wasm" || extension == "zip") {
            continue;
        }
        let target = copy.join(inside);
        std::fs::create_dir_all(target.parent().context("a file without a folder")?)?;
        std::fs::copy(&file, &target)?;
    }
    Ok(copy)
}

/// Grafana and all that it shows, in Docker.
fn docker(options: &Options) -> Result<()> {
    for (arguments, what) in [
        (&["info"][..], "the Docker engine (docker info)"),
        (&["compose", "version"][..], "Docker Compose (docker compose version)"),
    ] {
        let found = Command::new("docker")
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .status();
        ensure!(
            found.is_ok_and(|status| status.success()),
            "{what} is missing: the demo in Docker needs it"
        );
    }
    ensure!(
        cfg!(target_os = "linux"),
        "the demo in Docker needs Linux: it mounts programs built here into Linux images"
    );
    build::bundle_and_page(options, Optimised::Fully)?;
    let programs = build::static_programs(options, &["demo"])?;
    std::fs::copy(programs.join("fireline-demo"), ground::dist().join("fireline-demo"))?;
    let status =
        Command::new("docker").current_dir(ground::root()).args(["compose", "up"]).status()?;
    ensure!(status.success(), "docker compose ended: {status}");
    Ok(())
}
