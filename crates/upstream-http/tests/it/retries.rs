//! What is asked again, how often, and how long is waited before.

use std::time::{Duration, Instant};

use fake_server::{FakeServer, Reply};
use query::SourceErrorKind;

use crate::asking::{ask, config_of};

/// How often a question is asked that always gets this answer.
async fn attempts(reply: Reply) -> usize {
    let server = FakeServer::start(move |_| reply.clone()).await;
    ask(&config_of(&server)).await.expect_err("nothing but failures");
    server.requests().len()
}

#[tokio::test]
async fn passing_faults_are_asked_again_at_most_twice() {
    assert_eq!(attempts(Reply::answer(503, "text/plain", "")).await, 3);
    assert_eq!(attempts(Reply::answer(429, "text/plain", "")).await, 3);
    assert_eq!(attempts(Reply::Close).await, 3);
    assert_eq!(attempts(Reply::answer(500, "text/plain", "")).await, 2);
    assert_eq!(attempts(Reply::answer(404, "text/plain", "")).await, 1);
}

#[tokio::test]
async fn no_repeats_when_none_are_wanted() {
    let server = FakeServer::start(|_| Reply::answer(503, "text/plain", "")).await;
    let mut config = config_of(&server);
    config.retries.max = 0;
    ask(&config).await.expect_err("nothing but failures");
    assert_eq!(server.requests().len(), 1);
}

#[tokio::test]
async fn a_wait_that_the_server_wishes_is_kept_unless_time_runs_out() {
    let reply = Reply::answer(429, "text/plain", "").with_header("Retry-After", "1");
    let server = FakeServer::start(move |_| reply.clone()).await;
    let mut config = config_of(&server);
    config.retries.max = 1;
    let began = Instant::now();
    ask(&config).await.expect_err("nothing but failures");
    assert!(began.elapsed() >= Duration::from_secs(1));
    assert_eq!(server.requests().len(), 2);

    config.timeouts.request = Some(Duration::from_millis(500));
    let began = Instant::now();
    let error = ask(&config).await.expect_err("nothing but failures");
    assert!(began.elapsed() < Duration::from_millis(500));
    assert_eq!(error.kind, SourceErrorKind::ResourceExhausted);
    assert_eq!(server.requests().len(), 3);
}

#[tokio::test]
async fn repeats_share_the_time_of_the_request() {
    let server = FakeServer::start(|_| Reply::Silence).await;
    let mut config = config_of(&server);
    config.timeouts.request = Some(Duration::from_millis(100));
    let began = Instant::now();
    ask(&config).await.expect_err("no answer");
    assert!(began.elapsed() < Duration::from_secs(2));
    assert_eq!(server.requests().len(), 1);
}
