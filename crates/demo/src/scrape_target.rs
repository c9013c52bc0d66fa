//! Where a metrics server reads this service's metrics: a port, and a file that names it.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpListener, TcpStream};
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use anyhow::{Context, Result};
use serde_json::json;

use crate::latency::Latency;

/// Answers scrapes on a free port, and writes a file into the folder that tells Prometheus of it
/// (`file_sd_configs`). Only this machine reaches the port, unless there is a name for others.
pub(crate) fn serve(
    folder: &Path,
    host: Option<&str>,
    service: &str,
    latency: Arc<Mutex<Latency>>,
) -> Result<()> {
    let interface = if host.is_some() { Ipv4Addr::UNSPECIFIED } else { Ipv4Addr::LOCALHOST };
    let listener = TcpListener::bind((interface, 0)).context("listening for scrapes")?;
    let port = listener.local_addr()?.port();
    let target = format!("{}:{port}", host.unwrap_or("127.0.0.1"));
    let targets = json!([{"targets": [target], "labels": {"job": service}}]);
    std::fs::create_dir_all(folder)?;
    let file = folder.join(format!("{service}.json"));
    let unfinished = folder.join(format!("{service}.unfinished"));
    std::fs::write(&unfinished, targets.to_string())?;
    std::fs::rename(&unfinished, &file).with_context(|| format!("writing {}", file.display()))?;
    std::thread::spawn(move || {
        for scrape in listener.incoming().flatten() {
            let text = latency.lock().unwrap_or_else(PoisonError::into_inner).open_metrics();
            // A metrics server that goes away in between asks again.
            let _ = answer(scrape, &text);
        }
    });
    Ok(())
}

fn answer(mut scrape: TcpStream, text: &str) -> std::io::Result<()> {
    scrape.set_read_timeout(Some(Duration::from_secs(2)))?;
    let mut asked = Vec::new();
    let mut piece = [0; 1024];
    while !asked.windows(4).any(|end| end == b"\r\n\r\n") && asked.len() < 16_384 {
        match scrape.read(&mut piece)? {
            0 => break,
            length => asked.extend_from_slice(&piece[..length]),
        }
    }
    write!(
        scrape,
        "HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\n\
         Content-Length: {}\r\nConnection: close\r\n\r\n{text}",
        text.len()
    )
}
