//! Reads label selectors as Prometheus and Pyroscope write them.

use crate::selector::{MatchOp, Matcher, Selector};

/// A text that is not a label selector: what was found where, and what was expected.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{found} at {offset} while reading a label selector, expected {expected}")]
pub struct SelectorError {
    /// Where it goes wrong. Unit: bytes from the start of the text, at most its length.
    pub offset: usize,
    /// What stands there, for instance `unexpected character '!'`.
    pub found: String,
    /// What could stand there.
    pub expected: &'static str,
}

impl Selector {
    /// Reads a selector: `{service_name="checkout", "otel.scope.name"=~"a|b"}`.
    ///
    /// A metric name before the braces becomes a matcher of `__name__`, names may be quoted, values
    /// are quoted by `"`, `'` or back quotes, a comma may stand last, and `#` begins a comment.
    /// Blank text is an error, as it is to the server; `{}` matches everything.
    /// Errors: where the text stops being a selector, or, with the feature `matching`, a regular
    /// expression that does not compile.
    /// Cost: linear in the text, apart from compiling its regular expressions.
    /// Source: the selector part of PromQL.
    pub fn parse(text: &str) -> Result<Self, SelectorError> {
        Parser { text, offset: 0 }.selector()
    }
}

struct Parser<'a> {
    text: &'a str,
    offset: usize,
}

