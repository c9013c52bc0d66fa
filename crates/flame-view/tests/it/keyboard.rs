//! The graph without a pointer.

use crate::support::{click, crumbs, press, selected, server};
use flame_view::{Action, Effect, FlameGraph};

fn walk(graph: &mut FlameGraph, keys: &str) -> String {
    for key in keys.split(' ') {
        crate::support::drawn(graph);
        press(graph, key);
    }
    selected(graph).unwrap_or_default()
}

#[test]
fn arrows_walk_along_the_tree() {
    let mut graph = server();
    assert_eq!(walk(&mut graph, "ArrowDown"), "total");
    // The heaviest callee, then its siblings, then back up.
    assert_eq!(walk(&mut graph, "ArrowDown"), "main");
    assert_eq!(walk(&mut graph, "ArrowDown"), "serve");
    assert_eq!(walk(&mut graph, "ArrowRight"), "collect");
    assert_eq!(walk(&mut graph, "ArrowLeft"), "serve");
    assert_eq!(walk(&mut graph, "ArrowDown"), "json.decode");
    assert_eq!(walk(&mut graph, "ArrowLeft"), "read");
    assert_eq!(walk(&mut graph, "ArrowUp ArrowUp"), "main");
    assert_eq!(walk(&mut graph, "Home"), "total");
}

#[test]
fn what_is_selected_is_told_with_its_place_in_the_tree() {
    let mut graph = server();
    walk(&mut graph, "Home ArrowDown ArrowRight");
    let told = graph.snapshot().selected.unwrap();
    assert_eq!(told.text, "idle, total 40 ns, 20% of all, self 40 ns, calls 0 functions");
    assert_eq!((told.level, told.place, told.sibling_count), (2, 2, 2));
}

#[test]
fn enter_zooms_and_escape_goes_back_once() {
    let mut graph = server();
    walk(&mut graph, "Home ArrowDown ArrowDown Enter");
    assert_eq!(crumbs(&graph), ["total", "main", "serve"]);
    assert!(press(&mut graph, "Escape").contains(&Effect::PreventDefault));
    assert_eq!(crumbs(&graph), [""; 0]);
}

#[test]
fn escape_ends_the_search_then_the_selection_and_then_is_the_pages() {
    let mut graph = server();
    walk(&mut graph, "Home");
    graph.update(Action::Search { text: "read".to_owned() });
    assert!(press(&mut graph, "Escape").contains(&Effect::PreventDefault));
    assert_eq!(graph.snapshot().search, None);
    assert!(press(&mut graph, "Escape").contains(&Effect::PreventDefault));
    assert_eq!(selected(&graph), None);
    assert_eq!(press(&mut graph, "Escape"), []);
}

#[test]
fn keys_that_mean_nothing_here_are_left_to_the_page() {
    let mut graph = server();
    assert_eq!(press(&mut graph, "Tab"), []);
    assert_eq!(press(&mut graph, "x"), []);
    assert_eq!(graph.update(Action::Key { key: "r".to_owned(), command: true }), []);
    assert_eq!(press(&mut graph, "Enter"), []);
}

#[test]
fn the_search_field_is_reached_by_slash_and_ctrl_f() {
    let mut graph = server();
    assert_eq!(press(&mut graph, "/"), [Effect::PreventDefault, Effect::FocusSearch]);
    assert_eq!(
        graph.update(Action::Key { key: "f".to_owned(), command: true }),
        [Effect::PreventDefault, Effect::FocusSearch]
    );
}

#[test]
fn the_selected_name_is_copied() {
    let mut graph = server();
    let copy = Action::Key { key: "c".to_owned(), command: true };
    assert_eq!(graph.update(copy.clone()), []);
    walk(&mut graph, "Home ArrowDown");
    assert!(graph.update(copy).contains(&Effect::CopyText { text: "main".to_owned() }));
}

#[test]
fn a_selection_outside_the_view_is_brought_into_it() {
    let mut graph = server();
    click(&mut graph, 50.0, 50.0);
    assert_eq!(walk(&mut graph, "ArrowRight"), "collect");
    assert_eq!(crumbs(&graph), ["total", "main"]);
}

#[test]
fn a_selection_below_the_view_is_scrolled_to() {
    let mut graph = server();
    walk(&mut graph, "Home ArrowDown ArrowDown ArrowDown ArrowDown");
    assert_eq!(selected(&graph).unwrap(), "read");
    assert!(crate::support::drawn(&mut graph).contains("outline"));
    assert!(graph.layout().rows.contains(&4));
}
