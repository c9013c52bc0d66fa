//! What holds for every selector.

use proptest::prelude::*;
use selector::{MatchOp, Matcher, Selector};

fn matcher() -> impl Strategy<Value = Matcher> {
    let op = prop_oneof![
        Just(MatchOp::Equal),
        Just(MatchOp::NotEqual),
        Just(MatchOp::Regex),
        Just(MatchOp::NotRegex)
    ];
    let name = prop_oneof!["[a-z_][a-z0-9_]{0,8}", "\\PC{1,8}"];
    (name, op, "[^\\p{C}]{0,12}").prop_map(|(name, op, value)| {
        let regex = matches!(op, MatchOp::Regex | MatchOp::NotRegex);
        let escaped: String = if regex {
            value
                .chars()
                .map(|c| if c.is_ascii_punctuation() { format!("\\{c}") } else { c.to_string() })
                .collect()
        } else {
            value
        };
        Matcher { name, op, value: escaped }
    })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back(matchers in prop::collection::vec(matcher(), 0..5)) {
        let selector = Selector { matchers };
        let text = selector.to_string();
        let read = Selector::parse(&text).map_err(|e| TestCaseError::fail(format!("{text}: {e}")))?;
        prop_assert_eq!(&read, &selector);
        prop_assert_eq!(read.to_string(), text);
    }

    #[test]
    fn no_text_makes_the_parser_panic(text in "[{}\"'`=!~,#\\\\a-z0-9 \\n\u{e9}]{0,40}") {
        if let Err(error) = Selector::parse(&text) {
            prop_assert!(error.offset <= text.len());
            prop_assert!(text.is_char_boundary(error.offset));
        }
    }
}
