//! What the client asks, and what it makes of what comes back.
#![allow(clippy::unwrap_used, reason = "a test may fail")]

mod answers;
mod faults;
mod questions;
