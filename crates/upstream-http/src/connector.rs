//! Opens connections: address, proxy, TLS, each with its own time limit and its own words.

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use http::Uri;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::client::legacy::connect::proxy::{SocksV5, Tunnel};
use hyper_util::rt::TokioIo;
use tokio_rustls::TlsConnector;
use tower_service::Service;

use crate::config::Timeouts;
use crate::connection::Connection;
use crate::proxy::{Route, SharedRoute};
use crate::tls::{TlsPeer, handshake_problem};

type Dialing = Pin<Box<dyn Future<Output = Result<Connection, DialError>> + Send>>;

/// Opens connections to one server.
#[derive(Debug, Clone)]
pub(crate) struct Connector {
    route: SharedRoute,
    first_leg: FirstLeg,
    server_tls: Option<TlsPeer>,
    handshake_timeout: Option<Duration>,
}

impl Connector {
    /// `proxy_tls` secures the leg to the proxy, `server_tls` what goes through it.
    pub(crate) fn new(
        route: Route,
        proxy_tls: Option<TlsPeer>,
        server_tls: Option<TlsPeer>,
        timeouts: &Timeouts,
    ) -> Self {
        let mut tcp = HttpConnector::new();
        tcp.enforce_http(false);
        tcp.set_nodelay(true);
        tcp.set_keepalive(timeouts.keep_alive);
        let first_leg = FirstLeg {
            tcp,
            tls: proxy_tls,
            dial_timeout: timeouts.dial,
            handshake_timeout: timeouts.tls_handshake,
        };
        Self {
            route: Arc::new(route),
            first_leg,
            server_tls,
            handshake_timeout: timeouts.tls_handshake,
        }
    }

    async fn dial(self, server: Uri) -> Result<Connection, DialError> {
        let proxy_name = self.route.proxy_name().unwrap_or_default();
        let refused = |problem: &(dyn std::error::Error + 'static)| {
            DialError::through_proxy(&proxy_name, problem)
        };
        let mut leg = self.first_leg;
        let connection = match self.route.as_ref() {
            Route::Direct => leg.call(server.clone()).await?,
            Route::Forward { proxy, .. } => leg.call(proxy.clone()).await?.forwarding(),
            Route::Tunnel { proxy, authorization } => {
                let mut tunnel = Tunnel::new(proxy.clone(), leg);
                if let Some(value) = authorization {
                    tunnel = tunnel.with_auth(value.clone());
                }
                tunnel.call(server.clone()).await.map_err(|problem| refused(&problem))?
            }
            Route::Socks { proxy, login, resolve_here } => {
                let mut socks = SocksV5::new(proxy.clone(), leg).local_dns(*resolve_here);
                if let Some((user, password)) = login {
                    socks = socks.with_auth(user.clone(), password.expose().to_owned());
                }
                socks.call(server.clone()).await.map_err(|problem| refused(&problem))?
            }
        };
        match &self.server_tls {
            Some(peer) => secure(connection, peer, &server, self.handshake_timeout).await,
            None => Ok(connection),
        }
    }
}

impl Service<Uri> for Connector {
    type Response = Connection;
    type Error = DialError;
    type Future = Dialing;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, server: Uri) -> Self::Future {
        Box::pin(self.clone().dial(server))
    }
}

/// The connection that leaves this machine: to the server, or to the proxy before it.
#[derive(Debug, Clone)]
struct FirstLeg {
    tcp: HttpConnector,
    tls: Option<TlsPeer>,
    dial_timeout: Option<Duration>,
    handshake_timeout: Option<Duration>,
}

impl FirstLeg {
    async fn dial(mut self, peer: Uri) -> Result<Connection, DialError> {
        let dialing = self.tcp.call(peer.clone());
        let stream = match within(self.dial_timeout, dialing).await {
            Some(Ok(stream)) => stream.into_inner(),
            Some(Err(problem)) => return Err(DialError::connecting(&peer, &problem)),
            None => return Err(DialError::DialTimeout { peer: peer_name(&peer) }),
        };
        let connection = Connection::new(stream);
        match &self.tls {
            Some(tls) => secure(connection, tls, &peer, self.handshake_timeout).await,
            None => Ok(connection),
        }
    }
}

impl Service<Uri> for FirstLeg {
    type Response = Connection;
    type Error = DialError;
    type Future = Dialing;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, peer: Uri) -> Self::Future {
        Box::pin(self.clone().dial(peer))
    }
}

