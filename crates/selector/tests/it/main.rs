//! What selectors, profile type ids and units mean.
#![allow(clippy::unwrap_used)]

mod matching;
mod parse;
mod profile_type;
mod properties;
