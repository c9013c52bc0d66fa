//! What Fireline reads in a query, what it refuses, and how its forms behave.
#![allow(clippy::unwrap_used)]

mod comparing;
mod completing_a_selector;
mod diff;
mod duration;
mod interpolating;
mod model;
mod preparing;
mod promql;
mod promql_editor;
mod query_editor;
mod settings;
mod settings_editor;
mod span_class;
mod starting_point;
mod valid_query;
mod variables;
mod wrapped_query;
