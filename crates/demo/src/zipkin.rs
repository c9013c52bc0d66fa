//! Sends spans to Zipkin, beside the work.

use std::sync::mpsc::{self, Receiver, SyncSender};
use std::time::{Duration, Instant};

use anyhow::{Context, Result};
use reqwest::Url;
use reqwest::blocking::Client;
use serde_json::Value;

/// So many requests wait to be sent; a Zipkin that is slower than that loses the newest.
const WAITING: usize = 1000;

/// A Zipkin that was started at the same time takes so long until it answers.
const START: Duration = Duration::from_secs(60);

/// Sends the spans of requests to a Zipkin server; says once when that does not work.
pub(crate) fn sender(url: &str) -> Result<SyncSender<Vec<Value>>> {
    let address = Url::parse(url).and_then(|url| url.join("api/v2/spans"));
    let address =
        address.with_context(|| format!("--zipkin {url:?}: expected http://<host>:<port>"))?;
    let client = Client::builder().timeout(Duration::from_secs(5)).build()?;
    let (sender, requests) = mpsc::sync_channel(WAITING);
    std::thread::spawn(move || send_all(&client, &address, &requests));
    Ok(sender)
}

fn send_all(client: &Client, address: &Url, requests: &Receiver<Vec<Value>>) {
    let started = Instant::now();
    let mut has_failed = false;
    while let Ok(mut spans) = requests.recv() {
        spans.extend(requests.try_iter().flatten());
        while let Err(error) = send(client, address, &spans) {
            if started.elapsed() > START {
                if !std::mem::replace(&mut has_failed, true) {
                    eprintln!("spans do not reach Zipkin at {address}: {error:#}");
                }
                break;
            }
            std::thread::sleep(Duration::from_millis(250));
        }
    }
}

fn send(client: &Client, address: &Url, spans: &[Value]) -> Result<()> {
    let body = serde_json::to_vec(spans)?;
    let answer = client.post(address.clone()).header("Content-Type", "application/json").body(body);
    answer.send()?.error_for_status()?;
    Ok(())
}
