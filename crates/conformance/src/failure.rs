//! Why a source does not pass.

use query::SourceError;

/// A check that a source does not pass.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{check}: {reason}")]
pub struct Failure {
    /// What should hold.
    pub check: &'static str,
    /// What was found instead.
    pub reason: String,
}

/// What a check found; the error is the reason of a [`Failure`].
pub(crate) type Outcome = Result<(), Reason>;

/// Why a check does not pass, before it has a name.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Reason {
    /// The source has no answer.
    #[error("the source failed: {0}")]
    Source(#[from] SourceError),
    /// Two answers do not go together.
    #[error("{0}")]
    Differs(String),
}

/// Fails with a reason unless a condition holds.
pub(crate) fn expect(holds: bool, reason: impl FnOnce() -> String) -> Outcome {
    if holds { Ok(()) } else { Err(Reason::Differs(reason())) }
}

/// Fails unless both are equal.
pub(crate) fn expect_equal<T: PartialEq + std::fmt::Debug>(
    what: &str,
    found: &T,
    expected: &T,
) -> Outcome {
    expect(found == expected, || format!("{what}: found {found:?}, expected {expected:?}"))
}
