//! The page itself, and the headers that keep it to itself.

use std::path::Path;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode, header};

use super::files::{serve_file, text};
use crate::serve::front_door::BasePath;

/// What the page may load, and from where: this server only.
///
/// Panels compile wasm, and Grafana's components write styles into the page.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; \
    script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: blob:; \
    font-src 'self' data:; \
    connect-src 'self'; \
    worker-src 'self' blob:; \
    object-src 'none'; \
    base-uri 'self'; \
    form-action 'self'; \
    frame-ancestors 'none'";

/// What stands in the page for the path below which it is served.
const BASE_ELEMENT: &str = "<base href=\"/\">";

/// The page, or a text that says how to build it.
pub(crate) async fn index(folder: &Path, base_path: &BasePath) -> Response<Body> {
    match tokio::fs::read_to_string(folder.join("index.html")).await {
        Ok(html) => {
            let base = format!("<base href=\"{}/\">", base_path.as_str());
            let mut response = Response::new(Body::from(html.replace(BASE_ELEMENT, &base)));
            let headers = response.headers_mut();
            let html = HeaderValue::from_static("text/html; charset=utf-8");
            headers.insert(header::CONTENT_TYPE, html);
            headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
            response
        }
        Err(error) => {
            let folder = folder.display();
            tracing::info!(%folder, %error, "there is no workbench page to serve");
            let message = format!(
                "Fireline is running, and takes and answers profiles.\n\
                 There is no workbench page in {folder}.\n\
                 Build it with `cargo xtask dist`, or say where it is with --dist <folder>.\n"
            );
            text(StatusCode::NOT_FOUND, message)
        }
    }
}

/// A file of the page; for an address that is no file and that a person opens, the page itself,
/// which then shows what belongs to the address.
pub(crate) async fn file_or_index(
    folder: &Path,
    path: &str,
    request: &HeaderMap,
    base_path: &BasePath,
) -> Response<Body> {
    let response = serve_file(folder, path, request).await;
    let accept = request.get(header::ACCEPT).and_then(|value| value.to_str().ok());
    let is_navigation = accept.is_some_and(|accept| accept.contains("text/html"));
    if response.status() == StatusCode::NOT_FOUND && is_navigation {
        return index(folder, base_path).await;
    }
    response
}

/// Adds the headers that every answer of the workbench has, unless it set its own.
pub(crate) fn protect(headers: &mut HeaderMap) {
    let all: [(HeaderName, &'static str); 4] = [
        (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
        (header::X_FRAME_OPTIONS, "DENY"),
        (header::REFERRER_POLICY, "same-origin"),
    ];
    for (name, value) in all {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
}
