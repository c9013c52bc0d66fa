//! A real Prometheus on loopback, which scrapes a program of the tests' own.

use std::io::{BufRead, BufReader, Write};
use std::net::{TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

/// What the program exposes: histograms and a counter whose exemplars name their trace in many ways,
/// as OpenMetrics.
const METRICS: &str = r#"# TYPE camel histogram
camel_bucket{le="0.1"} 1 # {traceID="0af7651916cd43dd8448eb211c80319c"} 0.05
camel_bucket{le="+Inf"} 2 # {traceID="b7ad6b7169203331b7ad6b7169203331"} 0.7
camel_count 2
camel_sum 0.75
# TYPE snake histogram
snake_bucket{le="+Inf"} 1 # {trace_id="0af7651916cd43dd8448eb211c80319c",span_id="b7ad6b7169203331"} 0.2
snake_count 1
snake_sum 0.2
# TYPE pascal histogram
pascal_bucket{le="+Inf"} 1 # {TraceID="0AF7651916CD43DD8448EB211C80319C",SpanID="B7AD6B7169203331"} 0.2
pascal_count 1
pascal_sum 0.2
# TYPE zeros_lost histogram
zeros_lost_bucket{le="+Inf"} 1 # {trace_id="af7651916cd43dd8448eb211c80319c",spanId="7ad6b7169203331"} 0.2
zeros_lost_count 1
zeros_lost_sum 0.2
# TYPE torn histogram
torn_bucket{le="+Inf"} 1 # {trace_id="0af7651916cd43dd8448eb211c80319c",traceId="1af7651916cd43dd8448eb211c80319c"} 0.2
torn_count 1
torn_sum 0.2
# TYPE requests counter
requests_total 7 # {traceID="0af7651916cd43dd8448eb211c80319c"} 1
# EOF
"#;

/// A Prometheus with a folder of its own, until it is dropped.
pub(crate) struct PrometheusServer {
    pub(crate) url: String,
    process: Child,
    /// Its data.
    _folder: tempfile::TempDir,
}

impl PrometheusServer {
    /// Starts one that has scraped at least once. None: it is not installed; then it is said that
    /// `test` was skipped, or with `CI=true` the test fails.
    pub(crate) fn start(test: &str, arguments: &[&str]) -> Option<Self> {
        let Some(program) = find() else {
            assert!(
                std::env::var("CI").as_deref() != Ok("true"),
                "CI=true, and there is no Prometheus"
            );
            // Past the test runner's capture, where `cargo xtask test` reads it.
            let message = format!("SKIPPED {test}: there is no Prometheus (\"prometheus\")\n");
            let _ = std::io::stderr().write_all(message.as_bytes());
            return None;
        };
        let folder = tempfile::tempdir().unwrap();
        let target = expose();
        let config = format!(
            "global:\n  scrape_interval: 1s\n  scrape_timeout: 1s\nscrape_configs:\n  - job_name: shop\n    static_configs:\n      - targets: ['{target}']\n"
        );
        let config_file = folder.path().join("prometheus.yml");
        std::fs::write(&config_file, config).unwrap();
        let address = free_address();
        let process = Command::new(program)
            .arg(format!("--config.file={}", config_file.display()))
            .arg(format!("--storage.tsdb.path={}", folder.path().join("data").display()))
            .arg(format!("--web.listen-address={address}"))
            .arg("--log.level=error")
            .args(arguments)
            .stdout(Stdio::null())
            .stderr(Stdio::null())
            .spawn()
            .unwrap();
        let server = Self { url: format!("http://{address}"), process, _folder: folder };
        server.wait_for_a_scrape(&address);
        Some(server)
    }

    fn wait_for_a_scrape(&self, address: &str) {
        let deadline = Instant::now() + Duration::from_secs(60);
        let has_scraped = || {
            let mut stream = TcpStream::connect(address).ok()?;
            let request = "GET /api/v1/query?query=requests_total HTTP/1.0\r\nAccept-Encoding: identity\r\n\r\n";
            stream.write_all(request.as_bytes()).ok()?;
            let answer = std::io::read_to_string(stream).ok()?;
            answer.contains("\"requests_total\"").then_some(())
        };
        while has_scraped().is_none() {
            assert!(Instant::now() < deadline, "Prometheus scraped nothing within a minute");
            std::thread::sleep(Duration::from_millis(100));
        }
    }
}

impl Drop for PrometheusServer {
    fn drop(&mut self) {
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn find() -> Option<PathBuf> {
    if std::env::var_os("FIRELINE_WITHOUT_PROMETHEUS").is_some() {
        return None;
    }
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path).map(|folder| folder.join("prometheus")).find(|file| file.is_file())
}

/// A free port; somebody else may take it first, which no test has yet met.
fn free_address() -> String {
    TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().to_string()
}

/// The program that is scraped: its address.
fn expose() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap().to_string();
    std::thread::spawn(move || {
        for stream in listener.incoming().flatten() {
            answer(stream);
        }
    });
    address
}

fn answer(mut stream: TcpStream) {
    let mut lines = BufReader::new(&stream).lines();
    while lines.next().is_some_and(|line| line.is_ok_and(|line| !line.is_empty())) {}
    let head = format!(
        "HTTP/1.1 200 OK\r\nContent-Type: application/openmetrics-text; version=1.0.0; charset=utf-8\r\nContent-Length: {}\r\nConnection: close\r\n\r\n",
        METRICS.len()
    );
    let _ = stream.write_all(head.as_bytes());
    let _ = stream.write_all(METRICS.as_bytes());
}
