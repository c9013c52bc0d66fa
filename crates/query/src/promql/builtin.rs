//! The variables in an expression that depend on range and step, which the backend fills in: alert
//! rules have no browser that could, and only the backend knows the step.

/// The names of the variables, the longer before those that they begin with.
const NAMES: [&str; 7] = [
    "__rate_interval_ms",
    "__rate_interval",
    "__interval_ms",
    "__interval",
    "__range_ms",
    "__range_s",
    "__range",
];

/// One of the variables in a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Builtin {
    /// Which one, without `$`.
    pub(super) name: &'static str,
    /// How long it is as written. Unit: bytes.
    pub(super) length: usize,
}

/// The variable that a text begins with. None: it begins with something else.
pub(super) fn builtin_at(text: &str) -> Option<Builtin> {
    let after = text.strip_prefix('$')?;
    NAMES.iter().find_map(|name| {
        if let Some(rest) = after.strip_prefix(name) {
            let goes_on = rest.starts_with(|c: char| c.is_ascii_alphanumeric() || c == '_');
            return (!goes_on).then_some(Builtin { name, length: 1 + name.len() });
        }
        let rest = after.strip_prefix('{')?.strip_prefix(name)?;
        rest.starts_with('}').then_some(Builtin { name, length: 3 + name.len() })
    })
}

/// Whether a text is one of the intervals and nothing else.
pub(super) fn is_interval_variable(text: &str) -> bool {
    builtin_at(text)
        .is_some_and(|found| found.length == text.len() && found.name.contains("interval"))
}
