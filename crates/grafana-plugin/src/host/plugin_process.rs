//! A running plugin process.

use std::fmt;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tonic::transport::Channel;

use super::supervise::Supervised;
use super::{HostError, ProcessExit};
use crate::protocol::go_plugin::Empty;
use crate::protocol::go_plugin::grpc_controller_client::GrpcControllerClient;

/// How long a plugin may take to stop after it was asked to.
const STOP_TIMEOUT: Duration = Duration::from_secs(2);
/// How long to wait, after a broken call, for the news that the process is gone.
const NEWS_TIMEOUT: Duration = Duration::from_secs(1);

/// A running plugin process; dropping it kills the process.
///
/// A process that died stays dead: whoever wants another one starts it.
pub struct PluginProcess {
    pub(super) channel: Channel,
    id: Option<u32>,
    exit: watch::Receiver<Option<ProcessExit>>,
    kill: mpsc::Sender<()>,
}

impl PluginProcess {
    pub(super) fn new(channel: Channel, supervised: Supervised) -> Self {
        Self { channel, id: supervised.id, exit: supervised.exit, kill: supervised.kill }
    }

    /// Number that the system knows the process by; absent when it was gone at once.
    pub fn id(&self) -> Option<u32> {
        self.id
    }

    /// How the process ended; nothing while it runs.
    pub fn exit(&self) -> Option<ProcessExit> {
        self.exit.borrow().clone()
    }

    /// Resolves when the process is gone, however it came to that.
    /// Does not keep the process alive.
    pub fn exited(&self) -> impl Future<Output = ProcessExit> + Send + 'static {
        Self::wait_for(self.exit.clone())
    }

    /// Asks the process to stop, and kills it when it is still there two seconds later.
    pub async fn stop(self) -> ProcessExit {
        let mut controller = GrpcControllerClient::new(self.channel.clone());
        let asked = tokio::time::timeout(STOP_TIMEOUT, controller.shutdown(Empty {})).await;
        if !matches!(asked, Ok(Ok(_))) {
            tracing::debug!("a plugin does not answer the order to stop");
        }
        // An idle connection would keep a plugin waiting that stops in good order.
        drop(controller);
        let Self { channel, exit, kill, .. } = self;
        drop(channel);
        if let Ok(exit) = tokio::time::timeout(STOP_TIMEOUT, Self::wait_for(exit.clone())).await {
            return exit;
        }
        tracing::warn!("a plugin did not stop in time and is killed");
        // Full or closed means that it is being killed already, or gone.
        let _ = kill.try_send(());
        Self::wait_for(exit).await
    }

    /// An error of a call; when the process is gone, that is the error.
    pub(super) async fn error_of(&self, status: tonic::Status) -> HostError {
        let broken = matches!(status.code(), tonic::Code::Unavailable | tonic::Code::Unknown);
        if broken && let Ok(exit) = tokio::time::timeout(NEWS_TIMEOUT, self.exited()).await {
            return HostError::Exited(exit);
        }
        HostError::Call(Box::new(status))
    }

    pub(super) async fn wait_for(mut exit: watch::Receiver<Option<ProcessExit>>) -> ProcessExit {
        match exit.wait_for(Option::is_some).await {
            Ok(exit) => exit.clone().unwrap_or(UNKNOWN_EXIT),
            // The runtime that watched the process is gone, and killed it.
            Err(_) => UNKNOWN_EXIT,
        }
    }
}

const UNKNOWN_EXIT: ProcessExit = ProcessExit { status: None, last_lines: Vec::new() };

impl fmt::Debug for PluginProcess {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("PluginProcess").field("exit", &self.exit()).finish_non_exhaustive()
    }
}
