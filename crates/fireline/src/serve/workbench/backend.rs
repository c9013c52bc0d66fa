//! The backend process of the datasource: started when first needed, and again when it died.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, Instant};

use grafana_plugin::host::{HostError, PluginCommand, PluginProcess};
use tokio::sync::Mutex;

/// The time between two starts of a process that keeps dying; Grafana looks once a second, too.
const RESTART_INTERVAL: Duration = Duration::from_secs(1);

/// The backend process of the datasource.
#[derive(Debug, Default)]
pub(crate) struct Backend {
    started: Mutex<Option<Started>>,
}

#[derive(Debug)]
struct Started {
    process: Arc<PluginProcess>,
    at: Instant,
}

/// Why the backend cannot be called.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BackendError {
    /// The bundle has no datasource plugin, or one without a backend.
    #[error("the bundle has no datasource plugin with a backend, build it with `cargo xtask dist`")]
    NoPlugin,
    /// The program is not in the bundle.
    #[error("the backend {0:?} is not there, build it with `cargo xtask dist`")]
    NoExecutable(PathBuf),
    /// It cannot be started, or does not answer.
    #[error(transparent)]
    Host(#[from] HostError),
}

impl Backend {
    /// The running process; it is started if it does not run.
    ///
    /// Errors: it cannot be started. The next call tries again, a second after this one at the earliest.
    pub(crate) async fn process(
        &self,
        executable: &Path,
    ) -> Result<Arc<PluginProcess>, BackendError> {
        let mut started = self.started.lock().await;
        if let Some(running) = &*started {
            let Some(exit) = running.process.exit() else {
                return Ok(Arc::clone(&running.process));
            };
            tracing::warn!(%exit, "the plugin process died and is started again");
            let ran_for = running.at.elapsed();
            tokio::time::sleep(RESTART_INTERVAL.saturating_sub(ran_for)).await;
        }
        if !executable.is_file() {
            return Err(BackendError::NoExecutable(executable.to_owned()));
        }
        let mut command = PluginCommand::new(executable);
        if let Some(filter) = std::env::var_os("RUST_LOG") {
            command = command.with_environment("GF_PLUGIN_RUST_LOG", filter);
        }
        let process = Arc::new(command.start().await?);
        tracing::info!(executable = %executable.display(), "started the plugin process");
        *started = Some(Started { process: Arc::clone(&process), at: Instant::now() });
        Ok(process)
    }

    /// Asks the process to stop and waits until it has; kills it if it is still being called.
    pub(crate) async fn stop(&self) {
        let Some(Started { process, .. }) = self.started.lock().await.take() else { return };
        if let Some(process) = Arc::into_inner(process) {
            let exit = process.stop().await;
            tracing::debug!(status = ?exit.status, "stopped the plugin process");
        }
    }
}
