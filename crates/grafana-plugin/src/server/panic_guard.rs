//! Keeps a panic within the call that it happened in.

use std::any::Any;
use std::future::Future;
use std::panic::AssertUnwindSafe;

use futures::FutureExt;

/// Runs a handler; a panic becomes an error that names what was being done.
///
/// What the handler shares with others may be left half changed, as with any poisoned lock; the
/// handlers' own state is theirs to guard.
pub(super) async fn guard<T>(
    doing: &'static str,
    handler: impl Future<Output = T>,
) -> Result<T, Panicked> {
    AssertUnwindSafe(handler).catch_unwind().await.map_err(|payload| {
        let message = message_of(payload.as_ref());
        tracing::error!(doing, panic = message, "a handler panicked");
        Panicked { doing }
    })
}

/// A handler panicked; the log has the rest.
#[derive(Debug, thiserror::Error)]
#[error("the plugin panicked while {doing}; its log says why")]
pub(super) struct Panicked {
    doing: &'static str,
}

pub(super) fn message_of(payload: &(dyn Any + Send)) -> &str {
    payload
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| payload.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("no message")
}
