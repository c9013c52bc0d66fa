//! A client that sends exactly the bytes it is given, and a server to send them to.

use std::collections::BTreeMap;
use std::io::Read;
use std::net::SocketAddr;
use std::path::Path;

use clap::Parser;
use fireline::serve::{Clock, ConnectionLimits, ProfileStore, ServeArguments, Server};
use flate2::read::GzDecoder;
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

/// In the middle of the recorded window. Unit: milliseconds since 1970.
pub(crate) const RECORDED_MILLIS: i64 = 1_795_240_290_000;

/// A clock that stands at the recorded window, so that recorded profiles are neither old nor new.
pub(crate) const RECORDED_CLOCK: Clock = || RECORDED_MILLIS;

#[derive(Debug, Parser)]
struct CommandLine {
    #[command(flatten)]
    serve: ServeArguments,
}

/// The arguments of a command line, with a free port and folders below `folder`.
pub(crate) fn arguments(folder: &Path, more: &[&str]) -> ServeArguments {
    let data = folder.join("data").display().to_string();
    let dist = folder.join("dist").display().to_string();
    let fixed = ["fireline", "--data", &data, "--dist", &dist];
    let listen = if more.contains(&"--listen") { &[][..] } else { &["--listen", "127.0.0.1:0"] };
    CommandLine::parse_from(fixed.iter().chain(listen).chain(more)).serve
}

/// A server that runs until it is dropped or stopped.
pub(crate) struct Running {
    pub(crate) address: SocketAddr,
    pub(crate) url: String,
    stop: Option<oneshot::Sender<()>>,
    running: JoinHandle<()>,
}

impl Running {
    pub(crate) async fn start(arguments: &ServeArguments, store: impl ProfileStore) -> Self {
        Self::start_with(arguments, store, ConnectionLimits::default(), RECORDED_CLOCK).await
    }

    pub(crate) async fn start_with(
        arguments: &ServeArguments,
        store: impl ProfileStore,
        limits: ConnectionLimits,
        clock: Clock,
    ) -> Self {
        let server = Server::bind(arguments, store, clock).await.unwrap();
        let server = server.with_limits(limits);
        let (address, url) = (server.address().unwrap(), server.url().to_owned());
        let (stop, stopped) = oneshot::channel::<()>();
        let running = tokio::spawn(async move {
            let stopped = async move {
                let _ = stopped.await;
            };
            server.run(stopped).await;
        });
        Self { address, url, stop: Some(stop), running }
    }

    /// Asks the server to stop and waits until it has.
    pub(crate) async fn stop(mut self) {
        self.stop.take().unwrap().send(()).unwrap();
        self.running.await.unwrap();
    }

    /// Sends a request and reads the whole answer.
    pub(crate) async fn send(&self, request: Request) -> Response {
        request.send(self.address).await
    }
}

/// A request, written as given.
#[derive(Debug, Clone)]
pub(crate) struct Request {
    method: String,
    path: String,
    headers: Vec<(String, String)>,
    body: Vec<u8>,
}

impl Request {
    pub(crate) fn new(method: &str, path: &str) -> Self {
        let (method, path) = (method.to_owned(), path.to_owned());
        Self { method, path, headers: Vec::new(), body: Vec::new() }
    }

    pub(crate) fn get(path: &str) -> Self {
        Self::new("GET", path)
    }

    pub(crate) fn post(path: &str, content_type: &str, body: impl Into<Vec<u8>>) -> Self {
        Self::new("POST", path).header("Content-Type", content_type).body(body)
    }

    /// A call in JSON.
    pub(crate) fn call(call: &str, message: &Value) -> Self {
        Self::post(&format!("/{call}"), "application/json", message.to_string())
    }

    pub(crate) fn header(mut self, name: &str, value: &str) -> Self {
        self.headers.push((name.to_owned(), value.to_owned()));
        self
    }

    pub(crate) fn body(mut self, body: impl Into<Vec<u8>>) -> Self {
        self.body = body.into();
        self
    }

