//! Label sets as the API writes them: an object.

use std::collections::BTreeMap;

use query::Labels;
use serde::Deserialize;
use serde::de::Deserializer;

/// The labels, ascending by name.
pub(crate) fn labels<'de, D: Deserializer<'de>>(json: D) -> Result<Labels, D::Error> {
    Ok(BTreeMap::<String, String>::deserialize(json)?.into_iter().collect())
}
