//! Sends what a request leaves behind to a server that takes it by `POST` in JSON, beside the work.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use reqwest::Url;
use reqwest::blocking::Client;
use serde_json::{Value, json};

/// So many requests wait to be sent; a server that is slower than that loses the newest.
const WAITING: usize = 1000;

/// A server that was started at the same time takes so long until it answers.
const START: Duration = Duration::from_secs(60);

/// A kind of server that takes what requests leave behind.
pub(crate) struct Taker {
    name: &'static str,
    /// By which its address is given.
    option: &'static str,
    path: &'static str,
    /// What of several requests, as one body.
    body: fn(Vec<Value>) -> Value,
}

/// Takes spans.
pub(crate) const ZIPKIN: Taker =
    Taker { name: "Zipkin", option: "--zipkin", path: "api/v2/spans", body: Value::Array };

/// Takes streams of log lines.
pub(crate) const LOKI: Taker = Taker {
    name: "Loki",
    option: "--loki",
    path: "loki/api/v1/push",
    body: |streams| json!({"streams": streams}),
};

/// Requests that wait to be sent.
pub(crate) struct Outbox(SyncSender<Vec<Value>>);

impl Outbox {
    /// Sends to a server from now on; says once when that does not work.
    ///
    /// Errors: the address is none.
    pub(crate) fn open(taker: &'static Taker, url: &str) -> Result<Self> {
        let address = Url::parse(url)
            .and_then(|url| url.join(taker.path))
            .with_context(|| format!("{} {url:?}: expected http://<host>:<port>", taker.option))?;
        let client = Client::builder().timeout(Duration::from_secs(5)).build()?;
        let (sender, requests) = mpsc::sync_channel(WAITING);
        std::thread::spawn(move || send_all(taker, &client, &address, &requests));
        Ok(Self(sender))
    }

    /// Sends what one request left behind. Where too many wait it is lost: requests do not wait for that.
    pub(crate) fn put(&self, items: Vec<Value>) {
        let _ = self.0.try_send(items);
    }
}

fn send_all(taker: &Taker, client: &Client, address: &Url, requests: &Receiver<Vec<Value>>) {
    let started = Instant::now();
    let mut has_failed = false;
    while let Ok(mut items) = requests.recv() {
        items.extend(requests.try_iter().flatten());
        let body = (taker.body)(items);
        while let Err(error) = send(client, address, &body) {
            if started.elapsed() > START {
                if !std::mem::replace(&mut has_failed, true) {
                    eprintln!("nothing reaches {} at {address}: {error:#}", taker.name);
                }
                break;
            }
            std::thread::sleep(Duration::from_millis(250));
        }
    }
}

fn send(client: &Client, address: &Url, body: &Value) -> Result<()> {
    let body = serde_json::to_vec(body)?;
    let answer = client.post(address.clone()).header("Content-Type", "application/json").body(body);
    answer.send()?.error_for_status()?;
    Ok(())
}
