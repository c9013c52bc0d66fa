//! Decides whether a series is asked for.

use query::{Labels, SourceError, SourceErrorKind};
use selector::{CompiledSelector, MatchOp, Matcher, ProfileTypeId, Selector};

use crate::series_index::find_label;

/// Selectors with their regular expressions compiled: all of them must match.
#[derive(Debug, Clone)]
pub(crate) struct SeriesMatcher {
    selectors: Vec<CompiledSelector>,
    equal_labels: Vec<(String, String)>,
}

impl SeriesMatcher {
    /// What matches every one of `selectors`. Errors: a regular expression that is none.
    pub(crate) fn compile(selectors: &[Selector]) -> Result<Self, SourceError> {
        let compiled = selectors.iter().map(|selector| {
            selector.compile().map_err(|error| SourceError {
                kind: SourceErrorKind::InvalidRequest,
                message: format!("a matcher has no regular expression as its value: {error}"),
            })
        });
        let equal_labels = selectors
            .iter()
            .flat_map(|selector| &selector.matchers)
            // An empty value also matches series without the label.
            .filter(|matcher| matcher.op == MatchOp::Equal && !matcher.value.is_empty())
            .map(|matcher| (matcher.name.clone(), matcher.value.clone()))
            .collect();
        Ok(Self { selectors: compiled.collect::<Result<_, _>>()?, equal_labels })
    }

    /// What matches a selector and is of a profile type.
    pub(crate) fn of_type(
        profile_type: &ProfileTypeId,
        selector: &Selector,
    ) -> Result<Self, SourceError> {
        let is_of_type = Matcher {
            name: "__profile_type__".to_owned(),
            op: MatchOp::Equal,
            value: profile_type.to_string(),
        };
        Self::compile(&[selector.clone(), Selector { matchers: vec![is_of_type] }])
    }

    /// The labels that must be present with exactly this value.
    pub(crate) fn equal_labels(&self) -> impl Iterator<Item = (&str, &str)> {
        self.equal_labels.iter().map(|(name, value)| (name.as_str(), value.as_str()))
    }

    /// Whether a series with these labels is asked for.
    pub(crate) fn matches(&self, labels: &Labels) -> bool {
        self.selectors.iter().all(|selector| selector.matches(|name| find_label(labels, name)))
    }
}
