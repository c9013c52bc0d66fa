//! One open connection, whatever it is made of.

use std::pin::Pin;
use std::task::{Context, Poll};

use hyper::rt::{Read, ReadBufCursor, Write};
use hyper_util::client::legacy::connect::{Connected, Connection as ConnectionFacts};
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncRead, AsyncWrite};

/// Bytes in both directions: TCP, or TLS over it, or that through a proxy.
pub(crate) struct Connection {
    stream: TokioIo<Box<dyn Stream>>,
    through_forwarding_proxy: bool,
    http2: bool,
}

trait Stream: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Stream for T {}

impl Connection {
    /// Over any stream.
    pub(crate) fn new(stream: impl AsyncRead + AsyncWrite + Send + Unpin + 'static) -> Self {
        let stream = TokioIo::new(Box::new(stream) as Box<dyn Stream>);
        Self { stream, through_forwarding_proxy: false, http2: false }
    }

    /// The other side is a proxy that must be told the whole address.
    pub(crate) fn forwarding(mut self) -> Self {
        self.through_forwarding_proxy = true;
        self
    }

    /// Whether both sides agreed on HTTP/2.
    pub(crate) fn speaking_http2(mut self, http2: bool) -> Self {
        self.http2 = http2;
        self
    }
}

impl ConnectionFacts for Connection {
    fn connected(&self) -> Connected {
        let connected = Connected::new().proxy(self.through_forwarding_proxy);
        if self.http2 { connected.negotiated_h2() } else { connected }
    }
}

impl Read for Connection {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: ReadBufCursor<'_>,
    ) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(cx, buffer)
    }
}

impl Write for Connection {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<std::io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(cx, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<std::io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

impl std::fmt::Debug for Connection {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Connection").field("http2", &self.http2).finish_non_exhaustive()
    }
}
