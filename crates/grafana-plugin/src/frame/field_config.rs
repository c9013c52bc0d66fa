//! Display settings of a field.

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::{DataLink, TypeConfig};

/// Display settings of a field.
///
/// Everything is optional; what is empty is left out of the JSON.
/// Keys that Grafana's own decoder does not know would be lost on the way, so none are here.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(default, rename_all = "camelCase")]
pub struct FieldConfig {
    /// Name to show, over anything else.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub display_name: String,
    /// Name to show unless the user chose one.
    #[serde(rename = "displayNameFromDS", skip_serializing_if = "String::is_empty")]
    pub display_name_from_datasource: String,
    /// Path of the field within the datasource.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub path: String,
    /// Explanation for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub description: String,
    /// Whether filtering by this field is offered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filterable: Option<bool>,
    /// Whether the datasource can change the value.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub writeable: Option<bool>,
    /// Unit in Grafana's words, such as `ns` or `bytes`.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub unit: String,
    /// Digits after the point.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub decimals: Option<u16>,
    /// Smallest value, finite.
    #[serde(skip_serializing_if = "absent_or_infinite")]
    pub min: Option<f64>,
    /// Largest value, finite.
    #[serde(skip_serializing_if = "absent_or_infinite")]
    pub max: Option<f64>,
    /// Distance between two values, in the unit of the values; milliseconds for times; 0 for none.
    #[serde(skip_serializing_if = "is_zero")]
    pub interval: f64,
    /// Colour settings: `mode`, `fixedColor`, `seriesBy`.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub color: Map<String, Value>,
    /// Links that are offered for each value.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub links: Vec<DataLink>,
    /// What to show for an empty row.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub no_value: String,
    /// Settings that belong to the type of the field.
    #[serde(rename = "type", skip_serializing_if = "Option::is_none")]
    pub type_config: Option<TypeConfig>,
    /// Settings that belong to one panel.
    #[serde(skip_serializing_if = "Map::is_empty")]
    pub custom: Map<String, Value>,
}

/// JSON has no infinities.
fn absent_or_infinite(value: &Option<f64>) -> bool {
    !value.is_some_and(f64::is_finite)
}

fn is_zero(value: &f64) -> bool {
    *value == 0.0
}
