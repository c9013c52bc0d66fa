//! Whether a label set satisfies a selector.

use regex::Regex;

use crate::selector::{MatchOp, Matcher, Selector};

/// Regular expressions may not grow beyond this when compiled. Unit: bytes.
const REGEX_SIZE_LIMIT: usize = 1 << 20;

/// A selector made ready to be compared with many label sets.
#[derive(Debug, Clone)]
pub struct CompiledSelector {
    matchers: Vec<CompiledMatcher>,
}

/// One condition of a [`CompiledSelector`].
#[derive(Debug, Clone)]
pub struct CompiledMatcher {
    name: String,
    test: Test,
    positive: bool,
}

#[derive(Debug, Clone)]
enum Test {
    Text(String),
    Regex(Regex),
}

impl Selector {
    /// Compiles the regular expressions. Errors: one that is invalid or too large.
    pub fn compile(&self) -> Result<CompiledSelector, regex::Error> {
        let matchers = self.matchers.iter().map(Matcher::compile).collect::<Result<_, _>>()?;
        Ok(CompiledSelector { matchers })
    }
}

impl Matcher {
    /// Compiles the regular expression, if there is one. Errors: it is invalid or too large.
    pub fn compile(&self) -> Result<CompiledMatcher, regex::Error> {
        let test = match self.op {
            MatchOp::Equal | MatchOp::NotEqual => Test::Text(self.value.clone()),
            MatchOp::Regex | MatchOp::NotRegex => Test::Regex(anchored(&self.value)?),
        };
        let positive = matches!(self.op, MatchOp::Equal | MatchOp::Regex);
        Ok(CompiledMatcher { name: self.name.clone(), test, positive })
    }
}

impl CompiledSelector {
    /// Whether all conditions hold. An absent label has the empty value.
    pub fn matches<'a>(&self, value_of: impl Fn(&str) -> Option<&'a str>) -> bool {
        self.matchers.iter().all(|matcher| matcher.matches(value_of(&matcher.name).unwrap_or("")))
    }
}

impl CompiledMatcher {
    /// Whether a value satisfies it.
    pub fn matches(&self, value: &str) -> bool {
        let found = match &self.test {
            Test::Text(text) => text == value,
            Test::Regex(regex) => regex.is_match(value),
        };
        found == self.positive
    }
}

/// A regular expression that must match a whole label value.
pub(crate) fn anchored(pattern: &str) -> Result<Regex, regex::Error> {
    // Compiled alone first: `a)(b` must not become valid by what is put around it.
    regex::RegexBuilder::new(pattern).size_limit(REGEX_SIZE_LIMIT).build()?;
    regex::RegexBuilder::new(&format!("^(?s:{pattern})$")).size_limit(REGEX_SIZE_LIMIT).build()
}
