//! Why nothing was found, told apart so that a person knows what to do.

use serde::{Deserialize, Serialize};

/// The time between two samples of most profilers: 100 a second. Unit: nanoseconds.
pub const USUAL_SAMPLING_PERIOD_NANOS: i64 = 10_000_000;

/// Why an answer is empty.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[non_exhaustive]
pub enum EmptyReason {
    /// The tenant never had any profile.
    TenantHasNoData,
    /// No profile has the label.
    NoSuchLabel {
        /// The label asked for.
        label: String,
        /// Labels of similar names that exist, the most similar first.
        similar: Vec<String>,
    },
    /// No profile has this value of the label.
    NoSuchValue {
        /// The label asked for.
        label: String,
        /// The value asked for.
        value: String,
        /// Values that exist, the most similar first.
        similar: Vec<String>,
    },
    /// Each condition is met by some profile, but no profile meets all.
    NotTogether {
        /// The selector asked for.
        selector: String,
    },
    /// There are profiles of these labels, but none of this type.
    NoSuchType {
        /// The selector asked for.
        selector: String,
        /// The type asked for.
        profile_type: String,
        /// The types that there are.
        types: Vec<String>,
    },
    /// There are such profiles, but at another time.
    OtherTime {
        /// The newest before. Unit: milliseconds before the start of the time range. None: not found.
        before_millis: Option<i64>,
        /// The oldest after. Unit: milliseconds after the end of the time range. None: not found.
        after_millis: Option<i64>,
    },
    /// The span took less time than lies between two samples.
    SpanShorterThanSamplingPeriod {
        /// Unit: nanoseconds.
        duration_nanos: i64,
        /// Unit: nanoseconds.
        period_nanos: i64,
    },
    /// The profiles do not say which span a sample belongs to.
    NoSpanIds,
    /// The profiles do not say which trace a sample belongs to.
    NoTraceIds,
    /// The profiles have span ids, but none of those asked for.
    NoSuchSpan,
    /// The profiles have trace ids, but none of those asked for.
    NoSuchTrace,
    /// None of the profiles asked for by id is there.
    NoSuchProfile,
    /// No stack trace begins with the functions asked for.
    NoSuchCallSite,
    /// Everything was cut off by the limit on nodes.
    Truncated {
        /// The limit.
        max_nodes: u64,
    },
    /// The profiles are there and have no samples.
    NoSamples,
}

impl EmptyReason {
    /// Whether profiles of this service and type are there, but without samples of the ids that were asked for.
    #[must_use]
    pub fn is_about_ids(&self) -> bool {
        matches!(
            self,
            Self::SpanShorterThanSamplingPeriod { .. }
                | Self::NoSpanIds
                | Self::NoTraceIds
                | Self::NoSuchSpan
                | Self::NoSuchTrace
                | Self::NoSuchProfile
        )
    }

    /// What is the matter, in one sentence.
    #[must_use]
    pub fn sentence(&self) -> String {
        match self {
            Self::TenantHasNoData => "the server has never had a profile of this tenant".to_owned(),
            Self::NoSuchLabel { label, similar } => {
                format!(
                    "no profile has the label {label:?}{}",
                    or_similar("; similar labels are", similar)
                )
            }
            Self::NoSuchValue { label, value, similar } => {
                format!(
                    "no profile has {label}={value:?}{}",
                    or_similar("; the most similar are", similar)
                )
            }
            Self::NotTogether { selector } => {
                format!("profiles meet each condition of {selector}, but none meets all of them")
            }
            Self::NoSuchType { selector, profile_type, types } => format!(
                "{selector} has no profiles of type {profile_type}{}",
                or_similar("; it has", types)
            ),
            Self::OtherTime { before_millis, after_millis } => {
                other_time(*before_millis, *after_millis)
            }
            Self::SpanShorterThanSamplingPeriod { duration_nanos, period_nanos } => format!(
                "the span took {}, which is less than the {} between two samples",
                duration(*duration_nanos),
                duration(*period_nanos)
            ),
            Self::NoSpanIds => {
                "these profiles do not say which span a sample belongs to".to_owned()
            }
            Self::NoTraceIds => {
                "these profiles do not say which trace a sample belongs to".to_owned()
            }
            Self::NoSuchSpan => "no sample was taken while these spans were running".to_owned(),
            Self::NoSuchTrace => "no sample was taken while these traces were running".to_owned(),
            Self::NoSuchProfile => "no profile with this id is in the time range".to_owned(),
            Self::NoSuchCallSite => "no stack trace begins with these functions".to_owned(),
            Self::Truncated { max_nodes } => {
                format!("everything was cut off by the limit of {max_nodes} nodes")
            }
            Self::NoSamples => "the profiles in this time range have no samples".to_owned(),
        }
    }

