//! What can be wrong with a pprof profile that still can be shown.

/// A table of a pprof profile whose entries have ids.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Table {
    /// The mappings.
    Mapping,
    /// The functions.
    Function,
    /// The locations.
    Location,
}

impl std::fmt::Display for Table {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Mapping => "mapping",
            Self::Function => "function",
            Self::Location => "location",
        })
    }
}

/// Something in a pprof profile that could not be taken as it stood.
///
/// Each kind occurs at most once in a list of warnings, with how often it was met and the first
/// case. A store that wants the server's strictness refuses profiles that have any.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Warning {
    /// Strings are not UTF-8; what is not was replaced by U+FFFD.
    #[error("{count} strings are not UTF-8, the first at index {first}")]
    InvalidUtf8 {
        /// How many strings.
        count: u64,
        /// Position of the first one.
        first: u64,
    },
    /// References to strings that are not there; they became the empty string.
    #[error("{count} references to strings that are not there, the first to index {first}")]
    UnknownString {
        /// How many references.
        count: u64,
        /// The first index.
        first: i64,
    },
    /// Entries whose id an earlier one of the same table has; the earlier one counts.
    #[error("{count} entries of the {table} table repeat an id, the first is {first}")]
    RepeatedId {
        /// The table.
        table: Table,
        /// How many entries.
        count: u64,
        /// The first such id.
        first: u64,
    },
    /// References to mappings or functions that are not there.
    /// A location keeps the frames whose functions are there.
    #[error("{count} locations refer to a {table} that is not there, the first has id {first}")]
    UnknownReference {
        /// The table.
        table: Table,
        /// How many references.
        count: u64,
        /// The first such id.
        first: u64,
    },
    /// Samples that refer to a location that is not there; they were dropped.
    #[error("{count} samples dropped: a location is not there, the first has id {first}")]
    UnknownLocation {
        /// How many samples.
        count: u64,
        /// The first such id.
        first: u64,
    },
    /// Samples without exactly one value per sample type; they were dropped.
    #[error("{count} samples dropped: the first has {first} values for {expected} sample types")]
    ValueCount {
        /// How many samples.
        count: u64,
        /// How many values the first one has.
        first: usize,
        /// How many sample types there are.
        expected: usize,
    },
}

/// Warnings, each kind once.
#[derive(Debug, Default)]
pub(super) struct Warnings {
    list: Vec<Warning>,
}

impl Warnings {
    pub(super) fn into_list(self) -> Vec<Warning> {
        self.list
    }

    /// Adds one to the count of the warning that `count` knows, or appends `first`.
    fn add(&mut self, first: Warning, count: impl Fn(&mut Warning) -> Option<&mut u64>) {
        match self.list.iter_mut().find_map(count) {
            Some(count) => *count += 1,
            None => self.list.push(first),
        }
    }

    pub(super) fn invalid_utf8(&mut self, first: u64) {
        self.add(Warning::InvalidUtf8 { count: 1, first }, |warning| match warning {
            Warning::InvalidUtf8 { count, .. } => Some(count),
            _ => None,
        });
    }

    pub(super) fn unknown_string(&mut self, first: i64) {
        self.add(Warning::UnknownString { count: 1, first }, |warning| match warning {
            Warning::UnknownString { count, .. } => Some(count),
            _ => None,
        });
    }

    pub(super) fn repeated_id(&mut self, in_table: Table, first: u64) {
        let warning = Warning::RepeatedId { table: in_table, count: 1, first };
        self.add(warning, |warning| match warning {
            Warning::RepeatedId { table, count, .. } if *table == in_table => Some(count),
            _ => None,
        });
    }

    pub(super) fn unknown_reference(&mut self, to: Table, first: u64) {
        let warning = Warning::UnknownReference { table: to, count: 1, first };
        self.add(warning, |warning| match warning {
            Warning::UnknownReference { table, count, .. } if *table == to => Some(count),
            _ => None,
        });
    }

    pub(super) fn unknown_location(&mut self, first: u64) {
        self.add(Warning::UnknownLocation { count: 1, first }, |warning| match warning {
            Warning::UnknownLocation { count, .. } => Some(count),
            _ => None,
        });
    }

    pub(super) fn value_count(&mut self, first: usize, expected: usize) {
        self.add(Warning::ValueCount { count: 1, first, expected }, |warning| match warning {
            Warning::ValueCount { count, .. } => Some(count),
            _ => None,
        });
    }
}
