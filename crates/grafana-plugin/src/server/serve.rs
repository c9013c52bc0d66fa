//! Runs a plugin until its host is done with it.

use std::io;
use std::process::ExitCode;
use std::time::Duration;

use tonic::transport::Server;
use tonic::transport::server::TcpIncoming;
use tonic_health::ServingStatus;

use super::data_service::DataService;
use super::diagnostics_service::DiagnosticsService;
use super::go_plugin_services::{Broker, Controller, Stdio};
use super::handshake::{self, Listener};
use super::plugin::Plugin;
use super::resource_service::ResourceService;
use super::shutdown::Shutdown;
use crate::handshake_line::{COOKIE_NAME, MAX_MESSAGE_BYTES, PROTOCOL_VERSION};
use crate::protocol::go_plugin::grpc_broker_server::GrpcBrokerServer;
use crate::protocol::go_plugin::grpc_controller_server::GrpcControllerServer;
use crate::protocol::go_plugin::grpc_stdio_server::GrpcStdioServer;
use crate::protocol::pluginv2::data_server::DataServer;
use crate::protocol::pluginv2::diagnostics_server::DiagnosticsServer;
use crate::protocol::pluginv2::resource_server::ResourceServer;

/// Names that the health service answers for: go-plugin's own, then Grafana's services.
const HEALTHY_NAMES: [&str; 4] =
    ["plugin", "pluginv2.Data", "pluginv2.Diagnostics", "pluginv2.Resource"];

/// How long calls may take to end after the order to stop; hosts kill after two seconds.
const GRACE: Duration = Duration::from_millis(1500);

/// Why a plugin does not run.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// Somebody started the executable by hand.
    #[error(
        "this is a Grafana plugin: Grafana starts it, there is nothing to run by hand (the \
         environment variable {COOKIE_NAME} is not set)"
    )]
    StartedByHand,
    /// The host speaks other versions of the protocol.
    #[error("the host speaks plugin protocol {host:?}, this plugin only {PROTOCOL_VERSION}")]
    NoCommonVersion {
        /// Versions that the host speaks.
        host: String,
    },
    /// No address to listen on.
    #[error("listening for the host")]
    Listen {
        /// What the system said.
        source: io::Error,
    },
    /// Standard output cannot be written.
    #[error("telling the host where the plugin listens")]
    Announce {
        /// What the system said.
        source: io::Error,
    },
    /// The connection cannot be served.
    #[error("serving the host")]
    Transport(#[from] tonic::transport::Error),
    /// The asynchronous runtime cannot be started.
    #[error("starting the runtime")]
    Runtime {
        /// What the system said.
        source: io::Error,
    },
}

/// Runs a plugin on a runtime of its own until its host is done with it; for `fn main`.
///
/// Starts logging as [`crate::logging::init`] does.
/// What goes wrong is written to standard error.
pub fn run(plugin: Plugin) -> ExitCode {
    if let Err(error) = handshake::check_host() {
        eprintln!("{error}");
        return ExitCode::FAILURE;
    }
    crate::logging::init();
    let served = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|source| ServeError::Runtime { source })
        .and_then(|runtime| runtime.block_on(serve(plugin)));
    match served {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let cause = std::error::Error::source(&error).map(ToString::to_string);
            tracing::error!(cause, "{error}");
            ExitCode::FAILURE
        }
    }
}

/// Runs a plugin until its host is done with it.
///
/// Prints the handshake line; nothing else may be written to standard output, before or after.
/// An interrupt is ignored, since a terminal sends it to host and plugin alike and the host ends
/// its plugins itself.
///
/// # Errors
/// [`ServeError::StartedByHand`] when no host started the process.
pub async fn serve(plugin: Plugin) -> Result<(), ServeError> {
    handshake::check_host()?;
    let shutdown = Shutdown::new();
    obey_signals(&shutdown);
    let listener = handshake::listen().await?;
    handshake::announce(&listener).map_err(|source| ServeError::Announce { source })?;

    let (reporter, health) = tonic_health::server::health_reporter();
    for name in HEALTHY_NAMES {
        reporter.set_service_status(name, ServingStatus::Serving).await;
    }
    let data = DataServer::new(DataService { handler: plugin.data })
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    let resource = ResourceServer::new(ResourceService { handler: plugin.resource })
        .max_decoding_message_size(MAX_MESSAGE_BYTES)
        .max_encoding_message_size(MAX_MESSAGE_BYTES);
    let diagnostics = DiagnosticsServer::new(DiagnosticsService {
        health: plugin.health,
        metrics: plugin.metrics,
    })
    .max_decoding_message_size(MAX_MESSAGE_BYTES)
    .max_encoding_message_size(MAX_MESSAGE_BYTES);
    let router = Server::builder()
        .add_service(health)
        .add_service(GrpcControllerServer::new(Controller(shutdown.clone())))
        .add_service(GrpcBrokerServer::new(Broker(shutdown.clone())))
        .add_service(GrpcStdioServer::new(Stdio(shutdown.clone())))
        .add_service(diagnostics)
        .add_service(data)
        .add_service(resource);

    let served = async {
        match listener {
            Listener::Tcp(listener) => {
                let incoming = TcpIncoming::from(listener).with_nodelay(Some(true));
                router.serve_with_incoming_shutdown(incoming, shutdown.ordered()).await
            }
            #[cfg(unix)]
            Listener::Unix(listener, _folder) => {
                let incoming = tokio_stream::wrappers::UnixListenerStream::new(listener);
                router.serve_with_incoming_shutdown(incoming, shutdown.ordered()).await
            }
        }
    };
    tokio::select! {
        served = served => Ok(served?),
        () = async { shutdown.ordered().await; tokio::time::sleep(GRACE).await } => Ok(()),
    }
}

/// Ignores interrupts; stops in good order when asked to terminate.
///
/// On return both hold already: what listens is set up here, not in the tasks.
fn obey_signals(shutdown: &Shutdown) {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut interrupt) = signal(SignalKind::interrupt()) {
            tokio::spawn(async move { while interrupt.recv().await.is_some() {} });
        }
        let shutdown = shutdown.clone();
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::spawn(async move {
                terminate.recv().await;
                shutdown.order();
            });
        }
    }
    #[cfg(not(unix))]
    {
        let _ = shutdown;
        tokio::spawn(async { while tokio::signal::ctrl_c().await.is_ok() {} });
    }
}
