//! The parameters of a legacy push.

use axum::http::{HeaderMap, header};

use super::application_name::ApplicationName;
use super::attime::parse_attime;
use super::error::IngestError;
use crate::serve::query_string::QueryString;

/// Samples a second when a client does not say. Unit: hertz.
const DEFAULT_SAMPLE_RATE: u32 = 100;

/// What a client says of the profile that it pushes.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct IngestParameters {
    /// Application and labels.
    pub(crate) name: ApplicationName,
    /// When the profile began. Unit: nanoseconds since 1970.
    pub(crate) from_nanos: i64,
    /// When it ended, not before it began. Unit: nanoseconds since 1970.
    pub(crate) until_nanos: i64,
    /// Samples a second, at least 1.
    pub(crate) sample_rate: u32,
    /// The profiler, for instance `gospy`, or `unknown`.
    pub(crate) spy_name: String,
    /// How the body is written.
    pub(crate) format: Format,
}

/// The profiler of a push that does not name it, as Pyroscope has it.
const UNKNOWN_SPY: &str = "unknown";

/// How the body of a push is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Format {
    /// A form with the part `profile`, which is a pprof.
    PprofForm,
    /// A pprof as it is.
    Pprof,
    /// `root;…;leaf count`, a stack trace a line.
    Folded,
    /// `root;…;leaf`, a line for each time that it was seen.
    Lines,
}

impl IngestParameters {
    /// Reads the parameters. Unit of `now_nanos`: nanoseconds since 1970.
    pub(crate) fn parse(
        query: &QueryString,
        headers: &HeaderMap,
        now_nanos: i64,
    ) -> Result<Self, IngestError> {
        let name = ApplicationName::parse(query.get("name").unwrap_or_default())?;
        let time =
            |field| query.get(field).map_or(Ok(now_nanos), |text| parse_attime(text, now_nanos));
        let from_nanos = time("from")?;
        let until_nanos = time("until")?.max(from_nanos);
        let sample_rate = match query.get("sampleRate") {
            // Profiles without a rate, such as of memory, come with 0.
            None | Some("0") => DEFAULT_SAMPLE_RATE,
            Some(text) => text.parse().map_err(|_| {
                IngestError::Parameter(format!("sampleRate {text:?}: expected samples a second"))
            })?,
        };
        let spy_name = query.get("spyName").filter(|name| !name.is_empty());
        let spy_name = spy_name.unwrap_or(UNKNOWN_SPY).to_owned();
        let format = Format::of(query.get("format"), headers)?;
        Ok(Self { name, from_nanos, until_nanos, sample_rate, spy_name, format })
    }
}

impl Format {
    /// Told by the parameter `format`, else by the content type; text is folded stack traces.
    fn of(named: Option<&str>, headers: &HeaderMap) -> Result<Self, IngestError> {
        let content_type = headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
        let content_type = content_type.unwrap_or_default().to_ascii_lowercase();
        let is_form = content_type.starts_with("multipart/form-data");
        let named = match named {
            Some(named) => named,
            None if is_form => "pprof",
            None if content_type == "binary/octet-stream+trie" => "trie",
            None if content_type == "binary/octet-stream+tree" => "tree",
            None => "folded",
        };
        match named {
            "pprof" if is_form => Ok(Self::PprofForm),
            "pprof" => Ok(Self::Pprof),
            "folded" | "groups" | "collapsed" => Ok(Self::Folded),
            "lines" => Ok(Self::Lines),
            "jfr" => Err(IngestError::Format {
                format: named.to_owned(),
                advice: "; to profile Java push to a Pyroscope server and point the datasource at it",
            }),
            other => Err(IngestError::Format { format: other.to_owned(), advice: "" }),
        }
    }
}

#[cfg(test)]
mod tests {
    use axum::http::{HeaderValue, StatusCode};

    use super::*;

    const NOW: i64 = 1_795_240_230_000_000_000;

    fn parse(query: &str, content_type: &'static str) -> Result<IngestParameters, IngestError> {
        let mut headers = HeaderMap::new();
        headers.insert(header::CONTENT_TYPE, HeaderValue::from_static(content_type));
        IngestParameters::parse(&QueryString::parse(Some(query)), &headers, NOW)
    }

    #[test]
    fn a_name_is_all_that_must_be_given() {
        let parameters = parse("name=checkout", "").unwrap();
        assert_eq!((parameters.from_nanos, parameters.until_nanos), (NOW, NOW));
        assert_eq!((parameters.sample_rate, parameters.format), (100, Format::Folded));
        assert!(parse("", "").is_err());
    }

    #[test]
    fn a_format_is_told_by_name_or_by_content_type() {
        let format = |query: &str, content_type| parse(query, content_type).unwrap().format;
        assert_eq!(format("name=a", "multipart/form-data; boundary=x"), Format::PprofForm);
        assert_eq!(format("name=a&format=pprof", "application/octet-stream"), Format::Pprof);
        assert_eq!(
            format("name=a&format=pprof", "multipart/form-data; boundary=x"),
            Format::PprofForm
        );
        assert_eq!(format("name=a&format=lines", "text/plain"), Format::Lines);
        assert_eq!(format("name=a&format=groups", "text/plain"), Format::Folded);
    }

    #[test]
    fn a_format_that_is_not_taken_is_named() {
        for (query, content_type, named) in [
            ("name=a&format=jfr", "multipart/form-data; boundary=x", "jfr"),
            ("name=a&format=trie", "", "trie"),
            ("name=a", "binary/octet-stream+tree", "tree"),
            ("name=a&format=speedscope", "application/json", "speedscope"),
        ] {
            let error = parse(query, content_type).unwrap_err();
            assert!(error.to_string().contains(&format!("{named:?}")), "{error}");
            assert_eq!(error.into_response().status(), StatusCode::UNSUPPORTED_MEDIA_TYPE);
        }
    }

    #[test]
    fn numbers_that_are_none_are_bad_parameters() {
        for query in ["name=a&from=yesterday", "name=a&until=5", "name=a&sampleRate=fast"] {
            let error = parse(query, "").unwrap_err();
            assert_eq!(error.into_response().status(), StatusCode::BAD_REQUEST, "{query}");
        }
    }
}
