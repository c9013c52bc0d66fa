//! The many names of one label: which labels carry the id of a trace or of a span.

use crate::id::{IdKind, IdNotation};

/// Names of labels with trace ids, folded; the first that a label set has wins over later ones.
const TRACE_ALIASES: [&str; 4] = ["traceid", "oteltraceid", "xb3traceid", "ddtraceid"];

/// Names of labels with span ids, likewise.
const SPAN_ALIASES: [&str; 4] = ["spanid", "otelspanid", "xb3spanid", "ddspanid"];

/// A label name without case, `_`, `-` and `.`, which writers disagree about.
#[must_use]
pub fn fold_label_name(name: &str) -> String {
    name.chars()
        .filter(|character| !matches!(character, '_' | '-' | '.'))
        .flat_map(char::to_lowercase)
        .collect()
}

/// Which place a label has among the names of an id; lower ones win. None: it is no such name.
/// `added` are the names of the settings, which come after the known ones.
pub(crate) fn alias_rank(kind: IdKind, label: &str, added: &[String]) -> Option<usize> {
    let folded = fold_label_name(label);
    let known = match kind {
        IdKind::Trace => TRACE_ALIASES,
        IdKind::Span => SPAN_ALIASES,
    };
    let added = added.iter().map(|name| fold_label_name(name)).filter(|name| !name.is_empty());
    let names = known.iter().map(|name| (*name).to_owned()).chain(added);
    names.into_iter().position(|name| name == folded)
}

/// How the writers that use this label write ids.
pub(crate) fn notation_of(label: &str) -> IdNotation {
    if fold_label_name(label).starts_with("dd") {
        IdNotation::Datadog
    } else {
        IdNotation::Hexadecimal
    }
}
