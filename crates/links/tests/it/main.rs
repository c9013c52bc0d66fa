//! Tests of crate `links`, in the words of the domain.

mod correlation_generation;
mod correlation_rules;
mod exemplars;
mod explanation;
mod ids;
mod relaxation;
mod settings;
mod targets;
