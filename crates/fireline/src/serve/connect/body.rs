//! Bodies of requests, with limits on their size and on what all of them hold.

use axum::body::Body;
use axum::http::{HeaderMap, header};
use bytes::{Bytes, BytesMut};
use http_body_util::{BodyExt, LengthLimitError, Limited};

use super::compression::{DEFLATE_RATIO, decompress, is_encoded, too_large};
use super::error::CallError;
use crate::serve::body_budget::{BodyShare, Busy};

/// A share of the budget grows by so much, so that not each packet waits. Unit: bytes.
const SHARE_STEP_BYTES: usize = 1 << 20;

/// Why there is no body.
#[derive(Debug, thiserror::Error)]
pub(crate) enum BodyError {
    /// Other bodies hold what there is.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// It is too large, damaged, or was cut off.
    #[error(transparent)]
    Refused(#[from] CallError),
}

impl From<BodyError> for CallError {
    fn from(error: BodyError) -> Self {
        match error {
            BodyError::Busy(busy) => busy.into(),
            BodyError::Refused(error) => error,
        }
    }
}

/// A whole body without its `Content-Encoding`, with as many bytes as it was read from.
///
/// With a share, memory for it is taken from there before it is used.
/// Errors: more than `limit_bytes` before or after decompression, no share, a connection that broke.
pub(crate) async fn read_plain_body(
    headers: &HeaderMap,
    body: Body,
    limit_bytes: usize,
    mut share: Option<&mut BodyShare>,
) -> Result<(Bytes, usize), BodyError> {
    let body = read_shared(headers, body, limit_bytes, share.as_deref_mut()).await?;
    let read = body.len();
    if let Some(share) = share.filter(|_| is_encoded(headers)) {
        let most = body.len().saturating_mul(DEFLATE_RATIO).min(limit_bytes);
        share.grow_to(body.len().saturating_add(most)).await?;
    }
    Ok((decompress(headers, body, limit_bytes).await?, read))
}

/// A whole body, still compressed. Errors: more than `limit_bytes`, or a connection that broke.
pub(crate) async fn read_body(
    headers: &HeaderMap,
    body: Body,
    limit_bytes: usize,
) -> Result<Bytes, CallError> {
    Ok(read_shared(headers, body, limit_bytes, None).await?)
}

async fn read_shared(
    headers: &HeaderMap,
    body: Body,
    limit_bytes: usize,
    mut share: Option<&mut BodyShare>,
) -> Result<Bytes, BodyError> {
    let announced = headers.get(header::CONTENT_LENGTH).and_then(|value| value.to_str().ok());
    let announced: Option<u64> = announced.and_then(|value| value.parse().ok());
    if announced.is_some_and(|length| length > u64::try_from(limit_bytes).unwrap_or(u64::MAX)) {
        return Err(too_large(limit_bytes).into());
    }
    let announced = announced.and_then(|length| usize::try_from(length).ok());
    let first_step = announced.unwrap_or(SHARE_STEP_BYTES).min(SHARE_STEP_BYTES);
    if let Some(share) = share.as_deref_mut() {
        share.grow_to(first_step).await?;
    }
    let (mut body, mut read) = (Limited::new(body, limit_bytes), BytesMut::new());
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| match error.is::<LengthLimitError>() {
            true => too_large(limit_bytes),
            false => CallError::invalid_argument(format!("read request body: {error}")),
        })?;
        let Ok(data) = frame.into_data() else { continue };
        let length = read.len().saturating_add(data.len());
        if let Some(share) = share.as_deref_mut().filter(|_| length > first_step) {
            share.grow_to(length.next_multiple_of(SHARE_STEP_BYTES)).await?;
        }
        read.extend_from_slice(&data);
    }
    Ok(read.freeze())
}
