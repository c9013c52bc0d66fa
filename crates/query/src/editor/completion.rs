//! What may stand at the caret of a selector that is still being typed.

use selector::{MatchOp, Matcher, Selector};

/// What the text at the caret is the beginning of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompletionPoint {
    /// What kind of thing belongs there.
    pub expected: Expected,
    /// What is written of it so far, up to the caret.
    pub prefix: String,
    /// The bytes of the text that an accepted suggestion replaces.
    pub replaced: std::ops::Range<usize>,
    /// The other matchers, as far as they are complete: what is suggested must be found together with them.
    pub others: Selector,
}

/// What kind of thing belongs at the caret.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Expected {
    /// The name of a label.
    LabelName,
    /// One of the four ways to compare.
    Operator,
    /// A value of this label.
    LabelValue {
        /// The label.
        name: String,
    },
    /// A comma or the closing brace.
    Separator,
}

/// One matcher as far as it is written. Offsets are bytes of the whole text.
#[derive(Debug, Default)]
struct Part {
    name: std::ops::Range<usize>,
    op: Option<(MatchOp, usize)>,
    /// With its opening quote, and its closing one where there is one.
    value: Option<std::ops::Range<usize>>,
    closed: bool,
    end: usize,
}

/// Reads a selector with one broken or missing matcher around the caret.
///
/// `caret` is a byte offset; one past the end or inside a character counts as the nearest before it.
/// None: the caret is outside the braces, where nothing can be suggested.
#[must_use]
pub fn completion_point(text: &str, caret: usize) -> Option<CompletionPoint> {
    let mut caret = caret.min(text.len());
    while !text.is_char_boundary(caret) {
        caret -= 1;
    }
    let open = text.find('{').map_or(0, |at| at + 1);
    let parts = parts(text, open);
    if caret < open || parts.last().is_some_and(|last| caret > last.end) {
        return None;
    }
    let at = parts.iter().position(|part| caret <= part.end)?;
    let others = parts.iter().enumerate().filter(|(i, _)| *i != at);
    let others = Selector { matchers: others.filter_map(|(_, part)| part.matcher(text)).collect() };
    let part = &parts[at];
    let point = |expected, start: usize, end: usize| CompletionPoint {
        expected,
        prefix: text[start.min(caret)..caret].to_owned(),
        replaced: start.min(caret)..end.max(caret),
        others: others.clone(),
    };
    if caret <= part.name.end {
        return Some(point(Expected::LabelName, part.name.start, part.name.end));
    }
    let name = text[part.name.clone()].trim_matches('"').to_owned();
    let Some((_, op_end)) = part.op else {
        return Some(point(Expected::Operator, part.name.end, caret));
    };
    if caret < op_end {
        return Some(point(Expected::Operator, part.name.end, op_end));
    }
    let Some(value) = part.value.clone() else {
        return Some(point(Expected::LabelValue { name }, caret, caret));
    };
    if caret <= value.start || (part.closed && caret >= value.end) {
        let inside = caret <= value.start;
        return inside
            .then(|| point(Expected::LabelValue { name }, value.start, value.end))
            .or_else(|| Some(point(Expected::Separator, caret, caret)));
    }
    let mut found = point(Expected::LabelValue { name }, value.start, value.end);
    found.prefix = unquoted(&text[value.start..caret]);
    Some(found)
}

impl Part {
    fn matcher(&self, text: &str) -> Option<Matcher> {
        let (op, _) = self.op?;
        let value = self.value.clone().filter(|_| self.closed)?;
        Some(Matcher {
            name: text[self.name.clone()].trim_matches('"').to_owned(),
            op,
            value: unquoted(&text[value]),
        })
    }
}

/// The text without its quotes, escapes undone; a missing closing quote is added in thought.
fn unquoted(text: &str) -> String {
    let Some(quote) = text.chars().next().filter(|first| matches!(first, '"' | '\'' | '`')) else {
        return text.to_owned();
    };
    let value = |quoted: &str| {
        let selector = Selector::parse(&format!("{{a={quoted}}}")).ok()?;
        selector.matchers.into_iter().next().map(|matcher| matcher.value)
    };
    value(text)
        .or_else(|| value(&format!("{text}{quote}")))
        .unwrap_or_else(|| text.trim_matches(quote).to_owned())
}

/// Cuts what follows the opening brace into matchers, up to the closing brace; at least one, maybe empty.
fn parts(text: &str, open: usize) -> Vec<Part> {
    let mut found = Vec::new();
    let mut at = open;
    loop {
        let (part, more) = one_part(text, at);
        at = part.end + 1;
        found.push(part);
        if !more {
            return found;
        }
    }
}

/// Reads one matcher; also whether a comma follows.
fn one_part(text: &str, start: usize) -> (Part, bool) {
    let skip_space = |mut at: usize| {
        while text[at..].starts_with(char::is_whitespace) {
            at += text[at..].chars().next().map_or(1, char::len_utf8);
        }
        at
    };
    let name_start = skip_space(start);
    let mut part = Part::default();
    let name_end = if text[name_start..].starts_with('"') {
        closing_quote(text, name_start).0
    } else {
        text[name_start..]
            .find(|c: char| {
                c.is_whitespace() || matches!(c, '=' | '!' | '~' | ',' | '}' | '"' | '\'' | '`')
            })
            .map_or(text.len(), |length| name_start + length)
    };
    part.name = name_start..name_end;
    let mut at = skip_space(name_end);
    let symbols = [
        ("=~", MatchOp::Regex),
        ("!~", MatchOp::NotRegex),
        ("!=", MatchOp::NotEqual),
        ("=", MatchOp::Equal),
    ];
    if let Some((symbol, op)) = symbols.iter().find(|(symbol, _)| text[at..].starts_with(symbol)) {
        at += symbol.len();
        part.op = Some((*op, at));
        at = skip_space(at);
        if text[at..].starts_with(['"', '\'', '`']) {
            let (end, closed) = closing_quote(text, at);
            part.value = Some(at..end);
            part.closed = closed;
            at = end;
        } else {
            let end = text[at..].find([',', '}']).map_or(text.len(), |length| at + length);
            part.value = (end > at).then_some(at..end);
            at = end;
        }
    }
    let rest = text[at..].find([',', '}']);
    part.end = rest.map_or(text.len(), |length| at + length);
    (part, rest.is_some_and(|length| text[at + length..].starts_with(',')))
}

/// Just behind the quote that ends what starts at `start`; also whether there is one.
/// An unfinished value ends at the next comma or brace that is followed by nothing quoted.
fn closing_quote(text: &str, start: usize) -> (usize, bool) {
    let quote = text.as_bytes()[start];
    let mut escaped = false;
    for (length, byte) in text.bytes().enumerate().skip(start + 1) {
        match byte {
            _ if escaped => escaped = false,
            b'\\' if quote != b'`' => escaped = true,
            _ if byte == quote => return (length + 1, true),
            _ => {}
        }
    }
    let end = text[start..].find('}').map_or(text.len(), |length| start + length);
    (end, false)
}

/// Writes a value as a selector does.
#[must_use]
pub(super) fn quoted(value: &str) -> String {
    Matcher::equal("a", value).to_string().split_off("a=".len())
}
