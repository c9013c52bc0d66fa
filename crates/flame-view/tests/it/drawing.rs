//! What is drawn.

use crate::support::{drawn, graph};

#[test]
fn frames_are_as_wide_as_their_values() {
    let mut graph = graph(
        "total 0
  main 10
    net/http.(*conn).serve 60
    runtime.gc 30
",
    );
    assert_eq!(
        drawn(&mut graph),
        "canvas 200 x 84
rect 0,0 199x20 #d3d4d5
  text 5,10 \"total\" #16161d
rect 0,21 199x20 #ebbe8a
  text 5,31 \"main\" #16161d
rect 0,42 119x20 #8ae2e6
  text 5,52 \"http.(*conn).serve\" #16161d
rect 120,42 59x20 #c7da9c
  text 125,52 \"runtime…\" #16161d
"
    );
}
