//! Profile type ids: `process_cpu:cpu:nanoseconds:cpu:nanoseconds`.

use std::fmt;
use std::str::FromStr;

use serde::{Deserialize, Serialize};

use crate::parse::SelectorError;
use crate::selector::Selector;

/// The id of a profile type, as Pyroscope writes it:
/// `<name>:<sample type>:<sample unit>:<period type>:<period unit>[:delta]`.
///
/// Only the first part must not be empty: Java's `memory:alloc_in_new_tlab_bytes:bytes::` has no period.
/// A sixth part is accepted and dropped, as the server does.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct ProfileTypeId {
    /// What was measured, for instance `process_cpu` or `memory`.
    pub name: String,
    /// Which of the profile's values, for instance `cpu` or `inuse_space`.
    pub sample_type: String,
    /// The unit of the values, for instance `nanoseconds`, `bytes` or `count`.
    pub sample_unit: String,
    /// What the sampling period is counted in, for instance `cpu`; may be empty.
    pub period_type: String,
    /// The unit of the sampling period; may be empty.
    pub period_unit: String,
}

/// A text that is not a profile type id.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProfileTypeIdError {
    /// The number of parts is not five or six.
    #[error(
        "profile type {id:?} has {found} parts, expected 5: \
         <name>:<sample type>:<sample unit>:<period type>:<period unit>"
    )]
    Parts {
        /// The text as given.
        id: String,
        /// How many parts it has.
        found: usize,
    },
    /// The name before the first colon is empty.
    #[error("profile type {id:?} has no name before the first colon")]
    NoName {
        /// The text as given.
        id: String,
    },
}

impl FromStr for ProfileTypeId {
    type Err = ProfileTypeIdError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let parts: Vec<&str> = text.trim().split(':').collect();
        let (5 | 6) = parts.len() else {
            return Err(ProfileTypeIdError::Parts { id: text.to_owned(), found: parts.len() });
        };
        if parts[0].is_empty() {
            return Err(ProfileTypeIdError::NoName { id: text.to_owned() });
        }
        Ok(Self {
            name: parts[0].to_owned(),
            sample_type: parts[1].to_owned(),
            sample_unit: parts[2].to_owned(),
            period_type: parts[3].to_owned(),
            period_unit: parts[4].to_owned(),
        })
    }
}

impl fmt::Display for ProfileTypeId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { name, sample_type, sample_unit, period_type, period_unit } = self;
        write!(f, "{name}:{sample_type}:{sample_unit}:{period_type}:{period_unit}")
    }
}

impl TryFrom<String> for ProfileTypeId {
    type Error = ProfileTypeIdError;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl From<ProfileTypeId> for String {
    fn from(id: ProfileTypeId) -> Self {
        id.to_string()
    }
}

/// A query in one line, as documentation and other tools write it:
/// `process_cpu:cpu:nanoseconds:cpu:nanoseconds{service_name="x"}`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PastedQuery {
    /// What stands before the brace.
    pub profile_type: ProfileTypeId,
    /// The selector.
    pub selector: Selector,
}

impl PastedQuery {
    /// Reads a one-line query. None: the text does not begin with a profile type id, so it is
    /// something else, such as a selector alone.
    /// Errors: the id stands but the selector after it is wrong; the offset counts from the start
    /// of the whole text.
    pub fn parse(text: &str) -> Option<Result<Self, SelectorError>> {
        let brace = text.find('{')?;
        let profile_type = text[..brace].parse().ok()?;
        let selector = Selector::parse(&text[brace..])
            .map_err(|error| SelectorError { offset: error.offset + brace, ..error });
        Some(selector.map(|selector| Self { profile_type, selector }))
    }
}
