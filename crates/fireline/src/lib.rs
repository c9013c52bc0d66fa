//! The command line of Fireline, as a library so that tests can run the server in their own process.
#![deny(missing_docs)]

pub mod provision;
pub mod serve;
