//! Prometheus and Zipkin beside the demo, where this machine has them.

use std::net::{Ipv4Addr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use anyhow::{Context, Result};

use crate::command::Options;
use crate::demo;
use crate::tied::tied;
use crate::tools::{self, Part};

/// Servers of metrics and traces; they end when this is dropped.
#[derive(Default)]
pub(crate) struct Beside {
    children: Vec<Child>,
    prometheus: Option<String>,
    zipkin: Option<String>,
    /// Where Prometheus reads what to scrape.
    scrape_targets: Option<PathBuf>,
}

impl Beside {
    /// Starts what is there, on free ports, with its data below a folder; says what is missing.
    pub(crate) fn start(options: &Options, folder: &Path) -> Result<Self> {
        let mut beside = Self::default();
        match tools::prometheus(options)? {
            Part::There(program) => beside.start_prometheus(&program, folder)?,
            Part::Missing(why) => eprintln!("no metrics, for lack of Prometheus: {why}"),
        }
        match tools::zipkin(options)? {
            Part::There(jar) => beside.start_zipkin(&jar, folder)?,
            Part::Missing(why) => eprintln!("no traces, for lack of Zipkin: {why}"),
        }
        Ok(beside)
    }

    fn start_prometheus(&mut self, program: &Path, folder: &Path) -> Result<()> {
        let targets = folder.join("scrape-targets");
        std::fs::create_dir_all(&targets)?;
        let config = folder.join("prometheus.yml");
        // JSON is YAML, and knows how to write any path.
        let files = serde_json::to_string(&targets.join("*.json"))?;
        let text = format!(
            "global: {{ scrape_interval: 5s }}\nscrape_configs: [{{ job_name: demo, file_sd_configs: [{{ files: [{files}], refresh_interval: 5s }}] }}]\n"
        );
        std::fs::write(&config, text)?;
        let port = free_port()?;
        let mut prometheus = tied(program);
        prometheus.arg(format!("--config.file={}", config.display()));
        prometheus.arg(format!("--storage.tsdb.path={}", folder.join("prometheus").display()));
        prometheus.arg(format!("--web.listen-address=127.0.0.1:{port}"));
        prometheus.args(["--enable-feature=exemplar-storage", "--log.level=error"]);
        self.children.push(prometheus.stdin(Stdio::null()).spawn().context("starting Prometheus")?);
        self.prometheus = Some(format!("http://127.0.0.1:{port}"));
        self.scrape_targets = Some(targets);
        Ok(())
    }

    fn start_zipkin(&mut self, jar: &Path, folder: &Path) -> Result<()> {
        let port = free_port()?;
        let mut zipkin = tied("java");
        // Quick to start rather than quick later.
        zipkin.current_dir(folder).args(["-Xmx256m", "-XX:TieredStopAtLevel=1", "-jar"]).arg(jar);
        zipkin.arg("--logging.level.root=ERROR");
        let listen = [("port", port.to_string()), ("ip", "127.0.0.1".to_owned())];
        for (name, value) in listen.into_iter().chain([("protocols[0]", "http".to_owned())]) {
            zipkin.arg(format!("--armeria.ports[0].{name}={value}"));
        }
        zipkin.env("STORAGE_TYPE", "mem").stdin(Stdio::null()).stdout(Stdio::null());
        self.children.push(zipkin.spawn().context("starting Zipkin")?);
        self.zipkin = Some(format!("http://127.0.0.1:{port}"));
        Ok(())
    }

    /// What `fireline serve` has to know of them. A server that is not there is not looked for either:
    /// one that happens to run on this machine knows nothing of the demo.
    pub(crate) fn add_to_server(&self, serve: &mut Command) {
        let url = |url: &Option<String>| url.clone().unwrap_or_else(|| "none".to_owned());
        serve.args(["--prometheus", &url(&self.prometheus), "--zipkin", &url(&self.zipkin)]);
        serve.args(["--loki", "none"]);
    }

    /// What the demo program has to know of them.
    pub(crate) fn add_to_program(&self, program: &mut Command) {
        if let Some(zipkin) = &self.zipkin {
            program.args(["--zipkin", zipkin]);
        }
        if let Some(targets) = &self.scrape_targets {
            program.arg("--scrape-targets").arg(targets);
        }
    }

    /// Whether the whole walk can be gone.
    pub(crate) fn is_complete(&self) -> bool {
        self.prometheus.is_some() && self.zipkin.is_some()
    }
}

impl Drop for Beside {
    fn drop(&mut self) {
        self.children.iter_mut().for_each(demo::end);
    }
}

fn free_port() -> Result<u16> {
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).context("finding a free port")?;
    Ok(listener.local_addr()?.port())
}
