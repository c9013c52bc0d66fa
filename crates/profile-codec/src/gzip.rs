//! Gzip, with a bound on what comes out.

use std::borrow::Cow;
use std::io::{Read, Write};

use flate2::Compression;
use flate2::read::MultiGzDecoder;
use flate2::write::GzEncoder;

/// Why gzip bytes cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GzipError {
    /// The bytes are damaged.
    #[error("cannot decompress the gzip stream")]
    Damaged(#[source] std::io::Error),
    /// They hold more than the caller wants to have in memory.
    #[error("the gzip stream holds more than {limit} bytes")]
    TooLarge {
        /// The most that was allowed.
        limit: usize,
    },
}

/// The bytes themselves, or what they hold if they begin like gzip.
pub(crate) fn decompress(bytes: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, GzipError> {
    if !bytes.starts_with(&[0x1f, 0x8b]) {
        return Ok(Cow::Borrowed(bytes));
    }
    let mut decompressed = Vec::new();
    // One byte more than allowed tells "just fits" from "too large".
    let most = u64::try_from(limit).unwrap_or(u64::MAX).saturating_add(1);
    MultiGzDecoder::new(bytes)
        .take(most)
        .read_to_end(&mut decompressed)
        .map_err(GzipError::Damaged)?;
    if decompressed.len() > limit {
        return Err(GzipError::TooLarge { limit });
    }
    Ok(Cow::Owned(decompressed))
}

/// The bytes as one gzip member without name and time, so that equal input gives equal output.
pub(crate) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail")
}
