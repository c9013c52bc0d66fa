//! Zoom, pan, back, hover: what a user does to look around.

use crate::support::{click, crumbs, drawn, frame, graph, labels, props, server};
use flame_view::{Action, Cursor, Effect, FlameGraph, TooltipLine, ViewProps, ViewportSize};

fn wheel(x_css_px: f64, delta_y: f64, zooms: bool) -> Action {
    Action::Wheel { x_css_px, delta_x: 0.0, delta_y, delta_mode: 0, zooms, sideways: false }
}

fn is_consumed(effects: &[Effect]) -> bool {
    effects.contains(&Effect::PreventDefault)
}

fn tooltip(effects: &[Effect]) -> (String, Vec<TooltipLine>) {
    let shown = effects.iter().find_map(|effect| match effect {
        Effect::ShowTooltip { tooltip, .. } => Some(tooltip.clone()),
        _ => None,
    });
    let tooltip = shown.expect("a tooltip");
    (tooltip.title, tooltip.lines)
}

#[test]
fn a_click_zooms_and_the_breadcrumb_leads_back() {
    let mut graph = server();
    assert_eq!(crumbs(&graph), [""; 0]);
    click(&mut graph, 30.0, 70.0);
    assert_eq!(crumbs(&graph), ["total", "… 2 more …", "json.decode"]);
    let snapshot = graph.snapshot();
    assert_eq!(snapshot.breadcrumb[2].title, "json.decode: 40 ns (20% of all)");
    graph.update(Action::Zoom { node: snapshot.breadcrumb[0].node.unwrap() });
    assert_eq!(crumbs(&graph), [""; 0]);
    assert!(graph.snapshot().can_go_back);
    graph.update(Action::Back);
    assert_eq!(crumbs(&graph).last().unwrap(), "json.decode");
}

#[test]
fn a_path_of_functions_is_zoomed_to_as_far_as_it_leads() {
    let mut graph = server();
    let path = |names: &[&str]| Action::ZoomPath {
        path: names.iter().map(|name| (*name).to_owned()).collect(),
    };
    for (asked, shown) in [
        (&["main", "serve", "json.decode"][..], &["main", "serve", "json.decode"][..]),
        (&["main", "serve", "gone"], &["main", "serve"]),
        (&["gone"], &[]),
    ] {
        graph.update(path(asked));
        assert_eq!(graph.zoomed_path(), shown);
    }
    graph.update(path(&["main", "serve"]));
    graph.update(path(&[]));
    assert_eq!(crumbs(&graph), [""; 0]);
}

#[test]
fn what_is_zoomed_to_has_the_row_that_the_frame_gave_it() {
    let mut graph = server();
    let rows = ["total", "main", "serve", "json.decode"];
    assert_eq!(graph.zoomed_row(8), Some(0));
    graph.update(Action::ZoomPath { path: rows[1..].iter().map(ToString::to_string).collect() });
    assert_eq!(graph.zoomed_row(8), Some(4));
    // Of a frame with two roots both lie below one that has no row.
    assert_eq!(graph.zoomed_row(7), Some(3));
    graph.update(Action::Reset);
    assert_eq!(graph.zoomed_row(7), None);
}

#[test]
fn a_wide_panel_has_room_for_the_whole_way() {
    let mut graph = server();
    graph.set_props(ViewProps { panel_width_css_px: 900.0, ..props() });
    click(&mut graph, 30.0, 70.0);
    assert_eq!(crumbs(&graph), ["total", "main", "serve", "json.decode"]);
}

#[test]
fn a_click_beside_the_frames_or_on_what_is_zoomed_to_goes_nowhere() {
    let mut graph = server();
    click(&mut graph, 180.0, 70.0);
    click(&mut graph, 100.0, 5.0);
    assert!(!graph.snapshot().can_go_back);
}

#[test]
fn a_click_on_a_caller_zooms_out_to_it() {
    let mut graph = server();
    click(&mut graph, 30.0, 70.0);
    click(&mut graph, 100.0, 30.0);
    assert_eq!(crumbs(&graph), ["total", "main"]);
}

#[test]
fn a_click_on_merged_frames_brings_them_apart() {
    let mut text = String::from("total 0\n  wide 1000\n");
    for at in 0..500 {
        text.push_str(&format!("  thin{at} 1\n"));
    }
    let mut graph = graph(&text);
    assert_eq!(labels(&mut graph), ["total", "wide"]);
    click(&mut graph, 170.0, 30.0);
    drawn(&mut graph);
    let hovered = graph.update(Action::PointerMove { x_css_px: 100.0, y_css_px: 30.0 });
    assert!(tooltip(&hovered).0.starts_with("thin"), "{hovered:?}");
    graph.update(Action::Back);
    assert_eq!(labels(&mut graph), ["total", "wide"]);
}

