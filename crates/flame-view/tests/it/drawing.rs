//! What is drawn.

use crate::support::{click, drawn, graph, props, server};
use flame_view::{Action, Theme, ViewProps, ViewportSize};

#[test]
fn frames_are_as_wide_as_their_values() {
    assert_eq!(
        drawn(&mut server()),
        "canvas 200 x 84
rect 0,0 199x20 #d3d4d5
  text 5,10 \"total\" #16161d
overlay 195,0 5x67 #a7a9ab
rect 0,21 159x20 #ebbe8a
  text 5,31 \"main\" #16161d
rect 160,21 39x20 #cdbe7e
  text 165,31 \"idle\" #16161d
rect 0,42 99x20 #dbc4ff
  text 5,52 \"serve\" #16161d
rect 100,42 49x20 #c2cdff
  text 105,52 \"colle…\" #16161d
rect 0,63 19x20 #7fcae7
rect 20,63 39x20 #92ddfb
  text 25,73 \"jso…\" #16161d
"
    );
}

#[test]
fn a_frame_that_was_zoomed_to_fills_the_width_below_its_faded_callers() {
    let mut graph = server();
    click(&mut graph, 50.0, 50.0);
    let drawn = drawn(&mut graph);
    let (serve, decode) = ("rect 0,42 199x20 #dbc4ff", "rect 40,63 79x20 #92ddfb");
    assert!(drawn.contains(serve) && drawn.contains(decode), "{drawn}");
    // "main" above is paler than it was, and the clicked frame is outlined.
    assert!(drawn.contains("rect 0,21 199x20 #f4dbbf"), "{drawn}");
    assert!(drawn.contains("outline 0,42 200x21"), "{drawn}");
}

#[test]
fn what_a_search_does_not_match_is_muted() {
    let mut graph = server();
    graph.update(Action::Search { text: "serve".to_owned() });
    let drawn = drawn(&mut graph);
    assert!(drawn.contains("rect 0,42 99x20 #dbc4ff"), "{drawn}");
    assert!(drawn.contains("rect 0,21 159x20 #f0f0f0"), "{drawn}");
}

#[test]
fn a_match_too_thin_to_see_alone_still_shows() {
    let mut text = String::from("total 0\n");
    for at in 0..1000 {
        let name = if at == 777 { "needle" } else { "hay" };
        text.push_str(&format!("  {name}{at} 1\n"));
    }
    let mut graph = graph(&text);
    let plain = drawn(&mut graph);
    assert!(plain.lines().filter(|line| line.starts_with("rect")).count() <= 101, "{plain}");
    graph.update(Action::Search { text: "needle".to_owned() });
    let found = drawn(&mut graph);
    let lit: Vec<_> =
        found.lines().filter(|l| l.starts_with("rect") && !l.ends_with("#f0f0f0")).collect();
    assert_eq!(lit.len(), 1, "{found}");
    let x: f64 = lit[0].split([' ', ',']).nth(1).unwrap().parse().unwrap();
    assert!((x - 777.0 / 5.0).abs() < 4.0, "{lit:?}");
}

#[test]
fn twice_the_pixels_are_used_at_a_ratio_of_two() {
    let mut graph = server();
    let size = ViewportSize { device_pixel_ratio: 2.0, ..props().size };
    graph.set_props(ViewProps { size, ..props() });
    let drawn = drawn(&mut graph);
    assert!(drawn.starts_with("canvas 400 x 168\nrect 0,0 398x40"), "{drawn}");
    assert!(drawn.contains("rect 0,42 318x40"), "{drawn}");
}

#[test]
fn a_ratio_between_whole_numbers_keeps_edges_on_pixels() {
    let mut graph = server();
    let size = ViewportSize { device_pixel_ratio: 1.25, ..props().size };
    graph.set_props(ViewProps { size, ..props() });
    let drawn = drawn(&mut graph);
    assert!(drawn.starts_with("canvas 250 x 105\nrect 0,0 249x25"), "{drawn}");
    assert!(drawn.contains("rect 0,26 199x25"), "{drawn}");
}

#[test]
fn the_dark_theme_has_darker_frames_and_light_text() {
    let mut graph = server();
    graph.set_props(ViewProps { theme: Theme::dark(), ..props() });
    let drawn = drawn(&mut graph);
    assert!(drawn.contains("\"main\" #f4f4f8"), "{drawn}");
}

#[test]
fn a_view_without_size_or_data_draws_nothing() {
    let mut graph = server();
    let size = ViewportSize { width_css_px: 0.0, height_css_px: f64::NAN, ..props().size };
    graph.set_props(ViewProps { size, ..props() });
    assert_eq!(drawn(&mut graph), "canvas 0 x 0\n");
    let mut empty = flame_view::FlameGraph::default();
    empty.set_props(props());
    assert_eq!(drawn(&mut empty), "canvas 200 x 84\n");
}
