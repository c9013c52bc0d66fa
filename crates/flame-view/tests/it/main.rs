//! Tests of the headless flame graph.

mod drawing;
mod support;
