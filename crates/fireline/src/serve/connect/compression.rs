//! Gzip of bodies, with a limit on what a small body may swell to.

use std::io::Write;

use axum::http::{HeaderMap, HeaderValue, header};
use bytes::Bytes;
use flate2::Compression;
use flate2::write::GzEncoder;
use profile_codec::GzipError;

use super::code::Code;
use super::error::CallError;
use crate::serve::error_text::error_text;

/// Bodies above this are (de)compressed on a thread that may block.
/// Unit: bytes; gzip runs at some tens of bytes a microsecond, so this is a fraction of a millisecond.
const BLOCKING_FROM_BYTES: usize = 16 * 1024;

/// How many bytes a byte of deflate becomes at most.
pub(super) const DEFLATE_RATIO: usize = 1_032;

/// Whether a body says that it is compressed.
pub(super) fn is_encoded(headers: &HeaderMap) -> bool {
    let encoding = headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes);
    !matches!(encoding, None | Some(b"" | b"identity"))
}

/// The body of a request without its `Content-Encoding`.
///
/// Errors: an encoding other than gzip (unimplemented), bytes that are not gzip (invalid argument),
/// more than `limit_bytes` after decompression (resource exhausted).
pub(crate) async fn decompress(
    headers: &HeaderMap,
    body: Bytes,
    limit_bytes: usize,
) -> Result<Bytes, CallError> {
    match headers.get(header::CONTENT_ENCODING).map(HeaderValue::as_bytes) {
        None | Some(b"" | b"identity") => Ok(body),
        Some(b"gzip") if body.is_empty() => Ok(body),
        Some(b"gzip") if body.len() < BLOCKING_FROM_BYTES => gunzip(&body, limit_bytes),
        Some(b"gzip") => {
            let gunzip = tokio::task::spawn_blocking(move || gunzip(&body, limit_bytes));
            gunzip.await.map_err(|error| CallError::new(Code::Internal, error.to_string()))?
        }
        Some(other) => Err(CallError::new(
            Code::Unimplemented,
            format!(
                "unknown compression {:?}: supported encodings are gzip and identity",
                String::from_utf8_lossy(other)
            ),
        )),
    }
}

fn gunzip(body: &[u8], limit_bytes: usize) -> Result<Bytes, CallError> {
    match profile_codec::gunzip(body, limit_bytes) {
        Ok(plain) => Ok(plain.into()),
        Err(GzipError::TooLarge { limit }) => Err(too_large(limit)),
        Err(error) => {
            let why = error_text(&error);
            let text = format!("decompress gzip body of {} bytes: {why}", body.len());
            Err(CallError::invalid_argument(text))
        }
    }
}

/// The error for a message over the limit.
pub(crate) fn too_large(limit_bytes: usize) -> CallError {
    CallError::new(
        Code::ResourceExhausted,
        format!("message size is larger than the configured maximum of {limit_bytes} bytes"),
    )
}

/// Whether the client asked for gzip: named in `Accept-Encoding`, and not with weight 0.
pub(crate) fn client_takes_gzip(headers: &HeaderMap) -> bool {
    headers
        .get_all(header::ACCEPT_ENCODING)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .any(|element| {
            let (name, parameters) = element.split_once(';').unwrap_or((element, ""));
            let weight = parameters.trim().strip_prefix("q=").map(str::trim);
            name.trim().eq_ignore_ascii_case("gzip")
                && weight.is_none_or(|weight| weight.parse() != Ok(0.0))
        })
}

/// The gzip of `body`.
pub(crate) async fn compress(body: Vec<u8>) -> Result<Vec<u8>, CallError> {
    if body.len() < BLOCKING_FROM_BYTES {
        return gzip(&body);
    }
    let gzip = tokio::task::spawn_blocking(move || gzip(&body));
    gzip.await.map_err(|error| CallError::new(Code::Internal, error.to_string()))?
}

fn gzip(body: &[u8]) -> Result<Vec<u8>, CallError> {
    let mut encoder = GzEncoder::new(Vec::with_capacity(body.len() / 4), Compression::fast());
    let written = encoder.write_all(body).and_then(|()| encoder.finish());
    written.map_err(|error| CallError::new(Code::Internal, format!("compress answer: {error}")))
}
