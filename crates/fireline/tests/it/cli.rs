//! The program itself: what it prints, and how it starts and stops.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use crate::http::Request;

fn fireline(folder: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_fireline"));
    command.args(["serve", "--no-workbench", "--data"]).arg(folder).args(arguments);
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// Kills the program when a test fails half-way.
struct Program(Child);

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Starts the program, and reads up to the line that has the address.
fn start(folder: &Path, arguments: &[&str]) -> (Program, String, String) {
    let mut program = Program(fireline(folder, arguments).spawn().unwrap());
    let mut printed = String::new();
    let mut lines = BufReader::new(program.0.stdout.take().unwrap());
    while !printed.contains("http://") {
        assert!(lines.read_line(&mut printed).unwrap() > 0, "ended after {printed:?}");
    }
    let url = printed[printed.find("http://").unwrap()..].split_whitespace().next().unwrap();
    let url = url.to_owned();
    (program, printed, url)
}

fn address(url: &str) -> std::net::SocketAddr {
    url.trim_start_matches("http://").parse().unwrap()
}

#[tokio::test]
async fn a_taken_port_is_said_and_another_one_used() {
    let folder = tempfile::tempdir().unwrap();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let listen = format!("127.0.0.1:{port}");
    let (_program, printed, url) = start(folder.path(), &["--listen", &listen]);
    assert!(printed.contains(&format!("port {port} is taken")), "{printed}");
    assert!(!url.ends_with(&port), "{printed}");
    assert_eq!(Request::get("/ready").send(address(&url)).await.text(), "ready");
}

#[cfg(unix)]
#[tokio::test]
async fn a_signal_stops_the_program_and_keeps_what_was_pushed() {
    let folder = tempfile::tempdir().unwrap();
    for (signal, services) in [("TERM", "[]"), ("INT", "checkout")] {
        let (mut program, _, url) = start(folder.path(), &["--listen", "127.0.0.1:0"]);
        let apps = Request::get("/api/apps").send(address(&url)).await.text();
        assert!(apps.contains(services), "{apps}");
        let push = Request::post("/ingest?name=checkout", "text/plain", "main 5");
        assert_eq!(push.send(address(&url)).await.status, 200);

        let id = program.0.id().to_string();
        assert!(Command::new("kill").args(["-s", signal, &id]).status().unwrap().success());
        let deadline = Instant::now() + Duration::from_secs(10);
        let status = loop {
            if let Some(status) = program.0.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < deadline, "still running 10 s after {signal}");
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "{status}");
    }
}

#[tokio::test]
async fn profiles_take_as_much_of_the_disk_as_was_said() {
    let folder = tempfile::tempdir().unwrap();
    let arguments = ["--listen", "127.0.0.1:0", "--max-bytes", "1kB", "--max-age", "1d"];
    let (_program, _, url) = start(folder.path(), &arguments);
    let push = |query: &str| {
        let path = format!("/ingest?name=checkout{query}");
        let request = Request::post(&path, "text/plain", "main 5");
        let address = address(&url);
        async move { request.send(address).await }
    };
    let days_ago_secs = |days: u64| {
        let since_1970 = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH);
        since_1970.unwrap().as_secs() - days * 86_400
    };
    let old = push(&format!("&from={}&until={}", days_ago_secs(3), days_ago_secs(3) + 10)).await;
    assert_eq!(old.status, 422, "{}", old.text());
    assert!(old.text().contains("expected at most 86400 s"), "{}", old.text());
    let mut full = push("").await;
    assert_eq!(full.status, 200, "{}", full.text());
    let deadline = Instant::now() + Duration::from_secs(20);
    while full.status == 200 {
        assert!(Instant::now() < deadline, "nothing is refused");
        tokio::time::sleep(Duration::from_millis(100)).await;
        full = push("").await;
    }
    assert_eq!(full.status, 429, "{}", full.text());
    assert!(full.text().contains("expected at most 1000"), "{}", full.text());
}

#[tokio::test]
async fn what_keeps_it_from_starting_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let (_program, ..) = start(folder.path(), &["--listen", "127.0.0.1:0"]);
    for (arguments, said) in [
        (&["--listen", "127.0.0.1:0"][..], "already open"),
        (&["--listen", "somewhere"], "invalid value 'somewhere' for '--listen"),
        (&["--base-path", "/<b>"], "expected letters, digits"),
        (&["--max-age", "0d"], "expected a duration of at least a minute"),
        (&["--max-bytes", "2 wagons"], "such as 1073741824, 500MB or 2GiB"),
        (&["--workbench-off-loopback"], "cannot be used with '--workbench-off-loopback'"),
        (&["--nonsense"], "unexpected argument '--nonsense'"),
    ] {
        let mut program = Program(fireline(folder.path(), arguments).spawn().unwrap());
        let mut text = String::new();
        program.0.stderr.take().unwrap().read_to_string(&mut text).unwrap();
        assert!(!program.0.wait().unwrap().success());
        assert!(text.contains(said), "{arguments:?}: {text}");
    }
}