    /// What to do about it, in one sentence.
    #[must_use]
    pub fn advice(&self) -> &'static str {
        match self {
            Self::TenantHasNoData => {
                "Check the tenant and the credentials of the data source, and whether a profiler pushes to this server."
            }
            Self::NoSuchLabel { .. } | Self::NotTogether { .. } => "Leave the condition out.",
            Self::NoSuchValue { .. } => "Choose a value that exists, or leave the condition out.",
            Self::NoSuchType { .. } => "Choose one of the profile types that there are.",
            Self::OtherTime { .. } => "Choose a time range with profiles.",
            Self::SpanShorterThanSamplingPeriod { .. } => {
                "Look at all spans of this operation, or at the whole service around this time."
            }
            Self::NoSpanIds => {
                "Connect tracing and profiling in the program (Pyroscope's span profiles), or look at the service around this time."
            }
            Self::NoTraceIds => {
                "Ask by span id, or update profiler and server to versions that keep trace ids."
            }
            Self::NoSuchSpan | Self::NoSuchTrace => {
                "Most profilers mark root spans only and see only spans that use the CPU; look at the root span, or at the service around this time."
            }
            Self::NoSuchProfile => "Choose a time range that contains the profile.",
            Self::NoSuchCallSite => "Leave the call site out.",
            Self::Truncated { .. } => "Raise the limit on nodes.",
            Self::NoSamples => "Choose a longer time range.",
        }
    }
}

fn or_similar(introduction: &str, names: &[String]) -> String {
    const SHOWN: usize = 5;
    if names.is_empty() {
        return String::new();
    }
    let more = match names.len().saturating_sub(SHOWN) {
        0 => String::new(),
        more => format!(" and {more} more"),
    };
    format!(
        "{introduction} {}{more}",
        names.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ")
    )
}

fn other_time(before_millis: Option<i64>, after_millis: Option<i64>) -> String {
    let apart = |millis: i64| duration(millis.saturating_mul(1_000_000));
    let nearest = match (before_millis, after_millis) {
        (None, None) => "but outside of it".to_owned(),
        (Some(before), None) => format!("the nearest is {} before it", apart(before)),
        (None, Some(after)) => format!("the nearest is {} after it", apart(after)),
        (Some(before), Some(after)) => {
            format!("the nearest are {} before and {} after it", apart(before), apart(after))
        }
    };
    format!("no such profile is in this time range; {nearest}")
}

/// A length of time in its largest fitting unit, cut off, not rounded.
pub(crate) fn duration(nanos: i64) -> String {
    const UNITS: [(i64, &str); 7] = [
        (86_400_000_000_000, "days"),
        (3_600_000_000_000, "hours"),
        (60_000_000_000, "minutes"),
        (1_000_000_000, "s"),
        (1_000_000, "ms"),
        (1_000, "µs"),
        (1, "ns"),
    ];
    // From two of a unit on, so that "90 s" does not become "1 minutes".
    let (unit, name) =
        UNITS.into_iter().find(|(unit, _)| nanos >= unit.saturating_mul(2)).unwrap_or((1, "ns"));
    match (unit, name) {
        (1_000..=1_000_000_000, _) if nanos / unit < 10 => {
            let tenths = nanos / (unit / 10);
            if tenths % 10 == 0 {
                format!("{} {name}", tenths / 10)
            } else {
                format!("{}.{} {name}", tenths / 10, tenths % 10)
            }
        }
        _ => format!("{} {name}", nanos / unit),
    }
}
