//! Which data source answers for what.

use query::OWN_TYPE;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::card::Choice;
use crate::target::DataSourceKind;

/// A data source as Grafana lists it.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct Source {
    /// Names it.
    pub uid: String,
    /// What people call it.
    pub name: String,
    /// The plugin behind it.
    #[serde(rename = "type")]
    pub type_id: String,
    /// Whether it is the default of its Grafana.
    #[serde(default)]
    pub is_default: bool,
    /// Its settings.
    #[cfg_attr(feature = "ts", tsify(type = "object"))]
    #[serde(default)]
    pub json_data: Value,
}

/// What a data source answers for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub enum Role {
    /// Series and their exemplars.
    Metrics,
    /// Traces.
    Traces,
    /// Profiles.
    Profiles,
    /// Log lines.
    Logs,
}

/// The data sources to choose from for one role.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct SourcePicker {
    /// For what.
    pub role: Role,
    /// The role in words.
    pub label: String,
    /// The uid of the one that is asked. Empty: there is none.
    pub uid: String,
    /// Uids and names.
    pub choices: Vec<Choice>,
}

impl Role {
    pub(super) const ALL: [Self; 4] = [Self::Metrics, Self::Traces, Self::Profiles, Self::Logs];

    pub(super) fn label(self) -> &'static str {
        match self {
            Self::Metrics => "Metrics",
            Self::Traces => "Traces",
            Self::Profiles => "Profiles",
            Self::Logs => "Logs",
        }
    }

    /// The parameter of the address that names the data source.
    pub(super) fn param(self) -> &'static str {
        match self {
            Self::Metrics => "metrics",
            Self::Traces => "traces",
            Self::Profiles => "profiles",
            Self::Logs => "logs",
        }
    }

    /// How well a data source suits; lower is better. None: not at all.
    fn rank(self, source: &Source) -> Option<usize> {
        let kind = DataSourceKind::of_type(&source.type_id);
        match self {
            Self::Metrics if source.type_id == OWN_TYPE => {
                let url = &source.json_data["metrics"]["url"];
                url.as_str().is_some_and(|url| !url.trim().is_empty()).then_some(0)
            }
            Self::Metrics => (kind? == DataSourceKind::Prometheus).then_some(1),
            Self::Traces => match kind? {
                DataSourceKind::Tempo => Some(0),
                DataSourceKind::Jaeger => Some(1),
                DataSourceKind::Zipkin => Some(2),
                _ => None,
            },
            Self::Profiles => (kind? == DataSourceKind::Fireline).then_some(0),
            Self::Logs => (kind? == DataSourceKind::Loki).then_some(0),
        }
    }
}

/// The data sources for a role, the most suitable first.
pub(super) fn sources_for(role: Role, sources: &[Source]) -> Vec<&Source> {
    let mut suitable: Vec<(usize, bool, &Source)> = sources
        .iter()
        .filter_map(|source| Some((role.rank(source)?, !source.is_default, source)))
        .collect();
    suitable.sort_by(|a, b| (a.0, a.1, &a.2.name).cmp(&(b.0, b.1, &b.2.name)));
    suitable.into_iter().map(|(_, _, source)| source).collect()
}
