//! How many pushes are decoded at once.

use std::io;
use std::sync::Arc;

use tokio::runtime::{Builder, Runtime};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::body_budget::{Busy, PATIENCE};
use super::connect::{CallError, Code};

/// How many pushes are decoded at once; others wait.
///
/// A small pprof in gzip becomes a large one while it is decoded, which nobody knows before. What it has become is
/// charged to the [`BodyBudget`](super::body_budget::BodyBudget) before the next one is let in.
const AT_ONCE: u32 = 4;

/// Lets some pushes at a time be decoded, on threads of its own: allocators keep for each thread what was freed, so
/// that many threads would keep as much as many pushes take.
#[derive(Debug)]
pub(crate) struct DecodeGate {
    free: Arc<Semaphore>,
    /// Always there, but while this is dropped.
    threads: Option<Runtime>,
}

/// The right to hold what was decoded, until it is charged elsewhere.
#[derive(Debug)]
pub(crate) struct DecodePermit {
    _permit: OwnedSemaphorePermit,
}

/// Why nothing was decoded.
#[derive(Debug, thiserror::Error)]
pub(crate) enum DecodeGateError {
    /// Others take too long.
    #[error(transparent)]
    Busy(#[from] Busy),
    /// The work panicked.
    #[error("decoding the push failed")]
    Failed,
}

impl From<DecodeGateError> for CallError {
    fn from(error: DecodeGateError) -> Self {
        match error {
            DecodeGateError::Busy(busy) => busy.into(),
            DecodeGateError::Failed => Self::new(Code::Internal, error.to_string()),
        }
    }
}

impl DecodeGate {
    /// A gate that nobody went through. Errors: the system has nothing to wait with.
    pub(crate) fn new() -> io::Result<Self> {
        let threads = Builder::new_current_thread()
            .max_blocking_threads(AT_ONCE as usize)
            .thread_name("decode")
            .build()?;
        Ok(Self { free: Arc::new(Semaphore::new(AT_ONCE as usize)), threads: Some(threads) })
    }

    /// Decodes when it is its turn. The permit is to be held until what was decoded is charged to a budget.
    ///
    /// A permit goes with the work and not with who waits for it, who may go away.
    pub(crate) async fn decode<T: Send + 'static>(
        &self,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<(T, DecodePermit), DecodeGateError> {
        let permit = Arc::clone(&self.free).acquire_owned();
        let permit = match tokio::time::timeout(PATIENCE, permit).await {
            Ok(Ok(permit)) => DecodePermit { _permit: permit },
            _ => return Err(Busy::Decoding { at_once: AT_ONCE }.into()),
        };
        let threads = self.threads.as_ref().ok_or(DecodeGateError::Failed)?;
        let decoded = threads.spawn_blocking(move || (work(), permit)).await;
        decoded.map_err(|_| DecodeGateError::Failed)
    }
}

impl Drop for DecodeGate {
    fn drop(&mut self) {
        // What is under way ends on its own; waiting is not allowed where this may be dropped.
        if let Some(threads) = self.threads.take() {
            threads.shutdown_background();
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "tests")]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn some_pushes_are_decoded_at_once_and_others_wait_a_moment() {
        let gate = Arc::new(DecodeGate::new().unwrap());
        let mut inside = Vec::new();
        for push in 0..AT_ONCE {
            let (decoded, permit) = gate.decode(move || push).await.unwrap();
            assert_eq!(decoded, push);
            inside.push(permit);
        }
        let busy = gate.decode(|| ()).await.unwrap_err();
        assert!(busy.to_string().contains("4 pushes are being decoded"), "{busy}");
        let waiting = tokio::spawn({
            let gate = Arc::clone(&gate);
            async move { gate.decode(|| "decoded").await.unwrap().0 }
        });
        tokio::time::sleep(PATIENCE / 2).await;
        inside.pop();
        assert_eq!(waiting.await.unwrap(), "decoded");
    }

    #[tokio::test]
    async fn a_panic_ends_one_push_and_gives_its_place_back() {
        let gate = DecodeGate::new().unwrap();
        for _ in 0..2 * AT_ONCE {
            let failed = gate.decode(|| panic!("a mistake")).await.map(|((), _)| ());
            assert!(matches!(failed, Err(DecodeGateError::Failed)), "{failed:?}");
        }
        assert_eq!(gate.decode(|| 7).await.unwrap().0, 7);
    }
}
