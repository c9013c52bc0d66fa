//! One named column.

use std::collections::BTreeMap;

use super::{Cells, Column, EnumConfig, FieldConfig, TypeConfig};

/// One named column.
#[derive(Debug, Clone, PartialEq)]
pub struct Field {
    /// Name.
    pub name: String,
    /// Labels of the series that the field holds; empty for none.
    pub labels: BTreeMap<String, String>,
    /// Display settings.
    pub config: Option<FieldConfig>,
    /// The values.
    pub column: Column,
}

impl Field {
    /// A field without labels and display settings.
    pub fn new(name: impl Into<String>, column: impl Into<Column>) -> Self {
        Self { name: name.into(), labels: BTreeMap::new(), config: None, column: column.into() }
    }

    /// A field of few distinct texts: rows are indices into `text`.
    pub fn enumeration(
        name: impl Into<String>,
        indices: impl Into<Cells<u16>>,
        text: Vec<String>,
    ) -> Self {
        let enumeration = EnumConfig { text, ..EnumConfig::default() };
        let config = FieldConfig {
            type_config: Some(TypeConfig { enumeration: Some(enumeration) }),
            ..FieldConfig::default()
        };
        Self::new(name, Column::Enum(indices.into())).with_config(config)
    }

    /// The same field with these labels.
    #[must_use]
    pub fn with_labels<N, V>(mut self, labels: impl IntoIterator<Item = (N, V)>) -> Self
    where
        N: Into<String>,
        V: Into<String>,
    {
        self.labels = labels.into_iter().map(|(name, value)| (name.into(), value.into())).collect();
        self
    }

    /// The same field with these display settings.
    #[must_use]
    pub fn with_config(mut self, config: FieldConfig) -> Self {
        self.config = Some(config);
        self
    }

    /// The display settings, made when there are none.
    pub fn config_mut(&mut self) -> &mut FieldConfig {
        self.config.get_or_insert_default()
    }
}
