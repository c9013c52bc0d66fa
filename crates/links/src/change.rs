//! What was done differently from what a query asked.

use serde::{Deserialize, Serialize};

use crate::empty_reason::duration;

/// What was done differently from what was asked.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
pub enum Change {
    /// A condition is on another label that means the same.
    Renamed {
        /// The label asked for.
        from: String,
        /// The label used.
        to: String,
    },
    /// A service is asked for without the namespace that Prometheus puts before its name.
    WithoutNamespace {
        /// The condition, as it was written.
        asked: String,
        /// The condition used.
        used: String,
    },
    /// A condition is left out.
    Dropped {
        /// The condition, as it was written.
        matcher: String,
        /// Its label.
        label: String,
        /// Why.
        why: DropReason,
    },
    /// More time is looked at.
    Widened {
        /// How much more before. Unit: milliseconds.
        before_millis: i64,
        /// How much more after. Unit: milliseconds.
        after_millis: i64,
    },
}

/// Why a condition is left out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum DropReason {
    /// No profile has the label.
    NoSuchLabel,
    /// Profiles have the label, but none has such a value.
    NoSuchValue,
    /// No profile is of this service.
    NoSuchService,
    /// No profile has this together with the other conditions.
    NotTogether,
}

impl Change {
    /// What was done, and why.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::Renamed { from, to } => {
                format!("used the label {to:?} for {from:?}, which no profile has")
            }
            Self::WithoutNamespace { asked, used } => {
                format!("used {used} for {asked}, which no profile has")
            }
            Self::Dropped { matcher, label, why } => match why {
                DropReason::NoSuchLabel => {
                    format!(
                        "left out {matcher}, because no profile of this service has the label {label:?}"
                    )
                }
                DropReason::NoSuchValue => {
                    format!(
                        "left out {matcher}, because no profile of this service has such a value"
                    )
                }
                DropReason::NoSuchService => {
                    format!("left out {matcher}, because no profile is of this service")
                }
                DropReason::NotTogether => {
                    format!("left out {matcher}, because no profile has it together with the rest")
                }
            },
            Self::Widened { before_millis, after_millis } => {
                let length = |millis: i64| duration(millis.saturating_mul(1_000_000));
                let how_much = if before_millis == after_millis {
                    format!("{} before and after", length(*before_millis))
                } else {
                    format!("{} before and {} after", length(*before_millis), length(*after_millis))
                };
                format!(
                    "looked {how_much}, because profiles are uploaded some time after their samples were taken"
                )
            }
        }
    }
}
