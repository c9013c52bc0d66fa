//! The table of functions: self and total value of each, sorted, and the rows in view.

use crate::action::TableColumn;
use crate::frame_columns::PIECE;
use crate::row_tree::{NodeId, RowTree};
use crate::search::Search;
use profile::{FunctionIdx, FunctionNames, TopTable};
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;
use std::ops::Range;

/// The functions of a tree with their values; made when first looked at.
#[derive(Debug, Clone, Default)]
pub struct FunctionTable {
    table: Option<TopTable>,
    /// Places in `table`, of the search's matches only if there is a search.
    order: Vec<u32>,
    is_filtered: bool,
    /// How many of the first are in order; the others come after them in any order.
    ordered: usize,
    column: TableColumn,
    ascending: bool,
}

/// The column that rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[cfg_attr(feature = "ts", derive(tsify::Tsify))]
#[serde(rename_all = "camelCase")]
pub struct TableOrder {
    /// The column.
    pub column: TableColumn,
    /// Whether the smallest come first.
    pub ascending: bool,
}

impl FunctionTable {
    /// The order of the rows.
    pub fn order(&self) -> TableOrder {
        TableOrder { column: self.column, ascending: self.ascending }
    }

    /// How many rows there are. Cost: linear when the tree or the search is new, else nothing.
    pub(crate) fn filter(&mut self, tree: &RowTree, search: &Search) -> usize {
        let table = self.table.get_or_insert_with(|| top_table(tree));
        if !self.is_filtered {
            let is_shown = |place: &u32| search.matches(table.functions[*place as usize]);
            let count = table.functions.len() as u32;
            self.order.clear();
            self.order.extend((0..count).filter(|place| !search.is_active() || is_shown(place)));
            self.is_filtered = true;
            self.ordered = 0;
        }
        self.order.len()
    }

    /// Puts the first rows in order.
    /// Cost: linear in the rows for the first few, which is what one sees after sorting; beyond
    /// these all are sorted at once.
    pub(crate) fn order_to(&mut self, count: usize, names: &FunctionNames) {
        let Some(table) = &self.table else { return };
        if count <= self.ordered {
            return;
        }
        let value = |place: u32| match self.column {
            TableColumn::SelfValue => table.self_values[place as usize],
            _ => table.total_values[place as usize],
        };
        let name = |place: u32| names.get(table.functions[place as usize]);
        let ascending = self.ascending;
        let turned = |order: Ordering| if ascending { order } else { order.reverse() };
        self.ordered = sort_first(&mut self.order, count, &|a, b| match self.column {
            TableColumn::Function => turned(name(*a).cmp(name(*b))),
            // Equal values stand by function in either direction, so that rows do not jump about.
            _ => turned(value(*a).cmp(&value(*b))).then(a.cmp(b)),
        });
    }

    /// Function, self and total value of some rows, which must be [in order](Self::order_to).
    pub(crate) fn rows(&self, rows: Range<usize>) -> impl Iterator<Item = (FunctionIdx, i64, i64)> {
        let places = self.order.get(rows).unwrap_or(&[]);
        self.table.iter().flat_map(move |table| {
            places.iter().map(move |place| {
                let place = *place as usize;
                (table.functions[place], table.self_values[place], table.total_values[place])
            })
        })
    }

    /// Sorts by a column; by the same again, the other way round.
    pub(crate) fn sort_by(&mut self, column: TableColumn) {
        if self.column == column {
            self.ascending = !self.ascending;
        } else {
            self.column = column;
            // Names read from A, values from the largest.
            self.ascending = column == TableColumn::Function;
        }
        self.ordered = 0;
    }

    /// The search changed.
    pub(crate) fn forget_filter(&mut self) {
        self.is_filtered = false;
    }
}

/// Sorts at least the first `count`; gives how many of the first are in order.
fn sort_first(order: &mut [u32], count: usize, compare: &dyn Fn(&u32, &u32) -> Ordering) -> usize {
    let some = count.saturating_mul(2);
    if some.saturating_mul(8) >= order.len() {
        order.sort_unstable_by(compare);
        return order.len();
    }
    order.select_nth_unstable_by(some, compare);
    order[..some].sort_unstable_by(compare);
    some
}

/// What a function was found to cost so far.
#[derive(Clone, Default)]
struct FunctionSums {
    self_value: i64,
    total_value: i64,
    is_met: bool,
}

/// What each function costs, counted as [`profile::top_table`] does. Cost: one pass.
fn top_table(tree: &RowTree) -> TopTable {
    let mut sums = vec![FunctionSums::default(); tree.names().len()];
    let mut table = TopTable::default();
    let count = tree.node_count() as u32;
    // The root is no function.
    for from in (1..count).step_by(PIECE) {
        let nodes = from..count.min(from.saturating_add(PIECE as u32));
        table.truncated_value += add_some(tree, nodes, &mut sums);
    }
    for (function, sums) in (0..).zip(sums).filter(|(_, sums)| sums.is_met) {
        table.functions.push(FunctionIdx(function));
        table.self_values.push(sums.self_value);
        table.total_values.push(sums.total_value);
    }
    table
}

/// Adds up some nodes, in a call of its own, see [`PIECE`]; gives what stands for others.
#[inline(never)]
fn add_some(tree: &RowTree, nodes: Range<u32>, sums: &mut [FunctionSums]) -> i64 {
    let mut truncated_value = 0;
    for node in nodes.map(NodeId) {
        if tree.is_truncated(node) {
            truncated_value += tree.total_value(node);
            continue;
        }
        let sums = &mut sums[tree.function(node).0 as usize];
        sums.is_met = true;
        sums.self_value += tree.self_value(node);
        if !tree.is_recursive(node) {
            sums.total_value += tree.total_value(node);
        }
    }
    truncated_value
}
