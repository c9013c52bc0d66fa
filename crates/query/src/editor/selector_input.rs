//! The line in which a selector is typed: draft, caret, suggestions, and what is wrong with it.

use selector::{PastedQuery, ProfileTypeId, Selector};

use super::completion::{CompletionPoint, Expected, completion_point, quoted};
use super::form::{Control, Problem, Suggestion};

/// How many suggestions are shown at most.
const MOST_SUGGESTIONS: usize = 50;

/// A selector that is being typed.
#[derive(Debug, Default)]
pub(crate) struct SelectorInput {
    text: String,
    /// Byte offset; None while the field does not have the focus.
    caret: Option<usize>,
    /// Set when an accepted suggestion moved the caret, until the next key.
    moved_caret: Option<usize>,
    open: bool,
    active: usize,
    suggestions: Vec<Suggestion>,
}

/// What a key did.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum KeyOutcome {
    /// The list of suggestions, or the text, changed.
    Edited,
    /// The text is finished.
    Finished,
    /// Nothing.
    Ignored,
}

impl SelectorInput {
    /// Takes over a text from outside, if it is another one.
    pub(crate) fn reset(&mut self, text: &str) {
        if self.text != text {
            *self = Self { text: text.to_owned(), ..Self::default() };
        }
    }

    /// Takes over the text of new props if it is another one than that of the props before, so
    /// that a draft outlives a change of anything else.
    pub(crate) fn follow(&mut self, before: &str, now: &str) {
        if before != now {
            self.reset(now);
        }
    }

    /// The text as typed.
    pub(crate) fn text(&self) -> &str {
        &self.text
    }

    /// The user typed, or moved the caret. Unit of the caret: UTF-16 code units.
    pub(crate) fn typed(&mut self, text: &str, caret: u32) {
        text.clone_into(&mut self.text);
        self.caret = Some(byte_offset(text, caret));
        self.moved_caret = None;
        self.open = true;
        self.active = 0;
    }

    /// Closes the list of suggestions.
    pub(crate) fn leave(&mut self) {
        self.caret = None;
        self.moved_caret = None;
        self.open = false;
        self.suggestions.clear();
    }

    /// What may be completed at the caret. None: nothing, or the list is closed.
    pub(crate) fn point(&self) -> Option<CompletionPoint> {
        self.caret.filter(|_| self.open).and_then(|caret| completion_point(&self.text, caret))
    }

    /// Fills the list with those candidates that fit what is written.
    pub(crate) fn suggest(&mut self, point: Option<&CompletionPoint>, candidates: &[String]) {
        self.suggestions = point.map(|point| suggestions(point, candidates)).unwrap_or_default();
        self.active = self.active.min(self.suggestions.len().saturating_sub(1));
    }

    /// A key in the field.
    pub(crate) fn key(&mut self, key: &str) -> KeyOutcome {
        let count = self.suggestions.len();
        match key {
            "ArrowDown" if count > 0 => self.active = (self.active + 1) % count,
            "ArrowUp" if count > 0 => self.active = (self.active + count - 1) % count,
            "Enter" | "Tab" if count > 0 => self.accept(self.active),
            "Escape" if self.open => self.open = false,
            "Enter" => return KeyOutcome::Finished,
            _ => return KeyOutcome::Ignored,
        }
        KeyOutcome::Edited
    }

    /// Puts a suggestion into the text, with the quotes and signs that must follow.
    pub(crate) fn accept(&mut self, index: usize) {
        let (Some(point), Some(suggestion)) = (self.point(), self.suggestions.get(index)) else {
            return;
        };
        let after = self.text[point.replaced.end..].trim_start();
        let label = &suggestion.label;
        let (inserted, caret_in_inserted) = match point.expected {
            Expected::LabelName if after.starts_with(['=', '!']) => (label.clone(), label.len()),
            Expected::LabelName => (format!("{label}=\"\""), label.len() + 2),
            Expected::Operator if after.starts_with(['"', '\'', '`']) => {
                (label.clone(), label.len() + 1)
            }
            Expected::Operator => (format!("{label}\"\""), label.len() + 1),
            Expected::LabelValue { .. } => {
                let written = quoted(label);
                let length = written.len();
                (written, length)
            }
            Expected::Separator if label == "," => (", ".to_owned(), 2),
            Expected::Separator => (label.clone(), label.len()),
        };
        let start = point.replaced.start;
        self.text.replace_range(point.replaced, &inserted);
        if !self.text.trim_start().starts_with('{') {
            self.text.insert(0, '{');
            self.caret = Some(start + caret_in_inserted + 1);
        } else {
            self.caret = Some(start + caret_in_inserted);
        }
        self.moved_caret = self.caret;
        self.active = 0;
        self.suggestions.clear();
    }

