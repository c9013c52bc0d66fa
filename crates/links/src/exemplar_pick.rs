//! Which exemplars to show when there are too many: spread over time, the worst first.

use query::Window;

/// Which exemplars of one series are shown.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PickedExemplars {
    /// Places of the exemplars that are shown, ascending.
    pub kept: Vec<usize>,
    /// How many are not shown.
    pub left_out: usize,
}

/// Picks at most so many exemplars of one series.
///
/// The window is cut into as many slots as may be shown; the largest value of each slot comes first, and what room
/// empty slots leave goes to the largest of all others. Among equal values the earlier one wins.
/// `exemplars`: time in milliseconds and value; a value that is no number counts as the smallest.
#[must_use]
pub fn pick_exemplars(exemplars: &[(i64, f64)], at_most: usize, window: Window) -> PickedExemplars {
    let mut by_value: Vec<usize> = (0..exemplars.len()).collect();
    let rank = |at: usize| {
        let value = exemplars[at].1;
        if value.is_nan() { f64::NEG_INFINITY } else { value }
    };
    by_value
        .sort_by(|a, b| rank(*b).total_cmp(&rank(*a)).then(exemplars[*a].0.cmp(&exemplars[*b].0)));
    let mut has_one = vec![false; at_most.min(exemplars.len())];
    let (worst_of_slots, others): (Vec<_>, Vec<_>) = by_value.into_iter().partition(|at| {
        let slot = slot_of(exemplars[*at].0, has_one.len(), window);
        has_one.get_mut(slot).is_some_and(|taken| !std::mem::replace(taken, true))
    });
    let mut kept: Vec<usize> = worst_of_slots.into_iter().chain(others).take(at_most).collect();
    kept.sort_unstable();
    PickedExemplars { left_out: exemplars.len() - kept.len(), kept }
}

/// Which of so many slots of the window a time falls into; times outside count to the nearest.
fn slot_of(time_millis: i64, slots: usize, window: Window) -> usize {
    let length = i128::from(window.end_millis) - i128::from(window.start_millis) + 1;
    let offset = i128::from(time_millis) - i128::from(window.start_millis);
    let slot = offset.max(0) * slots as i128 / length.max(1);
    usize::try_from(slot).unwrap_or(usize::MAX).min(slots.saturating_sub(1))
}