async fn secure(
    connection: Connection,
    peer: &TlsPeer,
    uri: &Uri,
    timeout: Option<Duration>,
) -> Result<Connection, DialError> {
    let host = uri.host().unwrap_or_default();
    let failed = |problem| DialError::Tls { peer: peer_name(uri), problem };
    let name = peer.name_for(host).map_err(|problem| failed(problem.to_string()))?;
    let handshake =
        TlsConnector::from(Arc::clone(&peer.config)).connect(name, TokioIo::new(connection));
    match within(timeout, handshake).await {
        Some(Ok(stream)) => {
            let speaks_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
            Ok(Connection::new(stream).speaking_http2(speaks_http2))
        }
        Some(Err(problem)) => {
            let cause = problem.get_ref().and_then(|cause| cause.downcast_ref::<rustls::Error>());
            Err(match cause {
                Some(cause) => failed(handshake_problem(cause)),
                None => failed(format!("the connection ended during the handshake ({problem})")),
            })
        }
        None => Err(DialError::HandshakeTimeout { peer: peer_name(uri) }),
    }
}

async fn within<F: Future>(timeout: Option<Duration>, future: F) -> Option<F::Output> {
    match timeout {
        Some(timeout) => tokio::time::timeout(timeout, future).await.ok(),
        None => Some(future.await),
    }
}

/// Host and port, as far as known; never user or password.
pub(crate) fn peer_name(uri: &Uri) -> String {
    let host = uri.host().unwrap_or_default();
    match uri.port_u16() {
        Some(port) => format!("{host}:{port}"),
        None => host.to_owned(),
    }
}

/// Why there is no connection.
#[derive(Debug, Clone, thiserror::Error)]
pub(crate) enum DialError {
    /// The host has no address.
    #[error("no address was found for host {host:?}")]
    Resolve { host: String },
    /// Nobody listens, or the way there is closed.
    #[error("connecting to {peer} failed: {problem}")]
    Connect { peer: String, problem: String },
    /// Nobody answers.
    #[error("connecting to {peer} took too long")]
    DialTimeout { peer: String },
    /// A certificate is refused, or the other side does not speak TLS.
    #[error("TLS with {peer} failed: {problem}")]
    Tls { peer: String, problem: String },
    /// The other side does not go on with the handshake.
    #[error("the TLS handshake with {peer} took too long")]
    HandshakeTimeout { peer: String },
    /// The proxy does not let the connection through.
    #[error("the proxy {proxy} did not connect: {problem}")]
    Proxy { proxy: String, problem: String },
}

impl DialError {
    /// Whether the next attempt may go better.
    pub(crate) fn may_pass(&self) -> bool {
        !matches!(self, Self::Tls { .. } | Self::Proxy { .. })
    }

    fn connecting(peer: &Uri, problem: &(dyn std::error::Error + 'static)) -> Self {
        let mut cause = Some(problem);
        // The connector has no public type for it, only these words.
        let unresolved = problem.to_string().contains("dns error");
        while let Some(error) = cause {
            if unresolved {
                return Self::Resolve { host: peer.host().unwrap_or_default().to_owned() };
            }
            if let Some(error) = error.downcast_ref::<std::io::Error>() {
                return Self::Connect { peer: peer_name(peer), problem: io_problem(error) };
            }
            cause = error.source();
        }
        Self::Connect { peer: peer_name(peer), problem: problem.to_string() }
    }

    fn through_proxy(proxy: &str, problem: &(dyn std::error::Error + 'static)) -> Self {
        let mut cause = Some(problem);
        let mut words = problem.to_string();
        while let Some(error) = cause {
            if let Some(error) = error.downcast_ref::<Self>() {
                return error.clone();
            }
            words = error.to_string();
            cause = error.source();
        }
        Self::Proxy { proxy: proxy.to_owned(), problem: words }
    }
}

/// What an I/O error means, without the number that the system gives it.
pub(crate) fn io_problem(error: &std::io::Error) -> String {
    use std::io::ErrorKind;
    match error.kind() {
        ErrorKind::ConnectionRefused => "connection refused".to_owned(),
        ErrorKind::ConnectionReset | ErrorKind::BrokenPipe => "the connection was reset".to_owned(),
        ErrorKind::UnexpectedEof => "the connection was closed".to_owned(),
        ErrorKind::TimedOut => "it took too long".to_owned(),
        ErrorKind::HostUnreachable => "the host cannot be reached".to_owned(),
        ErrorKind::NetworkUnreachable => "the network cannot be reached".to_owned(),
        _ => error.to_string(),
    }
}
