//! `fireline serve`: Pyroscope's API over a store, and the workbench.

mod api;
mod app;
mod arguments;
mod body_budget;
mod command;
mod connect;
mod connections;
mod decode_gate;
mod error_text;
mod face;
mod front_door;
mod ingest;
mod metrics;
mod neighbour;
mod profile_store;
mod push;
mod push_entries;
mod querier;
mod query_string;
mod retention_arguments;
mod server;
mod status;
mod workbench;

pub use arguments::ServeArguments;
pub use command::serve;
pub use connections::ConnectionLimits;
pub use face::{Clock, system_clock};
pub use front_door::{BasePath, BasePathError};
pub use neighbour::{Neighbour, NeighbourError};
pub use profile_store::ProfileStore;
pub use server::{ServeError, Server, stop_signal};
