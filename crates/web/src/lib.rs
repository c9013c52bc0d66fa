//! Fireline's WebAssembly: handles that the browser holds, and the canvas executor.
//!
//! Every call returns what the page has to do; nothing here calls back into the page.
//! Two files are built of it, one for each feature: `view` is needed at once, `pages` is not.

// Values that cross from the browser arrive by value.
#![allow(clippy::needless_pass_by_value)]

mod json_value;
mod panic_flag;
mod replacement;

#[cfg(feature = "pages")]
pub mod pages;
#[cfg(feature = "view")]
pub mod view;

pub use panic_flag::has_panicked;
