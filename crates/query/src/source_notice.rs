//! What a reader of an answer should know beside the answer.

use std::fmt;

/// Something done differently than asked, or something that an answer does not say of itself.
///
/// `Display` is a sentence for the user.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum SourceNotice {
    /// The window was longer than the source answers at once; the parts were merged.
    WindowSplit {
        /// How many parts there were, at least 2.
        parts: usize,
        /// The longest window the source answers at once. Unit: milliseconds.
        limit_millis: i64,
    },
    /// The tree was merged from parts that the source had cut, so that values are lower bounds.
    LowerBounds {
        /// No node lacks more than this. Unit: that of the profile type.
        missing_at_most: i64,
    },
    /// Fewer nodes were asked for than wanted, because the source does not allow more.
    MaxNodesLowered {
        /// How many were wanted.
        wanted: u64,
        /// How many the source allows.
        allowed: u64,
    },
    /// Exemplars of spans were asked for, and there are none because they could not be looked up.
    NoSpanExemplars {
        /// Why.
        reason: String,
    },
    /// Files of the source are damaged, so that profiles of some days are missing.
    DamagedDays {
        /// The days, as `2026-11-21`, in UTC; at least one.
        days: Vec<String>,
    },
    /// The source cannot select by spans and by traces at once; it selected by spans alone.
    TraceIdsLeftOut,
    /// Something in the answer could not be taken as it stood.
    Flawed {
        /// What it was, and what was done instead.
        problem: String,
    },
}

impl fmt::Display for SourceNotice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::WindowSplit { parts, limit_millis } => {
                let limit = Hours(*limit_millis);
                write!(f, "the server answers at most {limit} at once; {parts} answers were merged")
            }
            Self::LowerBounds { missing_at_most } => write!(
                f,
                "the tree was merged from answers that the server had cut: \
                 values are lower bounds, none lacks more than {missing_at_most}"
            ),
            Self::MaxNodesLowered { wanted, allowed } => {
                write!(f, "the server allows at most {allowed} nodes, not {wanted}")
            }
            Self::NoSpanExemplars { reason } => write!(f, "no exemplars of spans: {reason}"),
            Self::DamagedDays { days } => write!(
                f,
                "profiles of {} (UTC) are missing: files of the store are damaged and were set aside",
                days.join(", ")
            ),
            Self::TraceIdsLeftOut => f.write_str(
                "the server cannot select by spans and traces at once; it selected by spans alone",
            ),
            Self::Flawed { problem } => {
                write!(f, "the answer could not be taken as it stood: {problem}")
            }
        }
    }
}

/// Milliseconds, written in hours where they are whole hours and in seconds otherwise.
struct Hours(i64);

impl fmt::Display for Hours {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HOUR_MILLIS: i64 = 3_600_000;
        if self.0 % HOUR_MILLIS == 0 {
            write!(f, "{} h", self.0 / HOUR_MILLIS)
        } else {
            write!(f, "{} s", self.0 / 1000)
        }
    }
}
