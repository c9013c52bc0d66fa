//! Why a legacy push was not taken: status and JSON.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode, header};
use serde_json::json;

use super::application_name::ApplicationNameError;
use super::attime::AttimeError;
use crate::serve::body_budget::Busy;
use crate::serve::connect::{BodyError, CallError, Code};
use crate::serve::decode_gate::DecodeGateError;

/// Why a legacy push was not taken.
#[derive(Debug, thiserror::Error)]
pub(crate) enum IngestError {
    /// A parameter of the address is missing or wrong.
    #[error("{0}")]
    Parameter(String),
    /// The body is in a format that is not taken.
    #[error(
        "format {format:?} is not taken here: send pprof (multipart or with format=pprof), \
         folded stack traces (format=folded) or lines (format=lines){advice}"
    )]
    Format {
        /// The format as the client named it.
        format: String,
        /// What else the client can do, empty or beginning with a semicolon.
        advice: &'static str,
    },
    /// The body is larger than allowed, before or after decompression.
    #[error("{0}")]
    TooLarge(String),
    /// The body is not what the format says.
    #[error("parsing {format} failed: {reason}")]
    Body {
        /// The format that the body was read as.
        format: &'static str,
        /// What is wrong.
        reason: String,
    },
    /// The server does as much at once as it may.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The store refused the profile.
    #[error("{message}")]
    Refused {
        /// Status and code.
        code: Code,
        /// What is wrong.
        message: String,
    },
}

impl IngestError {
    fn status(&self) -> StatusCode {
        match self {
            Self::Parameter(_) => StatusCode::BAD_REQUEST,
            Self::Format { .. } => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::TooLarge(_) => StatusCode::PAYLOAD_TOO_LARGE,
            Self::Body { .. } => StatusCode::UNPROCESSABLE_ENTITY,
            // A profile that breaks a rule of the store is a body that cannot be processed.
            Self::Busy(_) => Code::ResourceExhausted.status(),
            Self::Refused { code: Code::InvalidArgument, .. } => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Refused { code, .. } => code.status(),
        }
    }

    fn code(&self) -> Code {
        match self {
            Self::Parameter(_) | Self::Body { .. } => Code::InvalidArgument,
            Self::Format { .. } => Code::Unimplemented,
            Self::TooLarge(_) | Self::Busy(_) => Code::ResourceExhausted,
            Self::Refused { code, .. } => *code,
        }
    }

    /// The HTTP answer.
    pub(crate) fn into_response(self) -> Response<Body> {
        let body = json!({"code": self.code().name(), "message": self.to_string()}).to_string();
        let mut response = Response::new(Body::from(body));
        *response.status_mut() = self.status();
        let json = HeaderValue::from_static("application/json");
        response.headers_mut().insert(header::CONTENT_TYPE, json);
        if let Self::Busy(_) = self {
            response.headers_mut().insert(header::RETRY_AFTER, Busy::RETRY_AFTER_SECS.into());
        }
        response
    }
}

impl From<ApplicationNameError> for IngestError {
    fn from(error: ApplicationNameError) -> Self {
        Self::Parameter(error.to_string())
    }
}

impl From<DecodeGateError> for IngestError {
    fn from(error: DecodeGateError) -> Self {
        match error {
            DecodeGateError::Busy(busy) => busy.into(),
            DecodeGateError::Failed => {
                Self::Refused { code: Code::Internal, message: error.to_string() }
            }
        }
    }
}

impl From<AttimeError> for IngestError {
    fn from(error: AttimeError) -> Self {
        Self::Parameter(error.to_string())
    }
}

/// Errors of reading and decompressing a body.
impl From<BodyError> for IngestError {
    fn from(error: BodyError) -> Self {
        let error: CallError = match error {
            // Later it may be taken, which is not so of one that is too large.
            BodyError::Busy(busy) => return busy.into(),
            BodyError::Refused(error) => error,
        };
        match error.code {
            Code::ResourceExhausted => Self::TooLarge(error.message),
            Code::InvalidArgument => Self::Body { format: "body", reason: error.message },
            code => Self::Refused { code, message: error.message },
        }
    }
}
