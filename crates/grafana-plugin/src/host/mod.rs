//! The host's side: starting a plugin process and calling it, as Grafana does.

mod calls;
mod error;
mod log_line;
mod plugin_command;
mod plugin_process;
mod supervise;

pub use error::HostError;
pub use log_line::LogLine;
pub use plugin_command::PluginCommand;
pub use plugin_process::PluginProcess;
pub use supervise::ProcessExit;
