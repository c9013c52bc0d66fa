//! The calls of the querier, and their messages.

use bytes::Bytes;
use prost::Message;
use upstream_http::{Body, Fault, OnBehalf, Question, Transport};

use crate::connect;

/// Answers longer than this are decoded beside the threads that wait for the network.
/// Unit: bytes.
const DECODED_IN_PLACE: usize = 64 * 1024;

/// The path of a call of the querier.
pub(crate) fn querier_path(name: &str) -> String {
    format!("/querier.v1.QuerierService/{name}")
}

/// A call, as it is asked.
pub(crate) fn question<'a>(what: &'a str, path: &'a str, request: &impl Message) -> Question<'a> {
    let body = Some(request.encode_to_vec().into());
    Question { what, path, body, dialect: &connect::CALL }
}

/// The answer to a call.
#[derive(Debug)]
pub(crate) struct Answer<R> {
    /// The message, or what was made of it.
    pub(crate) message: R,
    /// How much of it crossed the network.
    pub(crate) wire_bytes: u64,
}

/// Calls the querier, and makes of the answer what is wanted.
pub(crate) async fn call<Q, R, T, F>(
    transport: &Transport,
    on_behalf: &OnBehalf,
    name: &'static str,
    request: &Q,
    make: F,
) -> Result<Answer<T>, Fault>
where
    Q: Message,
    R: Message + Default,
    T: Send + 'static,
    F: FnOnce(R) -> Result<T, Fault> + Send + 'static,
{
    let path = querier_path(name);
    let question = question(name, &path, request);
    let body = transport.ask(on_behalf, &question).await?;
    let Body { bytes, wire_bytes } = body;
    let is_short = bytes.len() <= DECODED_IN_PLACE;
    let work = move || make(decode::<R>(name, bytes)?);
    let message = if is_short {
        work()?
    } else {
        let joined = tokio::task::spawn_blocking(work).await;
        joined.map_err(|_| Fault::nonsense(format!("{name}: decoding the answer failed")))??
    };
    Ok(Answer { message, wire_bytes })
}

/// Reads a message.
pub(crate) fn decode<R: Message + Default>(what: &str, bytes: Bytes) -> Result<R, Fault> {
    let length = bytes.len();
    R::decode(bytes).map_err(|error| {
        Fault::nonsense(format!(
            "{what}: the answer of {length} bytes is not the message expected: {error}"
        ))
    })
}
