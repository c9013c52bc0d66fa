//! Gzip, with a bound on what comes out.

use std::borrow::Cow;
use std::io::{self, Write};

use flate2::Compression;
use flate2::write::{GzEncoder, MultiGzDecoder};

/// Why gzip bytes cannot be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum GzipError {
    /// The bytes are damaged.
    #[error("cannot decompress the gzip stream")]
    Damaged(#[source] io::Error),
    /// They end before the stream does.
    #[error("the gzip stream is cut off, expected its checksum at the end")]
    CutOff,
    /// They hold more than the caller wants to have in memory.
    #[error("the gzip stream holds more than {limit} bytes")]
    TooLarge {
        /// The most that was allowed.
        limit: usize,
    },
}

/// Decompresses a gzip stream that arrives in pieces, up to a limit.
///
/// Cost: memory for what came out, never for more than the limit.
#[derive(Debug)]
pub struct Gunzip {
    decoder: MultiGzDecoder<Bounded>,
    has_begun: bool,
}

impl Gunzip {
    /// Before the first byte of a stream that may hold up to `limit` bytes.
    pub fn new(limit: usize) -> Self {
        let bounded = Bounded { bytes: Vec::new(), limit, is_full: false };
        Self { decoder: MultiGzDecoder::new(bounded), has_begun: false }
    }

    /// Takes the next piece. After an error nothing more can be taken.
    pub fn write(&mut self, piece: &[u8]) -> Result<(), GzipError> {
        self.has_begun |= !piece.is_empty();
        self.decoder.write_all(piece).map_err(|error| self.why(error))
    }

    /// All that the stream held. A stream of no bytes at all is cut off.
    pub fn finish(mut self) -> Result<Vec<u8>, GzipError> {
        if !self.has_begun {
            return Err(GzipError::CutOff);
        }
        match self.decoder.try_finish() {
            Ok(()) => Ok(self.so_far()),
            Err(_) if self.decoder.get_ref().is_full => Err(self.too_large()),
            Err(_) => Err(GzipError::CutOff),
        }
    }

    /// What came out until now, whether or not the stream is whole.
    pub fn so_far(mut self) -> Vec<u8> {
        std::mem::take(&mut self.decoder.get_mut().bytes)
    }

    fn why(&self, error: io::Error) -> GzipError {
        if self.decoder.get_ref().is_full { self.too_large() } else { GzipError::Damaged(error) }
    }

    fn too_large(&self) -> GzipError {
        GzipError::TooLarge { limit: self.decoder.get_ref().limit }
    }
}

/// What a whole gzip stream holds, at most `limit` bytes.
pub fn gunzip(bytes: &[u8], limit: usize) -> Result<Vec<u8>, GzipError> {
    let mut stream = Gunzip::new(limit);
    stream.write(bytes)?;
    stream.finish()
}

/// The bytes themselves, or what they hold if they begin like gzip.
pub(crate) fn decompress(bytes: &[u8], limit: usize) -> Result<Cow<'_, [u8]>, GzipError> {
    if bytes.starts_with(&[0x1f, 0x8b]) {
        gunzip(bytes, limit).map(Cow::Owned)
    } else {
        Ok(Cow::Borrowed(bytes))
    }
}

/// The bytes as one gzip member without name and time, so that equal input gives equal output.
pub(crate) fn compress(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder
        .write_all(bytes)
        .and_then(|()| encoder.finish())
        .expect("writing to memory does not fail")
}

/// Bytes that refuse to grow beyond a limit.
#[derive(Debug)]
struct Bounded {
    bytes: Vec<u8>,
    limit: usize,
    is_full: bool,
}

impl Write for Bounded {
    fn write(&mut self, piece: &[u8]) -> io::Result<usize> {
        if piece.len() > self.limit - self.bytes.len() {
            self.is_full = true;
            return Err(io::Error::other("the limit is reached"));
        }
        self.bytes.extend_from_slice(piece);
        Ok(piece.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
