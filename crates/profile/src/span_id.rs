//! Ids of spans and traces, as profilers put them on samples.

use std::fmt;

/// The id of a span; written as 16 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SpanId(pub u64);

/// The id of a trace; written as 32 lower-case hex digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TraceId(pub u128);

impl SpanId {
    /// The id written as exactly 16 hex digits of either case. None: it is not.
    pub fn from_hex(text: &str) -> Option<Self> {
        is_hex(text, 16).then(|| u64::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl TraceId {
    /// The id written as exactly 32 hex digits of either case. None: it is not.
    pub fn from_hex(text: &str) -> Option<Self> {
        is_hex(text, 32).then(|| u128::from_str_radix(text, 16).ok().map(Self)).flatten()
    }
}

impl fmt::Display for SpanId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:016x}", self.0)
    }
}

impl fmt::Display for TraceId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:032x}", self.0)
    }
}

/// Parsing alone would take a sign.
fn is_hex(text: &str, digits: usize) -> bool {
    text.len() == digits && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_leading_zeros() {
        let span = SpanId::from_hex("0068B9250305bc5f").unwrap();
        assert_eq!(span.to_string(), "0068b9250305bc5f");
        let trace = TraceId::from_hex("0000fc071464bd616aa06660dfc57e5f").unwrap();
        assert_eq!(trace.to_string(), "0000fc071464bd616aa06660dfc57e5f");
    }

    #[test]
    fn what_is_no_id_is_none() {
        for text in ["", "1", "+068b9250305bc5f", "1068b9250305bc5g", "1068b9250305bc5f0"] {
            assert_eq!(SpanId::from_hex(text), None, "{text:?}");
        }
        assert_eq!(TraceId::from_hex("fc071464bd616aa06660dfc57e5f"), None);
    }
}
