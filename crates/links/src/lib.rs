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

pub use alias::fold_label_name;
pub use exemplar::{ExemplarLabels, IdConflict, NormalisedExemplar, normalise_exemplar};
pub use exemplar_pick::{PickedExemplars, pick_exemplars};
pub use exemplar_settings::ExemplarSettings;
pub use id::{IdKind, IdNotation, canonical_id};
