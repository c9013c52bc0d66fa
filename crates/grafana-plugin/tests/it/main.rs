//! The protocol, in both directions, between real processes.
#![allow(clippy::unwrap_used)]

mod frame_encodings;
#[path = "../../examples/golden_plugin/frames.rs"]
mod golden_frames;
mod golden_plugin;
mod grafana_agrees;
mod log_lines;
mod plugin_process;
