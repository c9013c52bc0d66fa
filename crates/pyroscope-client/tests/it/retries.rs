//! What is asked again, how often, and what is not.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use fake_server::{FakeServer, Reply};
use query::ProfileSource;

use crate::client_of::ClientOf;
use crate::goldens::{ROOT, checkout_tree};
use crate::recording::recording;

/// How often a question is asked that always gets this answer.
async fn attempts(reply: Reply) -> usize {
    let server = FakeServer::start(move |_| reply.clone()).await;
    server.client().tree(&checkout_tree()).await.expect_err("nothing but failures");
    server.requests().len()
}

#[tokio::test]
async fn passing_faults_are_asked_again_at_most_twice() {
    assert_eq!(attempts(Reply::error(503, "unavailable", "")).await, 3);
    assert_eq!(attempts(Reply::answer(502, "text/html", "")).await, 3);
    assert_eq!(attempts(Reply::error(429, "resource_exhausted", "10/s")).await, 3);
}

#[tokio::test]
async fn doubtful_faults_are_asked_again_once() {
    assert_eq!(attempts(Reply::error(500, "internal", "block gone")).await, 2);
    assert_eq!(attempts(Reply::error(500, "unknown", "block gone")).await, 2);
    assert_eq!(attempts(Reply::error(504, "deadline_exceeded", "")).await, 2);
}

#[tokio::test]
async fn lasting_faults_are_not_asked_again() {
    for (status, code) in [
        (400, "invalid_argument"),
        (401, "unauthenticated"),
        (403, "permission_denied"),
        (404, "not_found"),
        (501, "unimplemented"),
    ] {
        assert_eq!(attempts(Reply::error(status, code, "no")).await, 1, "{code}");
    }
    let validation = "rpc error: code = Unknown desc = invalid UUID length: 10";
    assert_eq!(attempts(Reply::error(500, "unknown", validation)).await, 1);
    let too_large = "message size 300 is larger than configured max 200";
    assert_eq!(attempts(Reply::error(429, "resource_exhausted", too_large)).await, 1);
}

#[tokio::test]
async fn the_answer_to_a_repeat_counts() {
    let asked = Arc::new(AtomicUsize::new(0));
    let server = FakeServer::start(move |_| match asked.fetch_add(1, Ordering::SeqCst) {
        0 => Reply::error(503, "unavailable", "not yet"),
        1 => Reply::Raw(
            b"HTTP/1.1 200 OK\r\nContent-Type: application/proto\r\nContent-Length: 99\r\n\r\n"
                .to_vec(),
        ),
        _ => recording("021-tree-max-nodes-8192").reply,
    })
    .await;
    let tree = server.client().tree(&checkout_tree()).await;
    // The second fault is asked again once at most, and that was used up by the first.
    assert!(tree.is_err());
    let tree = server.client().tree(&checkout_tree()).await.unwrap().tree;
    assert_eq!(tree.total_value(ROOT), 33_070_000_000);
}
