//! What selectors, profile type ids and units mean.

mod matching;
mod parse;
mod profile_type;
mod properties;
