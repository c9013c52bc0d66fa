//! The error codes of the Connect protocol, and the HTTP status of each.

use axum::http::StatusCode;
use query::SourceErrorKind;

/// Why a call failed, in the words of the Connect protocol.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Code {
    /// The caller went away.
    Canceled,
    /// The request is wrong, whatever the state of the server.
    InvalidArgument,
    /// No answer within the time that the caller gave.
    DeadlineExceeded,
    /// What was asked for does not exist.
    NotFound,
    /// A limit was hit.
    ResourceExhausted,
    /// The server does not offer this.
    Unimplemented,
    /// The server failed.
    Internal,
    /// The server cannot answer now; later it may.
    Unavailable,
    /// Credentials are missing or wrong.
    Unauthenticated,
    /// The credentials do not allow this.
    PermissionDenied,
}

impl Code {
    /// As written in the JSON of an error.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Canceled => "canceled",
            Self::InvalidArgument => "invalid_argument",
            Self::DeadlineExceeded => "deadline_exceeded",
            Self::NotFound => "not_found",
            Self::ResourceExhausted => "resource_exhausted",
            Self::Unimplemented => "unimplemented",
            Self::Internal => "internal",
            Self::Unavailable => "unavailable",
            Self::Unauthenticated => "unauthenticated",
            Self::PermissionDenied => "permission_denied",
        }
    }

    /// The HTTP status that carries the code.
    pub(crate) fn status(self) -> StatusCode {
        match self {
            // 499 is nginx's word for a client that closed its connection; the protocol took it over.
            Self::Canceled => StatusCode::from_u16(499).expect("499 is a valid status"),
            Self::InvalidArgument => StatusCode::BAD_REQUEST,
            Self::DeadlineExceeded => StatusCode::GATEWAY_TIMEOUT,
            Self::NotFound => StatusCode::NOT_FOUND,
            Self::ResourceExhausted => StatusCode::TOO_MANY_REQUESTS,
            Self::Unimplemented => StatusCode::NOT_IMPLEMENTED,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
            Self::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::PermissionDenied => StatusCode::FORBIDDEN,
        }
    }
}

impl From<SourceErrorKind> for Code {
    fn from(kind: SourceErrorKind) -> Self {
        match kind {
            SourceErrorKind::InvalidRequest => Self::InvalidArgument,
            SourceErrorKind::Unauthenticated => Self::Unauthenticated,
            SourceErrorKind::PermissionDenied => Self::PermissionDenied,
            SourceErrorKind::NotFound => Self::NotFound,
            SourceErrorKind::Unimplemented => Self::Unimplemented,
            SourceErrorKind::ResourceExhausted => Self::ResourceExhausted,
            SourceErrorKind::DeadlineExceeded => Self::DeadlineExceeded,
            SourceErrorKind::Unavailable => Self::Unavailable,
            SourceErrorKind::Canceled => Self::Canceled,
            // A source behind this server that answers nonsense is this server's failure to the caller.
            SourceErrorKind::InvalidResponse | SourceErrorKind::Internal => Self::Internal,
            _ => Self::Internal,
        }
    }
}
