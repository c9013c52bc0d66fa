//! Takes in an answer: unpacks gzip while it arrives, and stops at the limit.

use std::io::{self, Write};

use bytes::Bytes;
use flate2::write::MultiGzDecoder;
use http_body_util::BodyExt;
use hyper::body::Incoming;
use query::SourceErrorKind;

use crate::fault::{Fault, Repeat};

/// The most that is reserved before anything has arrived, whatever the server announces.
const RESERVED_AT_MOST: u64 = 4 * 1024 * 1024;

/// An answer taken in.
#[derive(Debug)]
pub(crate) struct Body {
    /// The answer, unpacked.
    pub(crate) bytes: Bytes,
    /// How much of it crossed the network.
    pub(crate) wire_bytes: u64,
}

/// Takes in the answer to `what`. Cost: memory for `limit` bytes at most, whatever is sent.
///
/// Errors: cut off, longer than `limit` after unpacking, not the gzip that it claims to be.
pub(crate) async fn read(
    what: &str,
    encoding: &str,
    mut incoming: Incoming,
    limit: u64,
) -> Result<Body, Fault> {
    let announced = hyper::body::Body::size_hint(&incoming).lower();
    let mut sink = match encoding {
        "" | "identity" => {
            let reserved = announced.min(limit).min(RESERVED_AT_MOST);
            Sink::Plain(Limited::new(limit, usize::try_from(reserved).unwrap_or(0)))
        }
        "gzip" => Sink::Gzip(Box::new(MultiGzDecoder::new(Limited::new(limit, 0)))),
        other => {
            let message = format!("{what}: the answer is packed with {other:?}, expected gzip");
            return Err(Fault::nonsense(message));
        }
    };
    let mut wire_bytes = 0_u64;
    while let Some(frame) = incoming.frame().await {
        let frame = frame.map_err(|error| Fault::cut_off(what, wire_bytes, &error))?;
        let Ok(chunk) = frame.into_data() else { continue };
        wire_bytes = wire_bytes.saturating_add(chunk.len() as u64);
        // What unpacks to nothing must end as well.
        if wire_bytes > limit {
            return Err(too_long(what, limit, wire_bytes, false));
        }
        sink.write(&chunk).map_err(|error| sink.fault(what, limit, wire_bytes, &error))?;
    }
    let is_empty = wire_bytes == 0;
    let bytes = sink.finish(is_empty).map_err(|problem| match problem {
        Unfinished::CutOff => Fault::new(
            SourceErrorKind::InvalidResponse,
            Repeat::Once,
            format!("{what}: the answer was cut off after {wire_bytes} bytes: its gzip has no end"),
        ),
        Unfinished::TooLong => too_long(what, limit, wire_bytes, true),
    })?;
    Ok(Body { bytes: bytes.into(), wire_bytes })
}

/// Takes in the beginning of an answer that is only looked at, as far as it comes.
pub(crate) async fn read_beginning(
    encoding: &str,
    mut incoming: Incoming,
    limit: usize,
) -> Vec<u8> {
    let mut wire = Vec::new();
    while wire.len() < limit {
        let Some(Ok(frame)) = incoming.frame().await else { break };
        if let Ok(chunk) = frame.into_data() {
            wire.extend_from_slice(&chunk);
        }
    }
    wire.truncate(limit);
    if encoding != "gzip" {
        return wire;
    }
    let mut decoder = MultiGzDecoder::new(Limited::new(limit as u64, 0));
    // What could be unpacked is enough to say what it is.
    let _ = decoder.write_all(&wire);
    std::mem::take(&mut decoder.get_mut().bytes)
}

enum Sink {
    Plain(Limited),
    Gzip(Box<MultiGzDecoder<Limited>>),
}

enum Unfinished {
    CutOff,
    TooLong,
}

impl Sink {
    fn write(&mut self, chunk: &[u8]) -> io::Result<()> {
        match self {
            Self::Plain(limited) => limited.write_all(chunk),
            Self::Gzip(decoder) => decoder.write_all(chunk),
        }
    }

    fn fault(&self, what: &str, limit: u64, wire_bytes: u64, error: &io::Error) -> Fault {
        match self {
            Self::Plain(_) => too_long(what, limit, wire_bytes, false),
            Self::Gzip(decoder) if decoder.get_ref().is_full => {
                too_long(what, limit, wire_bytes, true)
            }
            Self::Gzip(_) => Fault::nonsense(format!(
                "{what}: the answer is not the gzip it claims to be: {error}"
            )),
        }
    }

    fn finish(self, is_empty: bool) -> Result<Vec<u8>, Unfinished> {
        match self {
            Self::Plain(limited) => Ok(limited.bytes),
            Self::Gzip(_) if is_empty => Ok(Vec::new()),
            Self::Gzip(mut decoder) => match decoder.try_finish() {
                Ok(()) => Ok(std::mem::take(&mut decoder.get_mut().bytes)),
                Err(_) if decoder.get_ref().is_full => Err(Unfinished::TooLong),
                Err(_) => Err(Unfinished::CutOff),
            },
        }
    }
}

fn too_long(what: &str, limit: u64, wire_bytes: u64, packed: bool) -> Fault {
    let how = if packed {
        format!(" after decompression ({wire_bytes} bytes had arrived)")
    } else {
        String::new()
    };
    let message = format!("{what}: the answer is longer than the limit of {limit} bytes{how}");
    Fault::new(SourceErrorKind::ResourceExhausted, Repeat::Never, message)
}

/// Bytes that refuse to grow beyond a limit.
struct Limited {
    bytes: Vec<u8>,
    limit: u64,
    is_full: bool,
}

impl Limited {
    fn new(limit: u64, reserved: usize) -> Self {
        Self { bytes: Vec::with_capacity(reserved), limit, is_full: false }
    }
}

impl Write for Limited {
    fn write(&mut self, chunk: &[u8]) -> io::Result<usize> {
        if self.bytes.len() as u64 + chunk.len() as u64 > self.limit {
            self.is_full = true;
            return Err(io::Error::other("the limit is reached"));
        }
        self.bytes.extend_from_slice(chunk);
        Ok(chunk.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
