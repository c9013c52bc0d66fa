//! How many nodes of a call tree are kept.

use std::num::NonZeroU64;

/// How many nodes of a call tree to keep.
///
/// Written as a number, 0 means all of them in a query and in settings, and nothing said in a request
/// of Pyroscope's: here each has a name of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NodeLimit {
    /// Nothing is said: the source's own default.
    SourceDefault,
    /// All nodes.
    All,
    /// About so many, those of the largest totals.
    About(NonZeroU64),
}

impl NodeLimit {
    /// What is asked for where neither query nor settings say.
    pub const OF_QUERY: Self = Self::from_query(16_384);

    /// What Pyroscope keeps when nothing is said, and the embedded store as well.
    pub const OF_PYROSCOPE: Self = Self::from_query(8_192);

    /// The most nodes that Pyroscope can be asked for in its default configuration, and the embedded
    /// store over HTTP.
    pub const MOST_OF_PYROSCOPE: u64 = 1 << 20;

    /// The limit that a query or a setting writes as a number: 0 is all.
    pub const fn from_query(nodes: u64) -> Self {
        match NonZeroU64::new(nodes) {
            None => Self::All,
            Some(nodes) => Self::About(nodes),
        }
    }

    /// The limit that a request of Pyroscope's writes as a number: 0 is as if nothing were said.
    pub const fn from_pyroscope(nodes: u64) -> Self {
        match NonZeroU64::new(nodes) {
            None => Self::SourceDefault,
            Some(nodes) => Self::About(nodes),
        }
    }

    /// The number that a request of Pyroscope's writes for it; for all, the most that can be asked for.
    /// None: nothing is said.
    pub const fn to_pyroscope(self) -> Option<u64> {
        match self {
            Self::SourceDefault => None,
            Self::All => Some(Self::MOST_OF_PYROSCOPE),
            Self::About(nodes) => Some(nodes.get()),
        }
    }

    /// The limit itself, or another where nothing is said.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        match self {
            Self::SourceDefault => other,
            said => said,
        }
    }

    /// The number that a query or a setting writes for it. None: nothing is said.
    pub const fn to_query(self) -> Option<u64> {
        match self {
            Self::SourceDefault => None,
            Self::All => Some(0),
            Self::About(nodes) => Some(nodes.get()),
        }
    }
}
