//! How to start a plugin process.

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fmt;
use std::path::PathBuf;
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use hyper_util::rt::TokioIo;
use tokio::process::Command;
use tonic::transport::{Channel, Endpoint};

use super::supervise::{OnLog, repeat_in_our_log, supervise};
use super::{HostError, LogLine, PluginProcess};
use crate::handshake_line::{
    Address, COOKIE_NAME, COOKIE_VALUE, HandshakeLine, PROTOCOL_VERSION, VERSIONS_NAME,
};

/// Bytes in flight: an answer of many megabytes shall not wait for window updates.
const WINDOW_BYTES: u32 = 16 * 1024 * 1024;

/// Variables of our own environment that a plugin gets, as from Grafana; none but these.
const INHERITED: [&str; 8] = [
    "HTTP_PROXY",
    "HTTPS_PROXY",
    "NO_PROXY",
    "http_proxy",
    "https_proxy",
    "no_proxy",
    // Windows cannot open sockets without it.
    "SystemRoot",
    "TMPDIR",
];

/// How to start a plugin process.
#[derive(Clone)]
pub struct PluginCommand {
    executable: PathBuf,
    environment: BTreeMap<OsString, OsString>,
    start_timeout: Duration,
    on_log: OnLog,
}

impl PluginCommand {
    /// Starts this executable with the environment that Grafana would give it: nothing of our own
    /// but proxies, and what [`PluginCommand::with_environment`] adds.
    ///
    /// Log lines are repeated in our own log under the target `plugin`.
    pub fn new(executable: impl Into<PathBuf>) -> Self {
        let executable = executable.into();
        let name = executable.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        let inherited = INHERITED.iter().filter_map(|name| Some((*name, std::env::var_os(name)?)));
        Self {
            environment: inherited.map(|(name, value)| (name.into(), value)).collect(),
            executable,
            start_timeout: Duration::from_secs(60),
            on_log: repeat_in_our_log(name),
        }
    }

    /// Adds an environment variable, such as `GF_PLUGIN_RUST_LOG`.
    #[must_use]
    pub fn with_environment(
        mut self,
        name: impl Into<OsString>,
        value: impl Into<OsString>,
    ) -> Self {
        self.environment.insert(name.into(), value.into());
        self
    }

    /// How long the plugin may take until it says where it listens; a minute unless set.
    #[must_use]
    pub fn with_start_timeout(mut self, start_timeout: Duration) -> Self {
        self.start_timeout = start_timeout;
        self
    }

    /// Hands log lines to this function instead of repeating them in our own log.
    #[must_use]
    pub fn with_log(mut self, on_log: impl Fn(&LogLine) + Send + Sync + 'static) -> Self {
        self.on_log = Arc::new(on_log);
        self
    }

    /// Starts the process and connects to it.
    ///
    /// # Errors
    /// [`HostError::Start`], [`HostError::Silent`], [`HostError::Handshake`],
    /// [`HostError::Connect`]; [`HostError::Exited`] when the process ends before it listens.
    pub async fn start(&self) -> Result<PluginProcess, HostError> {
        let child = Command::new(&self.executable)
            .env_clear()
            .envs(&self.environment)
            .env(COOKIE_NAME, COOKIE_VALUE)
            .env(VERSIONS_NAME, PROTOCOL_VERSION.to_string())
            .env("PLUGIN_MIN_PORT", "10000")
            .env("PLUGIN_MAX_PORT", "25000")
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .map_err(|source| HostError::Start { executable: self.executable.clone(), source })?;
        let mut supervised = supervise(child, Arc::clone(&self.on_log));
        let line = tokio::time::timeout(self.start_timeout, &mut supervised.first_line)
            .await
            .map_err(|_| HostError::Silent(self.start_timeout))?;
        // Its output ended without a line: it is about to exit, and says why.
        let Ok(line) = line else {
            return Err(HostError::Exited(PluginProcess::wait_for(supervised.exit).await));
        };
        let connecting = connect(line.parse::<HandshakeLine>()?.address);
        let channel = tokio::time::timeout(self.start_timeout, connecting)
            .await
            .map_err(|_| HostError::Silent(self.start_timeout))??;
        Ok(PluginProcess::new(channel, supervised))
    }
}

async fn connect(address: Address) -> Result<Channel, tonic::transport::Error> {
    match address {
        Address::Tcp(address) => {
            endpoint(format!("http://{address}"))?.tcp_nodelay(true).connect().await
        }
        Address::Unix(path) => {
            // The address is only a name here; the connector decides.
            let connector = tower::service_fn(move |_| {
                let path = path.clone();
                async move { connect_unix(path).await.map(TokioIo::new) }
            });
            endpoint("http://plugin".to_owned())?.connect_with_connector(connector).await
        }
    }
}

fn endpoint(address: String) -> Result<Endpoint, tonic::transport::Error> {
    Ok(Endpoint::from_shared(address)?
        .initial_stream_window_size(WINDOW_BYTES)
        .initial_connection_window_size(WINDOW_BYTES))
}

#[cfg(unix)]
async fn connect_unix(path: PathBuf) -> std::io::Result<tokio::net::UnixStream> {
    tokio::net::UnixStream::connect(path).await
}

#[cfg(not(unix))]
async fn connect_unix(_: PathBuf) -> std::io::Result<tokio::net::TcpStream> {
    Err(std::io::Error::new(std::io::ErrorKind::Unsupported, "unix sockets"))
}

impl fmt::Debug for PluginCommand {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter
            .debug_struct("PluginCommand")
            .field("executable", &self.executable)
            .field("start_timeout", &self.start_timeout)
            .finish_non_exhaustive()
    }
}