    /// A request as recorded: head in `request.http`, body in `request.bin`.
    ///
    /// Host and length are left out, and made anew when it is sent.
    pub(crate) fn recorded(folder: &Path) -> Self {
        let head = std::fs::read_to_string(folder.join("request.http")).unwrap();
        let mut lines = head.lines();
        let mut first = lines.next().unwrap().split(' ');
        let mut request = Self::new(first.next().unwrap(), first.next().unwrap());
        for line in lines.filter(|line| !line.is_empty()) {
            let (name, value) = line.split_once(':').unwrap();
            let is_made_anew = ["host", "content-length", "transfer-encoding", "connection"]
                .contains(&name.to_ascii_lowercase().as_str());
            if !is_made_anew {
                request = request.header(name, value.trim());
            }
        }
        request.body(std::fs::read(folder.join("request.bin")).unwrap_or_default())
    }

    /// The bytes on the wire.
    pub(crate) fn bytes(&self, address: SocketAddr) -> Vec<u8> {
        let mut head = format!("{} {} HTTP/1.1\r\n", self.method, self.path);
        let has_host = self.headers.iter().any(|(name, _)| name.eq_ignore_ascii_case("host"));
        if !has_host {
            head.push_str(&format!("Host: {address}\r\n"));
        }
        for (name, value) in &self.headers {
            head.push_str(&format!("{name}: {value}\r\n"));
        }
        head.push_str(&format!("Content-Length: {}\r\nConnection: close\r\n\r\n", self.body.len()));
        [head.as_bytes(), &self.body].concat()
    }

    pub(crate) async fn send(&self, address: SocketAddr) -> Response {
        Response::to_bytes(address, &self.bytes(address)).await
    }
}

/// An answer.
#[derive(Debug)]
pub(crate) struct Response {
    pub(crate) status: u16,
    /// Names in lower case.
    pub(crate) headers: BTreeMap<String, String>,
    /// Still compressed where `content-encoding` says so.
    pub(crate) body: Vec<u8>,
}

impl Response {
    /// The answer to bytes on a connection of their own.
    pub(crate) async fn to_bytes(address: SocketAddr, bytes: &[u8]) -> Self {
        let mut stream = TcpStream::connect(address).await.unwrap();
        // A server that answers before it has read everything closes the connection.
        let _ = stream.write_all(bytes).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        Self::parse(&answer)
    }

    /// An answer as recorded: head in `response.http`, body in `response.bin`.
    pub(crate) fn recorded(folder: &Path) -> Self {
        let head = std::fs::read_to_string(folder.join("response.http")).unwrap();
        // The transfer coding was undone when it was recorded.
        let lines = head.trim_end().lines().filter(|line| !line.starts_with("Transfer-Encoding"));
        let head = lines.collect::<Vec<_>>().join("\r\n") + "\r\n\r\n";
        let body = std::fs::read(folder.join("response.bin")).unwrap_or_default();
        Self::parse(&[head.as_bytes(), &body].concat())
    }

    fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("an HTTP head");
        let head = std::str::from_utf8(&bytes[..end]).unwrap();
        let mut lines = head.split("\r\n");
        let status = lines.next().unwrap().split(' ').nth(1).unwrap().parse().unwrap();
        let headers: BTreeMap<String, String> = lines
            .map(|line| {
                let (name, value) = line.split_once(':').unwrap();
                (name.to_ascii_lowercase(), value.trim().to_owned())
            })
            .collect();
        let body = &bytes[end + 4..];
        let is_chunked = headers.get("transfer-encoding").is_some_and(|coding| coding == "chunked");
        let body = if is_chunked { unchunked(body) } else { body.to_vec() };
        Self { status, headers, body }
    }

    pub(crate) fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", String::as_str)
    }

    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.plain_body()).unwrap()
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_slice(&self.plain_body())
            .unwrap_or_else(|error| panic!("{error} in {}", self.text()))
    }

    /// The body without compression.
    pub(crate) fn plain_body(&self) -> Vec<u8> {
        if self.header("content-encoding") != "gzip" {
            return self.body.clone();
        }
        let mut plain = Vec::new();
        GzDecoder::new(&self.body[..]).read_to_end(&mut plain).unwrap();
        plain
    }

    /// The code of an error.
    pub(crate) fn code(&self) -> String {
        self.json()["code"].as_str().unwrap_or_default().to_owned()
    }
}

fn unchunked(mut bytes: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    loop {
        let end = bytes.windows(2).position(|two| two == b"\r\n").expect("a chunk length");
        let length =
            usize::from_str_radix(std::str::from_utf8(&bytes[..end]).unwrap(), 16).unwrap();
        if length == 0 {
            return body;
        }
        body.extend_from_slice(&bytes[end + 2..end + 2 + length]);
        bytes = &bytes[end + 2 + length + 2..];
    }
}
