#![doc = include_str!("../README.md")]
#![deny(missing_docs)]

mod capabilities;
mod client;
mod config;
mod connect;
mod exemplars;
mod heatmap;
mod joined_tree;
mod learnt;
mod metadata;
mod probe;
mod rpc;
mod series;
mod source;
mod tree;
mod tree_decode;
mod tree_selection;
mod window_parts;

pub use capabilities::{Capabilities, ServerInfo, SpanSelection};
pub use client::PyroscopeClient;
pub use config::{ClientConfig, NotAVersion, ServerVersion};
