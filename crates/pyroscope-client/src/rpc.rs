//! The calls of the querier, and their messages.

use bytes::Bytes;
use prost::Message;
use pyroscope_api::DAMAGED_DAYS;
use query::SourceNotice;
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
    /// What stands beside the message.
    pub(crate) notices: Vec<SourceNotice>,
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
    let Body { bytes, wire_bytes, headers } = body;
    let days = headers.get(DAMAGED_DAYS).and_then(|days| days.to_str().ok()).unwrap_or_default();
    let notices: Vec<SourceNotice> = damaged_days(days).into_iter().collect();
    let is_short = bytes.len() <= DECODED_IN_PLACE;
    let work = move || make(decode::<R>(name, bytes)?);
    let message = if is_short {
        work()?
    } else {
        let joined = tokio::task::spawn_blocking(work).await;
        joined.map_err(|_| Fault::nonsense(format!("{name}: decoding the answer failed")))??
    };
    Ok(Answer { message, wire_bytes, notices })
}

/// More days than this are not named: a header is no place for a long list.
const DAYS_TOLD: usize = 400;

/// The days that Fireline's own store names as damaged. None: none, or nothing that is a day.
fn damaged_days(text: &str) -> Option<SourceNotice> {
    let is_day = |day: &&str| {
        let mut bytes = day.bytes().enumerate();
        day.len() == 10
            && bytes.all(|(at, byte)| match at {
                4 | 7 => byte == b'-',
                _ => byte.is_ascii_digit(),
            })
    };
    let days = text.split(',').map(str::trim).filter(is_day).take(DAYS_TOLD);
    let days: Vec<String> = days.map(str::to_owned).collect();
    (!days.is_empty()).then_some(SourceNotice::DamagedDays { days })
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
