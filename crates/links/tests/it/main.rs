//! Tests of crate `links`, in the words of the domain.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod correlation_generation;
mod correlation_rules;
mod derived_links;
mod exemplar_preview;
mod exemplar_tables;
mod exemplars;
mod explanation;
mod extensions;
mod extensions_to_trail;
mod ids;
mod log_ids;
mod relaxation;
mod settings;
mod span_class;
mod span_look_up;
mod targets;
mod trace_flames;
mod traces;
mod traces_through;
mod trail_answers;
mod trail_call_sites;
mod trail_chart;
mod trail_logs;
mod trail_sources;
mod trail_whole_trace;
mod trails;
