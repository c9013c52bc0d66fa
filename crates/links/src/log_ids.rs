//! The trace and the span that a log line belongs to.

use crate::exemplar::{ExemplarLabels, NormalisedExemplar, normalise_exemplar};
use crate::exemplar_settings::ExemplarSettings;

/// So much of a line is searched. Unit: bytes.
const SEARCHED: usize = 64 * 1024;

/// The trace and the span that a log line belongs to.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LogIds {
    /// 32 lower-case hexadecimal digits. None: not found.
    pub trace_id: Option<String>,
    /// 16 lower-case hexadecimal digits. None: not found.
    pub span_id: Option<String>,
}

/// Finds the ids of a log line: in its labels and structured metadata, else in its text.
///
/// In the text an id stands behind a name that labels may have too, and `=` or `:`; this is how logfmt, JSON and most
/// text formats write it. The first one counts.
#[must_use]
pub fn ids_of_log_line(
    labels: &[(String, String)],
    line: &str,
    settings: &ExemplarSettings,
) -> LogIds {
    let found = normalise_exemplar(labels, settings);
    if found.trace_id.is_some() && found.span_id.is_some() {
        return ids(found);
    }
    let in_text = normalise_exemplar(&named_values(line), settings);
    LogIds {
        trace_id: found.trace_id.or(in_text.trace_id),
        span_id: found.span_id.or(in_text.span_id),
    }
}

fn ids(exemplar: NormalisedExemplar) -> LogIds {
    LogIds { trace_id: exemplar.trace_id, span_id: exemplar.span_id }
}

/// Everything in a text that looks like a name and a value: `name=value`, `"name": "value"`.
/// Shape: names are distinct, the first of each.
fn named_values(line: &str) -> ExemplarLabels {
    let mut end = line.len().min(SEARCHED);
    while !line.is_char_boundary(end) {
        end -= 1;
    }
    let line = &line[..end];
    let mut pairs = ExemplarLabels::new();
    for (at, _) in line.match_indices(['=', ':']) {
        let before = line[..at].trim_end().trim_end_matches('"');
        let name_at = before
            .rfind(|letter: char| !is_of_name(letter))
            .map_or(0, |last| last + before[last..].chars().next().map_or(1, char::len_utf8));
        let name = &before[name_at..];
        let after = line[at + 1..].trim_start().trim_start_matches('"');
        let value_end = after.find(|letter: char| !is_of_value(letter)).unwrap_or(after.len());
        let value = &after[..value_end];
        let is_new = pairs.iter().all(|(known, _)| known != name);
        if !name.is_empty() && !value.is_empty() && is_new {
            pairs.push((name.to_owned(), value.to_owned()));
        }
    }
    pairs
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.')
}

fn is_of_value(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '/')
}
