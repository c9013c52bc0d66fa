//! Messages and services of the protocol, generated from the definitions in `/proto`.

/// Grafana's plugin protocol 2.
pub mod pluginv2 {
    #![allow(clippy::all, unused_qualifications, unreachable_pub)]
    include!("generated/pluginv2.rs");
}

/// What hashicorp/go-plugin asks of a plugin process.
pub mod go_plugin {
    #![allow(clippy::all, unused_qualifications, unreachable_pub)]
    include!("generated/plugin.rs");
}
