//! The trace and the span that a log line belongs to.

use crate::exemplar::{ExemplarLabels, NormalisedExemplar, normalise_exemplar};
use crate::exemplar_settings::ExemplarSettings;
use crate::id::{IdKind, written_digits};

/// So much of a line is searched. Unit: bytes.
const SEARCHED: usize = 64 * 1024;

/// An id in a text has at least so many digits: those of a span's id, and of a trace's where it has 64 bits.
const FEWEST_DIGITS: usize = 16;

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
/// text formats write it. There it has at least 16 digits, for words such as "bad" are hexadecimal too; one of full
/// length counts before a shorter one, else the first one does.
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
    let named = named_values(line);
    LogIds {
        trace_id: found.trace_id.or_else(|| id_in_text(IdKind::Trace, &named, settings)),
        span_id: found.span_id.or_else(|| id_in_text(IdKind::Span, &named, settings)),
    }
}

/// The id of a kind among what a text names. None: there is none.
fn id_in_text(kind: IdKind, named: &ExemplarLabels, settings: &ExemplarSettings) -> Option<String> {
    [kind.digits(), FEWEST_DIGITS].into_iter().find_map(|fewest| {
        let is_long = |(_, value): &&(String, String)| written_digits(kind, value) >= fewest;
        let long: ExemplarLabels = named.iter().filter(is_long).cloned().collect();
        let ids = ids(normalise_exemplar(&long, settings));
        match kind {
            IdKind::Trace => ids.trace_id,
            IdKind::Span => ids.span_id,
        }
    })
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
