//! Takes in an answer: unpacks gzip while it arrives, and stops at the limit.

use bytes::Bytes;
use http_body_util::BodyExt;
use hyper::HeaderMap;
use hyper::body::Incoming;
use profile_codec::{Gunzip, GzipError};
use query::SourceErrorKind;

use crate::fault::{Fault, Repeat};

/// The most that is reserved before anything has arrived, whatever the server announces.
const RESERVED_AT_MOST: u64 = 4 * 1024 * 1024;

/// An answer taken in.
#[derive(Debug)]
pub struct Body {
    /// The answer, unpacked.
    pub bytes: Bytes,
    /// How much of it crossed the network.
    pub wire_bytes: u64,
    /// The headers of the answer.
    pub headers: HeaderMap,
}

/// Takes in the answer to `what`: unpacked, and how much of it crossed the network. Cost: memory for `limit` bytes at most, whatever is sent.
///
/// Errors: cut off, longer than `limit` after unpacking, not the gzip that it claims to be.
pub(crate) async fn read(
    what: &str,
    encoding: &str,
    mut incoming: Incoming,
    limit: u64,
) -> Result<(Bytes, u64), Fault> {
    let announced = hyper::body::Body::size_hint(&incoming).lower();
    let most = usize::try_from(limit).unwrap_or(usize::MAX);
    let mut sink = match encoding {
        "" | "identity" => {
            let reserved = announced.min(limit).min(RESERVED_AT_MOST);
            Sink::Plain(Vec::with_capacity(usize::try_from(reserved).unwrap_or(0)))
        }
        "gzip" => Sink::Gzip(Box::new(Gunzip::new(most))),
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
            return Err(too_long(what, limit, ""));
        }
        match &mut sink {
            Sink::Plain(bytes) => bytes.extend_from_slice(&chunk),
            Sink::Gzip(stream) => {
                stream.write(&chunk).map_err(|error| no_gzip(what, wire_bytes, error))?;
            }
        }
    }
    let bytes = match sink {
        Sink::Plain(bytes) => bytes,
        Sink::Gzip(_) if wire_bytes == 0 => Vec::new(),
        Sink::Gzip(stream) => stream.finish().map_err(|error| no_gzip(what, wire_bytes, error))?,
    };
    Ok((bytes.into(), wire_bytes))
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
    let mut stream = Gunzip::new(limit);
    // What could be unpacked is enough to say what it is.
    let _ = stream.write(&wire);
    stream.so_far()
}

enum Sink {
    Plain(Vec<u8>),
    Gzip(Box<Gunzip>),
}

fn no_gzip(what: &str, wire_bytes: u64, error: GzipError) -> Fault {
    match error {
        GzipError::TooLarge { limit } => {
            let after = format!(" after decompression ({wire_bytes} bytes had arrived)");
            too_long(what, limit as u64, &after)
        }
        GzipError::CutOff => Fault::new(
            SourceErrorKind::InvalidResponse,
            Repeat::Once,
            format!("{what}: the answer was cut off after {wire_bytes} bytes: its gzip has no end"),
        ),
        GzipError::Damaged(error) => {
            Fault::nonsense(format!("{what}: the answer is not the gzip it claims to be: {error}"))
        }
        other => Fault::nonsense(format!("{what}: {other}")),
    }
}

fn too_long(what: &str, limit: u64, after: &str) -> Fault {
    let message = format!("{what}: the answer is longer than the limit of {limit} bytes{after}");
    Fault::new(SourceErrorKind::ResourceExhausted, Repeat::Never, message)
}
