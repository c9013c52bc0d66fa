//! Every way in which a server can fail, and what the client says of it.

use std::io::Write;
use std::time::Duration;

use fake_server::{FakeServer, Reply};
use flate2::Compression;
use flate2::write::GzEncoder;
use pyroscope_client::{ClientConfig, PyroscopeClient};
use query::SourceErrorKind::{self, *};
use query::{ProfileSource, SourceError};
use upstream_http::{Authentication, RequestHeaders};

use crate::client_of::{ClientOf, quick_config};
use crate::goldens::checkout_tree;
use crate::recording::recording;

const PASSWORD: &str = "hunter2-and-more";

/// One row: what happens, what kind of failure that is, and what its message says.
struct Row {
    name: &'static str,
    reply: Reply,
    kind: SourceErrorKind,
    says: &'static [&'static str],
}

fn row(
    name: &'static str,
    reply: Reply,
    kind: SourceErrorKind,
    says: &'static [&'static str],
) -> Row {
    Row { name, reply, kind, says }
}

fn raw(text: &str) -> Reply {
    Reply::Raw(text.as_bytes().to_vec())
}

fn html(status: u16, title: &str) -> Reply {
    let page = format!(
        "<!DOCTYPE html>\n<html><head><title>{title}</title></head><body><p>Hi</p></body></html>"
    );
    Reply::answer(status, "text/html; charset=utf-8", page)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn gzipped(body: Vec<u8>) -> Reply {
    Reply::proto(body).with_header("Content-Encoding", "gzip")
}

fn rows() -> Vec<Row> {
    let packed = gzip(&vec![b'x'; 1000]);
    let half = packed[..packed.len() / 2].to_vec();
    vec![
        row(
            "no tenant",
            recording("129-tenant-none").reply,
            Unauthenticated,
            &["401", "no org id"],
        ),
        row(
            "bad tenant",
            recording("133-tenant-invalid").reply,
            Unauthenticated,
            &["tenant ID 'sh/op' contains unsupported character"],
        ),
        row(
            "a gateway wants credentials",
            Reply::answer(401, "text/plain", "Authorization Required"),
            Unauthenticated,
            &["401 Unauthorized", "\"Authorization Required\""],
        ),
        row(
            "a gateway says why",
            Reply::answer(
                401,
                "application/json",
                "{\"status\":\"error\",\"error\":\"bad token\"}",
            ),
            Unauthenticated,
            &["401 Unauthorized, which says \"bad token\""],
        ),
        row("a proxy wants credentials", html(407, "Proxy"), Unauthenticated, &["407"]),
        row(
            "not allowed",
            Reply::error(403, "permission_denied", "scope profiles:read is missing"),
            PermissionDenied,
            &["403 permission_denied", "profiles:read"],
        ),
        row("not allowed by a gateway", html(403, "Forbidden"), PermissionDenied, &["HTML page"]),
        row(
            "no such call",
            recording("122-error-unknown-rpc").reply,
            NotFound,
            &["404 Not Found", "\"404 page not found\""],
        ),
        row("no such method", recording("121-error-method").reply, NotFound, &["405"]),
        row("no such type", recording("120-error-content-type").reply, NotFound, &["415"]),
        row(
            "a page instead of an answer",
            html(200, "Grafana"),
            NotFound,
            &["text/html instead of application/proto", "HTML page that begins \"Grafana\""],
        ),
        row(
            "JSON instead of protobuf",
            Reply::answer(200, "application/json", "{\"status\":\"ok\"}"),
            NotFound,
            &["application/json instead of application/proto", "status"],
        ),
        row(
            "login page",
            Reply::answer(302, "text/html", "").with_header(
                "Location",
                "https://user:hunter2-and-more@sso.example.com/login?token=abcdef",
            ),
            Unauthenticated,
            &["302 redirect to what looks like a login page", "https://sso.example.com/login\""],
        ),
        row(
            "other address",
            Reply::answer(301, "text/html", "").with_header("Location", "https://p.example.com/x"),
            NotFound,
            &["301 redirect to another address: \"https://p.example.com/x\""],
        ),
        row(
            "bad selector",
            recording("110-error-selector-unclosed").reply,
            InvalidRequest,
            &["400 invalid_argument", "parsing label selector"],
        ),
        row(
            "bad header",
            recording("127-error-accept-header").reply,
            InvalidRequest,
            &["400", "Invalid header format"],
        ),
        row(
            "a mistake in the request that the server blames on itself",
            Reply::error(500, "unknown", "rpc error: code = Unknown desc = invalid span id length"),
            InvalidRequest,
            &["500 unknown: invalid span id length"],
        ),
        row(
            "a component does not know it",
            recording("071-select-series-exemplars-span").reply,
            Unimplemented,
            &["exemplar type span is not implemented"],
        ),
        row(
            "not known",
            Reply::error(501, "unimplemented", "heatmaps need v2"),
            Unimplemented,
            &["501"],
        ),
        row(
            "a limit",
            Reply::error(429, "resource_exhausted", "limit of 10/second reached"),
            ResourceExhausted,
            &["429 resource_exhausted", "limit of 10/second reached"],
        ),
        row("a limit of a gateway", html(429, "Slow down"), ResourceExhausted, &["Slow down"]),
        row("failure", Reply::error(500, "internal", "block gone"), Internal, &["block gone"]),
        row("bad gateway", html(502, "502 Bad Gateway"), Unavailable, &["502 Bad Gateway"]),
        row(
            "not ready",
            Reply::error(503, "unavailable", "the ring is empty"),
            Unavailable,
            &["503 unavailable: the ring is empty"],
        ),
        row("gateway timeout", html(504, "504"), DeadlineExceeded, &["504 Gateway Timeout"]),
        row(
            "timeout of an older server",
            Reply::error(408, "deadline_exceeded", "context deadline exceeded"),
            DeadlineExceeded,
            &["408 deadline_exceeded"],
        ),
        row("silence", Reply::Silence, DeadlineExceeded, &["no whole answer within 0.3 s"]),
        row("hang-up", Reply::Close, Unavailable, &["closed before an answer came"]),
        row("not HTTP", raw("SSH-2.0-OpenSSH_9.6\r\n"), InvalidResponse, &["does not speak HTTP"]),
        row(
            "cut off",
            raw(
                "HTTP/1.1 200 OK\r\nContent-Type: application/proto\r\nContent-Length: 99\r\n\r\nabc",
            ),
            InvalidResponse,
            &["cut off after 3 bytes"],
        ),
        row(
            "cut off between chunks",
            raw(
                "HTTP/1.1 200 OK\r\nContent-Type: application/proto\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nabc\r\n",
            ),
            InvalidResponse,
            &["cut off after 3 bytes"],
        ),
        row("gzip cut off", gzipped(half), InvalidResponse, &["its gzip has no end"]),
        row(
            "gzip that goes on and holds nothing",
            // Each is a whole gzip file of nothing.
            gzipped(gzip(b"").repeat(6000)),
            ResourceExhausted,
            &["longer than the limit of 100000 bytes"],
        ),
        row(
            "not gzip",
            gzipped(b"plain text after all".to_vec()),
            InvalidResponse,
            &["not the gzip it claims"],
        ),
        row(
            "gzip bomb",
            gzipped(gzip(&vec![0; 4 * 1024 * 1024])),
            ResourceExhausted,
            &["longer than the limit of 100000 bytes after decompression"],
        ),
        row(
            "too long",
            Reply::proto(vec![0; 100_001]),
            ResourceExhausted,
            &["longer than the limit of 100000 bytes"],
        ),
        row(
            "unknown packing",
            Reply::proto("x").with_header("Content-Encoding", "br"),
            InvalidResponse,
            &["packed with \"br\", expected gzip"],
        ),
        row(
            "not the message",
            Reply::proto("\u{7}"),
            InvalidResponse,
            &["not the message expected"],
        ),
        row(
            "a tree that ends early",
            // Field 2, three bytes: an unnamed root with one child that does not come.
            Reply::proto(vec![0x12, 3, 0, 0, 1]),
            InvalidResponse,
            &["reading the tree"],
        ),
        row(
            "a page that repeats the password",
            Reply::answer(403, "text/plain", format!("user me:{PASSWORD} may not")),
            PermissionDenied,
            &["user me:[secret] may not"],
        ),
    ]
}

async fn failure(config: &ClientConfig) -> SourceError {
    let client = PyroscopeClient::new(config).expect("a usable configuration");
    client.tree(&checkout_tree()).await.expect_err("nothing but failures")
}

#[tokio::test]
async fn every_fault_has_its_kind_and_its_words() {
    for Row { name, reply, kind, says } in rows() {
        let server = FakeServer::start(move |_| reply.clone()).await;
        let mut config = server.config();
        let password = PASSWORD.into();
        config.http.authentication = Authentication::Basic { user: "me".to_owned(), password };
        config.http.max_response_bytes = 100_000;
        config.http.timeouts.request = Some(Duration::from_millis(300));
        if name != "silence" {
            config.http.timeouts.request = Some(Duration::from_secs(10));
        }
        let error = failure(&config).await;
        assert_eq!(error.kind, kind, "{name}: {error}");
        for words in says {
            assert!(error.message.contains(words), "{name}: {error:?} does not say {words:?}");
        }
        assert!(error.message.contains("SelectMergeStacktraces"), "{name}: {error}");
        for secret in [PASSWORD, "token=", "Basic"] {
            assert!(!error.message.contains(secret), "{name}: {error} tells {secret:?}");
        }
    }
}

#[tokio::test]
async fn a_users_token_is_not_told_either() {
    let server = FakeServer::start(|request| {
        let token = request.header("authorization").unwrap_or_default();
        let cookie = request.header("cookie").unwrap_or_default();
        Reply::error(403, "permission_denied", &format!("{token} and {cookie} may not"))
    })
    .await;
    let mut config = server.config();
    config.http.forwarding.oauth_identity = true;
    config.http.forwarding.cookies = vec!["session".to_owned()];
    let mut headers = RequestHeaders::new();
    headers.append("Authorization", "Bearer of-the-user").unwrap();
    headers.append("Cookie", "session=12345678").unwrap();
    let client = PyroscopeClient::new(&config).unwrap().with_headers(&headers);
    let error = client.tree(&checkout_tree()).await.expect_err("nothing but failures");
    let says = "SelectMergeStacktraces: 403 permission_denied: [secret] and [secret] may not";
    assert_eq!(error.message, says);
}

/// Whether a message tells a beginning of a text, of four bytes or more.
fn tells_a_beginning(message: &str, secret: &str) -> bool {
    message.contains(&secret[..4])
}

#[tokio::test]
async fn a_gateway_page_that_repeats_credentials_across_the_cut_tells_no_part_of_them() {
    for (password, page_type) in [
        ("hunter2-and-more", "text/html"),
        ("hunter2-and-more", "application/json"),
        ("quote\"and\\more", "application/json"),
        ("quote\"and<more>", "text/html"),
        ("quote\"and\\more", "text/plain"),
    ] {
        for before in (100..=160).chain([65_400, 65_500, 65_520, 65_530]) {
            let server = FakeServer::start(move |request| {
                let authorization = request.header("authorization").unwrap_or_default();
                // Tags and spaces are not shown, so the end of what is read can be shown too.
                let (shown, hidden) = (before % 200, before - before % 200);
                let filler = format!("{}{}", "x".repeat(shown), " ".repeat(hidden));
                let says = format!("{filler}Authorization: {authorization} {password} may not");
                let page = match page_type {
                    "application/json" => serde_json::json!({"error": says}).to_string(),
                    _ => says,
                };
                Reply::answer(403, page_type, page)
            })
            .await;
            let mut config = server.config();
            config.http.authentication =
                Authentication::Basic { user: "me".to_owned(), password: password.into() };
            let error = failure(&config).await;
            let encoded = server.requests()[0].header("authorization").unwrap().to_owned();
            let encoded = encoded.trim_start_matches("Basic ");
            for secret in [password, encoded] {
                assert!(!tells_a_beginning(&error.message, secret), "{before}: {error}");
            }
        }
    }
}

#[tokio::test]
async fn a_redirect_that_repeats_credentials_across_the_cut_tells_no_part_of_them() {
    for before in 130..160 {
        let server = FakeServer::start(move |_| {
            let location = format!("https://a/{}/{PASSWORD}", "x".repeat(before - 10));
            Reply::answer(302, "text/html", "").with_header("Location", &location)
        })
        .await;
        let mut config = server.config();
        let password = PASSWORD.into();
        config.http.authentication = Authentication::Basic { user: "me".to_owned(), password };
        let error = failure(&config).await;
        assert!(!tells_a_beginning(&error.message, PASSWORD), "{before}: {error}");
    }
}

#[tokio::test]
async fn a_server_that_is_down_is_named() {
    let server = FakeServer::start(|_| Reply::Close).await;
    let config = server.config();
    let address = server.address.to_string();
    drop(server);
    tokio::time::sleep(Duration::from_millis(20)).await;
    let error = failure(&config).await;
    assert_eq!(error.kind, Unavailable);
    assert_eq!(error.message, format!("connecting to {address} failed: connection refused"));
}

#[tokio::test]
async fn a_host_without_address_is_named() {
    let error = failure(&quick_config("http://pyroscope.invalid:4040")).await;
    assert_eq!(error.kind, Unavailable);
    assert_eq!(error.message, "no address was found for host \"pyroscope.invalid\"");
}

#[tokio::test]
async fn an_address_that_swallows_packets_runs_into_the_dial_timeout() {
    // A listener whose queue is full answers no further connection.
    let socket = tokio::net::TcpSocket::new_v4().unwrap();
    socket.bind("127.0.0.1:0".parse().unwrap()).unwrap();
    let listener = socket.listen(1).unwrap();
    let address = listener.local_addr().unwrap();
    let connect = || tokio::net::TcpStream::connect(address);
    let _first = connect().await.unwrap();
    let _second = connect().await.unwrap();
    let mut config = quick_config(format!("http://{address}"));
    config.http.timeouts.dial = Some(Duration::from_millis(100));
    config.http.retries.max = 0;
    let error = failure(&config).await;
    assert_eq!(error.kind, Unavailable);
    assert_eq!(error.message, format!("connecting to {address} took too long"));
}
