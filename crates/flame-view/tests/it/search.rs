//! Search.

use crate::support::{click, graph, server};
use flame_view::{Action, FlameGraph};

fn found(graph: &mut FlameGraph, text: &str) -> String {
    graph.update(Action::Search { text: text.to_owned() });
    graph.snapshot().search.map(|search| search.summary).unwrap_or_default()
}

#[test]
fn a_search_tells_its_share() {
    let mut graph = server();
    assert_eq!(found(&mut graph, "read"), "30 ns (15% of all) in 1 function, 2 nodes");
    assert_eq!(found(&mut graph, "READ, idle"), "70 ns (35% of all) in 2 functions, 3 nodes");
    assert_eq!(found(&mut graph, "nowhere"), "no function matches");
    assert_eq!(found(&mut graph, "  "), "");
}

#[test]
fn a_match_below_a_match_is_not_counted_twice() {
    let mut graph = graph("total 0\n  a 10\n    b 5\n      a 5\n  c 20\n");
    assert_eq!(found(&mut graph, "a,b"), "40 ns (100% of all) in 3 functions, 4 nodes");
    // "total" has an "a" too.
    assert_eq!(found(&mut graph, "^a$"), "20 ns (50% of all) in 1 function, 2 nodes");
}

#[test]
fn the_share_of_the_view_follows_the_zoom() {
    let mut graph = server();
    found(&mut graph, "read");
    click(&mut graph, 50.0, 50.0);
    let search = graph.snapshot().search.unwrap();
    assert_eq!(search.summary, "30 ns (15% of all), 30% of view in 1 function, 2 nodes");
    // Inside a match everything matches.
    found(&mut graph, "serve");
    click(&mut graph, 60.0, 70.0);
    let search = graph.snapshot().search.unwrap();
    assert_eq!(search.summary, "100 ns (50% of all), 100% of view in 1 function, 1 node");
}

#[test]
fn names_with_brackets_are_found_as_they_are() {
    let mut graph = graph("total 0\n  main.(*T).run 10\n  main.run 20\n");
    assert_eq!(found(&mut graph, "(*T)"), "10 ns (33.3% of all) in 1 function, 1 node");
    let search = graph.snapshot().search.unwrap();
    assert!(search.error.unwrap().starts_with("cannot read the regular expression \"(*T)\": "));
}

#[test]
fn a_regular_expression_matches_in_any_case() {
    let mut graph = server();
    assert_eq!(found(&mut graph, "^(SERVE|idle)$"), "140 ns (70% of all) in 2 functions, 2 nodes");
}

#[test]
fn names_beyond_ascii_match_in_any_case() {
    let mut graph = graph("total 0\n  Grüße 10\n  x 10\n");
    assert_eq!(found(&mut graph, "GRÜ"), "10 ns (50% of all) in 1 function, 1 node");
}

#[test]
fn a_search_outlives_a_refresh() {
    let mut graph = server();
    found(&mut graph, "read");
    graph.set_frame(crate::support::frame("total 0\n  read 5\n  x 5\n"));
    assert_eq!(graph.snapshot().search.unwrap().summary, "5 ns (50% of all) in 1 function, 1 node");
}
