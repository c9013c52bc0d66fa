//! Exchanges with a real server, from `testdata/pyroscope-exchanges`.

use std::path::{Path, PathBuf};

use fake_server::Reply;

/// One exchange.
#[derive(Debug, Clone)]
pub(crate) struct Recording {
    pub(crate) method: String,
    pub(crate) path: String,
    pub(crate) request: Vec<u8>,
    pub(crate) reply: Reply,
}

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../../testdata/pyroscope-exchanges")
}

/// The exchange whose folder has this name.
pub(crate) fn recording(name: &str) -> Recording {
    let folder = folder().join(name);
    let text = |file: &str| {
        std::fs::read_to_string(folder.join(file)).unwrap_or_else(|e| panic!("{name}/{file}: {e}"))
    };
    // Empty bodies have no file.
    let body = |file: &str| std::fs::read(folder.join(file)).unwrap_or_default();
    let request = text("request.http");
    let mut first = request.split_whitespace();
    let mut next = || first.next().expect("method and path").to_owned();
    let (method, path) = (next(), next());
    let response = text("response.http");
    let status = response.split_whitespace().nth(1).and_then(|status| status.parse().ok());
    let headers = response
        .lines()
        .skip(1)
        .filter_map(|line| line.split_once(':'))
        .map(|(name, value)| (name.trim().to_owned(), value.trim().to_owned()))
        .filter(|(name, _)| !["Content-Length", "Transfer-Encoding"].contains(&name.as_str()))
        .collect();
    let status = status.expect("a status");
    let reply = Reply::Answer { status, headers, body: body("response.bin") };
    Recording { method, path, request: body("request.bin"), reply }
}

/// All exchanges, ascending by name.
pub(crate) fn recordings() -> Vec<Recording> {
    let entries = std::fs::read_dir(folder()).expect("the folder of recordings");
    let mut names: Vec<String> = entries
        .map(|entry| entry.expect("an entry"))
        .filter(|entry| entry.path().is_dir())
        .map(|entry| entry.file_name().into_string().expect("plain names"))
        .collect();
    names.sort();
    names.iter().map(|name| recording(name)).collect()
}
