//! What nothing needs at once: the forms, the Trail page, the look-up of spans, and links that wait for a click.

mod exemplar_bindings;
mod extension_bindings;
mod form_bindings;
mod function_bindings;
mod span_bindings;
mod trail_bindings;

pub use exemplar_bindings::preview;
pub use extension_bindings::{JsExtensionContext, all_extension_links, extension_link};
pub use form_bindings::FormEditor;
pub use function_bindings::traces_through;
pub use span_bindings::{JsLookUpContext, SpanLookUpHandle};
pub use trail_bindings::TrailHandle;
