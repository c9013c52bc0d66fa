//! What Fireline reads in a query, and what it refuses.
#![allow(clippy::unwrap_used)]

mod duration;
mod model;
mod settings;
mod valid_query;
