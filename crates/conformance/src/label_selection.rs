//! Selectors that say more than another.

use selector::{MatchOp, Matcher, Selector};

/// The selector, and also `name="value"`. An empty value stands for series without the label.
pub(crate) fn with_label(selector: &Selector, name: &str, value: &str) -> Selector {
    let mut narrowed = selector.clone();
    let (name, value) = (name.to_owned(), value.to_owned());
    narrowed.matchers.push(Matcher { name, op: MatchOp::Equal, value });
    narrowed
}

/// A selector that no series matches.
pub(crate) fn of_nothing(selector: &Selector) -> Selector {
    with_label(selector, "service_name", "a service that nobody has, by agreement")
}
