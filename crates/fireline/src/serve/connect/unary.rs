//! One unary call: from an HTTP request to the message in it, and from the answer back to HTTP.

use std::future::Future;
use std::time::Duration;

use axum::body::Body;
use axum::http::{HeaderMap, HeaderValue, Method, Request, Response, StatusCode, header};
use bytes::Bytes;
use query::SourceNotice;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::beside::Beside;
use super::body::read_plain_body;
use super::code::Code;
use super::compression::{client_takes_gzip, compress};
use super::error::CallError;
use super::media_type::{ACCEPTED, ClientCapabilities, Codec};
use crate::serve::body_budget::BodyShare;

/// Messages above this are decoded and encoded on a thread that may block. Unit: bytes.
const BLOCKING_FROM_BYTES: usize = 64 * 1024;

/// A message that can be read and written in both codecs.
pub(crate) trait Message:
    prost::Message + Default + Serialize + DeserializeOwned + Send + 'static
{
}

impl<T> Message for T where
    T: prost::Message + Default + Serialize + DeserializeOwned + Send + 'static
{
}

/// What a call knows beyond its message.
#[derive(Debug, Clone)]
pub(crate) struct CallContext {
    /// What the client says that it can read.
    pub(crate) capabilities: ClientCapabilities,
    /// What goes beside the message, which has no place for it.
    beside: Beside,
}

impl CallContext {
    /// Tells the client what an answer lacks, where there is a way to tell it.
    pub(crate) fn tell(&self, notices: &[SourceNotice]) {
        self.beside.tell(notices);
    }
}

/// What the body of a call may be.
#[derive(Debug)]
pub(crate) struct BodyRules {
    /// The most bytes, before and after decompression.
    pub(crate) limit_bytes: usize,
    /// Where memory for the body is taken from until the call has ended. None: it is not counted.
    pub(crate) share: Option<BodyShare>,
    /// What else is checked before the body is decoded.
    pub(crate) check: fn(&[u8], Codec) -> Result<(), CallError>,
}

/// Answers one call.
///
/// Order of the checks: method, capabilities, content type, size, compression, codec; then `call`.
/// A call that takes longer than the client's `Connect-Timeout-Ms`, with reading and writing, is
/// dropped.
pub(crate) async fn answer<Req, Res, Fut>(
    request: Request<Body>,
    mut rules: BodyRules,
    call: impl FnOnce(CallContext, Req) -> Fut,
) -> Response<Body>
where
    Req: Message,
    Res: Message,
    Fut: Future<Output = Result<Res, CallError>>,
{
    if request.method() != Method::POST {
        let mut response = empty(StatusCode::METHOD_NOT_ALLOWED);
        response.headers_mut().insert(header::ALLOW, HeaderValue::from_static("POST"));
        return response;
    }
    let capabilities = match ClientCapabilities::read(request.headers()) {
        Ok(capabilities) => capabilities,
        Err(error) => return invalid_accept(&error.to_string()),
    };
    let content_type = request.headers().get(header::CONTENT_TYPE).cloned();
    let (Some(content_type), Some(codec)) = (&content_type, Codec::of(content_type.as_ref()))
    else {
        let mut response = empty(StatusCode::UNSUPPORTED_MEDIA_TYPE);
        response.headers_mut().insert("accept-post", HeaderValue::from_static(ACCEPTED));
        return response;
    };
    let gzip_answer = client_takes_gzip(request.headers());

    let answered = async {
        let timeout = timeout(request.headers())?;
        let beside = Beside::default();
        let whole = async {
            let message = read(request, codec, &mut rules).await?;
            let ctx = CallContext { capabilities, beside: beside.clone() };
            let answer = call(ctx, message).await?;
            let body = write(answer, codec).await?;
            if gzip_answer {
                Ok::<_, CallError>((compress(body).await?, true))
            } else {
                Ok((body, false))
            }
        };
        within(timeout, whole).await.map(|answer| (answer, beside))
    };
    match answered.await {
        Ok(((body, gzipped), beside)) => {
            let mut response = success(body, content_type, gzipped);
            beside.write(response.headers_mut());
            response
        }
        Err(error) => error.into_response(),
    }
}

