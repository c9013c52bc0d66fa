//! The order to stop, seen by everything that must.

use tokio::sync::watch;

/// The order to stop; clones see the same order.
#[derive(Clone)]
pub(super) struct Shutdown(watch::Sender<bool>);

impl Shutdown {
    pub(super) fn new() -> Self {
        Self(watch::Sender::new(false))
    }

    pub(super) fn order(&self) {
        self.0.send_replace(true);
    }

    /// Resolves once the order is given.
    pub(super) fn ordered(&self) -> impl Future<Output = ()> + Send + 'static {
        let mut order = self.0.subscribe();
        async move {
            // The error means that no order can come any more, which is an order as well.
            let _ = order.wait_for(|ordered| *ordered).await;
        }
    }
}
