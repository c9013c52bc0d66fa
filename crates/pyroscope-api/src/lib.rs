//! The messages of Pyroscope's API, generated from the definitions in `/proto`.
//!
//! Modules are named like the protobuf packages.
//! With feature `json` every message speaks protobuf's JSON as well.
//! Knows nothing about anything else.
#![deny(missing_docs)]

macro_rules! package {
    ($package:literal, $doc:literal) => {
        #[doc = $doc]
        pub mod v1 {
            #![allow(clippy::all, unused_qualifications, unreachable_pub)]
            include!(concat!("generated/", $package, ".rs"));
            #[cfg(feature = "json")]
            include!(concat!("generated/", $package, ".serde.rs"));
        }
    };
}

/// What a server can do.
pub mod capabilities {
    package!("capabilities.v1", "Feature flags.");
}

/// The pprof format.
pub mod google {
    package!("google.v1", "Profiles in pprof form.");
}

/// How profiles reach a server.
pub mod push {
    package!("push.v1", "Pushing profiles.");
}

/// How profiles are queried.
pub mod querier {
    package!("querier.v1", "Querying profiles.");
}

/// What the packages share.
pub mod types {
    package!("types.v1", "Labels, series, exemplars and selectors.");
}

/// The header by which Fireline's own store names days of which profiles are missing, because files of the store are
/// damaged: dates such as `2026-11-21`, in UTC, with commas between them. Pyroscope has no such header.
pub const DAMAGED_DAYS: &str = "fireline-damaged-days";
