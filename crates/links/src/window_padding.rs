//! How much more time a link looks at than the moment that it is about.

use query::{LinkPlan, Window};

use crate::change::Change;

/// How much more time is looked at before and after, where nothing says otherwise. Unit: milliseconds.
///
/// SDKs upload a profile of the last 10 to 15 seconds, agents one of up to a minute.
pub const DEFAULT_PADDING_MILLIS: i64 = 60_000;

/// A time range as long as a link needs it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PaddedWindow {
    /// What to ask for.
    pub window: Window,
    /// What was added. None: nothing.
    pub change: Option<Change>,
}

/// The time range around what a link is about.
///
/// `padding_millis`: the datasource's setting; the plan's own wins. A plan with a moment draws the range around it.
#[must_use]
pub fn pad_window(asked: Window, plan: Option<&LinkPlan>, padding_millis: i64) -> PaddedWindow {
    let moment = plan.and_then(|plan| plan.at_millis);
    let inner = match moment {
        Some(moment) => Window { start_millis: moment, end_millis: moment },
        None => asked,
    };
    let padding = plan.and_then(|plan| plan.padding_millis).unwrap_or(padding_millis).max(0);
    let window = Window {
        start_millis: inner.start_millis.saturating_sub(padding),
        end_millis: inner.end_millis.saturating_add(padding),
    };
    let change = (padding > 0 && moment.is_none())
        .then_some(Change::Widened { before_millis: padding, after_millis: padding });
    PaddedWindow { window, change }
}
