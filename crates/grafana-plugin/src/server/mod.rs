//! The plugin's side: a process that Grafana starts.

mod data_service;
mod diagnostics_service;
mod dyn_handler;
mod go_plugin_services;
mod handshake;
mod panic_guard;
mod plugin;
mod resource_service;
mod serve;
mod shutdown;

pub use plugin::Plugin;
pub use serve::{ServeError, run, serve};
