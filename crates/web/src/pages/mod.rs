//! What nothing needs at once: the forms, the Trail page, and the look-up of spans.

mod exemplar_bindings;
mod form_bindings;
mod span_bindings;
mod trail_bindings;

pub use exemplar_bindings::preview;
pub use form_bindings::FormEditor;
pub use span_bindings::{JsLookUpContext, SpanLookUpHandle};
pub use trail_bindings::TrailHandle;
