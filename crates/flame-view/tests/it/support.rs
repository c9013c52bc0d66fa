//! Small flame graphs written as text.

use flame_view::{
    Action, Effect, FieldSettings, FixedWidth, FlameFrame, FlameGraph, FrameLevels, Theme,
    ViewProps, ViewportSize,
};
use profile::FunctionNames;
use proptest::prelude::*;

/// A frame from lines of "name self", indented by two spaces a level; totals are added up.
pub(crate) fn frame(text: &str) -> FlameFrame {
    let rows: Vec<(usize, &str, i64)> = text
        .lines()
        .filter(|line| !line.trim().is_empty())
        .map(|line| {
            let level = (line.len() - line.trim_start().len()) / 2;
            let (name, own) = line.trim().rsplit_once(' ').expect("name and self");
            (level, name, own.parse().expect("a number"))
        })
        .collect();
    let base = rows[0].0;
    let total = |at: usize| -> i64 {
        let below = rows[at + 1..].iter().take_while(|row| row.0 > rows[at].0);
        rows[at].2 + below.map(|row| row.2).sum::<i64>()
    };
    let mut levels = FrameLevels::with_capacity(rows.len());
    for row in &rows {
        levels.push(&[(row.0 - base) as f64]).expect("levels that follow each other");
    }
    let mut columns = levels.into_columns().expect("not that many rows");
    let mut names = FunctionNames::default();
    for (at, row) in rows.iter().enumerate() {
        columns.push_values(&[total(at) as f64]);
        columns.push_self_values(&[row.2 as f64]);
        columns.push_labels([names.intern(row.1)]);
    }
    columns.finish(names).expect("a frame that can be drawn")
}

/// A view of 200 × 84 CSS pixels, light, values in nanoseconds.
pub(crate) fn props() -> ViewProps {
    ViewProps {
        size: ViewportSize { width_css_px: 200.0, height_css_px: 84.0, device_pixel_ratio: 1.0 },
        panel_width_css_px: 200.0,
        theme: Theme::light(),
        ..ViewProps::default()
    }
}

pub(crate) fn graph(text: &str) -> FlameGraph {
    let mut graph = FlameGraph::default();
    graph.set_props(props());
    graph.set_field(FieldSettings { unit: "ns".to_owned(), ..FieldSettings::default() });
    graph.set_frame(frame(text));
    graph
}

/// What is drawn, with characters 6 pixels wide.
pub(crate) fn drawn(graph: &mut FlameGraph) -> String {
    graph.display_list(&FixedWidth(6.0)).to_string()
}

/// A graph of 200 × 84 pixels with a few calls, 1 pixel for 1 ns.
pub(crate) fn server() -> FlameGraph {
    graph(
        "total 0
  main 10
    serve 40
      read 20
      json.decode 30
        read 10
    collect 50
  idle 40
",
    )
}

/// Presses and releases the main button; the graph is drawn first, as a page would.
pub(crate) fn click(graph: &mut FlameGraph, x_css_px: f64, y_css_px: f64) -> Vec<Effect> {
    drawn(graph);
    graph.update(Action::PointerDown { x_css_px, y_css_px });
    graph.update(Action::PointerUp { x_css_px, y_css_px })
}

pub(crate) fn press(graph: &mut FlameGraph, key: &str) -> Vec<Effect> {
    graph.update(Action::Key { key: key.to_owned(), command: false })
}

/// The labels from top to bottom and left to right.
pub(crate) fn labels(graph: &mut FlameGraph) -> Vec<String> {
    let list = graph.display_list(&FixedWidth(6.0));
    let mut texts: Vec<_> = list.texts.iter().collect();
    texts.sort_by_key(|text| (text.y, text.x));
    texts.into_iter().map(|text| list.text(text).to_owned()).collect()
}

/// The labels of the breadcrumb.
pub(crate) fn crumbs(graph: &FlameGraph) -> Vec<String> {
    graph.snapshot().breadcrumb.into_iter().map(|crumb| crumb.label).collect()
}

/// What screen readers are told about the selected node, without its values.
pub(crate) fn selected(graph: &FlameGraph) -> Option<String> {
    let text = graph.snapshot().selected?.text;
    text.split(',').next().map(ToOwned::to_owned)
}

/// Any tree of up to 300 nodes: depths and self values, some of them 0.
pub(crate) fn any_tree() -> impl Strategy<Value = FlameFrame> {
    prop::collection::vec((0_u32..6, prop_oneof![Just(0_u32), 1_u32..4, 1_u32..5000]), 1..300)
        .prop_map(|rows| {
            let mut names = FunctionNames::default();
            let mut level = 0.0_f64;
            let mut levels = Vec::new();
            for (at, (step, _)) in rows.iter().enumerate() {
                // One down, or up by some, but never to the root.
                level = if at == 0 { 0.0 } else { (level + 1.0 - f64::from(*step)).max(1.0) };
                levels.push(level);
            }
            let mut totals: Vec<f64> = rows.iter().map(|(_, own)| f64::from(*own)).collect();
            for at in (0..rows.len()).rev() {
                let parent = (0..at).rev().find(|other| levels[*other] < levels[at]);
                if let Some(parent) = parent {
                    totals[parent] += totals[at];
                }
            }
            let mut columns = FrameLevels::default();
            columns.push(&levels).expect("levels that follow each other");
            let mut columns = columns.into_columns().expect("not that many rows");
            columns.push_values(&totals);
            let own: Vec<f64> = rows.iter().map(|(_, own)| f64::from(*own)).collect();
            columns.push_self_values(&own);
            columns.push_labels((0..rows.len()).map(|at| names.intern(&format!("f{}", at % 23))));
            columns.finish(names).expect("a frame that can be drawn")
        })
}
