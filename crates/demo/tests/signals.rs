//! The signals of the program carry one identity: what a metric's exemplar names is a trace of the same service,
//! its root span says under which id the profiler files it, and its log lines name both.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Child, Command};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

/// Takes spans, log lines and profiles alike, and remembers the first two.
struct Receiver {
    address: String,
    received: Arc<Mutex<Received>>,
}

#[derive(Default)]
struct Received {
    spans: Vec<Value>,
    streams: Vec<Value>,
}

impl Receiver {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
        let address = listener.local_addr().expect("an address").to_string();
        let received = Arc::new(Mutex::new(Received::default()));
        let shared = Arc::clone(&received);
        std::thread::spawn(move || {
            for mut connection in listener.incoming().flatten() {
                let received = Arc::clone(&shared);
                std::thread::spawn(move || take(&mut connection, &received));
            }
        });
        Self { address, received }
    }

    fn spans(&self) -> Vec<Value> {
        self.received.lock().expect("no one panicked").spans.clone()
    }

    fn streams(&self) -> Vec<Value> {
        self.received.lock().expect("no one panicked").streams.clone()
    }
}

fn take(connection: &mut TcpStream, received: &Mutex<Received>) {
    let _ = connection.set_read_timeout(Some(Duration::from_secs(5)));
    let mut bytes = Vec::new();
    let mut piece = [0; 4096];
    let (head, length) = loop {
        match connection.read(&mut piece) {
            Ok(count @ 1..) => bytes.extend_from_slice(&piece[..count]),
            _ => return,
        }
        if let Some(end) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            let head = String::from_utf8_lossy(&bytes[..end]).to_ascii_lowercase();
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length.and_then(|length| length.trim().parse().ok()).unwrap_or(0);
            bytes.drain(..end + 4);
            break (head, length);
        }
    };
    while bytes.len() < length {
        match connection.read(&mut piece) {
            Ok(count @ 1..) => bytes.extend_from_slice(&piece[..count]),
            _ => return,
        }
    }
    let body = serde_json::from_slice(&bytes).unwrap_or_default();
    let mut received = received.lock().expect("no one panicked");
    match body {
        Value::Array(spans) if head.starts_with("post /api/v2/spans ") => {
            received.spans.extend(spans);
        }
        Value::Object(push) if head.starts_with("post /loki/api/v1/push ") => {
            received.streams.extend(push["streams"].as_array().cloned().unwrap_or_default());
        }
        _ => {}
    }
    drop(received);
    let _ = write!(
        connection,
        "HTTP/1.1 202 Accepted\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
    );
}

/// Ends the program, however the test ends.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(receiver: &Receiver, folder: &Path) -> Running {
    let url = format!("http://{}", receiver.address);
    let mut program = Command::new(env!("CARGO_BIN_EXE_fireline-demo"));
    program.args(["--service", "checkout", "--seconds", "60", "--server", &url]);
    program.args(["--zipkin", &url, "--loki", &url]);
    Running(program.arg("--scrape-targets").arg(folder).spawn().expect("it starts"))
}

fn wait_for<T>(what: &str, mut look: impl FnMut() -> Option<T>) -> T {
    let started = Instant::now();
    while started.elapsed() < Duration::from_secs(20) {
        if let Some(found) = look() {
            return found;
        }
        std::thread::sleep(Duration::from_millis(100));
    }
    panic!("no {what} within 20 s");
}

fn scrape(address: &str) -> Option<String> {
    let mut connection = TcpStream::connect(address).ok()?;
    write!(connection, "GET /metrics HTTP/1.1\r\nHost: {address}\r\n\r\n").ok()?;
    let mut answer = String::new();
    connection.read_to_string(&mut answer).ok()?;
    let (head, text) = answer.split_once("\r\n\r\n")?;
    assert!(head.contains("application/openmetrics-text"), "{head}");
    Some(text.to_owned())
}

/// Removed at the end.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

#[test]
fn an_exemplar_names_a_trace_whose_root_span_names_its_profile() {
    let folder = Folder(std::env::temp_dir().join(format!("fireline-demo-{}", std::process::id())));
    let receiver = Receiver::start();
    let _running = start(&receiver, &folder.0);

    let targets =
        wait_for("scrape target", || std::fs::read_to_string(folder.0.join("checkout.json")).ok());
    let targets: Value = serde_json::from_str(&targets).expect("targets are JSON");
    assert_eq!(targets[0]["labels"]["job"], "checkout");
    let address = targets[0]["targets"][0].as_str().expect("an address");

    let (trace_id, text) = wait_for("exemplar", || {
        let text = scrape(address)?;
        let id = text.split_once("# {traceID=\"")?.1.split_once('"')?.0.to_owned();
        Some((id, text))
    });
    assert!(text.contains("service_name=\"checkout\",service_namespace=\"shop\""), "{text}");
    let spans = wait_for("span of that trace", || {
        let spans = receiver.spans();
        let of_trace = |span: &&Value| span["traceId"] == trace_id.as_str();
        let spans: Vec<Value> = spans.iter().filter(of_trace).cloned().collect();
        (!spans.is_empty()).then_some(spans)
    });
    let roots: Vec<&Value> = spans.iter().filter(|span| span["parentId"].is_null()).collect();
    let [root] = roots[..] else { panic!("{spans:?}") };
    assert_eq!(root["localEndpoint"]["serviceName"], "checkout");
    assert_eq!(root["tags"]["service.name"], "checkout");
    assert_eq!(root["tags"]["service.namespace"], "shop");
    assert_eq!(root["tags"]["pyroscope.profile.id"], root["id"]);
    let below: BTreeMap<&str, &Value> = spans
        .iter()
        .filter(|span| span["parentId"] == root["id"])
        .filter_map(|span| Some((span["name"].as_str()?, span)))
        .collect();
    assert!(below.contains_key("reserve_stock"), "{spans:?}");

    let lines = wait_for("log lines of that trace", || {
        let streams = receiver.streams();
        let is_of_trace = |stream: &&Value| stream.to_string().contains(&trace_id);
        let stream = streams.iter().find(is_of_trace)?;
        assert_eq!(stream["stream"], json!({"service_name": "checkout"}));
        stream["values"].as_array().cloned()
    });
    assert_eq!(lines.len(), spans.len(), "one for each span: {lines:?}");
    let last = lines.last().expect("there is one");
    let ends = format!("traceID={trace_id} spanID={}", root["id"].as_str().expect("an id"));
    assert!(last[1].as_str().expect("a line").ends_with(&ends), "{last}");
    let nanos: Vec<&str> = lines.iter().filter_map(|line| line[0].as_str()).collect();
    assert!(nanos.is_sorted() && nanos.iter().all(|nanos| nanos.len() == 19), "{nanos:?}");
}
