//! A small busy program of several services that profiles itself with Pyroscope's Rust SDK, and
//! emits traces, metrics and log lines under the same names and ids.
//!
//! Started without `--service` it starts itself once for each service, because a process has one
//! profiler and one service name; it ends when all of them have.

mod catalogue;
mod checkout;
mod invoicing;
mod latency;
mod log_lines;
mod outbox;
mod request_trace;
mod scrape_target;
mod service;

use std::io::Read;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, Result, bail};

use service::Service;

const USAGE: &str = "\
Usage: fireline-demo [--server <url>] [--service <name>] [--seconds <n>]
                     [--zipkin <url>] [--loki <url>]
                     [--scrape-targets <folder> [--scrape-host <name>]]

  --server   a Pyroscope server, http://127.0.0.1:4040 unless given
  --service  one of checkout, catalogue, invoicing; all of them unless given
  --seconds  ends after so long; runs until it is stopped unless given
  --zipkin   a Zipkin server that takes traces, as http://127.0.0.1:9411; none unless given
  --loki     a Loki server that takes log lines, as http://127.0.0.1:3100; none unless given
  --scrape-targets
             a folder for files that tell Prometheus (file_sd_configs) where to read metrics; no
             metrics unless given
  --scrape-host
             the name by which Prometheus reaches this machine; 127.0.0.1, and nobody else does,
             unless given
";

pub(crate) struct Arguments {
    server: String,
    service: Option<String>,
    duration: Option<Duration>,
    zipkin: Option<String>,
    loki: Option<String>,
    scrape_targets: Option<PathBuf>,
    scrape_host: Option<String>,
    ends_with_parent: bool,
}

fn main() -> Result<()> {
    let arguments = parse_arguments()?;
    match &arguments.service {
        Some(name) => run_service(name, &arguments),
        None => run_every_service(&arguments),
    }
}

fn parse_arguments() -> Result<Arguments> {
    let mut arguments = Arguments {
        server: "http://127.0.0.1:4040".to_owned(),
        service: None,
        duration: None,
        zipkin: None,
        loki: None,
        scrape_targets: None,
        scrape_host: None,
        ends_with_parent: false,
    };
    let mut words = std::env::args().skip(1);
    while let Some(option) = words.next() {
        let mut value = || words.next().with_context(|| format!("{option} needs a value"));
        match option.as_str() {
            "--server" => arguments.server = value()?,
            "--service" => arguments.service = Some(value()?),
            "--seconds" => {
                let secs = value()?.parse().context("--seconds expects a whole number")?;
                arguments.duration = Some(Duration::from_secs(secs));
            }
            "--zipkin" => arguments.zipkin = Some(value()?),
            "--loki" => arguments.loki = Some(value()?),
            "--scrape-targets" => arguments.scrape_targets = Some(value()?.into()),
            "--scrape-host" => arguments.scrape_host = Some(value()?),
            "--ends-with-parent" => arguments.ends_with_parent = true,
            "--help" | "-h" => {
                print!("{USAGE}");
                std::process::exit(0);
            }
            other => bail!("unknown option {other:?}\n\n{USAGE}"),
        }
    }
    Ok(arguments)
}

fn services() -> [Service; 3] {
    [checkout::service(), catalogue::service(), invoicing::service()]
}

fn run_service(name: &str, arguments: &Arguments) -> Result<()> {
    let service = services().into_iter().find(|service| service.name == name);
    let service = service.with_context(|| format!("unknown service {name:?}\n\n{USAGE}"))?;
    if arguments.ends_with_parent {
        // The other end of this pipe closes when the parent ends, however it ends.
        std::thread::spawn(|| {
            let _ = std::io::stdin().read_to_end(&mut Vec::new());
            std::process::exit(0);
        });
    }
    service.run(arguments)
}

fn run_every_service(arguments: &Arguments) -> Result<()> {
    let program = std::env::current_exe()?;
    let mut children = Vec::new();
    for service in services() {
        let mut command = Command::new(&program);
        command.args(["--server", &arguments.server, "--service", service.name]);
        command.arg("--ends-with-parent").stdin(Stdio::piped());
        if let Some(duration) = arguments.duration {
            command.args(["--seconds", &duration.as_secs().to_string()]);
        }
        if let Some(zipkin) = &arguments.zipkin {
            command.args(["--zipkin", zipkin]);
        }
        if let Some(loki) = &arguments.loki {
            command.args(["--loki", loki]);
        }
        if let Some(folder) = &arguments.scrape_targets {
            command.arg("--scrape-targets").arg(folder);
        }
        if let Some(host) = &arguments.scrape_host {
            command.args(["--scrape-host", host]);
        }
        children.push(command.spawn().with_context(|| format!("starting {}", service.name))?);
    }
    println!("profiling {} services into {}", children.len(), arguments.server);
    // One that ends early takes the others with it, so that a fault is seen.
    loop {
        for child in &mut children {
            if let Some(status) = child.try_wait()? {
                stop(&mut children);
                return if status.success() { Ok(()) } else { bail!("a service ended: {status}") };
            }
        }
        std::thread::sleep(Duration::from_millis(200));
    }
}

fn stop(children: &mut [Child]) {
    for child in children {
        let _ = child.kill();
        let _ = child.wait();
    }
}
