//! The steps of a series or a heatmap.

use query::{SourceError, Window};

use crate::read::invalid;

/// Points in time `start + k · step` up to the end of a window; each stands for the profiles
/// after the point before it, its own time included: `(t − step, t]`.
#[derive(Debug, Clone, Copy)]
pub(crate) struct TimeSteps {
    start_millis: i64,
    end_millis: i64,
    step_millis: i64,
}

impl TimeSteps {
    /// Errors: a step below one millisecond, a window that ends before it starts.
    pub(crate) fn new(window: Window, step_millis: i64) -> Result<Self, SourceError> {
        let Window { start_millis, end_millis } = window;
        if step_millis < 1 {
            return Err(invalid(format!("the step is {step_millis} ms, expected at least 1 ms")));
        }
        if start_millis > end_millis {
            return Err(invalid(format!(
                "the window starts at {start_millis} and ends before, at {end_millis}"
            )));
        }
        Ok(Self { start_millis, end_millis, step_millis })
    }

    /// The time of profiles that fall into a step: from one step before the start.
    pub(crate) fn profile_window(&self) -> Window {
        let before = self.start_millis.saturating_sub(self.step_millis);
        Window { start_millis: before.saturating_add(1), end_millis: self.end_millis }
    }

    /// The point that stands for a time. None: the time is before the first step or after the
    /// last.
    pub(crate) fn point_of(&self, time_millis: i64) -> Option<i64> {
        let since = i128::from(time_millis) - i128::from(self.start_millis);
        let step = i128::from(self.step_millis);
        // Rounded up: a time belongs to the point that follows it.
        let steps = -(-since).div_euclid(step);
        if steps < 0 {
            return None;
        }
        let point = i64::try_from(i128::from(self.start_millis) + steps * step).ok()?;
        (point <= self.end_millis).then_some(point)
    }
}

#[cfg(test)]
mod tests {
    use query::Window;

    use super::TimeSteps;

    #[test]
    fn a_point_stands_for_the_step_that_ends_with_it() {
        let steps = TimeSteps::new(Window { start_millis: 100, end_millis: 135 }, 10).unwrap();
        let points = [
            (90, None),
            (91, Some(100)),
            (100, Some(100)),
            (101, Some(110)),
            (110, Some(110)),
            (130, Some(130)),
            (131, None),
            (135, None),
        ];
        for (time, point) in points {
            assert_eq!(steps.point_of(time), point, "{time}");
        }
        assert_eq!(steps.profile_window(), Window { start_millis: 91, end_millis: 135 });
    }

    #[test]
    fn steps_at_the_ends_of_time_do_not_overflow() {
        let ends = Window { start_millis: i64::MIN, end_millis: i64::MAX };
        let steps = TimeSteps::new(ends, i64::MAX).unwrap();
        assert_eq!(steps.point_of(i64::MAX), None);
        assert_eq!(steps.point_of(i64::MIN), Some(i64::MIN));
        assert!(TimeSteps::new(ends, 0).is_err());
    }
}
