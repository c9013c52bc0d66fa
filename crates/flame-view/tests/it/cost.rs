//! What an interaction costs does not depend on the size of the profile.

use crate::support::{drawn, props};
use flame_view::{Action, Effect, FixedWidth, FlameGraph, FrameLevels, ViewProps, ViewportSize};
use profile::FunctionNames;

/// `width` siblings on each of `depth` levels below a single chain, all with a value.
fn wide_graph(width: usize, depth: usize) -> FlameGraph {
    let mut names = FunctionNames::default();
    let mut levels = FrameLevels::default();
    let mut rows: Vec<(f64, f64)> = vec![(0.0, 0.0)];
    for _ in 0..width {
        rows.extend((1..=depth).map(|level| (level as f64, 1.0)));
    }
    let total = |at: usize, level: f64| match at {
        0 => (width * depth) as f64,
        _ => depth as f64 - level + 1.0,
    };
    levels.push(&rows.iter().map(|row| row.0).collect::<Vec<_>>()).unwrap();
    let mut columns = levels.into_columns().unwrap();
    let totals: Vec<f64> = rows.iter().enumerate().map(|(at, row)| total(at, row.0)).collect();
    columns.push_values(&totals);
    columns.push_self_values(&rows.iter().map(|row| row.1).collect::<Vec<_>>());
    columns.push_labels(rows.iter().map(|row| names.intern(&format!("level {}", row.0))));
    let mut graph = FlameGraph::default();
    let size = ViewportSize { width_css_px: 1000.0, height_css_px: 210.0, device_pixel_ratio: 1.0 };
    graph.set_props(ViewProps { size, ..props() });
    graph.set_frame(columns.finish(names).unwrap());
    graph
}

/// Rows that are visible, times pixels, times the few looks that a step takes.
const BOUND: usize = 10 * 1000 * 24;

#[test]
fn drawing_looks_at_no_more_nodes_than_pixels_allow() {
    for width in [100, 10_000, 100_000] {
        let mut graph = wide_graph(width, 10);
        drawn(&mut graph);
        assert!(graph.nodes_touched() < BOUND, "{} at {width}", graph.nodes_touched());
        assert!(graph.layout().blocks.len() <= 10 * 1000);
    }
}

#[test]
fn a_wheel_step_a_zoom_and_a_drag_cost_what_is_visible() {
    let mut graph = wide_graph(100_000, 20);
    let wheel = |delta_y, zooms| Action::Wheel {
        x_css_px: 500.0,
        delta_x: 0.0,
        delta_y,
        delta_mode: 0,
        zooms,
        sideways: false,
    };
    let actions = [
        wheel(40.0, false),
        wheel(-400.0, true),
        Action::PointerDown { x_css_px: 500.0, y_css_px: 50.0 },
        Action::PointerMove { x_css_px: 300.0, y_css_px: 40.0 },
        Action::PointerUp { x_css_px: 300.0, y_css_px: 40.0 },
        Action::Back,
    ];
    for action in actions {
        graph.update(action.clone());
        drawn(&mut graph);
        assert!(graph.nodes_touched() < BOUND, "{} by {action:?}", graph.nodes_touched());
    }
}

#[test]
fn a_frame_of_5000_levels_draws_and_scrolls_like_one_of_50() {
    let deep = |depth: usize| {
        let mut graph = wide_graph(1, depth);
        graph.update(Action::Wheel {
            x_css_px: 10.0,
            delta_x: 0.0,
            delta_y: depth as f64 * 10.0,
            delta_mode: 0,
            zooms: false,
            sideways: false,
        });
        drawn(&mut graph);
        graph
    };
    let (shallow, deep) = (deep(50), deep(5000));
    assert_eq!(shallow.layout().blocks.len(), deep.layout().blocks.len());
    assert!(deep.nodes_touched() <= shallow.nodes_touched() + 10);
    assert!(deep.layout().rows.start > 2000);
}

/// What an action asks of the allocator, after the graph was drawn.
fn allocations(graph: &mut FlameGraph, action: Action) -> u64 {
    drawn(graph);
    let mut effects = Vec::new();
    let counted = allocation_counter::measure(|| effects = graph.update(action));
    counted.count_total
}

#[test]
fn a_hover_allocates_its_text_once_and_then_nothing_but_the_list_of_effects() {
    for width in [10, 100_000] {
        let mut graph = wide_graph(width, 10);
        let to = |x_css_px| Action::PointerMove { x_css_px, y_css_px: 5.0 };
        let first = allocations(&mut graph, to(500.0));
        assert!((2..40).contains(&first), "{first} to tell of the root among {width}");
        assert_eq!(allocations(&mut graph, to(510.0)), 1, "among {width}");
        let beside = Action::PointerMove { x_css_px: 500.0, y_css_px: -5.0 };
        graph.update(beside.clone());
        assert_eq!(allocations(&mut graph, beside), 0);
    }
}

#[test]
fn a_zoom_a_scroll_and_a_drawing_allocate_the_same_in_any_profile() {
    let zoomed = |width| {
        let mut graph = wide_graph(width, 100);
        drawn(&mut graph);
        let wheel = |delta_y, zooms| Action::Wheel {
            x_css_px: 500.0,
            delta_x: 0.0,
            delta_y,
            delta_mode: 0,
            zooms,
            sideways: false,
        };
        let zoom = allocations(&mut graph, wheel(-120.0, true));
        let scroll = allocations(&mut graph, wheel(40.0, false));
        let drawing = allocation_counter::measure(|| {
            graph.display_list(&FixedWidth(6.0));
        });
        (zoom, scroll, drawing.count_total)
    };
    let (small, large) = (zoomed(1_000), zoomed(10_000));
    assert!(large.0 <= small.0 + 2 && large.1 <= small.1 + 2, "{small:?}, then {large:?}");
    // Lists that were drawn into before are long enough, or grow a few times.
    assert!(large.2 < 20, "{large:?}");
}

#[test]
fn only_what_changes_around_the_graph_is_told() {
    let mut graph = wide_graph(1_000, 100);
    let scroll = Action::Wheel {
        x_css_px: 500.0,
        delta_x: 0.0,
        delta_y: 40.0,
        delta_mode: 0,
        zooms: false,
        sideways: false,
    };
    assert!(!graph.update(scroll).contains(&Effect::ViewChanged));
    let version = graph.snapshot().table_version;
    let search = Action::Search { text: "level 7".to_owned() };
    assert!(graph.update(search).contains(&Effect::ViewChanged));
    assert_ne!(graph.snapshot().table_version, version);
}
