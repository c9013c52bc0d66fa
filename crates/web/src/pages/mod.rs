//! What nothing needs at once: the forms and the Trail page.

mod exemplar_bindings;
mod form_bindings;
mod trail_bindings;

pub use exemplar_bindings::preview;
pub use form_bindings::FormEditor;
pub use trail_bindings::TrailHandle;
