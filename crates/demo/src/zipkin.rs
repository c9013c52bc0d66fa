//! Sends spans to Zipkin, beside the work.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::sync::mpsc::{self, SyncSender};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, ensure};
use serde_json::Value;

/// So many requests wait to be sent; a Zipkin that is slower than that loses the newest.
const WAITING: usize = 1000;

/// A Zipkin that was started at the same time takes so long until it answers.
const START: Duration = Duration::from_secs(60);

/// Sends what it is given to a Zipkin server; says once when that does not work.
pub(crate) fn sender(url: &str) -> Result<SyncSender<Value>> {
    let address = url.strip_prefix("http://").map(|rest| rest.trim_end_matches('/').to_owned());
    let address = address.filter(|address| !address.contains('/'));
    let address =
        address.with_context(|| format!("--zipkin {url:?}: expected http://<host>:<port>"))?;
    let (sender, spans) = mpsc::sync_channel::<Value>(WAITING);
    std::thread::spawn(move || {
        wait_for(&address);
        let mut has_failed = false;
        for spans in spans {
            if let Err(error) = send(&address, &spans)
                && !std::mem::replace(&mut has_failed, true)
            {
                eprintln!("spans do not reach Zipkin at {address}: {error:#}");
            }
        }
    });
    Ok(sender)
}

fn wait_for(address: &str) {
    let started = Instant::now();
    while TcpStream::connect(address).is_err() && started.elapsed() < START {
        std::thread::sleep(Duration::from_millis(250));
    }
}

fn send(address: &str, spans: &Value) -> Result<()> {
    let body = spans.to_string();
    let mut connection = TcpStream::connect(address)?;
    connection.set_read_timeout(Some(Duration::from_secs(5)))?;
    write!(
        connection,
        "POST /api/v2/spans HTTP/1.1\r\nHost: {address}\r\nContent-Type: application/json\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{body}",
        body.len()
    )?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer)?;
    let status = answer.lines().next().unwrap_or_default();
    ensure!(status.contains(" 202") || status.contains(" 200"), "it answers {status:?}");
    Ok(())
}
