//! How metrics, traces, profiles and logs lead to each other: exemplars normalised, links derived, selectors relaxed.
//!
//! Knows nothing about Grafana's runtime, the network or the clock.
#![deny(missing_docs)]

// Exemplars.
mod alias;
mod exemplar;
mod exemplar_pick;
mod exemplar_preview;
mod exemplar_settings;
mod exemplar_table;
mod id;
mod log_ids;

// What a link asks for, and what it may do without.
mod change;
mod empty_reason;
mod explanation;
mod explore_path;
mod label_mapping;
mod link_settings;
#[cfg(feature = "matching")]
mod relaxation;
#[cfg(feature = "matching")]
mod similar;
mod traces_through;
mod window_padding;

// Where links lead.
pub mod correlation;
mod derive;
mod extension;
mod frame_shape;
mod link_context;
mod link_plan;
mod span_class;
mod span_look_up;
pub mod target;

// What is read of answers.
mod json_frame;
pub mod trace;

// The walk from a metric to a function and back.
pub mod trail;

pub use alias::fold_label_name;
pub use change::{Change, DropReason};
pub use derive::{DerivedLink, FieldLinks, InternalLink, TRACE_URL_TITLE, derive_links};
pub use empty_reason::{EmptyReason, USUAL_SAMPLING_PERIOD_NANOS};
pub use exemplar::{ExemplarLabels, IdConflict, NormalisedExemplar, normalise_exemplar};
pub use exemplar_pick::{PickedExemplars, pick_exemplars};
pub use exemplar_preview::{ExemplarPreview, PreviewLabel, preview_exemplar};
pub use exemplar_settings::ExemplarSettings;
pub use exemplar_table::{LabelColumn, NormalisedTable, normalise_table};
pub use explanation::{EXPLAIN_KEY, Explanation, Findings, Instead, RelaxedQuery, WouldFind};
pub use explore_path::explore_path;
pub use extension::{
    ExtensionGoal, ExtensionLink, ExtensionPoint, extension_links, extension_path, fill_in_target,
};
pub use frame_shape::{FieldShape, FrameShape, FrameSubject};
pub use id::{IdKind, IdNotation, canonical_id};
pub use json_frame::{JsonField, JsonFrame};
pub use label_mapping::{LabelMapping, OPTIONAL_LABELS, is_service_label, label_name, labels_of};
pub use link_context::{LinkContext, Signal, SourceRef};
pub use link_settings::LinkSettings;
pub use log_ids::{LogIds, ids_of_log_line};
#[cfg(feature = "matching")]
pub use relaxation::{RelaxationRules, Relaxed};
#[cfg(feature = "matching")]
pub use similar::similar_to;
pub use span_class::{
    ClassSearchError, DEFAULT_MAX_SPANS, PickedSpans, class_search_query, class_traceql,
    fill_in_spans, spans_of_class,
};
pub use span_look_up::{SpanLookUp, SpanQuestion};
pub use traces_through::traces_through;
pub use window_padding::{DEFAULT_PADDING_MILLIS, PaddedWindow, pad_window};
