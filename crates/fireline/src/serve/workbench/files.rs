//! Files of the bundle and of the page, as Grafana serves a plugin's files.

use std::io;
use std::path::{Component, Path, PathBuf};
use std::time::SystemTime;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Response, StatusCode, header};

/// Answers with the file at `path` below `root`.
///
/// `path` is what follows the root in the address, already decoded. Nothing outside of `root` is ever
/// read: not through `..`, not through an absolute path, not through a symbolic link.
/// A client that has the file in its present state gets 304.
pub(crate) async fn serve_file(root: &Path, path: &str, request: &HeaderMap) -> Response<Body> {
    match read(root, path).await {
        Ok(file) => file.into_response(request),
        Err(error) if is_absence(&error) => text(StatusCode::NOT_FOUND, "no such file\n"),
        Err(error) => {
            tracing::error!(root = %root.display(), path, %error, "cannot read a file");
            text(StatusCode::INTERNAL_SERVER_ERROR, "cannot read this file, see the server's log\n")
        }
    }
}

fn is_absence(error: &io::Error) -> bool {
    use io::ErrorKind::{InvalidInput, IsADirectory, NotADirectory, NotFound};
    matches!(error.kind(), NotFound | NotADirectory | IsADirectory | InvalidInput)
}

/// A short answer in plain text.
pub(crate) fn text(status: StatusCode, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() = status;
    let plain = HeaderValue::from_static("text/plain; charset=utf-8");
    response.headers_mut().insert(header::CONTENT_TYPE, plain);
    response
}

#[derive(Debug)]
struct File {
    body: Vec<u8>,
    media_type: &'static str,
    modified: Option<SystemTime>,
}

async fn read(root: &Path, path: &str) -> io::Result<File> {
    let relative = relative_path(path).ok_or(io::ErrorKind::NotFound)?;
    let root = tokio::fs::canonicalize(root).await?;
    let path = tokio::fs::canonicalize(root.join(relative)).await?;
    if !path.starts_with(&root) {
        return Err(io::ErrorKind::NotFound.into());
    }
    let metadata = tokio::fs::metadata(&path).await?;
    if !metadata.is_file() {
        return Err(io::ErrorKind::NotFound.into());
    }
    let body = tokio::fs::read(&path).await?;
    Ok(File { body, media_type: media_type(&path), modified: metadata.modified().ok() })
}

/// The path of a file below some root. None: it is empty, or could lead elsewhere.
fn relative_path(path: &str) -> Option<PathBuf> {
    if path.is_empty() || path.contains(['\\', '\0', ':']) {
        return None;
    }
    let path = Path::new(path);
    let is_plain = path.components().all(|component| matches!(component, Component::Normal(_)));
    is_plain.then(|| path.to_owned())
}

impl File {
    fn into_response(self, request: &HeaderMap) -> Response<Body> {
        // HTTP dates have no fractions of a second.
        let modified = self.modified.map(httpdate::fmt_http_date);
        let known = request.get(header::IF_MODIFIED_SINCE).and_then(|value| value.to_str().ok());
        let is_unchanged = modified.is_some() && known == modified.as_deref();

        let mut response = if is_unchanged {
            let mut response = Response::new(Body::empty());
            *response.status_mut() = StatusCode::NOT_MODIFIED;
            response
        } else {
            Response::new(Body::from(self.body))
        };
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(self.media_type));
        // As Grafana does in development: a bundle that was built anew is used at the next reload.
        let caching = HeaderValue::from_static("max-age=0, must-revalidate, no-cache");
        headers.insert(header::CACHE_CONTROL, caching);
        if let Some(modified) = modified.and_then(|date| HeaderValue::try_from(date).ok()) {
            headers.insert(header::LAST_MODIFIED, modified);
        }
        response
    }
}

fn media_type(path: &Path) -> &'static str {
    match path.extension().and_then(|extension| extension.to_str()).unwrap_or_default() {
        "html" => "text/html; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "css" => "text/css; charset=utf-8",
        "json" | "map" => "application/json",
        "wasm" => "application/wasm",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "ico" => "image/x-icon",
        "woff" => "font/woff",
        "woff2" => "font/woff2",
        "ttf" => "font/ttf",
        "txt" | "md" => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_plain_paths_are_taken() {
        for path in ["module.js", "img/logo.svg", "a/./b.js", "a//b.js"] {
            assert!(relative_path(path).is_some(), "{path}");
        }
        for path in
            ["", "../secret", "a/../../secret", "/etc/passwd", "a\\..\\b", "c:/x", "a\0b", ".."]
        {
            assert!(relative_path(path).is_none(), "{path:?}");
        }
    }

    #[test]
    fn wasm_has_the_type_that_browsers_stream() {
        assert_eq!(media_type(Path::new("x/fireline_bg.4f2a.wasm")), "application/wasm");
        assert_eq!(media_type(Path::new("gpx_fireline_linux_amd64")), "application/octet-stream");
    }

    #[tokio::test]
    async fn a_link_out_of_the_root_is_not_followed() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path().join("root");
        std::fs::create_dir(&root).unwrap();
        std::fs::write(root.join("inside.txt"), "inside").unwrap();
        std::fs::write(folder.path().join("outside.txt"), "outside").unwrap();
        #[cfg(unix)]
        std::os::unix::fs::symlink(folder.path().join("outside.txt"), root.join("link.txt"))
            .unwrap();
        assert_eq!(read(&root, "inside.txt").await.unwrap().body, b"inside");
        let none = HeaderMap::new();
        assert_eq!(serve_file(&root, "link.txt", &none).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(serve_file(&root, "", &none).await.status(), StatusCode::NOT_FOUND);
        assert_eq!(serve_file(&root, "absent.js", &none).await.status(), StatusCode::NOT_FOUND);
    }

    #[tokio::test]
    async fn a_file_that_did_not_change_is_not_sent_again() {
        let root = tempfile::tempdir().unwrap();
        std::fs::write(root.path().join("module.js"), "define([])").unwrap();
        let first = serve_file(root.path(), "module.js", &HeaderMap::new()).await;
        assert_eq!(first.status(), StatusCode::OK);
        let mut again = HeaderMap::new();
        again.insert(header::IF_MODIFIED_SINCE, first.headers()[header::LAST_MODIFIED].clone());
        let second = serve_file(root.path(), "module.js", &again).await;
        assert_eq!(second.status(), StatusCode::NOT_MODIFIED);
    }
}
