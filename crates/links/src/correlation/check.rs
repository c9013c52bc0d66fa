//! A correlation of a provisioning file held against every rule.

use serde_json::Value;

use super::rules::RULES;
use crate::target::DataSourceKind;

/// What is wrong with a correlation or another setting of a provisioning file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    /// The rule that it breaks.
    pub rule: &'static str,
    /// Where, as a JSON pointer below what was checked. Empty: at its top.
    pub pointer: String,
    /// What is wrong, and what was expected.
    pub what: String,
}

/// What is wrong with a correlation as it stands in a provisioning file. Empty: nothing.
///
/// `source`: what the data source holds that it hangs on; None: not known.
/// Errors: none, whatever stands there.
#[must_use]
pub fn check(correlation: &Value, source: Option<DataSourceKind>) -> Vec<Fault> {
    let mut faults = Vec::new();
    for (rule, find) in RULES {
        for (pointer, what) in find(correlation, source) {
            faults.push(Fault { rule, pointer, what });
        }
    }
    faults
}

/// The names of all rules for correlations, in the order in which they are asked.
pub fn rule_names() -> impl Iterator<Item = &'static str> {
    RULES.iter().map(|(name, _)| *name)
}
