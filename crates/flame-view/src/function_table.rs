//! The table of functions: self and total value of each, sorted, and the rows in view.

use crate::action::TableColumn;
use crate::search::Search;
use profile::{FunctionIdx, TopTable, Tree, top_table};
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;
use std::ops::Range;

/// The functions of a tree with their values; made when first looked at.
#[derive(Debug, Clone, Default)]
pub struct FunctionTable {
    table: Option<TopTable>,
    /// Places in `table` in order, of the search's matches only if there is a search.
    order: Vec<u32>,
    column: TableColumn,
    ascending: bool,
    is_ordered: bool,
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
    pub(crate) fn prepare(&mut self, tree: &Tree, search: &Search) -> usize {
        let table = self.table.get_or_insert_with(|| top_table(tree));
        if !self.is_ordered {
            let order = std::mem::take(&mut self.order);
            self.order = sorted(order, table, tree, search, self.column, self.ascending);
            self.is_ordered = true;
        }
        self.order.len()
    }

    /// Function, self and total value of some rows, which must be [prepared](Self::prepare).
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
        self.is_ordered = false;
    }

    /// The search changed.
    pub(crate) fn forget_filter(&mut self) {
        self.is_ordered = false;
    }
}

fn sorted(
    mut order: Vec<u32>,
    table: &TopTable,
    tree: &Tree,
    search: &Search,
    column: TableColumn,
    ascending: bool,
) -> Vec<u32> {
    let function = |place: &u32| table.functions[*place as usize];
    let value = |place: &u32| match column {
        TableColumn::SelfValue => table.self_values[*place as usize],
        _ => table.total_values[*place as usize],
    };
    let name = |place: &u32| tree.names().get(function(place));
    order.clear();
    let count = table.functions.len() as u32;
    order.extend((0..count).filter(|place| !search.is_active() || search.matches(function(place))));
    // Equal values stand by function in either direction, so that rows do not jump about.
    match (column, ascending) {
        (TableColumn::Function, true) => order.sort_by_key(name),
        (TableColumn::Function, false) => order.sort_by_key(|place| Reverse(name(place))),
        (_, true) => order.sort_unstable_by_key(|place| (value(place), *place)),
        (_, false) => order.sort_unstable_by_key(|place| (Reverse(value(place)), *place)),
    }
    order
}