    /// How the line is drawn.
    pub(crate) fn control(&self, placeholder: &str) -> Control {
        Control::Selector {
            value: self.text.clone(),
            placeholder: placeholder.to_owned(),
            caret: self.moved_caret.map(|caret| utf16_offset(&self.text, caret)),
            suggestions: if self.open { self.suggestions.clone() } else { Vec::new() },
            active: u32::try_from(self.active).unwrap_or_default(),
        }
    }
}

/// A finished text: braces added, and the profile type that may stand before them apart.
pub(crate) fn finished(text: &str) -> (Option<ProfileTypeId>, String) {
    let text = text.trim();
    if text.is_empty() {
        return (None, "{}".to_owned());
    }
    if let Some(Ok(pasted)) = PastedQuery::parse(text) {
        return (Some(pasted.profile_type), pasted.selector.to_string());
    }
    let braced = if text.contains('{') { text.to_owned() } else { format!("{{{text}}}") };
    (None, braced)
}

/// What is wrong with a selector. None: nothing, or it holds variables that only Grafana can fill in.
pub(crate) fn problem(text: &str) -> Option<Problem> {
    let error = Selector::parse(text).err()?;
    if text.contains('$') || text.contains("[[") {
        return None;
    }
    let before = text.get(..error.offset).unwrap_or(text).chars().count();
    let excerpt = format!("{text}\n{}^", " ".repeat(before));
    Some(Problem { message: error.to_string(), excerpt })
}

fn suggestions(point: &CompletionPoint, candidates: &[String]) -> Vec<Suggestion> {
    let fixed = |labels: &[(&str, &str)]| -> Vec<Suggestion> {
        labels
            .iter()
            .filter(|(label, _)| label.starts_with(point.prefix.trim()))
            .map(|(label, detail)| Suggestion {
                label: (*label).to_owned(),
                detail: (*detail).to_owned(),
            })
            .collect()
    };
    let detail = match &point.expected {
        Expected::Operator => {
            return fixed(&[
                ("=", "equals"),
                ("!=", "does not equal"),
                ("=~", "matches the regular expression"),
                ("!~", "does not match"),
            ]);
        }
        Expected::Separator => {
            return fixed(&[(",", "another matcher"), ("}", "end of the selector")]);
        }
        Expected::LabelName => "label",
        Expected::LabelValue { .. } => "value",
    };
    let prefix = point.prefix.to_lowercase();
    let is_private =
        |name: &str| detail == "label" && name.starts_with("__") && !prefix.starts_with('_');
    let (mut starting, mut holding) = (Vec::new(), Vec::new());
    for candidate in candidates.iter().filter(|candidate| !is_private(candidate)) {
        let folded = candidate.to_lowercase();
        let suggestion = || Suggestion { label: candidate.clone(), detail: detail.to_owned() };
        if folded.starts_with(&prefix) {
            starting.push(suggestion());
        } else if folded.contains(&prefix) {
            holding.push(suggestion());
        }
    }
    starting.append(&mut holding);
    starting.truncate(MOST_SUGGESTIONS);
    if starting.len() == 1 && starting[0].label == point.prefix {
        starting.clear();
    }
    starting
}

fn byte_offset(text: &str, utf16: u32) -> usize {
    let mut units = 0;
    for (offset, c) in text.char_indices() {
        if units >= utf16 {
            return offset;
        }
        units += u32::try_from(c.len_utf16()).unwrap_or_default();
    }
    text.len()
}

fn utf16_offset(text: &str, bytes: usize) -> u32 {
    let before = text.get(..bytes).unwrap_or(text);
    u32::try_from(before.encode_utf16().count()).unwrap_or(u32::MAX)
}
