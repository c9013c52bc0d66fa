//! Servers that offer HTTP/2 are spoken to in HTTP/2, all questions over one connection.

use std::convert::Infallible;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use http::{Request, Response, Version};
use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http2;
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo};
use tokio::net::TcpListener;
use tokio_rustls::TlsAcceptor;
use upstream_http::{Question, RequestHeaders, Transport};

use crate::asking::{ask_again, names, quick_config};
use crate::tls::{Authority, server_config};

/// What a server has seen.
#[derive(Default)]
struct Seen {
    connections: AtomicUsize,
    answered: AtomicUsize,
    dropped: AtomicUsize,
}

/// Counts when a question is given up before it is answered.
struct Pending(Arc<Seen>);

impl Drop for Pending {
    fn drop(&mut self) {
        self.0.dropped.fetch_add(1, Ordering::SeqCst);
    }
}

/// Answers for names, and never for a slow question.
async fn answer(
    request: Request<Incoming>,
    seen: Arc<Seen>,
) -> Result<Response<Full<Bytes>>, Infallible> {
    assert_eq!(request.version(), Version::HTTP_2);
    if request.uri().path().ends_with("Slow") {
        let _pending = Pending(seen);
        std::future::pending::<()>().await;
    } else {
        seen.answered.fetch_add(1, Ordering::SeqCst);
    }
    let response = Response::builder().header("content-type", "application/proto");
    Ok(response.body(Full::default()).unwrap())
}

async fn start(authority: &Authority) -> (u16, Arc<Seen>) {
    let mut config = server_config(&authority.certificate("localhost"), None);
    config.alpn_protocols = vec![b"h2".to_vec()];
    let tls = TlsAcceptor::from(Arc::new(config));
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let seen = Arc::new(Seen::default());
    let counts = Arc::clone(&seen);
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            let (tls, counts) = (tls.clone(), Arc::clone(&counts));
            tokio::spawn(async move {
                let stream = TokioIo::new(tls.accept(stream).await.unwrap());
                counts.connections.fetch_add(1, Ordering::SeqCst);
                let service = service_fn(|request| answer(request, Arc::clone(&counts)));
                let server = http2::Builder::new(TokioExecutor::new());
                let _ = server.serve_connection(stream, service).await;
            });
        }
    });
    (port, seen)
}

#[tokio::test]
async fn questions_share_a_connection_and_are_given_up_alone() {
    let authority = Authority::new();
    let (port, seen) = start(&authority).await;
    let mut config = quick_config(format!("https://localhost:{port}"));
    config.tls.ca_certificates_pem = Some(authority.pem.clone());
    let transport = Arc::new(Transport::new(&config).unwrap());
    ask_again(&transport).await.unwrap();

    let asking = Arc::clone(&transport);
    let asking = tokio::spawn(async move {
        let slow = Question { path: "/Slow", ..names() };
        asking.ask(&asking.on_behalf(&RequestHeaders::new()), &slow).await
    });
    tokio::time::sleep(Duration::from_millis(50)).await;
    asking.abort();
    for _ in 0..200 {
        if seen.dropped.load(Ordering::SeqCst) == 1 {
            break;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    assert_eq!(seen.dropped.load(Ordering::SeqCst), 1, "the server still works on it");

    ask_again(&transport).await.unwrap();
    assert_eq!(seen.answered.load(Ordering::SeqCst), 2);
    assert_eq!(seen.connections.load(Ordering::SeqCst), 1);
}
