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

/// Everything in a text that looks like a name and a value: `name=value`, `"name": "value"`. Either may be empty.
pub(crate) fn named_values(line: &str) -> ExemplarLabels {
    let read = &line[..line.floor_char_boundary(SEARCHED)];
    // Half an id would be another one.
    let line = if read == line { line } else { read.trim_end_matches(is_of_value) };
    let signs = line.match_indices(['=', ':']);
    let pairs = signs.map(|(at, _)| {
        let before = line[..at].trim_end().trim_end_matches('"');
        let name = before.rsplit(|letter| !is_of_name(letter)).next();
        let after = line[at + 1..].trim_start().trim_start_matches('"');
        let value = after.split(|letter| !is_of_value(letter)).next();
        (name.unwrap_or_default().to_owned(), value.unwrap_or_default().to_owned())
    });
    pairs.collect()
}

fn is_of_name(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '_' | '-' | '.')
}

fn is_of_value(letter: char) -> bool {
    letter.is_ascii_alphanumeric() || matches!(letter, '-' | '/')
}
