//! What a failed call answers: status and JSON, as the Connect protocol says.

use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use query::SourceError;
use serde_json::json;

use super::code::Code;

/// Why a call failed, for the caller to read.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub(crate) struct CallError {
    /// What kind of failure it is; decides the status.
    pub(crate) code: Code,
    /// What happened, without secrets.
    pub(crate) message: String,
    /// When the same call may succeed. None: nothing is known. Unit: seconds.
    pub(crate) retry_after_secs: Option<u32>,
}

impl CallError {
    /// An error of any code.
    pub(crate) fn new(code: Code, message: impl Into<String>) -> Self {
        Self { code, message: message.into(), retry_after_secs: None }
    }

    /// The request is wrong.
    pub(crate) fn invalid_argument(message: impl Into<String>) -> Self {
        Self::new(Code::InvalidArgument, message)
    }

    /// The HTTP answer.
    pub(crate) fn into_response(self) -> Response<Body> {
        let body = json!({"code": self.code.name(), "message": self.message}).to_string();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.code.status();
        let headers = response.headers_mut();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
        headers.insert(header::ACCEPT_ENCODING, HeaderValue::from_static("gzip"));
        headers.insert(header::X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
        if let Some(secs) = self.retry_after_secs {
            headers.insert(header::RETRY_AFTER, secs.into());
        }
        response
    }
}

impl From<SourceError> for CallError {
    fn from(error: SourceError) -> Self {
        Self::new(error.kind.into(), error.message)
    }
}
