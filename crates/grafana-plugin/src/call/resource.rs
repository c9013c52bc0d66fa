//! HTTP-like calls.

use std::collections::BTreeMap;
use std::fmt;
use std::pin::Pin;

use bytes::Bytes;
use futures::{Stream, TryStreamExt, stream};

use crate::protocol::pluginv2::{CallResourceRequest, StringList};

/// One HTTP-like call below `resources/`.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ResourceRequest {
    /// HTTP method.
    pub method: String,
    /// Path below `resources/`, without leading slash.
    pub path: String,
    /// Path with query string.
    pub url: String,
    /// Headers.
    pub headers: ResourceHeaders,
    /// Body.
    pub body: Bytes,
}

impl ResourceRequest {
    /// What follows the question mark; empty without one.
    pub fn query_string(&self) -> &str {
        let query = self.url.split_once('?').map_or("", |(_, query)| query);
        query.split_once('#').map_or(query, |(query, _)| query)
    }
}

/// Answer to an HTTP-like call.
#[derive(Debug)]
pub struct ResourceResponse {
    /// HTTP status.
    pub status: u16,
    /// Headers.
    pub headers: ResourceHeaders,
    /// Body.
    pub body: Body,
}

impl ResourceResponse {
    /// An answer with a content type.
    pub fn new(status: u16, content_type: &str, body: impl Into<Body>) -> Self {
        let headers = ResourceHeaders::from_iter([("Content-Type", content_type)]);
        Self { status, headers, body: body.into() }
    }

    /// An answer in JSON.
    pub fn json(status: u16, value: &serde_json::Value) -> Self {
        Self::new(status, "application/json", value.to_string())
    }
}

/// Why a body ended before its time.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("the body broke off: {0}")]
pub struct BodyError(pub String);

type BodyStream = Pin<Box<dyn Stream<Item = Result<Bytes, BodyError>> + Send>>;

/// Body of an answer: whole or in parts.
pub struct Body(BodyStream);

impl Body {
    /// A body that is sent part by part as it comes.
    /// Dropped when the caller goes away.
    pub fn stream(parts: impl Stream<Item = Result<Bytes, BodyError>> + Send + 'static) -> Self {
        Self(Box::pin(parts))
    }

    /// The parts.
    pub fn into_stream(self) -> impl Stream<Item = Result<Bytes, BodyError>> + Send + Unpin {
        self.0
    }

    /// All parts together.
    ///
    /// # Errors
    /// When the body breaks off.
    pub async fn collect(self) -> Result<Bytes, BodyError> {
        let parts: Vec<Bytes> = self.0.try_collect().await?;
        Ok(match <[Bytes; 1]>::try_from(parts) {
            Ok([whole]) => whole,
            Err(parts) => parts.concat().into(),
        })
    }
}

impl<B: Into<Bytes>> From<B> for Body {
    fn from(whole: B) -> Self {
        let whole = whole.into();
        Self(Box::pin(stream::once(async move { Ok(whole) })))
    }
}

impl fmt::Debug for Body {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Body")
    }
}

/// Headers of an HTTP-like call or answer, several values a name.
///
/// Names are compared without case.
/// Values may be credentials and do not appear in debug output.
#[derive(Clone, PartialEq, Eq, Default)]
pub struct ResourceHeaders(BTreeMap<String, Vec<String>>);

impl ResourceHeaders {
    /// The first value of a header.
    pub fn get(&self, name: &str) -> Option<&str> {
        self.iter().find(|(found, _)| found.eq_ignore_ascii_case(name)).map(|(_, value)| value)
    }

    /// Adds a value.
    pub fn append(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.entry(name.into()).or_default().push(value.into());
    }

    /// All headers, sorted by name, one entry a value.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        self.0
            .iter()
            .flat_map(|(name, values)| values.iter().map(|value| (name.as_str(), value.as_str())))
    }
}

impl<N: Into<String>, V: Into<String>> FromIterator<(N, V)> for ResourceHeaders {
    fn from_iter<I: IntoIterator<Item = (N, V)>>(headers: I) -> Self {
        let mut found = Self::default();
        for (name, value) in headers {
            found.append(name, value);
        }
        found
    }
}

impl fmt::Debug for ResourceHeaders {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.debug_set().entries(self.0.keys()).finish()
    }
}

impl From<BTreeMap<String, StringList>> for ResourceHeaders {
    fn from(wire: BTreeMap<String, StringList>) -> Self {
        Self(wire.into_iter().map(|(name, list)| (name, list.values)).collect())
    }
}

impl From<ResourceHeaders> for BTreeMap<String, StringList> {
    fn from(headers: ResourceHeaders) -> Self {
        headers.0.into_iter().map(|(name, values)| (name, StringList { values })).collect()
    }
}

impl From<CallResourceRequest> for ResourceRequest {
    fn from(wire: CallResourceRequest) -> Self {
        Self {
            method: wire.method,
            path: wire.path,
            url: wire.url,
            headers: wire.headers.into(),
            body: wire.body,
        }
    }
}
