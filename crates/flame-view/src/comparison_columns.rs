//! Takes the right columns of a diff frame and puts them beside the left ones.

use crate::diff_sides::{DiffSide, DiffSides};
use crate::frame_columns::{FlameFrame, FrameColumns, FrameLevels, place_side_by_side};
use crate::frame_notice::{FrameError, FrameNotice};
use profile::{FunctionIdx, FunctionNames, TreeError};

/// The fields `valueRight` and `selfRight` of a frame that compares two profiles.
///
/// Its other fields are the baseline, read as those of any frame.
#[derive(Debug)]
pub struct ComparisonColumns {
    columns: FrameColumns,
}

/// Sums of both sides stay below this, so that adding them up never leaves the range.
const LARGEST_SUM: f64 = (1_u64 << 62) as f64;

impl ComparisonColumns {
    /// Takes fields beside the levels of the frame.
    pub fn new(levels: FrameLevels) -> Result<Self, FrameError> {
        Ok(Self { columns: levels.into_columns()? })
    }

    /// Adds rows of the field `valueRight`.
    pub fn push_values(&mut self, values: &[f64]) {
        self.columns.push_values(values);
    }

    /// Adds rows of the field `selfRight`; not called at all when the frame has none.
    pub fn push_self_values(&mut self, self_values: &[f64]) {
        self.columns.push_self_values(self_values);
    }

    /// Both sides as one frame, whose nodes are as wide as both together.
    ///
    /// Each side is put right by itself, as one profile would be.
    /// Errors: what a column of a single profile can have, and both sides together beyond 63 bits.
    /// Cost: linear.
    pub fn finish(mut self, baseline: FlameFrame) -> Result<FlameFrame, FrameError> {
        // Labels are the baseline's; a nameless one for each row keeps the columns even.
        let rows = self.columns.row_count();
        self.columns.push_labels(std::iter::repeat_n(FunctionIdx(0), rows));
        let mut names = FunctionNames::default();
        names.intern("");
        let comparison = self.columns.finish(names).map_err(|error| match error {
            FrameError::RaggedField { name, len, expected } => {
                let name = if name == "self" { "selfRight" } else { "valueRight" };
                FrameError::RaggedField { name, len, expected }
            }
            other => other,
        })?;
        beside(baseline, comparison)
    }
}

fn beside(baseline: FlameFrame, comparison: FlameFrame) -> Result<FlameFrame, FrameError> {
    let FlameFrame { mut rows, notices, .. } = baseline;
    let mut other = comparison.rows;
    if rows.first_child != other.first_child {
        return Err(FrameError::Shapes { left: rows.node_count(), right: other.node_count() });
    }
    let scale = common_scale(
        (rows.total[0] as f64, baseline.scale),
        (other.total[0] as f64, comparison.scale),
    );
    rescale(&mut rows.total, baseline.scale, scale);
    rescale(&mut other.total, comparison.scale, scale);
    // The root holds all others, on either side.
    if rows.total[0].checked_add(other.total[0]).is_none() {
        return Err(TreeError::Overflow { node: 0 }.into());
    }
    let sides = DiffSides::new(&rows.total, &other.total);
    for (total, more) in rows.total.iter_mut().zip(&other.total) {
        *total = total.saturating_add(*more);
    }
    place_side_by_side(&mut rows.start, &rows.total, &rows.first_child);
    let whole = sides.whole();
    let mut told: Vec<_> = notices.into_iter().map(|it| it.of(DiffSide::Baseline)).collect();
    let more = comparison.notices.into_iter();
    let more = more.filter(|it| !matches!(it, FrameNotice::Roots { .. }));
    told.extend(more.map(|notice| notice.of(DiffSide::Comparison)));
    if whole.sum() > 0 {
        let empty =
            [(whole.baseline, DiffSide::Baseline), (whole.comparison, DiffSide::Comparison)];
        let empty = empty.into_iter().filter(|(value, _)| *value == 0);
        told.extend(empty.map(|(_, side)| FrameNotice::EmptySide { side }));
    }
    Ok(FlameFrame { rows, scale, notices: told, sides: Some(sides) })
}

/// The largest of both scales with which the values of both roots fit.
fn common_scale(a: (f64, f64), b: (f64, f64)) -> f64 {
    let sum = a.0 / a.1 + b.0 / b.1;
    let mut scale = a.1.max(b.1);
    while scale > 1.0 && sum * scale > LARGEST_SUM {
        scale /= 2.0;
    }
    scale
}

/// Changes the scale, a power of two; fractions that do not fit are cut off, so that what children
/// add up to stays within their parent.
fn rescale(values: &mut [i64], from: f64, to: f64) {
    if to > from {
        let factor = (to / from) as i64;
        values.iter_mut().for_each(|value| *value = value.saturating_mul(factor));
    } else if to < from {
        let divisor = (from / to) as i64;
        values.iter_mut().for_each(|value| *value /= divisor);
    }
}
