//! Makes totals hold their children, and tells which did not.

use std::ops::Range;

/// Makes every total at least what its children add up to, in place. Gives the nodes whose total
/// is not self value plus children by more than rounding explains, ascending.
///
/// `first` tells where rows begin and `first_child` where children do, as in
/// [`RowTree`](crate::RowTree); `exact` that no value was rounded, `is_scaled`
/// that fractions were.
/// Errors: a node whose children add up to more than 63 bits hold.
/// Cost: one pass from the last row to the first.
pub(crate) fn settle(
    first: &[u32],
    first_child: &[u32],
    totals: &mut [i64],
    self_values: Option<&[i64]>,
    exact: bool,
    is_scaled: bool,
) -> Result<Vec<u32>, u32> {
    let mut totals = Totals {
        first_child,
        totals,
        self_values,
        exact,
        is_scaled,
        unequal: Vec::new(),
        slack_below: Vec::new(),
        slack_here: Vec::new(),
    };
    for row in first.windows(2).rev() {
        totals.settle_row(row[0], row[1])?;
    }
    totals.unequal.reverse();
    Ok(totals.unequal)
}

struct Totals<'a> {
    first_child: &'a [u32],
    totals: &'a mut [i64],
    self_values: Option<&'a [i64]>,
    exact: bool,
    is_scaled: bool,
    /// Descending.
    unequal: Vec<u32>,
    /// By how much each node of the row below may be wrong. Empty: by nothing.
    slack_below: Vec<u64>,
    slack_here: Vec<u64>,
}

impl Totals<'_> {
    #[inline(never)]
    fn settle_row(&mut self, from: u32, to: u32) -> Result<(), u32> {
        for node in (from..to).rev() {
            let at = node as usize;
            let children = self.first_child[at] as usize..self.first_child[at + 1] as usize;
            let mut below = self.totals[children.clone()].iter();
            let below = below.try_fold(0_i64, |a, b| a.checked_add(*b)).ok_or(node)?;
            let value = self.totals[at];
            let total = value.max(below);
            self.totals[at] = total;
            let expected = self.self_values.map_or(value - below, |column| column[at]);
            let difference = (total - below).abs_diff(expected);
            let slack = if self.exact { 0 } else { self.slack(at, value, total, children, to) };
            if difference > slack {
                self.unequal.push(node);
            }
        }
        self.slack_here.reverse();
        self.slack_below = std::mem::take(&mut self.slack_here);
        Ok(())
    }

    /// By how much a node's children and its self value may together miss its value.
    /// Remembers by how much its total may be wrong.
    fn slack(
        &mut self,
        at: usize,
        value: i64,
        total: i64,
        children: Range<usize>,
        row_below: u32,
    ) -> u64 {
        let rounded = rounding(value, self.is_scaled);
        let self_value = self.self_values.map_or(0, |column| rounding(column[at], self.is_scaled));
        let row_below = row_below as usize;
        let below = children.start - row_below..children.end - row_below;
        let below = self.slack_below.get(below).unwrap_or(&[]);
        let slack = below.iter().fold(0_u64, |a, b| a.saturating_add(*b));
        let slack = slack.saturating_add(rounded).saturating_add(self_value);
        let grown = total.abs_diff(value);
        self.slack_here.push(if grown <= slack { rounded.saturating_add(grown) } else { rounded });
        slack
    }
}

/// By how much a value may be wrong: a unit where fractions were rounded, and the distance of
/// floats where these no longer hold every whole number.
fn rounding(value: i64, is_scaled: bool) -> u64 {
    let digits = 64 - value.unsigned_abs().leading_zeros();
    let ulp = if digits > f64::MANTISSA_DIGITS { 1 << (digits - f64::MANTISSA_DIGITS) } else { 0 };
    ulp + u64::from(is_scaled)
}
