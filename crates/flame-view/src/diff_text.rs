//! What is told of two profiles beside each other, in words.

use crate::diff_sides::{CHANGE_STEPS, DiffSides, SideShares, SideValues};
use crate::effect::TooltipLine;
use crate::flame_graph::{Data, FlameGraph};
use crate::palette::Palette;
use crate::row_tree::NodeId;
use crate::snapshot::{LegendStep, RowCell};
use crate::value_format::ValueFormat;

/// Steps that have a name.
const NAMED_STEPS: [(i8, &str, &str); 5] = [
    (-CHANGE_STEPS, "gone", "Only in the baseline"),
    (-CHANGE_STEPS / 2, "half", "Half the share that the baseline has"),
    (0, "same", "The same share on both sides"),
    (CHANGE_STEPS / 2, "double", "Twice the share that the baseline has"),
    (CHANGE_STEPS, "new", "Only in the comparison"),
];

impl Palette {
    /// What the colours of a comparison mean.
    pub(crate) fn legend(&self) -> Vec<LegendStep> {
        let step = |(step, label, title): (i8, &str, &str)| {
            let colour = self.change(step);
            LegendStep {
                label: label.to_owned(),
                title: title.to_owned(),
                colour: colour.css(),
                text_colour: self.text_on(colour).css(),
            }
        };
        NAMED_STEPS.into_iter().map(step).collect()
    }
}

impl SideShares {
    /// By how much the share differs: in percentage points, and as part of the baseline's.
    pub(crate) fn difference_text(self, format: &ValueFormat) -> String {
        let points = format!("{} percentage points", format.signed_percent(self.difference()));
        match self.relative_text(format) {
            Some(relative) => format!("{points} ({relative})"),
            None => points,
        }
    }

    fn relative_text(self, format: &ValueFormat) -> Option<String> {
        if !self.comparable || self.baseline == self.comparison {
            return None;
        }
        if self.baseline == 0.0 {
            return Some("new".to_owned());
        }
        if self.comparison == 0.0 {
            return Some("gone".to_owned());
        }
        let times = self.comparison / self.baseline;
        if times >= 10.0 {
            return Some(format!("{} times as much", format.plain(times)));
        }
        Some(format!("{}%", format.signed_percent(times - 1.0)))
    }
}

impl FlameGraph {
    /// The lines of a node's tooltip.
    pub(crate) fn diff_lines(
        &self,
        data: &Data,
        sides: &DiffSides,
        node: NodeId,
    ) -> Vec<TooltipLine> {
        let total = sides.total(node);
        let own = total.without(sides.values(data.tree.children(node)));
        let mut lines = self.side_lines(data, sides, total);
        for (line, own) in lines.iter_mut().zip([own.baseline, own.comparison]) {
            line.value.push_str(&format!(" · self {}", self.value_text(data, own)));
        }
        lines
    }

    /// The lines that tell of some values and of the difference of their shares.
    pub(crate) fn side_lines(
        &self,
        data: &Data,
        sides: &DiffSides,
        of: SideValues,
    ) -> Vec<TooltipLine> {
        let whole = sides.whole();
        let line = |label: &str, value| TooltipLine { label: label.to_owned(), value };
        let side = |value: i64, whole: i64| {
            let share = self.format.percent(value as f64, whole as f64);
            format!("{} · {share} of all", self.value_text(data, value))
        };
        vec![
            line("Baseline", side(of.baseline, whole.baseline)),
            line("Comparison", side(of.comparison, whole.comparison)),
            line("Share", sides.shares(of).difference_text(&self.format)),
        ]
    }

    /// A node's values in a sentence.
    pub(crate) fn diff_words(&self, data: &Data, sides: &DiffSides, node: NodeId) -> String {
        let total = sides.total(node);
        format!(
            "{}, share {}",
            self.both_values(data, sides, total),
            sides.shares(total).difference_text(&self.format)
        )
    }

    /// Values of both sides with their shares.
    pub(crate) fn both_values(&self, data: &Data, sides: &DiffSides, of: SideValues) -> String {
        let whole = sides.whole();
        let side = |value: i64, whole: i64| {
            let share = self.format.percent(value as f64, whole as f64);
            format!("{} ({share} of all)", self.value_text(data, value))
        };
        format!(
            "baseline {}, comparison {}",
            side(of.baseline, whole.baseline),
            side(of.comparison, whole.comparison)
        )
    }

    /// What stands in the row of a function.
    pub(crate) fn diff_cells(
        &self,
        data: &Data,
        sides: &DiffSides,
        of: SideValues,
    ) -> Vec<RowCell> {
        let (whole, shares) = (sides.whole(), sides.shares(of));
        let side = |value: i64, whole: i64, fraction: f64| RowCell {
            text: self.format.percent(value as f64, whole as f64),
            title: self.value_text(data, value),
            fraction: fraction.min(1.0),
        };
        let difference = RowCell {
            text: format!("{} pp", self.format.signed_percent(shares.difference())),
            title: shares.difference_text(&self.format),
            fraction: shares.difference().abs().min(1.0),
        };
        vec![
            side(of.baseline, whole.baseline, shares.baseline),
            side(of.comparison, whole.comparison, shares.comparison),
            difference,
        ]
    }

    pub(crate) fn value_text(&self, data: &Data, value: i64) -> String {
        self.format.format(value as f64 / data.scale)
    }
}
