//! What counts as the id of a trace or a span, and in which form it comes out.

use links::{IdKind, IdNotation, canonical_id};

const TRACE: &str = "00005d50252367bb293cf8c2b8c1aec9";
const SPAN: &str = "03fa1cbd967b13da";

#[test]
fn trace_ids_are_read_as_their_writers_write_them() {
    let table = [
        ("as it is", TRACE),
        ("white space around it", " 00005d50252367bb293cf8c2b8c1aec9\t"),
        ("0x before it", "0x00005d50252367bb293cf8c2b8c1aec9"),
        ("0X before it", "0X00005D50252367BB293CF8C2B8C1AEC9"),
        ("upper case", "00005D50252367BB293CF8C2B8C1AEC9"),
        ("the dashes of a UUID", "00005d50-2523-67bb-293c-f8c2b8c1aec9"),
        ("leading zeros lost", "5d50252367bb293cf8c2b8c1aec9"),
        ("0x and leading zeros lost", "0x5d50252367bb293cf8c2b8c1aec9"),
        ("a resource path", "projects/shop/traces/00005d50252367bb293cf8c2b8c1aec9"),
        (
            "a path with a span",
            "projects/shop/traces/00005d50252367bb293cf8c2b8c1aec9/spans/03fa1cbd967b13da",
        ),
    ];
    for (what, text) in table {
        let id = canonical_id(IdKind::Trace, IdNotation::Hexadecimal, text);
        assert_eq!(id.as_deref(), Some(TRACE), "{what}: {text:?}");
    }
}

#[test]
fn span_ids_are_read_as_their_writers_write_them() {
    let table = [
        ("as it is", SPAN),
        ("leading zero lost", "3fa1cbd967b13da"),
        ("upper case with 0x", "0x03FA1CBD967B13DA"),
        ("a path", "projects/shop/traces/00005d50252367bb293cf8c2b8c1aec9/spans/03fa1cbd967b13da"),
    ];
    for (what, text) in table {
        let id = canonical_id(IdKind::Span, IdNotation::Hexadecimal, text);
        assert_eq!(id.as_deref(), Some(SPAN), "{what}: {text:?}");
    }
}

#[test]
fn what_is_no_trace_id_is_none() {
    let table = [
        ("nothing", ""),
        ("white space", "  "),
        ("only zeros, which mean no trace", "00000000000000000000000000000000"),
        ("a zero", "0"),
        ("0x alone", "0x"),
        ("one digit too many", "100005d50252367bb293cf8c2b8c1aec9"),
        ("another letter", "g0005d50252367bb293cf8c2b8c1aec9"),
        ("dashes at other places than a UUID's", "0000-5d50252367bb293cf8c2b8c1aec9"),
        ("a UUID's length without its dashes", "00005d50x2523x67bbx293cxf8c2b8c1aec9"),
        ("a UUID with its dashes elsewhere", "0000-5d50-2523-67bb-293cf8c2b8c1aec9"),
        ("the beginning of a UUID", "00005d50-2523"),
        ("a path to something else", "projects/shop/logs/5d50"),
        ("a path that ends too early", "projects/shop/traces"),
        ("a word", "unsampled"),
    ];
    for (what, text) in table {
        assert_eq!(
            canonical_id(IdKind::Trace, IdNotation::Hexadecimal, text),
            None,
            "{what}: {text:?}"
        );
    }
}

#[test]
fn what_is_no_span_id_is_none() {
    let table = [
        ("a trace id", TRACE),
        ("a UUID", "00005d50-2523-67bb-293c-f8c2b8c1aec9"),
        ("a path without a span", "projects/shop/traces/00005d50252367bb293cf8c2b8c1aec9"),
    ];
    for (what, text) in table {
        assert_eq!(
            canonical_id(IdKind::Span, IdNotation::Hexadecimal, text),
            None,
            "{what}: {text:?}"
        );
    }
}

#[test]
fn datadog_counts_in_decimal() {
    let table = [
        ("a 64-bit number", "6724112233445566778", "00000000000000005d50d8735061a93a"),
        ("the largest", "18446744073709551615", "0000000000000000ffffffffffffffff"),
        ("hexadecimal digits, as its libraries write 128-bit ids", TRACE, TRACE),
        (
            "decimal digits only, but with leading zeros as no number has",
            "0000000000000000000000000000012",
            "00000000000000000000000000000012",
        ),
        ("too large for 64 bits", "18446744073709551616", "00000000000018446744073709551616"),
    ];
    for (what, text, id) in table {
        let found = canonical_id(IdKind::Trace, IdNotation::Datadog, text);
        assert_eq!(found.as_deref(), Some(id), "{what}: {text:?}");
    }
    let span = canonical_id(IdKind::Span, IdNotation::Datadog, "286580372233445338");
    assert_eq!(span.as_deref(), Some("03fa23548692dfda"), "a span");
    assert_eq!(
        canonical_id(IdKind::Trace, IdNotation::Datadog, "+5"),
        None,
        "no number has a sign"
    );
    let elsewhere = canonical_id(IdKind::Trace, IdNotation::Hexadecimal, "6724112233445566778");
    assert_eq!(
        elsewhere.as_deref(),
        Some("00000000000006724112233445566778"),
        "hexadecimal for all others"
    );
}
