//! Reading and printing selectors.

use selector::{MatchOp, Matcher, Selector};

#[track_caller]
fn check(text: &str, canonical: &str) {
    let selector = Selector::parse(text).expect(text);
    assert_eq!(selector.to_string(), canonical);
}

#[track_caller]
fn check_error(text: &str, offset: usize, message: &str) {
    let error = Selector::parse(text).expect_err(text);
    assert_eq!(error.offset, offset, "{error}");
    assert!(error.to_string().contains(message), "{error}");
}

#[test]
fn a_selector_is_printed_in_canonical_form() {
    check("{}", "{}");
    check(" { } ", "{}");
    check(r#"{service_name="checkout"}"#, r#"{service_name="checkout"}"#);
    check(r#"{a="1",b!="2" , c=~"3|4",d!~"5",}"#, r#"{a="1", b!="2", c=~"3|4", d!~"5"}"#);
    check("{a='x \"y\"'}", r#"{a="x \"y\""}"#);
    check(r"{a=`raw\d`}", r#"{a="raw\\d"}"#);
    check("{a=\"1\" # the first\n, b=\"2\"}", r#"{a="1", b="2"}"#);
}

#[test]
fn names_may_be_quoted() {
    check(r#"{"otel.scope.name"="x"}"#, r#"{"otel.scope.name"="x"}"#);
    check(r#"{"plain"="x"}"#, r#"{plain="x"}"#);
    check(r#"{"größe"="x"}"#, r#"{"größe"="x"}"#);
}

#[test]
fn a_name_before_the_brace_is_a_matcher() {
    check(r#"process_cpu{a="b"}"#, r#"{__name__="process_cpu", a="b"}"#);
    check("process_cpu", r#"{__name__="process_cpu"}"#);
    check(r#"{"process_cpu", a="b"}"#, r#"{__name__="process_cpu", a="b"}"#);
}

#[test]
fn escapes_are_resolved() {
    let selector = Selector::parse(r#"{a="tab\tquote\"hex\x41uni\u00e9oct\101"}"#).unwrap();
    assert_eq!(selector.equal_value("a"), Some("tab\tquote\"hexAunié\u{6f}ctA"));
    let letters = [
        (r"\a", "\x07"),
        (r"\b", "\x08"),
        (r"\f", "\x0c"),
        (r"\n", "\n"),
        (r"\r", "\r"),
        (r"\t", "\t"),
        (r"\v", "\x0b"),
        (r"\\", "\\"),
        (r"\U0001f525", "🔥"),
    ];
    for (escape, value) in letters {
        let selector = Selector::parse(&format!("{{a=\"{escape}\"}}")).expect(escape);
        assert_eq!(selector.equal_value("a"), Some(value), "{escape}");
    }
}

#[test]
fn values_are_printed_on_one_line() {
    let value = "quote\" back slash\\ line\n return\r tab\t";
    let selector = Selector::default().and(Matcher::equal("a", value));
    assert_eq!(selector.to_string(), r#"{a="quote\" back slash\\ line\n return\r tab\t"}"#);
}

#[test]
fn only_back_quotes_reach_over_lines() {
    check("{a=`one\ntwo`}", r#"{a="one\ntwo"}"#);
    check_error("{a=\"one\ntwo\"}", 3, "quote without end");
    check_error("{a='one\ntwo'}", 3, "quote without end");
}

#[test]
fn an_error_says_what_where_and_what_was_expected() {
    check_error(
        "",
        0,
        "unexpected end at 0 while reading a label selector, expected an opening brace",
    );
    check_error("{", 1, "expected a label name or a closing brace");
    check_error("{service_name=", 14, "unexpected end at 14");
    check_error("{service_name=}", 14, "expected a quoted label value");
    check_error(
        "{service_name!}",
        13,
        "unexpected character '!' at 13 while reading a label selector, expected one of = != =~ !~",
    );
    check_error(r#"{a="b" c="d"}"#, 7, "expected a comma or a closing brace");
    check_error(r#"{a="b"} x"#, 8, "expected the end of the selector");
    check_error(r#"{a="b"#, 3, "quote without end");
    check_error(r#"{a="\d"}"#, 4, "unknown escape sequence");
    check_error(r#"{a=~"("}"#, 4, "invalid regular expression \"(\"");
    check_error(r#"{a=~"x)(y"}"#, 4, "invalid regular expression");
    check_error("{,}", 1, "unexpected character ','");
    check_error("{1a=\"x\"}", 1, "unexpected character '1'");
    check_error("{é=\"x\"}", 1, "unexpected character 'é'");
}

#[test]
fn matchers_can_be_asked_for_and_taken_away() {
    let selector = Selector::parse(r#"{a="1", b=~"2"}"#).unwrap();
    assert_eq!(selector.equal_value("a"), Some("1"));
    assert_eq!(selector.equal_value("b"), None);
    assert_eq!(selector.without("a").to_string(), r#"{b=~"2"}"#);
    assert_eq!(selector.and(Matcher::equal("c", "3")).matchers[2].op, MatchOp::Equal);
}