#[test]
fn dragging_pans_and_is_undone_as_one() {
    let mut graph = server();
    click(&mut graph, 50.0, 50.0);
    let before = drawn(&mut graph);
    graph.update(Action::PointerDown { x_css_px: 100.0, y_css_px: 50.0 });
    let still = graph.update(Action::PointerMove { x_css_px: 102.0, y_css_px: 51.0 });
    assert_eq!(still, []);
    let effects = graph.update(Action::PointerMove { x_css_px: 60.0, y_css_px: 50.0 });
    assert!(effects.contains(&Effect::SetCursor { cursor: Cursor::Grabbing }));
    graph.update(Action::PointerMove { x_css_px: 20.0, y_css_px: 50.0 });
    let effects = graph.update(Action::PointerUp { x_css_px: 20.0, y_css_px: 50.0 });
    assert!(effects.contains(&Effect::SetCursor { cursor: Cursor::Default }));
    // 80 of 200 pixels, 100 ns wide: 40 ns to the right, where "collect" begins after 60.
    assert!(drawn(&mut graph).contains("rect 120,42 79x20"), "{}", drawn(&mut graph));
    // The view reaches beyond "serve": what holds all of it is "main".
    assert_eq!(crumbs(&graph), ["total", "main"]);
    graph.update(Action::Back);
    let after = drawn(&mut graph);
    assert_eq!(after, before);
}

#[test]
fn a_drag_that_leads_nowhere_is_nothing_to_undo() {
    let mut graph = server();
    graph.update(Action::PointerDown { x_css_px: 100.0, y_css_px: 50.0 });
    graph.update(Action::PointerMove { x_css_px: 60.0, y_css_px: 50.0 });
    graph.update(Action::PointerUp { x_css_px: 60.0, y_css_px: 50.0 });
    assert!(!graph.snapshot().can_go_back);
}

#[test]
fn the_wheel_scrolls_rows_and_then_the_page() {
    let mut graph = server();
    // Five rows of 21 pixels in 84.
    let effects = graph.update(wheel(10.0, 15.0, false));
    assert!(is_consumed(&effects));
    assert!(drawn(&mut graph).contains("rect 0,-15 199x20"));
    assert!(is_consumed(&graph.update(wheel(10.0, 15.0, false))));
    assert!(!is_consumed(&graph.update(wheel(10.0, 15.0, false))));
    assert!(!graph.snapshot().can_go_back);
    assert!(is_consumed(&graph.update(wheel(10.0, -500.0, false))));
    assert!(!is_consumed(&graph.update(wheel(10.0, -1.0, false))));
}

#[test]
fn wheels_that_count_lines_scroll_as_far() {
    let mut graph = server();
    graph.update(Action::Wheel {
        x_css_px: 0.0,
        delta_x: 0.0,
        delta_y: 1.0,
        delta_mode: 1,
        zooms: false,
        sideways: false,
    });
    assert!(drawn(&mut graph).contains("rect 0,0 159x20"));
}

#[test]
fn a_view_zoomed_to_few_rows_does_not_scroll_into_the_void() {
    let mut graph = server();
    click(&mut graph, 170.0, 30.0);
    assert!(!is_consumed(&graph.update(wheel(10.0, 15.0, false))));
    assert!(!drawn(&mut graph).contains("overlay"));
}

#[test]
fn the_wheel_with_ctrl_zooms_at_the_pointer() {
    let mut graph = server();
    let effects = graph.update(wheel(160.0, -200.0, true));
    assert!(is_consumed(&effects));
    // The border of "main" and "idle" stays under the pointer.
    let zoomed = drawn(&mut graph);
    assert!(zoomed.contains("rect 0,21 159x20") && zoomed.contains("rect 160,21 39x20"));
    assert!(zoomed.contains("rect 70,42 74x20"), "{zoomed}");
    graph.update(wheel(160.0, -200.0, true));
    // Both steps are one to undo, and at the limit the page still does not zoom.
    graph.update(Action::Back);
    assert!(!graph.snapshot().can_go_back);
    assert!(is_consumed(&graph.update(wheel(160.0, 200.0, true))));
}

#[test]
fn zooming_ends_where_one_unit_fills_the_width() {
    let mut graph = server();
    for _ in 0..100 {
        graph.update(wheel(100.0, -500.0, true));
        drawn(&mut graph);
    }
    assert!(drawn(&mut graph).contains("rect 0,0 199x20"));
    for _ in 0..100 {
        graph.update(wheel(100.0, 500.0, true));
    }
    assert_eq!(labels(&mut graph), labels(&mut server()));
}

