//! Clients that hold connections without asking anything.

use std::time::{Duration, Instant};

use fireline::serve::ConnectionLimits;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::timeout;

use crate::fake_store::FakeStore;
use crate::http::{RECORDED_CLOCK, Request, Running, arguments};

/// Longer than anything here may take.
const PATIENCE: Duration = Duration::from_secs(20);

async fn start(limits: ConnectionLimits) -> Running {
    let folder = tempfile::tempdir().unwrap();
    let arguments = arguments(folder.path(), &["--no-workbench"]);
    Running::start_with(&arguments, FakeStore::default(), limits, RECORDED_CLOCK).await
}

fn short() -> ConnectionLimits {
    let limit = Duration::from_millis(400);
    ConnectionLimits { most: 4, header_time: limit, body_time: limit }
}

/// Sends a byte now and then until the server hangs up; what it said meanwhile.
async fn trickle(server: &Running, head: &str) -> String {
    let (mut reading, mut writing) = TcpStream::connect(server.address).await.unwrap().into_split();
    writing.write_all(head.as_bytes()).await.unwrap();
    let sending = async {
        while writing.write_all(b"a").await.is_ok() {
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        std::future::pending::<()>().await;
    };
    let mut said = Vec::new();
    tokio::select! {
        // A connection that is reset has ended as well.
        _ = reading.read_to_end(&mut said) => {}
        () = sending => {}
    }
    String::from_utf8(said).unwrap()
}

#[tokio::test]
async fn headers_that_trickle_end_the_connection() {
    let server = start(short()).await;
    let begun = Instant::now();
    let said = timeout(PATIENCE, trickle(&server, "GET /ready HTTP/1.1\r\nHost: localhost\r\nX: "));
    let said = said.await.expect("the server hangs up");
    assert!(begun.elapsed() >= short().header_time, "{:?}", begun.elapsed());
    assert!(!said.contains("200 OK"), "{said}");
}

#[tokio::test]
async fn a_body_that_trickles_is_refused_and_says_why() {
    let server = start(short()).await;
    for path in ["/push.v1.PusherService/Push", "/querier.v1.QuerierService/LabelNames"] {
        let head = format!(
            "POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Content-Length: 100000\r\n\r\n"
        );
        let said = timeout(PATIENCE, trickle(&server, &head)).await.expect("the server hangs up");
        assert!(said.starts_with("HTTP/1.1 400 "), "{path}: {said}");
        assert!(said.contains("the body did not arrive within 0.4 s"), "{path}: {said}");
    }
}

#[tokio::test]
async fn a_server_full_of_slow_senders_answers_others_when_their_time_is_over() {
    let server = start(short()).await;
    let mut slow = Vec::new();
    for _ in 0..short().most {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /ready HTTP/1.1\r\nHost: ").await.unwrap();
        slow.push(stream);
    }
    let begun = Instant::now();
    let ready = timeout(PATIENCE, server.send(Request::get("/ready"))).await.expect("an answer");
    assert_eq!(ready.status, 200);
    assert!(begun.elapsed() >= short().header_time / 2, "all places were taken");
    drop(slow);
}

#[tokio::test]
async fn beyond_the_most_connections_a_client_waits_until_one_ends() {
    let limits = ConnectionLimits { most: 2, ..ConnectionLimits::default() };
    let server = start(limits).await;
    let mut idle = Vec::new();
    for _ in 0..limits.most {
        let mut stream = TcpStream::connect(server.address).await.unwrap();
        stream.write_all(b"GET /ready HTTP/1.1\r\nHost: localhost\r\n\r\n").await.unwrap();
        // The answer shows that the connection is taken, and it stays open.
        let mut answer = [0; 12];
        stream.read_exact(&mut answer).await.unwrap();
        assert_eq!(&answer, b"HTTP/1.1 200");
        idle.push(stream);
    }
    let early = timeout(Duration::from_millis(500), server.send(Request::get("/ready"))).await;
    assert!(early.is_err(), "one connection more than allowed was answered");
    idle.pop();
    let ready = timeout(PATIENCE, server.send(Request::get("/ready"))).await.expect("an answer");
    assert_eq!(ready.status, 200);
}