impl Parser<'_> {
    fn selector(mut self) -> Result<Selector, SelectorError> {
        let mut matchers = Vec::new();
        self.skip_blank();
        if self.peek().is_some_and(is_name_start) {
            let value = self.name().to_owned();
            matchers.push(Matcher { name: "__name__".to_owned(), op: MatchOp::Equal, value });
            self.skip_blank();
            if self.peek().is_none() {
                return Ok(Selector { matchers });
            }
        }
        self.expect('{', "an opening brace")?;
        loop {
            self.skip_blank();
            if self.take('}') {
                break;
            }
            matchers.push(self.matcher()?);
            self.skip_blank();
            if !self.take(',') {
                self.expect('}', "a comma or a closing brace")?;
                break;
            }
        }
        self.skip_blank();
        match self.peek() {
            None => Ok(Selector { matchers }),
            Some(_) => Err(self.unexpected("the end of the selector")),
        }
    }

    fn matcher(&mut self) -> Result<Matcher, SelectorError> {
        let quoted = self.peek().is_some_and(is_quote);
        let name = match self.peek() {
            Some(_) if quoted => self.quoted("a label name")?,
            Some(first) if is_name_start(first) => self.name().to_owned(),
            _ => return Err(self.unexpected("a label name or a closing brace")),
        };
        self.skip_blank();
        // A quoted text alone in the braces is the metric's name.
        if quoted && matches!(self.peek(), Some(',' | '}')) {
            return Ok(Matcher { name: "__name__".to_owned(), op: MatchOp::Equal, value: name });
        }
        let op = self.operator()?;
        self.skip_blank();
        #[cfg(feature = "matching")]
        let start = self.offset;
        let value = self.quoted("a quoted label value")?;
        #[cfg(feature = "matching")]
        check_regex(op, &value, start)?;
        Ok(Matcher { name, op, value })
    }

    fn operator(&mut self) -> Result<MatchOp, SelectorError> {
        for op in [MatchOp::Regex, MatchOp::NotRegex, MatchOp::NotEqual, MatchOp::Equal] {
            if self.rest().starts_with(op.symbol()) {
                self.offset += op.symbol().len();
                return Ok(op);
            }
        }
        Err(self.unexpected("one of = != =~ !~"))
    }

    /// A text in quotes, without them and with its escapes resolved.
    fn quoted(&mut self, expected: &'static str) -> Result<String, SelectorError> {
        let Some(quote) = self.peek().filter(|first| is_quote(*first)) else {
            return Err(self.unexpected(expected));
        };
        let open = self.offset;
        self.offset += 1;
        let mut value = String::new();
        while let Some(next) = self.peek() {
            let start = self.offset;
            self.offset += next.len_utf8();
            match next {
                _ if next == quote => return Ok(value),
                '\\' if quote != '`' => {
                    let Some(escaped) = self.escape(quote) else {
                        return Err(SelectorError {
                            offset: start,
                            found: "unknown escape sequence".to_owned(),
                            expected: "one of \\n \\t \\r \\\\ \\\" \\' \\xhh \\uhhhh; \
                                       a back slash of a regular expression is written twice",
                        });
                    };
                    value.push(escaped);
                }
                '\n' if quote != '`' => break,
                _ => value.push(next),
            }
        }
        Err(SelectorError {
            offset: open,
            found: "quote without end".to_owned(),
            expected: "a closing quote",
        })
    }

    /// The character that an escape sequence stands for; the back slash is behind us.
    fn escape(&mut self, quote: char) -> Option<char> {
        let kind = self.peek()?;
        self.offset += kind.len_utf8();
        match kind {
            'a' => Some('\x07'),
            'b' => Some('\x08'),
            'f' => Some('\x0c'),
            'n' => Some('\n'),
            'r' => Some('\r'),
            't' => Some('\t'),
            'v' => Some('\x0b'),
            '\\' => Some('\\'),
            _ if kind == quote => Some(quote),
            'x' => self.hex(2),
            'u' => self.hex(4),
            'U' => self.hex(8),
            '0'..='7' => {
                let digits = self.text.get(self.offset - 1..self.offset + 2)?;
                self.offset += 2;
                u32::from_str_radix(digits, 8).ok().and_then(char::from_u32)
            }
            _ => None,
        }
    }

    fn hex(&mut self, digits: usize) -> Option<char> {
        let text = self.text.get(self.offset..self.offset + digits)?;
        if !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            return None;
        }
        self.offset += digits;
        u32::from_str_radix(text, 16).ok().and_then(char::from_u32)
    }

    fn name(&mut self) -> &str {
        let rest = &self.text[self.offset..];
        let length = rest.find(|next| !is_name_part(next)).unwrap_or(rest.len());
        self.offset += length;
        &rest[..length]
    }

    fn rest(&self) -> &str {
        &self.text[self.offset..]
    }

    fn peek(&self) -> Option<char> {
        self.rest().chars().next()
    }

    fn take(&mut self, wanted: char) -> bool {
        let found = self.peek() == Some(wanted);
        if found {
            self.offset += wanted.len_utf8();
        }
        found
    }

    fn expect(&mut self, wanted: char, expected: &'static str) -> Result<(), SelectorError> {
        if self.take(wanted) { Ok(()) } else { Err(self.unexpected(expected)) }
    }

    fn skip_blank(&mut self) {
        loop {
            let rest = self.rest();
            let blank = rest.len() - rest.trim_start().len();
            self.offset += blank;
            if !self.rest().starts_with('#') {
                return;
            }
            self.offset += self.rest().find('\n').unwrap_or(self.rest().len());
        }
    }

    fn unexpected(&self, expected: &'static str) -> SelectorError {
        let found = match self.peek() {
            Some(next) => format!("unexpected character {next:?}"),
            None => "unexpected end".to_owned(),
        };
        SelectorError { offset: self.offset, found, expected }
    }
}

fn is_quote(next: char) -> bool {
    matches!(next, '"' | '\'' | '`')
}

fn is_name_start(next: char) -> bool {
    next.is_ascii_alphabetic() || next == '_' || next == ':'
}

fn is_name_part(next: char) -> bool {
    is_name_start(next) || next.is_ascii_digit()
}

#[cfg(feature = "matching")]
fn check_regex(op: MatchOp, value: &str, offset: usize) -> Result<(), SelectorError> {
    if matches!(op, MatchOp::Regex | MatchOp::NotRegex)
        && let Err(error) = crate::matching::anchored(value)
    {
        // The last line says what is wrong; those before draw a picture.
        let text = error.to_string();
        let reason = text.lines().last().unwrap_or_default().trim_start_matches("error: ");
        return Err(SelectorError {
            offset,
            found: format!("invalid regular expression {value:?} ({reason})"),
            expected: "a regular expression",
        });
    }
    Ok(())
}
