//! Tests of crate `links`, in the words of the domain.

mod exemplars;
mod ids;
