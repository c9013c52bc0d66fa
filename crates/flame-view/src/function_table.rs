//! The table of functions: self and total value of each, sorted, and the rows in view.

use crate::action::TableColumn;
use crate::diff_sides::{DiffSides, SideValues};
use crate::frame_columns::PIECE;
use crate::row_tree::{NodeId, RowTree};
use crate::search::Search;
use crate::snapshot::TableHeading;
use profile::{FunctionIdx, FunctionNames, TopTable};
use std::cmp::Ordering;
use std::ops::Range;

/// The functions of a tree with their values; made when first looked at.
#[derive(Debug, Clone, Default)]
pub struct FunctionTable {
    table: Option<TopTable>,
    /// The totals of the places in `table` on both sides. Empty: it is one profile.
    sides: Vec<SideValues>,
    /// Places in `table`, of the search's matches only if there is a search.
    order: Vec<u32>,
    is_filtered: bool,
    /// How many of the first are in order; the others come after them in any order.
    ordered: usize,
    column: TableColumn,
    ascending: bool,
}

/// The column that rows are sorted by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct TableOrder {
    column: TableColumn,
    /// Whether the smallest come first.
    ascending: bool,
}

/// What a function costs.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FunctionValues {
    pub(crate) function: FunctionIdx,
    pub(crate) self_value: i64,
    pub(crate) total_value: i64,
    /// The total on both sides, where two profiles are compared.
    pub(crate) sides: SideValues,
}

/// The columns of the table of one profile, or of two.
fn columns(is_diff: bool) -> &'static [(TableColumn, &'static str)] {
    if is_diff {
        &[
            (TableColumn::Function, "Function"),
            (TableColumn::Baseline, "Baseline"),
            (TableColumn::Comparison, "Comparison"),
            (TableColumn::Difference, "Difference"),
        ]
    } else {
        &[
            (TableColumn::Function, "Function"),
            (TableColumn::SelfValue, "Self"),
            (TableColumn::TotalValue, "Total"),
        ]
    }
}

impl FunctionTable {
    /// A table sorted as another one was, or as usual if it does not have that column.
    pub(crate) fn sorted_by(order: TableOrder, is_diff: bool) -> Self {
        let has_column = columns(is_diff).iter().any(|(column, _)| *column == order.column);
        let usual = if is_diff { TableColumn::Difference } else { TableColumn::SelfValue };
        let TableOrder { column, ascending } =
            if has_column { order } else { TableOrder { column: usual, ascending: false } };
        Self { column, ascending, ..Self::default() }
    }

    /// The order of the rows.
    pub(crate) fn order(&self) -> TableOrder {
        TableOrder { column: self.column, ascending: self.ascending }
    }

    /// The headings of the columns.
    pub(crate) fn headings(&self, is_diff: bool) -> Vec<TableHeading> {
        let heading = |(column, title): &(TableColumn, &str)| TableHeading {
            column: *column,
            title: (*title).to_owned(),
            ascending: (*column == self.column).then_some(self.ascending),
        };
        columns(is_diff).iter().map(heading).collect()
    }

    /// What nodes hold that stand for functions which were folded away. 0 before the table is made.
    pub(crate) fn truncated_value(&self) -> i64 {
        self.table.as_ref().map_or(0, |table| table.truncated_value)
    }

    /// How many rows there are. Cost: linear when the tree or the search is new, else nothing.
    pub(crate) fn filter(
        &mut self,
        tree: &RowTree,
        sides: Option<&DiffSides>,
        search: &Search,
    ) -> usize {
        let table = self.table.get_or_insert_with(|| {
            let table = top_table(tree);
            self.sides = sides.map_or(Vec::new(), |sides| side_totals(tree, sides, &table));
            table
        });
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
    pub(crate) fn order_to(
        &mut self,
        count: usize,
        names: &FunctionNames,
        sides: Option<&DiffSides>,
    ) {
        let Some(table) = &self.table else { return };
        if count <= self.ordered {
            return;
        }
        let whole = sides.map(DiffSides::whole).unwrap_or_default();
        let side = |place: u32| self.sides.get(place as usize).copied().unwrap_or_default();
        let value = |place: u32| match self.column {
            TableColumn::SelfValue => table.self_values[place as usize].into(),
            TableColumn::Baseline => side(place).baseline.into(),
            TableColumn::Comparison => side(place).comparison.into(),
            TableColumn::Difference => side(place).change_key(whole),
            _ => i128::from(table.total_values[place as usize]),
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

    /// What the functions of some rows cost, which must be [in order](Self::order_to).
    pub(crate) fn rows(&self, rows: Range<usize>) -> impl Iterator<Item = FunctionValues> {
        let places = self.order.get(rows).unwrap_or(&[]);
        self.table.iter().flat_map(move |table| {
            places.iter().map(move |place| {
                let place = *place as usize;
                FunctionValues {
                    function: table.functions[place],
                    self_value: table.self_values[place],
                    total_value: table.total_values[place],
                    sides: self.sides.get(place).copied().unwrap_or_default(),
                }
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

/// What each function costs, counted as [`profile::top_table`] does. Cost: one pass.
fn top_table(tree: &RowTree) -> TopTable {
    let names = tree.names().len();
    let mut table = TopTable {
        self_values: vec![0; names],
        total_values: vec![0; names],
        ..TopTable::default()
    };
    let mut is_met = vec![false; names];
    let count = tree.node_count() as u32;
    // The root is no function.
    for from in (1..count).step_by(PIECE) {
        let nodes = from..count.min(from.saturating_add(PIECE as u32));
        add_some(tree, nodes, &mut table, &mut is_met);
    }
    for (function, _) in (0_u32..).zip(is_met).filter(|(_, is_met)| *is_met) {
        // Never beyond the function itself.
        let row = table.functions.len();
        table.self_values[row] = table.self_values[function as usize];
        table.total_values[row] = table.total_values[function as usize];
        table.functions.push(FunctionIdx(function));
    }
    table.self_values.truncate(table.functions.len());
    table.total_values.truncate(table.functions.len());
    table
}

/// The totals of a table's functions on both sides, recursion counted once. Cost: one pass.
fn side_totals(tree: &RowTree, sides: &DiffSides, table: &TopTable) -> Vec<SideValues> {
    let mut totals = vec![SideValues::default(); tree.names().len()];
    for node in (1..tree.node_count() as u32).map(NodeId) {
        if !tree.is_truncated(node) && !tree.is_recursive(node) {
            let total = &mut totals[tree.function(node).0 as usize];
            *total = total.with(sides.total(node));
        }
    }
    table.functions.iter().map(|function| totals[function.0 as usize]).collect()
}

/// Adds up some nodes at the places of their functions, in a call of its own, see [`PIECE`].
#[inline(never)]
fn add_some(tree: &RowTree, nodes: Range<u32>, table: &mut TopTable, is_met: &mut [bool]) {
    for node in nodes.map(NodeId) {
        if tree.is_truncated(node) {
            table.truncated_value += tree.total_value(node);
            continue;
        }
        let function = tree.function(node).0 as usize;
        is_met[function] = true;
        table.self_values[function] += tree.self_value(node);
        if !tree.is_recursive(node) {
            table.total_values[function] += tree.total_value(node);
        }
    }
}
