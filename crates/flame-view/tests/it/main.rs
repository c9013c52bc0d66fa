//! Tests of the headless flame graph.
#![allow(clippy::unwrap_used, reason = "helpers of tests may fail like tests")]

mod colours;
mod cost;
mod diffs;
mod drawing;
mod frames;
mod keyboard;
mod layout;
mod looking_around;
mod name_reader;
mod names;
mod search;
mod support;
mod table;
mod values;
