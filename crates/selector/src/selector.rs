//! Label selectors: `{service_name="checkout", region!~"us-.*"}`.

use std::fmt;

/// A label selector: matchers that must all hold. Empty: everything matches.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Selector {
    /// In the order written.
    pub matchers: Vec<Matcher>,
}

/// One condition on a label.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Matcher {
    /// The label name; any UTF-8 text.
    pub name: String,
    /// How the value is compared.
    pub op: MatchOp,
    /// The value or regular expression, without quotes and escapes.
    pub value: String,
}

/// How a [`Matcher`] compares. A label that is absent has the empty value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum MatchOp {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`, anchored at both ends.
    Regex,
    /// `!~`, anchored at both ends.
    NotRegex,
}

impl MatchOp {
    /// As written in a selector.
    pub fn symbol(self) -> &'static str {
        match self {
            Self::Equal => "=",
            Self::NotEqual => "!=",
            Self::Regex => "=~",
            Self::NotRegex => "!~",
        }
    }
}

impl fmt::Display for MatchOp {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.symbol())
    }
}
