//! How metrics, traces, profiles and logs lead to each other: exemplars normalised, links derived, selectors relaxed.
//!
//! Knows nothing about Grafana's runtime, the network or the clock.
#![deny(missing_docs)]

// Exemplars.
mod alias;
mod exemplar;
mod exemplar_pick;
mod exemplar_settings;
mod id;

// What a link asks for, and what it may do without.
mod change;
mod empty_reason;
mod explanation;
mod label_mapping;
mod link_settings;
#[cfg(feature = "matching")]
mod relaxation;
#[cfg(feature = "matching")]
mod similar;
mod window_padding;

// Where links lead.
pub mod correlation;
pub mod target;

pub use alias::fold_label_name;
pub use change::{Change, DropReason};
pub use empty_reason::{EmptyReason, USUAL_SAMPLING_PERIOD_NANOS};
pub use exemplar::{ExemplarLabels, IdConflict, NormalisedExemplar, normalise_exemplar};
pub use exemplar_pick::{PickedExemplars, pick_exemplars};
pub use exemplar_settings::ExemplarSettings;
pub use explanation::{EXPLAIN_KEY, Explanation, Findings, RelaxedQuery};
pub use id::{IdKind, IdNotation, canonical_id};
pub use label_mapping::{LabelMapping, OPTIONAL_LABELS, is_service_label, label_name, labels_of};
pub use link_settings::LinkSettings;
#[cfg(feature = "matching")]
pub use relaxation::{RelaxationRules, Relaxed};
#[cfg(feature = "matching")]
pub use similar::similar_to;
pub use window_padding::{DEFAULT_PADDING_MILLIS, PaddedWindow, pad_window};
