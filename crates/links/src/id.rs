//! Ids of traces and spans, as the many writers of exemplars write them.

use serde::{Deserialize, Serialize};

/// What an id names.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum IdKind {
    /// A trace: 128 bits.
    Trace,
    /// A span: 64 bits.
    Span,
}

impl IdKind {
    /// The label that carries such ids once they are normalised.
    #[must_use]
    pub fn canonical_label(self) -> &'static str {
        match self {
            Self::Trace => "trace_id",
            Self::Span => "span_id",
        }
    }

    /// How many hexadecimal digits a canonical id has.
    #[must_use]
    pub fn digits(self) -> usize {
        match self {
            Self::Trace => 32,
            Self::Span => 16,
        }
    }

    /// The part of a resource path that such an id follows.
    fn path_part(self) -> &'static str {
        match self {
            Self::Trace => "traces",
            Self::Span => "spans",
        }
    }
}

/// How the writer of an id counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum IdNotation {
    /// Hexadecimal, as OpenTelemetry, Zipkin and Jaeger write.
    Hexadecimal,
    /// Decimal where it can be one, as Datadog's libraries write 64-bit ids.
    Datadog,
}

/// The canonical form of an id: lower-case hexadecimal digits with all leading zeros.
///
/// Read are white space around it, `0x`, upper case, the dashes of a UUID, missing leading zeros, and a resource
/// path such as `projects/shop/traces/<id>/spans/<id>`.
/// None: the text is no such id; an id of zeros only means "no trace" and is none either.
#[must_use]
pub fn canonical_id(kind: IdKind, notation: IdNotation, text: &str) -> Option<String> {
    let text = last_of_path(kind, text.trim())?;
    if notation == IdNotation::Datadog
        && let Some(number) = decimal(text)
    {
        return Some(format!("{number:0>digits$x}", digits = kind.digits()));
    }
    let text = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    let digits = without_uuid_dashes(kind, text);
    let is_hexadecimal = digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let is_zero = digits.bytes().all(|byte| byte == b'0');
    (is_hexadecimal && !is_zero && digits.len() <= kind.digits())
        .then(|| format!("{:0>digits$}", digits.to_ascii_lowercase(), digits = kind.digits()))
}

/// How many digits an id is written with, white space, `0x`, dashes and the rest of a resource path left out.
pub(crate) fn written_digits(kind: IdKind, text: &str) -> usize {
    let text = last_of_path(kind, text.trim()).unwrap_or_default();
    let text = text.strip_prefix("0x").or_else(|| text.strip_prefix("0X")).unwrap_or(text);
    without_uuid_dashes(kind, text).len()
}

/// A 64-bit number as decimal digits. A number is not written with a leading zero; hexadecimal ids are.
fn decimal(text: &str) -> Option<u64> {
    (!text.starts_with(['0', '+'])).then(|| text.parse().ok()).flatten()
}

/// The id's part of a resource path; a text without `/` is the id itself.
fn last_of_path(kind: IdKind, text: &str) -> Option<&str> {
    if !text.contains('/') {
        return Some(text);
    }
    let mut parts = text.split('/');
    parts.by_ref().find(|part| *part == kind.path_part())?;
    parts.next()
}

fn without_uuid_dashes(kind: IdKind, text: &str) -> String {
    let is_uuid = kind == IdKind::Trace
        && text.len() == 36
        && text
            .bytes()
            .enumerate()
            .all(|(at, byte)| matches!(at, 8 | 13 | 18 | 23) == (byte == b'-'));
    if is_uuid { text.replace('-', "") } else { text.to_owned() }
}
