//! Small flame graphs written as text.

use flame_view::{
    FieldSettings, FixedWidth, FlameFrame, FlameGraph, FrameColumns, KeptPlace, Theme, ViewProps,
    ViewportSize,
};
use profile::FunctionNames;

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
    let mut columns = FrameColumns::with_capacity(rows.len());
    let mut names = FunctionNames::default();
    for (at, row) in rows.iter().enumerate() {
        columns.push_levels(&[(row.0 - base) as f64]).expect("levels that follow each other");
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
    graph.set_frame(frame(text), KeptPlace::default());
    graph
}

/// What is drawn, with characters 6 pixels wide.
pub(crate) fn drawn(graph: &mut FlameGraph) -> String {
    graph.display_list(&FixedWidth(6.0)).to_string()
}
