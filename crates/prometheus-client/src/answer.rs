//! What surrounds every answer.

use bytes::Bytes;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use upstream_http::Fault;

/// Answers longer than this are decoded beside the threads that wait for the network.
/// Unit: bytes.
const DECODED_IN_PLACE: usize = 64 * 1024;

/// An answer, with what the server says besides.
#[derive(Debug, Clone, PartialEq, Deserialize)]
pub struct Answer<T> {
    /// What was asked for.
    pub data: T,
    /// What is wrong with the answer, such as that a part of the data is missing.
    #[serde(default = "Vec::new")]
    pub warnings: Vec<String>,
    /// What may be wrong with the question.
    #[serde(default = "Vec::new")]
    pub infos: Vec<String>,
}

/// Reads the answer to `what`.
pub(crate) async fn read<T>(what: &'static str, bytes: Bytes) -> Result<Answer<T>, Fault>
where
    T: DeserializeOwned + Send + 'static,
{
    let is_short = bytes.len() <= DECODED_IN_PLACE;
    let decode = move || {
        serde_json::from_slice(&bytes).map_err(|error| {
            let length = bytes.len();
            Fault::nonsense(format!(
                "{what}: the answer of {length} bytes is not the JSON expected: {error}"
            ))
        })
    };
    if is_short {
        return decode();
    }
    let joined = tokio::task::spawn_blocking(decode).await;
    joined.map_err(|_| Fault::nonsense(format!("{what}: decoding the answer failed")))?
}