async fn read<Req: Message>(
    request: Request<Body>,
    codec: Codec,
    rules: &mut BodyRules,
) -> Result<Req, CallError> {
    let (parts, body) = request.into_parts();
    let BodyRules { limit_bytes, ref mut share, check } = *rules;
    let (body, _) = read_plain_body(&parts.headers, body, limit_bytes, share.as_mut()).await?;
    let is_small = body.len() < BLOCKING_FROM_BYTES;
    let decode = move || {
        check(&body, codec)?;
        decode(body, codec)
    };
    if is_small {
        return decode();
    }
    let decoded = tokio::task::spawn_blocking(decode);
    decoded.await.map_err(|error| CallError::new(Code::Internal, error.to_string()))?
}

fn decode<Req: Message>(body: Bytes, codec: Codec) -> Result<Req, CallError> {
    match codec {
        Codec::Proto => Req::decode(body).map_err(|error| error.to_string()),
        Codec::Json if body.is_empty() => Ok(Req::default()),
        Codec::Json => serde_json::from_slice(&body).map_err(|error| error.to_string()),
    }
    .map_err(|error| CallError::invalid_argument(format!("unmarshal message: {error}")))
}

async fn write<Res: Message>(answer: Res, codec: Codec) -> Result<Vec<u8>, CallError> {
    if answer.encoded_len() < BLOCKING_FROM_BYTES {
        return encode(&answer, codec);
    }
    let encoded = tokio::task::spawn_blocking(move || encode(&answer, codec));
    encoded.await.map_err(|error| CallError::new(Code::Internal, error.to_string()))?
}

fn encode<Res: Message>(answer: &Res, codec: Codec) -> Result<Vec<u8>, CallError> {
    match codec {
        Codec::Proto => Ok(answer.encode_to_vec()),
        Codec::Json => serde_json::to_vec(answer)
            .map_err(|error| CallError::new(Code::Internal, format!("write answer: {error}"))),
    }
}

/// How long the client waits: `Connect-Timeout-Ms`, at most ten digits as the protocol says.
fn timeout(headers: &HeaderMap) -> Result<Option<Duration>, CallError> {
    let Some(value) = headers.get("connect-timeout-ms") else { return Ok(None) };
    let text = value.to_str().unwrap_or_default();
    match text.parse::<u64>() {
        Ok(millis) if text.len() <= 10 => Ok(Some(Duration::from_millis(millis))),
        _ => Err(CallError::invalid_argument(format!(
            "connect-timeout-ms {text:?}: expected at most 10 digits"
        ))),
    }
}

async fn within<T>(
    timeout: Option<Duration>,
    call: impl Future<Output = Result<T, CallError>>,
) -> Result<T, CallError> {
    let Some(timeout) = timeout else { return call.await };
    tokio::time::timeout(timeout, call).await.unwrap_or_else(|_| {
        let message = format!("no answer within {} ms", timeout.as_millis());
        Err(CallError::new(Code::DeadlineExceeded, message))
    })
}

fn success(body: Vec<u8>, content_type: &HeaderValue, gzipped: bool) -> Response<Body> {
    let mut response = Response::new(Body::from(body));
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, content_type.clone());
    headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    if gzipped {
        headers.insert(header::CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}

fn empty(status: StatusCode) -> Response<Body> {
    let mut response = Response::new(Body::empty());
    *response.status_mut() = status;
    response
}

/// Pyroscope answers this one in plain text, before the protocol begins.
fn invalid_accept(error: &str) -> Response<Body> {
    let mut response = Response::new(Body::from(format!("invalid Accept header: {error}\n")));
    *response.status_mut() = StatusCode::BAD_REQUEST;
    let headers = response.headers_mut();
    headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    response
}
