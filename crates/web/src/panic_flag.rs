//! A panic leaves the instance in an unknown state: it is told once, and nothing is called after.

use std::sync::atomic::{AtomicBool, Ordering};
use wasm_bindgen::prelude::wasm_bindgen;

static PANICKED: AtomicBool = AtomicBool::new(false);

/// Writes panics to the console and remembers that there was one.
#[wasm_bindgen(start)]
pub(crate) fn install_panic_hook() {
    std::panic::set_hook(Box::new(|info| {
        PANICKED.store(true, Ordering::Relaxed);
        console_error_panic_hook::hook(info);
    }));
}

/// Whether there was a panic; if so, nothing else may be called.
#[wasm_bindgen(js_name = hasPanicked)]
pub fn has_panicked() -> bool {
    PANICKED.load(Ordering::Relaxed)
}
