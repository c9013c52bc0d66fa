//! Media types: which codec a body has, and what else a client can do.

use axum::http::{HeaderMap, HeaderValue, header};

/// How a message is written in a body.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Codec {
    /// Binary protobuf.
    Proto,
    /// The JSON of protobuf.
    Json,
}

/// The content types that a call takes, for the header `Accept-Post`.
pub(crate) const ACCEPTED: &str =
    "application/json, application/json; charset=utf-8, application/proto";

impl Codec {
    /// The codec of a request, None where the content type is missing or another.
    pub(crate) fn of(content_type: Option<&HeaderValue>) -> Option<Self> {
        let media_type = MediaType::parse(content_type?.to_str().ok()?).ok()?;
        let charset = media_type.parameter("charset");
        match (media_type.essence.as_str(), charset) {
            ("application/proto", _) => Some(Self::Proto),
            ("application/json", None) => Some(Self::Json),
            ("application/json", Some(charset)) if charset.eq_ignore_ascii_case("utf-8") => {
                Some(Self::Json)
            }
            _ => None,
        }
    }
}

/// What a client says in `Accept` that it can read, besides media types.
///
/// Pyroscope hides label names that are not identifiers unless the client asks for them there:
/// `Accept: */*; allow-utf8-labelnames=true`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct ClientCapabilities {
    /// Whether label names such as `otel.scope.name` may be answered.
    pub(crate) utf8_label_names: bool,
}

impl ClientCapabilities {
    /// Reads every `Accept` header. Errors: the element that is no media type.
    pub(crate) fn read(headers: &HeaderMap) -> Result<Self, MediaTypeError> {
        let mut capabilities = Self::default();
        for value in headers.get_all(header::ACCEPT) {
            let text = value.to_str().map_err(|_| MediaTypeError("bytes outside ASCII".into()))?;
            for element in text.split(',').filter(|element| !element.trim().is_empty()) {
                let media_type = MediaType::parse(element)?;
                capabilities.utf8_label_names |=
                    media_type.parameter("allow-utf8-labelnames") == Some("true");
            }
        }
        Ok(capabilities)
    }
}

/// A text that is not a media type.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
#[error("invalid media type: {0}")]
pub(crate) struct MediaTypeError(String);

/// One media type with its parameters.
#[derive(Debug)]
struct MediaType {
    /// `type/subtype` in lower case.
    essence: String,
    /// Names in lower case, values without quotes.
    parameters: Vec<(String, String)>,
}

impl MediaType {
    fn parse(text: &str) -> Result<Self, MediaTypeError> {
        let mut parts = text.split(';');
        let essence = parts.next().unwrap_or_default().trim().to_ascii_lowercase();
        let is_valid = match essence.split_once('/') {
            Some((kind, subtype)) => is_token(kind) && is_token(subtype),
            None => is_token(&essence),
        };
        if !is_valid {
            return Err(MediaTypeError(format!("{text:?}, expected type/subtype")));
        }
        let mut parameters = Vec::new();
        for part in parts.map(str::trim).filter(|part| !part.is_empty()) {
            let (name, value) = part.split_once('=').unwrap_or((part, ""));
            let (name, value) = (name.trim(), value.trim());
            let value = value
                .strip_prefix('"')
                .and_then(|inner| inner.strip_suffix('"'))
                .map_or_else(|| is_token(value).then_some(value), Some);
            match value {
                Some(value) if is_token(name) => {
                    parameters.push((name.to_ascii_lowercase(), value.to_owned()));
                }
                _ => {
                    return Err(MediaTypeError(format!("parameter {part:?}, expected name=value")));
                }
            }
        }
        Ok(Self { essence, parameters })
    }

    fn parameter(&self, name: &str) -> Option<&str> {
        self.parameters.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

/// Whether a text is a token as HTTP has it: one or more visible ASCII characters, no separators.
fn is_token(text: &str) -> bool {
    !text.is_empty()
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn capabilities(accept: &'static str) -> Result<ClientCapabilities, MediaTypeError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::ACCEPT, HeaderValue::from_static(accept));
        ClientCapabilities::read(&headers)
    }

    #[test]
    fn a_client_asks_for_utf8_label_names_in_any_element_of_accept() {
        for accept in [
            "*/*; allow-utf8-labelnames=true",
            "application/json, */*;q=0.5;Allow-UTF8-LabelNames=\"true\"",
        ] {
            assert!(capabilities(accept).unwrap().utf8_label_names, "{accept}");
        }
        for accept in ["*/*", "*/*; allow-utf8-labelnames=false", ""] {
            assert!(!capabilities(accept).unwrap().utf8_label_names, "{accept}");
        }
    }

    #[test]
    fn an_accept_header_that_is_no_media_type_is_an_error() {
        for accept in ["*/*; =", "*/*; a", "a b/c", "/", "*/*; a=b c"] {
            assert!(capabilities(accept).is_err(), "{accept}");
        }
    }

    #[test]
    fn the_codec_is_told_by_the_content_type() {
        let codec = |text: &'static str| Codec::of(Some(&HeaderValue::from_static(text)));
        assert_eq!(codec("application/proto"), Some(Codec::Proto));
        assert_eq!(codec("Application/JSON; charset=UTF-8"), Some(Codec::Json));
        assert_eq!(codec("application/json; charset=latin1"), None);
        assert_eq!(codec("application/x-protobuf"), None);
        assert_eq!(codec("text/plain"), None);
        assert_eq!(Codec::of(None), None);
    }
}