#[test]
fn hovering_tells_values_and_shares() {
    let mut graph = server();
    drawn(&mut graph);
    let effects = graph.update(Action::PointerMove { x_css_px: 30.0, y_css_px: 70.0 });
    assert!(effects.contains(&Effect::SetCursor { cursor: Cursor::Pointer }));
    let (title, lines) = tooltip(&effects);
    assert_eq!(title, "json.decode");
    let lines: Vec<_> = lines.iter().map(|l| (l.label.as_str(), l.value.as_str())).collect();
    assert_eq!(lines, [("Total", "40 ns · 20% of all"), ("Self", "30 ns · 15% of all")]);
    assert!(!effects.contains(&Effect::RequestFrame), "hovering draws nothing");
    let effects = graph.update(Action::PointerMove { x_css_px: 190.0, y_css_px: 70.0 });
    assert!(effects.contains(&Effect::HideTooltip));
    assert_eq!(graph.update(Action::PointerLeave), []);
}

#[test]
fn hovering_below_a_zoom_tells_the_share_of_the_view_too() {
    let mut graph = server();
    click(&mut graph, 50.0, 50.0);
    drawn(&mut graph);
    let (_, lines) = tooltip(&graph.update(Action::PointerMove { x_css_px: 70.0, y_css_px: 70.0 }));
    assert_eq!(lines[0].value, "40 ns · 20% of all · 40% of view");
    let (title, lines) =
        tooltip(&graph.update(Action::PointerMove { x_css_px: 70.0, y_css_px: 30.0 }));
    assert_eq!((title.as_str(), lines[0].value.as_str()), ("main", "160 ns · 80% of all"));
}

#[test]
fn hovering_merged_frames_says_how_many_they_are() {
    let mut text = String::from("total 0\n");
    for at in 0..2000 {
        text.push_str(&format!("  f{at} 1\n"));
    }
    let mut graph = graph(&text);
    drawn(&mut graph);
    let (title, lines) =
        tooltip(&graph.update(Action::PointerMove { x_css_px: 100.0, y_css_px: 30.0 }));
    assert_eq!(title, "30 frames too narrow to show");
    assert_eq!(lines[0].value, "30 ns");
}

#[test]
fn a_refresh_keeps_the_zoom_by_path() {
    let mut graph = server();
    click(&mut graph, 30.0, 70.0);
    let next = frame(
        "total 0
  batch 100
  main 5
    serve 0
      json.decode 45
    idle 50
",
    );
    graph.set_frame(next);
    assert_eq!(crumbs(&graph).last().unwrap(), "json.decode");
    assert_eq!(labels(&mut graph), ["total", "main", "serve", "json.decode"]);
    graph.update(Action::Back);
    assert_eq!(crumbs(&graph), [""; 0]);
}

#[test]
fn a_refresh_without_the_path_zooms_to_what_is_left_of_it() {
    let mut graph = server();
    click(&mut graph, 30.0, 70.0);
    graph.set_frame(frame("total 0\n  main 50\n    serve 50\n  idle 50\n"));
    assert_eq!(crumbs(&graph), ["total", "main", "serve"]);
    graph.set_frame(frame("total 0\n  other 50\n"));
    assert_eq!(crumbs(&graph), [""; 0]);
}

#[test]
fn a_refresh_after_an_error_or_nothing_still_knows_the_path() {
    let mut graph = server();
    click(&mut graph, 30.0, 70.0);
    graph.clear();
    graph.set_frame(frame("total 0\n  main 50\n    serve 50\n"));
    assert_eq!(crumbs(&graph), ["total", "main", "serve"]);
}

#[test]
fn a_smaller_view_keeps_rows_in_reach() {
    let mut graph = server();
    graph.update(wheel(10.0, 500.0, false));
    let size = ViewportSize { height_css_px: 500.0, ..props().size };
    graph.set_props(ViewProps { size, ..props() });
    assert!(drawn(&mut graph).contains("rect 0,0 199x20"));
}

#[test]
fn props_that_are_as_before_do_nothing() {
    let mut graph = server();
    assert_eq!(graph.set_props(props()), []);
}

#[test]
fn actions_without_data_do_no_harm() {
    let mut graph = FlameGraph::default();
    graph.set_props(props());
    let actions = [
        Action::Back,
        Action::Reset,
        Action::Zoom { node: 3 },
        Action::PickFunction { function: 3 },
        wheel(1.0, 1.0, true),
        wheel(1.0, 1.0, false),
        Action::PointerDown { x_css_px: 1.0, y_css_px: 1.0 },
        Action::PointerMove { x_css_px: 100.0, y_css_px: 1.0 },
        Action::PointerUp { x_css_px: 1.0, y_css_px: 1.0 },
    ];
    for action in actions {
        graph.update(action);
        drawn(&mut graph);
    }
    assert_eq!(graph.snapshot().message.unwrap().title, "No data");
}
