//! Queries as Grafana carries them from one datasource to another in Explore: label matchers only.

use selector::{MatchOp, Matcher, Selector};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use crate::editor::fields;
use crate::shell_constants::shell_constants;

/// A query of any datasource, cut down to its label matchers.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase", default)]
pub struct AbstractQuery {
    /// Which query.
    pub ref_id: String,
    /// Its matchers.
    pub label_matchers: Vec<AbstractMatcher>,
}

/// One matcher of an [`AbstractQuery`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct AbstractMatcher {
    /// The label.
    pub name: String,
    /// The value or regular expression.
    pub value: String,
    /// Grafana's name of the operator.
    pub operator: AbstractOperator,
}

/// The operators of an [`AbstractMatcher`], under the names that Grafana's packages give them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
pub enum AbstractOperator {
    /// `=`
    Equal,
    /// `!=`
    NotEqual,
    /// `=~`
    EqualRegEx,
    /// `!~`
    NotEqualRegEx,
}

/// Our query with the matchers of another datasource's; those about a metric's name mean nothing here.
#[must_use]
pub fn import_query(query: &AbstractQuery) -> Map<String, Value> {
    let matchers = query.label_matchers.iter().filter(|matcher| !matcher.name.starts_with("__"));
    let matchers = matchers.map(|matcher| Matcher {
        name: matcher.name.clone(),
        op: match matcher.operator {
            AbstractOperator::Equal => MatchOp::Equal,
            AbstractOperator::NotEqual => MatchOp::NotEqual,
            AbstractOperator::EqualRegEx => MatchOp::Regex,
            AbstractOperator::NotEqualRegEx => MatchOp::NotRegex,
        },
        value: matcher.value.clone(),
    });
    let mut imported = shell_constants().default_query;
    imported.insert("refId".to_owned(), Value::String(query.ref_id.clone()));
    let selector = Selector { matchers: matchers.collect() };
    imported.insert("labelSelector".to_owned(), Value::String(selector.to_string()));
    imported
}

/// The matchers of our query; none where its selector cannot be read.
#[must_use]
pub fn export_query(query: &Map<String, Value>) -> AbstractQuery {
    let selector = Selector::parse(fields::text(query, "labelSelector")).unwrap_or_default();
    let matchers = selector.matchers.into_iter().map(|matcher| AbstractMatcher {
        name: matcher.name,
        value: matcher.value,
        operator: match matcher.op {
            MatchOp::Equal => AbstractOperator::Equal,
            MatchOp::NotEqual => AbstractOperator::NotEqual,
            MatchOp::Regex => AbstractOperator::EqualRegEx,
            MatchOp::NotRegex => AbstractOperator::NotEqualRegEx,
        },
    });
    AbstractQuery {
        ref_id: fields::text(query, "refId").to_owned(),
        label_matchers: matchers.collect(),
    }
}
