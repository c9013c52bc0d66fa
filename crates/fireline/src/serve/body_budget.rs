//! How many bytes of pushes the server holds at once: their bodies, and what was decoded of them.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::connect::{CallError, Code};

/// How long a push waits for others to end.
pub(super) const PATIENCE: Duration = Duration::from_secs(2);

/// A number of bytes that the pushes under way share.
#[derive(Debug, Clone)]
pub(crate) struct BodyBudget {
    free: Arc<Semaphore>,
    total_bytes: u32,
}

/// What one push holds of a [`BodyBudget`]; given back when dropped.
#[derive(Debug)]
pub(crate) struct BodyShare {
    budget: BodyBudget,
    permit: Option<OwnedSemaphorePermit>,
}

/// The server does as much at once as it may.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Busy {
    /// It holds as many bytes of pushes as it may.
    #[error(
        "the server is busy: the pushes under way hold {total_bytes} bytes, and none ended within \
         {} s; try again later",
        PATIENCE.as_secs()
    )]
    Bytes {
        /// How many it may hold.
        total_bytes: u32,
    },
    /// It decodes as many pushes as it may.
    #[error(
        "the server is busy: {at_once} pushes are being decoded, and none ended within {} s; try again \
         later",
        PATIENCE.as_secs()
    )]
    Decoding {
        /// How many it may decode at once.
        at_once: u32,
    },
}

impl Busy {
    /// When to try again. Unit: seconds.
    pub(crate) const RETRY_AFTER_SECS: u32 = 1;
}

impl BodyBudget {
    /// A budget of which nothing is used.
    pub(crate) fn new(total_bytes: u32) -> Self {
        Self { free: Arc::new(Semaphore::new(total_bytes as usize)), total_bytes }
    }

    /// A share that holds nothing yet.
    pub(crate) fn share(&self) -> BodyShare {
        BodyShare { budget: self.clone(), permit: None }
    }
}

impl BodyShare {
    /// Makes the share at least so large. Errors: others hold too much, and none of them ends in time.
    ///
    /// What is asked for beyond the whole budget is not waited for, since it never came.
    pub(crate) async fn grow_to(&mut self, bytes: usize) -> Result<(), Busy> {
        let total_bytes = self.budget.total_bytes;
        let held = self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        let wanted = u32::try_from(bytes).unwrap_or(u32::MAX).min(total_bytes);
        let missing = wanted.saturating_sub(u32::try_from(held).unwrap_or(u32::MAX));
        if missing == 0 {
            return Ok(());
        }
        let more = Arc::clone(&self.budget.free).acquire_many_owned(missing);
        let more = match tokio::time::timeout(PATIENCE, more).await {
            Ok(Ok(more)) => more,
            _ => return Err(Busy::Bytes { total_bytes }),
        };
        match &mut self.permit {
            Some(permit) => permit.merge(more),
            None => self.permit = Some(more),
        }
        Ok(())
    }
}

impl BodyShare {
    /// Makes the share so much larger. Errors: as [`grow_to`](Self::grow_to).
    pub(crate) async fn grow_by(&mut self, bytes: usize) -> Result<(), Busy> {
        let held = self.permit.as_ref().map_or(0, OwnedSemaphorePermit::num_permits);
        self.grow_to(held.saturating_add(bytes)).await
    }
}

impl From<Busy> for CallError {
    fn from(busy: Busy) -> Self {
        let retry_after_secs = Some(Busy::RETRY_AFTER_SECS);
        Self { retry_after_secs, ..Self::new(Code::ResourceExhausted, busy.to_string()) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test(start_paused = true)]
    async fn what_is_held_is_refused_to_others_until_it_is_given_back() {
        let budget = BodyBudget::new(100);
        let (mut first, mut second) = (budget.share(), budget.share());
        first.grow_to(60).await.unwrap();
        first.grow_to(50).await.unwrap();
        second.grow_to(40).await.unwrap();
        let busy = second.grow_to(41).await.unwrap_err();
        assert!(busy.to_string().contains("hold 100 bytes"), "{busy}");
        drop(first);
        second.grow_to(100).await.unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_push_waits_a_moment_for_others_to_end() {
        let budget = BodyBudget::new(100);
        let mut first = budget.share();
        first.grow_to(100).await.unwrap();
        let second = tokio::spawn(async move { budget.share().grow_to(1).await });
        tokio::time::sleep(PATIENCE / 2).await;
        drop(first);
        assert_eq!(second.await.unwrap(), Ok(()));
    }

    #[tokio::test]
    async fn more_than_there_is_takes_all_there_is() {
        let budget = BodyBudget::new(100);
        let mut only = budget.share();
        only.grow_to(1_000).await.unwrap();
        assert_eq!(budget.free.available_permits(), 0);
    }
}
