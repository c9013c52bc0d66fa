//! Exemplars whose labels say which trace and span they belong to, whatever the labels are called.

use serde::{Deserialize, Serialize};

use crate::alias::{alias_rank, notation_of};
use crate::exemplar_settings::ExemplarSettings;
use crate::id::{IdKind, canonical_id};

/// The labels of an exemplar in their order: name and value.
pub type ExemplarLabels = Vec<(String, String)>;

/// An exemplar's labels after normalising.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct NormalisedExemplar {
    /// All labels; ids that were found under their label in the answer.
    pub labels: ExemplarLabels,
    /// 32 lower-case hexadecimal digits. None: no label has a trace id.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub trace_id: Option<String>,
    /// 16 lower-case hexadecimal digits. None: no label has a span id.
    #[cfg_attr(feature = "ts", tsify(optional))]
    pub span_id: Option<String>,
    /// What a person should know. Empty: nothing.
    pub conflicts: Vec<IdConflict>,
}

/// Two labels of one exemplar that name different traces, or different spans.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct IdConflict {
    /// What they name.
    pub kind: IdKind,
    /// The label that was believed.
    pub believed: String,
    /// The label that kept its own name.
    pub other: String,
}

impl std::fmt::Display for IdConflict {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self { kind, believed, other } = self;
        let what = match kind {
            IdKind::Trace => "traces",
            IdKind::Span => "spans",
        };
        write!(
            formatter,
            "exemplars name different {what} in {believed:?} and {other:?}; {believed:?} is used"
        )
    }
}

/// A label that carries an id.
struct Candidate {
    /// Place among the exemplar's labels.
    at: usize,
    /// Lower ones are believed over higher ones.
    rank: usize,
    id: String,
}

/// Finds the ids among an exemplar's labels and gives them their canonical names and form.
///
/// What is not an id stays untouched under its own name. Idempotent; no id is ever invented.
#[must_use]
pub fn normalise_exemplar(
    labels: &[(String, String)],
    settings: &ExemplarSettings,
) -> NormalisedExemplar {
    let mut normalised =
        NormalisedExemplar { labels: labels.to_vec(), ..NormalisedExemplar::default() };
    normalised.trace_id = normalise_kind(IdKind::Trace, &mut normalised, settings);
    normalised.span_id = normalise_kind(IdKind::Span, &mut normalised, settings);
    normalised
}

fn normalise_kind(
    kind: IdKind,
    exemplar: &mut NormalisedExemplar,
    settings: &ExemplarSettings,
) -> Option<String> {
    let candidates = candidates(kind, &exemplar.labels, settings);
    let best = candidates.iter().min_by_key(|candidate| (candidate.rank, candidate.at))?;
    let (same, different): (Vec<_>, Vec<_>) =
        candidates.iter().partition(|candidate| candidate.id == best.id);
    let believed = exemplar.labels[best.at].0.clone();
    exemplar.conflicts.extend(different.iter().map(|other| IdConflict {
        kind,
        believed: believed.clone(),
        other: exemplar.labels[other.at].0.clone(),
    }));
    let label = free_label(kind, &exemplar.labels, &same, &believed, settings).to_owned();
    let first = same.iter().map(|candidate| candidate.at).min().unwrap_or(best.at);
    let labels = std::mem::take(&mut exemplar.labels);
    for (at, (name, value)) in labels.into_iter().enumerate() {
        if at == first {
            exemplar.labels.push((label.clone(), best.id.clone()));
        }
        let is_same = same.iter().any(|candidate| candidate.at == at);
        if !is_same || (settings.keep_original && name != label) {
            exemplar.labels.push((name, value));
        }
    }
    Some(best.id.clone())
}

fn candidates(
    kind: IdKind,
    labels: &[(String, String)],
    settings: &ExemplarSettings,
) -> Vec<Candidate> {
    let added = settings.added_labels(kind);
    let all = labels.iter().enumerate().filter_map(|(at, (name, value))| {
        let id = canonical_id(kind, notation_of(name), value);
        let rank = if name == kind.canonical_label() {
            0
        } else if name == settings.answer_label(kind) {
            1
        } else {
            2 + alias_rank(kind, name, added)?
        };
        Some(Candidate { at, rank, id: id? })
    });
    all.collect()
}

/// The label for the answer: the one of the settings, the canonical one, or its own, whichever no other label has.
fn free_label<'a>(
    kind: IdKind,
    labels: &'a [(String, String)],
    same: &[&Candidate],
    believed: &'a str,
    settings: &'a ExemplarSettings,
) -> &'a str {
    let is_free = |label: &&str| {
        let mut others = labels.iter().enumerate();
        !others.any(|(at, (name, _))| name == label && same.iter().all(|own| own.at != at))
    };
    let wanted = [settings.answer_label(kind), kind.canonical_label()];
    wanted.into_iter().find(is_free).unwrap_or(believed)
}
