//! Who goes away, is gone for the server too.

use std::sync::Arc;
use std::time::Duration;

use fake_server::{FakeServer, Reply};
use upstream_http::Transport;

use crate::asking::{ask, ask_again, config_of};

async fn until(mut is_so: impl FnMut() -> bool) -> bool {
    for _ in 0..200 {
        if is_so() {
            return true;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    false
}

#[tokio::test]
async fn dropping_the_question_closes_the_connection() {
    let server = FakeServer::start(|_| Reply::Silence).await;
    let config = config_of(&server);
    let asking = tokio::spawn(async move { ask(&config).await });
    assert!(until(|| server.requests().len() == 1).await, "the question never came");
    assert_eq!(server.hung_up(), 0);
    asking.abort();
    assert!(until(|| server.hung_up() == 1).await, "the connection stayed open");
}

#[tokio::test]
async fn no_more_requests_at_once_than_allowed() {
    let server = FakeServer::start(|_| Reply::Silence).await;
    let mut config = config_of(&server);
    config.connections.max_per_host = Some(2);
    config.timeouts.request = Some(Duration::from_millis(400));
    let transport = Arc::new(Transport::new(&config).unwrap());
    let ask = || {
        let transport = Arc::clone(&transport);
        tokio::spawn(async move { ask_again(&transport).await })
    };
    let asking = [ask(), ask(), ask(), ask()];
    tokio::time::sleep(Duration::from_millis(200)).await;
    assert_eq!(server.requests().len(), 2);
    for one in asking {
        one.await.unwrap().expect_err("no answer");
    }
}
