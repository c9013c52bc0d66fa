//! The table of functions: self and total value of each, sorted, and the rows in view.

use crate::action::TableColumn;
use crate::search::Search;
use profile::Tree;
use serde::{Deserialize, Serialize};
use std::cmp::Reverse;

/// The functions of a tree with their values; made when first looked at.
#[derive(Debug, Clone, Default)]
pub struct FunctionTable {
    self_values: Vec<i64>,
    total_values: Vec<i64>,
    /// Functions in order, of the search's matches only if there is a search.
    order: Vec<u32>,
    column: TableColumn,
    ascending: bool,
    built: bool,
    ordered: bool,
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

    /// The functions in order. Cost: linear when the tree or the search is new, else nothing.
    pub(crate) fn functions(&mut self, tree: &Tree, search: &Search) -> &[u32] {
        if !self.built {
            self.build(tree);
        }
        if !self.ordered {
            self.sort(tree, search);
        }
        &self.order
    }

    /// Self and total value of a function. Empty: the table was not looked at.
    pub(crate) fn values(&self, function: u32) -> Option<(i64, i64)> {
        let function = function as usize;
        Some((*self.self_values.get(function)?, *self.total_values.get(function)?))
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
        self.ordered = false;
    }

    /// The search changed.
    pub(crate) fn forget_filter(&mut self) {
        self.ordered = false;
    }

    fn build(&mut self, tree: &Tree) {
        let count = tree.names().len();
        self.self_values = vec![0; count];
        self.total_values = vec![0; count];
        // Where the outermost open call of each function ends: a recursive call counts once.
        let mut open_until = vec![0_u32; count];
        for (node, function) in (0_u32..).zip(tree.functions()) {
            let idx = profile::NodeIdx(node);
            let function = function.0 as usize;
            let own = &mut self.self_values[function];
            *own = own.saturating_add(tree.self_value(idx));
            if node >= open_until[function] {
                open_until[function] = tree.subtree_end(idx).0;
                let total = &mut self.total_values[function];
                *total = total.saturating_add(tree.total_value(idx));
            }
        }
        self.built = true;
        self.ordered = false;
    }

    fn sort(&mut self, tree: &Tree, search: &Search) {
        let root = tree.function(profile::NodeIdx(0)).0;
        let active = search.is_active();
        let mut order = std::mem::take(&mut self.order);
        order.clear();
        order.extend((0..tree.names().len() as u32).filter(|function| {
            let used = self.total_values[*function as usize] != 0 && *function != root;
            used && (!active || search.matches(profile::FunctionIdx(*function)))
        }));
        let value = |function: &u32| match self.column {
            TableColumn::SelfValue => self.self_values[*function as usize],
            _ => self.total_values[*function as usize],
        };
        let name = |function: &u32| tree.names().get(profile::FunctionIdx(*function));
        // Equal values stand by function in either direction, so that rows do not jump about.
        match (self.column, self.ascending) {
            (TableColumn::Function, true) => order.sort_by_key(name),
            (TableColumn::Function, false) => order.sort_by_key(|f| Reverse(name(f))),
            (_, true) => order.sort_unstable_by_key(|f| (value(f), *f)),
            (_, false) => order.sort_unstable_by_key(|f| (Reverse(value(f)), *f)),
        }
        self.order = order;
        self.ordered = true;
    }
}
