//! Label selectors: `{service_name="checkout", region!~"us-.*"}`.

use std::fmt;

/// A label selector: matchers that must all hold. Empty: everything matches.
///
/// Its text form is the canonical one: `{}` when empty, `, ` between matchers, `"` around values.
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

impl Selector {
    /// The value that label `name` must equal, if a matcher says so.
    pub fn equal_value(&self, name: &str) -> Option<&str> {
        let wanted = |m: &&Matcher| m.name == name && m.op == MatchOp::Equal;
        self.matchers.iter().find(wanted).map(|m| m.value.as_str())
    }

    /// The matchers of all other labels.
    pub fn without(&self, name: &str) -> Self {
        Self { matchers: self.matchers.iter().filter(|m| m.name != name).cloned().collect() }
    }

    /// This selector with one more condition.
    pub fn and(mut self, matcher: Matcher) -> Self {
        self.matchers.push(matcher);
        self
    }
}

impl Matcher {
    /// The condition that a label equals a value.
    pub fn equal(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self { name: name.into(), op: MatchOp::Equal, value: value.into() }
    }
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

impl fmt::Display for Selector {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("{")?;
        for (idx, matcher) in self.matchers.iter().enumerate() {
            let separator = if idx == 0 { "" } else { ", " };
            write!(f, "{separator}{matcher}")?;
        }
        f.write_str("}")
    }
}

impl fmt::Display for Matcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if is_plain_name(&self.name) {
            f.write_str(&self.name)?;
        } else {
            write_quoted(f, &self.name)?;
        }
        f.write_str(self.op.symbol())?;
        write_quoted(f, &self.value)
    }
}

/// Whether a label name can stand without quotes.
fn is_plain_name(name: &str) -> bool {
    !name.is_empty()
        && !name.starts_with(|first: char| first.is_ascii_digit())
        && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_')
}

fn write_quoted(f: &mut fmt::Formatter<'_>, text: &str) -> fmt::Result {
    f.write_str("\"")?;
    for next in text.chars() {
        match next {
            '"' => f.write_str("\\\"")?,
            '\\' => f.write_str("\\\\")?,
            '\n' => f.write_str("\\n")?,
            '\r' => f.write_str("\\r")?,
            '\t' => f.write_str("\\t")?,
            _ => write!(f, "{next}")?,
        }
    }
    f.write_str("\"")
}
