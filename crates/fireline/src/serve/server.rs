//! The running server: socket, connections, shutdown.

use std::future::Future;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use super::app::app;
use super::arguments::ServeArguments;
use super::body_budget::BodyBudget;
use super::connections::{self, ConnectionLimits};
use super::decode_gate::DecodeGate;
use super::face::{Clock, Face};
use super::front_door::AllowedHosts;
use super::metrics::Metrics;
use super::profile_store::ProfileStore;
use super::workbench::Workbench;

/// How many ports above a taken one are tried before any free one is used.
const NEIGHBOURS_TRIED: u16 = 16;

/// How long requests under way may take after the signal to stop.
const GRACE: Duration = Duration::from_secs(10);

/// How many bytes of pushes under way are held: bodies before and after decompression, and what was decoded of them.
const PUSH_BODIES_BYTES: u32 = 256 << 20;

/// A server that is bound and ready to run.
#[derive(Debug)]
pub struct Server {
    listener: TcpListener,
    app: Router,
    url: String,
    workbench: Option<Arc<Workbench>>,
    limits: ConnectionLimits,
}

/// Why a server cannot start.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ServeError {
    /// The address cannot be listened on.
    #[error("cannot listen on {address}")]
    Listen {
        /// The address.
        address: SocketAddr,
        /// Why.
        source: io::Error,
    },
    /// The system has no threads to decode with.
    #[error("cannot start the threads that decode pushes")]
    Threads(#[source] io::Error),
    /// The data folder cannot be made, or what is in it cannot be read.
    #[error("cannot use data folder {folder:?}")]
    Data {
        /// The folder.
        folder: PathBuf,
        /// Why.
        source: io::Error,
    },
}

impl Server {
    /// Binds a server over a store; from then on connections wait until it runs.
    ///
    /// Errors: the address or the data folder cannot be used.
    pub async fn bind<S: ProfileStore>(
        arguments: &ServeArguments,
        store: S,
        clock: Clock,
    ) -> Result<Self, ServeError> {
        let address = arguments.listen;
        let listen_error = |source| ServeError::Listen { address, source };
        let listener = bind(address).await.map_err(listen_error)?;
        let bound = listener.local_addr().map_err(listen_error)?;
        let base_path = arguments.base_path.clone();
        let url = format!("http://{}{}", reachable(bound), base_path.as_str());

        let workbench = if !arguments.serves_workbench(bound.ip()) {
            None
        } else {
            let data_error = |source| ServeError::Data { folder: arguments.data.clone(), source };
            fs::create_dir_all(&arguments.data).map_err(data_error)?;
            let workbench = Workbench::open(arguments, url.clone(), base_path.clone(), clock);
            Some(Arc::new(workbench.map_err(data_error)?))
        };
        let face = Arc::new(Face {
            store,
            clock,
            metrics: Metrics::default(),
            push_bodies: BodyBudget::new(PUSH_BODIES_BYTES),
            decode_gate: DecodeGate::new().map_err(ServeError::Threads)?,
        });
        let allowed_hosts = AllowedHosts::new(bound.ip(), &arguments.allowed_hosts);
        let app = app(face, workbench.clone(), allowed_hosts, base_path);
        Ok(Self { listener, app, url, workbench, limits: ConnectionLimits::default() })
    }

    /// Replaces what clients may hold of the server.
    #[must_use]
    pub fn with_limits(self, limits: ConnectionLimits) -> Self {
        Self { limits, ..self }
    }

    /// Where the server answers, without a slash at the end.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The address that the server listens on.
    pub fn address(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Answers requests until `stop` is done, then finishes those under way, for at most ten seconds.
    pub async fn run(self, stop: impl Future<Output = ()>) {
        let (stopping, stopped) = oneshot::channel();
        let stop = async move {
            stop.await;
            // The other side waits as long as this does.
            let _ = stopping.send(());
        };
        let too_late = async {
            match stopped.await {
                Ok(()) => tokio::time::sleep(GRACE).await,
                Err(_) => std::future::pending().await,
            }
        };
        tokio::select! {
            () = connections::answer(self.listener, self.app, self.limits, stop) => {}
            () = too_late => {
                tracing::warn!(grace_secs = GRACE.as_secs(), "stopped with requests under way");
            }
        }
        if let Some(workbench) = self.workbench {
            workbench.stop().await;
        }
    }
}

/// Binds to `wanted`, or to another port of the same address if that one is taken.
async fn bind(wanted: SocketAddr) -> io::Result<TcpListener> {
    let taken = match TcpListener::bind(wanted).await {
        Err(error) if error.kind() == io::ErrorKind::AddrInUse => error,
        bound => return bound,
    };
    let neighbours =
        (1..=NEIGHBOURS_TRIED).filter_map(|distance| wanted.port().checked_add(distance));
    for port in neighbours.chain([0]) {
        if let Ok(listener) = TcpListener::bind(SocketAddr::new(wanted.ip(), port)).await {
            return Ok(listener);
        }
    }
    Err(taken)
}

/// The address under which this machine reaches a bound one: "any address" is no address to ask.
fn reachable(bound: SocketAddr) -> SocketAddr {
    let ip = match bound.ip() {
        IpAddr::V4(ip) if ip.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(ip) if ip.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        ip => ip,
    };
    SocketAddr::new(ip, bound.port())
}

/// Done when the process is asked to stop: Ctrl-C, or SIGTERM where there is one.
pub async fn stop_signal() -> io::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        let mut terminate = signal(SignalKind::terminate())?;
        tokio::select! {
            interrupted = tokio::signal::ctrl_c() => interrupted,
            _ = terminate.recv() => Ok(()),
        }
    }
    #[cfg(not(unix))]
    tokio::signal::ctrl_c().await
}
