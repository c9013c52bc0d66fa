//! Connections: how many there are at once, and how long a slow sender may take.

use std::future::Future;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;
use std::{fmt, io};

use axum::Router;
use axum::body::Body;
use axum::http::Request;
use bytes::Bytes;
use hyper::body::{Frame, Incoming, SizeHint};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;
use tower::ServiceExt;

/// How long to wait when the system gives no connection, for instance since all file handles are used.
const PAUSE: Duration = Duration::from_secs(1);

/// What the clients of a server may hold of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ConnectionLimits {
    /// Connections at once. Further ones wait, unanswered, until one ends.
    pub most: usize,
    /// How long the headers of a request may take, and how long a connection may stay idle before.
    pub header_time: Duration,
    /// How long the body of a request may take.
    pub body_time: Duration,
}

impl Default for ConnectionLimits {
    fn default() -> Self {
        Self {
            most: 512,
            header_time: Duration::from_secs(30),
            body_time: Duration::from_secs(120),
        }
    }
}

/// Answers requests until `stop` is done, then finishes those under way, however long they take.
pub(super) async fn answer(
    listener: TcpListener,
    app: Router,
    limits: ConnectionLimits,
    stop: impl Future<Output = ()>,
) {
    let slots = Arc::new(Semaphore::new(limits.most));
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(limits.header_time);
    let open = GracefulShutdown::new();
    let mut stop = pin!(stop);
    loop {
        let (stream, slot) = tokio::select! {
            () = &mut stop => break,
            accepted = accept(&listener, &slots, limits.most) => accepted,
        };
        let app = app.clone();
        let service = service_fn(move |request: Request<Incoming>| {
            let request = request.map(|body| Body::new(TimedBody::new(body, limits.body_time)));
            app.clone().oneshot(request)
        });
        let connection = open.watch(http.serve_connection(TokioIo::new(stream), service));
        tokio::spawn(async move {
            let _slot = slot;
            if let Err(error) = connection.await {
                tracing::debug!(%error, "a connection ended early");
            }
        });
    }
    drop(listener);
    open.shutdown().await;
}

/// The next connection, and the place that it takes until it is dropped.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
    most: usize,
) -> (TcpStream, OwnedSemaphorePermit) {
    if slots.available_permits() == 0 {
        tracing::warn!(most, "as many connections as allowed: further ones wait");
    }
    let slot = Arc::clone(slots).acquire_owned().await.expect("the semaphore is never closed");
    loop {
        match listener.accept().await {
            Ok((stream, _)) => {
                // Answers are small, and written whole.
                let _ = stream.set_nodelay(true);
                return (stream, slot);
            }
            Err(error) if is_of_one_connection(&error) => {}
            Err(error) => {
                tracing::error!(%error, "cannot take connections");
                tokio::time::sleep(PAUSE).await;
            }
        }
    }
}

fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionRefused
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
    )
}

/// A body that must end in time.
struct TimedBody {
    body: Incoming,
    time: Duration,
    end: Pin<Box<Sleep>>,
}

/// A body that did not end in time.
#[derive(Debug, thiserror::Error)]
#[error("the body did not arrive within {} s", .0.as_secs_f64())]
struct TooSlow(Duration);

impl TimedBody {
    fn new(body: Incoming, time: Duration) -> Self {
        Self { body, time, end: Box::pin(tokio::time::sleep(time)) }
    }
}

impl fmt::Debug for TimedBody {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_struct("TimedBody").field("time", &self.time).finish_non_exhaustive()
    }
}

impl hyper::body::Body for TimedBody {
    type Data = Bytes;
    type Error = Box<dyn std::error::Error + Send + Sync>;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        if let Poll::Ready(frame) = Pin::new(&mut self.body).poll_frame(context) {
            return Poll::Ready(frame.map(|frame| frame.map_err(Into::into)));
        }
        let time = self.time;
        self.end.as_mut().poll(context).map(|()| Some(Err(TooSlow(time).into())))
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
