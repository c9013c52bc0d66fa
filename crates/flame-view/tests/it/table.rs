//! The table of functions.

use crate::support::{any_tree, graph, props, server};
use flame_view::{Action, FlameGraph, FunctionRow, Pane, TableColumn, ViewProps};
use proptest::prelude::*;

fn rows(graph: &mut FlameGraph) -> Vec<(String, String, String)> {
    let window = graph.table_window(0.0, 1000.0);
    let text = |row: &FunctionRow, at: usize| row.cells[at].text.clone();
    let row = |row: FunctionRow| (row.name.clone(), text(&row, 0), text(&row, 1));
    window.rows.into_iter().map(row).collect()
}

fn names(graph: &mut FlameGraph) -> Vec<String> {
    rows(graph).into_iter().map(|row| row.0).collect()
}

#[test]
fn functions_are_summed_over_all_their_calls() {
    let mut graph = server();
    assert_eq!(
        names(&mut graph),
        ["collect", "serve", "idle", "read", "json.decode", "main"].map(String::from).to_vec()
    );
    let read = rows(&mut graph).into_iter().find(|row| row.0 == "read").unwrap();
    assert_eq!((read.1.as_str(), read.2.as_str()), ("30 ns", "30 ns"));
}

#[test]
fn a_recursive_call_counts_once() {
    let mut graph = graph("total 0\n  f 10\n    g 5\n      f 5\n");
    let f = rows(&mut graph).into_iter().find(|row| row.0 == "f").unwrap();
    assert_eq!((f.1.as_str(), f.2.as_str()), ("15 ns", "20 ns"));
}

#[test]
fn a_column_sorts_and_sorts_back() {
    let mut graph = server();
    graph.update(Action::SortTable { column: TableColumn::TotalValue });
    assert_eq!(names(&mut graph)[0], "main");
    graph.update(Action::SortTable { column: TableColumn::TotalValue });
    assert_eq!(names(&mut graph)[0], "read");
    graph.update(Action::SortTable { column: TableColumn::Function });
    assert_eq!(names(&mut graph)[..2], ["collect", "idle"]);
}

#[test]
fn a_search_filters_the_table_and_a_row_picks_its_function() {
    let mut graph = server();
    graph.update(Action::Search { text: "e".to_owned() });
    assert_eq!(names(&mut graph), ["collect", "serve", "idle", "read", "json.decode"]);
    let read = graph.table_window(0.0, 1000.0).rows.remove(3);
    graph.update(Action::PickFunction { function: read.function });
    assert_eq!(names(&mut graph), ["read"]);
    assert_eq!(graph.snapshot().search.unwrap().text, "read");
    graph.update(Action::PickFunction { function: read.function });
    assert_eq!(graph.snapshot().search, None);
}

#[test]
fn only_rows_in_view_are_given() {
    let mut text = String::from("total 0\n");
    for at in 0..1000 {
        text.push_str(&format!("  f{at} {}\n", 2000 - at));
    }
    let mut graph = graph(&text);
    let window = graph.table_window(2800.0, 100.0);
    assert_eq!(window.row_count, 1000);
    assert_eq!(window.height_css_px, 28_000.0);
    assert_eq!(window.offset_css_px, 2800.0);
    let names: Vec<_> = window.rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, ["f100", "f101", "f102", "f103", "f104"]);
    let end = graph.table_window(1e12, 100.0);
    assert_eq!(end.rows.last().unwrap().name, "f999");
    assert!(graph.table_window(0.0, f64::INFINITY).rows.len() < 600);
}

#[test]
fn the_directories_and_modules_of_a_name_stand_apart() {
    let mut graph = graph(
        "total 0\n  net/http.(*conn).serve 4\n  shop::cart::add 3\n  Vec<a::B>::push 2\n  main 1\n",
    );
    let rows = graph.table_window(0.0, 100.0).rows;
    let parts: Vec<_> =
        rows.iter().map(|row| (row.directories.as_str(), row.short_name.as_str())).collect();
    assert_eq!(
        parts,
        [
            ("net/", "http.(*conn).serve"),
            ("shop::cart::", "add"),
            ("", "Vec<a::B>::push"),
            ("", "main"),
        ]
    );
}

#[test]
fn graph_and_table_stand_side_by_side_where_there_is_room() {
    let mut graph = server();
    let shown = |graph: &FlameGraph| {
        let snapshot = graph.snapshot();
        (snapshot.shows_graph, snapshot.shows_table, snapshot.has_room_for_both)
    };
    assert_eq!(shown(&graph), (true, false, false));
    graph.set_props(ViewProps { panel_width_css_px: 800.0, ..props() });
    assert_eq!(shown(&graph), (true, true, true));
    graph.update(Action::SetPane { pane: Pane::Table });
    assert_eq!(shown(&graph), (false, true, true));
}

proptest! {
    #[test]
    fn totals_agree_with_counting_every_stack(frame in any_tree()) {
        let tree = frame.rows.to_tree().unwrap();
        let mut graph = FlameGraph::default();
        graph.set_props(props());
        graph.set_frame(frame);
        for row in graph.table_window(0.0, 1000.0).rows {
            let mut total = 0;
            for node in tree.nodes() {
                let stack = tree.path(node);
                if stack.iter().skip(1).any(|on| tree.name(*on) == row.name) {
                    total += tree.self_value(node);
                }
            }
            let all = tree.total_value(profile::NodeIdx(0));
            let expected = if all > 0 { total as f64 / all as f64 } else { 0.0 };
            prop_assert_eq!(row.cells[1].fraction, expected);
        }
    }
}
