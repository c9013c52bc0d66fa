//! Texts of an enum field.

use serde::{Deserialize, Serialize};

/// Settings that belong to one type of field.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
pub struct TypeConfig {
    /// Texts of an enum field.
    #[serde(rename = "enum", skip_serializing_if = "Option::is_none")]
    pub enumeration: Option<EnumConfig>,
}

/// Texts of an enum field, by index.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct EnumConfig {
    /// What to show for each index.
    /// At most 65,536, since indices are 16 bits wide.
    #[serde(deserialize_with = "null_is_empty")]
    pub text: Vec<String>,
    /// Colours by index; empty for none.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")]
    pub color: Vec<String>,
    /// Icons by index; empty for none.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")]
    pub icon: Vec<String>,
    /// Descriptions by index; empty for none.
    #[serde(skip_serializing_if = "Vec::is_empty", deserialize_with = "null_is_empty")]
    pub description: Vec<String>,
}

/// Go writes an absent list as null.
fn null_is_empty<'de, D: serde::Deserializer<'de>>(input: D) -> Result<Vec<String>, D::Error> {
    Ok(Option::deserialize(input)?.unwrap_or_default())
}
